"""What tests of duties may ask for."""

from tests.applicants.conftest import body, house
from tests.channels.conftest import phones
from tests.intake.conftest import logged

__all__ = ["body", "house", "logged", "phones"]
