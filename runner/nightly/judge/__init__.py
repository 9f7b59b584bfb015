"""Judge a night by the nights before it."""
