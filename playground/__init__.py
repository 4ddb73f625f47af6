"""A strict stand-in for Telegram's Bot API."""
