"""The same conversation the usual way: python-telegram-bot's ConversationHandler with PicklePersistence."""

import sys

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

STEPS = 11  # questions after /start: twelve updates a person, as in Lytt's run
CHOICES = InlineKeyboardMarkup(
    [[InlineKeyboardButton(label, callback_data=label)] for label in ("Ja", "Nei")]
)


async def answered(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep the answer to this question, take its buttons away and ask the next."""
    assert context.user_data is not None
    assert update.effective_chat is not None
    answers: list[str] = context.user_data.setdefault("answers", [])
    if update.callback_query:
        await update.callback_query.answer()
        await update.callback_query.edit_message_reply_markup()
        answers.append(str(update.callback_query.data))
    elif update.message and update.message.text != "/start":
        answers.append(str(update.message.text))
    asked = len(answers)
    last = asked == STEPS
    text = "Takk. Svarene er lagret." if last else f"Spørsmål {asked + 1}: hva trenger du?"
    await context.bot.send_message(update.effective_chat.id, text, reply_markup=None if last else CHOICES)
    return ConversationHandler.END if last else asked


def main(token: str, base_url: str, folder: str) -> None:
    """Poll until the process is ended."""
    answers: list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, object]] = [
        MessageHandler(filters.TEXT & ~filters.COMMAND, answered),
        CallbackQueryHandler(answered),
    ]
    conversation: ConversationHandler[ContextTypes.DEFAULT_TYPE] = ConversationHandler(
        [CommandHandler("start", answered)],
        dict.fromkeys(range(STEPS), answers),
        [],
        name="needs",
        persistent=True,
    )
    persistence = PicklePersistence(f"{folder}/conversations.pickle")
    builder = Application.builder().token(token).base_url(base_url).persistence(persistence)
    application = builder.build()
    application.add_handler(conversation)
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:4])
