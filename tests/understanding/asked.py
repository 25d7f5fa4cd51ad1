"""What is asked of understanding on texts by an unread writer."""

ASKED = {
    "main kind among three": 0.85,
    "first kind": 0.72,
    "no need found": 0.92,
    "other found": 0.70,
    "outright": 0.97,
    "indirect": 0.88,
    "fnr": 1.0,
    "phone": 0.97,
    "email": 0.97,
    "account": 0.95,
    "url": 0.95,
    "address": 0.9,
    "name": 0.85,
}
"""Shares found, at least."""

FALSE_SURE, FALSE, MASKED_IN_VAIN = 0.03, 0.12, 0.03
"""Shares found where nothing is, at most."""
