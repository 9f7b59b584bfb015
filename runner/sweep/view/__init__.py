"""Show how a sweep goes on: as plain lines, or as a view that a terminal draws again and again."""
