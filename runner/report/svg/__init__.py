"""Draw plotly's figures as SVG, in Python: what is drawn needs no script, and follows the page."""
