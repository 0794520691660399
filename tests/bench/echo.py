"""The peer of our Telegram channel: python-telegram-bot's echo bot by webhook, as its documentation has it.

`python -m tests.bench.echo API PORT SECRET`. It stores nothing, matches nothing, and answers with what it was sent.
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.bench.peer import TOKEN


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Send back what came."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    api, port, secret = sys.argv[1:]
    application = Application.builder().token(TOKEN).base_url(f"{api}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_webhook(
        "127.0.0.1", int(port), "hook", webhook_url=f"http://127.0.0.1:{port}/hook", secret_token=secret
    )


if __name__ == "__main__":
    main()
