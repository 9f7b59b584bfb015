"""The script and the style of the page, which a browser reads."""
