"""The web chat: the same conversation as plain forms, as a page with a script, and as JSON."""
