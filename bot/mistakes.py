"""What a person at the command line must put right: told in a line, without a traceback."""


class Mistake(Exception):
    """A user's mistake, wherever it is found; the text says it in plain words."""
