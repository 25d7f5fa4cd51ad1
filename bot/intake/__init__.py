"""Messages in: once only, read, stepped, saved and answered, in one transaction for all that wait."""

from bot.intake.world import World

__all__ = ["World"]
