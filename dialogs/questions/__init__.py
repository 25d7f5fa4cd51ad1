"""The script: every question in the order a person meets it."""

from dialogs.questions import (
    again,
    answer,
    category,
    children,
    contact,
    danger,
    district,
    exists,
    first,
    heard,
    money,
    need,
    obstacle,
    safe,
    send,
    thread,
    when,
    who,
    younger,
)
from dialogs.questions.asides import ASIDES
from dialogs.script import Script

SCRIPT = Script(
    (
        danger.QUESTION,
        safe.QUESTION,
        contact.QUESTION,
        thread.QUESTION,
        who.QUESTION,
        children.QUESTION,
        heard.QUESTION,
        category.QUESTION,
        need.QUESTION,
        district.QUESTION,
        obstacle.QUESTION,
        first.QUESTION,
        send.QUESTION,
        answer.QUESTION,
        when.QUESTION,
        exists.QUESTION,
        money.QUESTION,
        again.QUESTION,
    ),
    asides=(*ASIDES, younger.QUESTION),
)
