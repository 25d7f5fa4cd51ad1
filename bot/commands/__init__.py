"""The commands, a file a kind of work; `bot.__main__` puts them together."""
