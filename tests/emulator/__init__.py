"""A Telegram Bot API for tests: real HTTP on a loopback socket, and people who talk to the bot."""

from tests.emulator.faults import Fault
from tests.emulator.people import Person
from tests.emulator.remote import RemoteEmulator, started
from tests.emulator.server import Emulator
from tests.emulator.world import Message, Telegram

__all__ = ["Emulator", "Fault", "Message", "Person", "RemoteEmulator", "Telegram", "started"]
