"""How fast Lytt is, beside the same conversation in python-telegram-bot's own ConversationHandler."""
