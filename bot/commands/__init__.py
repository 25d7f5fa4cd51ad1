"""The commands, a file a kind of work; `bot.__main__` loads the file of the one that was typed."""

COMMANDS = {
    "running": ("serve", "telegram", "chat", "simulate"),
    "reading": ("understand",),
    "exporting": ("export",),
    "leaving": ("poster", "codes", "person"),
    "keeping": ("doctor", "backup", "restore", "keys", "alert", "retention"),
    "staff": ("staff", "audit"),
    "tokens": ("tokens",),
    "allocating": ("allocate",),
    "funding": ("decide", "news", "calls", "applications"),
}
