"""Where this is imported first, aiogram is loaded as `python -m bot` loads it."""

from bot.late_models import load_aiogram

load_aiogram()
