"""What the bots written here share: aiogram's own webhook, answered after handling, or its long polling, on uvloop."""

import asyncio
import os

import orjson
import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web


def serve(dispatcher: Dispatcher) -> None:
    """Until the process is told to stop; settings are those of our bot."""
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(_live(dispatcher))


async def _live(dispatcher: Dispatcher) -> None:
    api = TelegramAPIServer.from_base(os.environ["BOT_API_URL"])
    session = AiohttpSession(api=api, json_loads=orjson.loads, json_dumps=lambda value: orjson.dumps(value).decode())
    bot = Bot(os.environ["BOT_TOKEN"], session=session)
    if "WEBHOOK_LISTEN" not in os.environ:
        await dispatcher.start_polling(bot)
        return
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False).register(app, path="/")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["WEBHOOK_LISTEN"].rpartition(":")[2])).start()
    await asyncio.Event().wait()
