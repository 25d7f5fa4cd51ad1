"""Whole conversations handed to intake, as a channel would."""

from bot.channels.base import Answer, Pressed, Used, Wrote
from tests.house import House

WORDS = "jeg trenger lappen for å få jobb"


async def press(house: House, address: str, id: str, channel: str = "web") -> Answer:
    """Press a choice of the question asked now."""
    at = await house.do(channel, address, Used("help"))  # changes nothing, and tells the turn
    return await house.do(channel, address, Pressed((id,), at.turn))


async def told(
    house: House, address: str, who: str = "18-24", words: str = WORDS, channel: str = "web"
) -> None:
    """Up to the sending: who, own words kept as they are, no district."""
    await press(house, address, who, channel)
    await house.do(channel, address, Wrote(words, "m1"))
    await press(house, address, "other", channel)
    await press(house, address, "none", channel)


async def sent(
    house: House, address: str, who: str = "18-24", words: str = WORDS, channel: str = "web"
) -> str:
    """A need told and sent; the receipt."""
    await told(house, address, who, words, channel)
    answer = await press(house, address, "send", channel)
    return next(each.receipt for each in answer.shown if each.receipt)


def text(answer: Answer) -> str:
    """All that was answered."""
    return "\n".join(each.text for each in answer.shown)
