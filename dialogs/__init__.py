"""The conversation as a value: what is asked, in which order, and what an answer changes."""
