"""A store goes in; what a sweep came to, and the files to choose from, come out."""
