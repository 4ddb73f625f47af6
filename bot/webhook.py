"""The webhook: a small server that stores an update and then answers 200."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from bot.session import loads
from bot.status import Readiness, add_health
from services.intake import PAST_64_BITS

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
BODY_LIMIT: Final = 1024 * 1024

log: Final = structlog.get_logger()


class Webhook:
    """Serves the path of the webhook's URL, and `/healthz` and `/readyz` for a balancer."""

    def __init__(
        self,
        path: str,
        secret: str,
        accept: Callable[[list[dict[str, Any]]], Awaitable[None]],
        readiness: Readiness,
    ) -> None:
        self._secret = secret.encode()
        self._accept = accept
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post(path or "/", self._take)
        add_health(app, readiness)
        app.on_response_prepare.append(_without_a_banner)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)

    async def open(self, host: str, port: int) -> None:
        """Begin to listen. Raises: OSError."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def close(self) -> None:
        """Answer what has come, and listen no more."""
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")  # a header may hold any bytes
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=401)
        try:
            update = loads(await request.read())
        except (ValueError, ConnectionError):  # no JSON, or the caller was gone before the end
            return web.Response(status=400)
        if not _is_update(update):
            return web.Response(status=400)
        try:
            await self._accept([update])
        except ValueError:  # nested deeper than it can be kept
            return web.Response(status=400)
        except Exception as fault:
            log.warning("update_not_stored", fault=type(fault).__name__)
            return web.Response(status=503)  # Telegram delivers it again
        return web.Response()


async def _without_a_banner(_: web.Request, response: web.StreamResponse) -> None:
    """What serves here, and in which version, is nobody's business."""
    response.headers.popall("Server", None)


def _is_update(update: Any) -> bool:
    number = update.get("update_id") if isinstance(update, dict) else None
    return type(number) is int and 0 < number < PAST_64_BITS  # true is a number, too
