"""`python -m playground`: the stand-in as a server of its own."""

import argparse
import asyncio
import contextlib
import signal
import sys

from playground.stand_in import TOKEN, StandIn


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m playground", description="A stand-in for Telegram")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    parser.add_argument("--port", type=int, default=8081, help="default: 8081; 0 takes any free one")
    parser.add_argument("--token", default=TOKEN, help="the token the bot must come with")
    parser.add_argument("--username", default="course_bot", help="the bot's name in links")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace) -> None:
    """Serve until interrupted."""
    stop = asyncio.Event()
    async with await StandIn.start(
        options.token, username=options.username, host=options.host, port=options.port
    ) as stand_in:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in a loop
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        sys.stdout.write(f"BOT_API_URL={stand_in.url}\nBOT_TOKEN={stand_in.token}\nPAGE={stand_in.url}/\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parsed()))
