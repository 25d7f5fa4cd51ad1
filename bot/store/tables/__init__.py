"""Every table, a file a subject; whoever imports one of them has them all in `metadata`."""

from bot.store.tables import access, casework, funding, people, publishing
from bot.store.tables.base import metadata

__all__ = ["access", "casework", "funding", "metadata", "people", "publishing"]
