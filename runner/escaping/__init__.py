"""Show names from outside as text: on terminals, in tables, in Markdown and on pages."""
