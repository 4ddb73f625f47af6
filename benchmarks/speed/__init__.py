"""How fast the bot is: beside a bare aiogram bot that echoes, and beside a bot as tutorials build them."""
