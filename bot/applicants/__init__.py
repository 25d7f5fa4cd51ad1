"""The application form at /sok: for bodies that apply together, without script or with a little."""
