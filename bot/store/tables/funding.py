"""Calls, applications, decisions and what came of them."""
