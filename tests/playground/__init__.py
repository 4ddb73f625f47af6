"""The stand-in answers as Telegram does."""
