"""What tests of duties may ask for."""

from tests.intake.conftest import logged

__all__ = ["logged"]
