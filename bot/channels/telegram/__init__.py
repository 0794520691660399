"""Telegram: receive (durable), work, send (ordered, limited), and people behind the bot."""
