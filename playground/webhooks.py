"""Methods by which a bot says where updates go, and the delivery itself."""

import asyncio
import contextlib
import ipaddress
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson

from playground.arguments import Arguments, as_argument
from playground.refusals import (
    SECRET_CHARACTERS,
    SECRET_TOO_LONG,
    WEBHOOK_NEEDS_HTTPS,
    WEBHOOK_NO_HOST,
    WEBHOOK_PORT,
    BadRequest,
)
from playground.updates import JsonObject, Update, UpdateQueue, Webhook
from playground.world import World

PORTS: Final = {80, 88, 443, 8443}
SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")
FIRST_WAIT: Final = 0.05
LONGEST_WAIT: Final = 2.0
ANSWER_WITHIN: Final = 60.0
CarryOut = Callable[[str, Arguments], Awaitable[Any]]


class Described:
    """A result that comes with a sentence."""

    def __init__(self, result: Any, description: str) -> None:
        self.result = result
        self.description = description


def set_webhook(world: World, arguments: Arguments) -> Described:
    """setWebhook: https on four ports, or plain http to this machine as a Bot API server of one's own allows.

    An empty address removes the webhook.
    """
    url = arguments.text("url").strip()
    if not url:
        return delete_webhook(world, arguments)
    _check_address(url)
    secret = arguments.text("secret_token")
    if len(secret) > 256:
        raise BadRequest(SECRET_TOO_LONG)
    if not SECRET.fullmatch(secret):
        raise BadRequest(SECRET_CHARACTERS)
    hook = Webhook(url, secret, arguments.integer("max_connections", 40, 1, 100))
    before, queue = world.updates.webhook, world.updates
    note_allowed(queue, arguments)
    if arguments.flag("drop_pending_updates"):
        queue.drop_all()
    queue.webhook = hook
    queue.pulse.beat()
    world.pulse.beat()
    same = before is not None and (before.url, before.secret_token) == (hook.url, hook.secret_token)
    return Described(True, "Webhook is already set" if same else "Webhook was set")


def delete_webhook(world: World, arguments: Arguments) -> Described:
    """deleteWebhook: updates wait for getUpdates again."""
    queue = world.updates
    was_set, queue.webhook = queue.webhook is not None, None
    if arguments.flag("drop_pending_updates"):
        queue.drop_all()
    queue.pulse.beat()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


def get_webhook_info(world: World, _: Arguments) -> JsonObject:
    """getWebhookInfo: the address, how much waits, the last failure."""
    hook = world.updates.webhook or Webhook("")
    facts: JsonObject = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting()),
    }
    if hook.url:
        facts["max_connections"] = hook.max_connections
    if hook.last_error_date:
        facts |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    return {**facts, "allowed_updates": list(world.updates.allowed)} if world.updates.allowed else facts


def note_allowed(queue: UpdateQueue, arguments: Arguments) -> None:
    """Remember `allowed_updates`, which stay as they were where a call does not name them."""
    try:
        allowed = arguments.json("allowed_updates")
    except ValueError:
        return  # the server, too, passes over what is no list
    if isinstance(allowed, list):
        queue.allowed = tuple(map(str, allowed))


def _check_address(url: str) -> None:
    try:
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except ValueError:
        raise BadRequest(WEBHOOK_NO_HOST) from None
    if not host:
        raise BadRequest(WEBHOOK_NO_HOST)
    if _is_this_machine(host):
        return
    if address.scheme != "https":
        raise BadRequest(WEBHOOK_NEEDS_HTTPS)
    if (port or 443) not in PORTS:
        raise BadRequest(WEBHOOK_PORT)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Delivery:
    """Pushes updates to the webhook: in order within a chat, again until the answer is 2xx."""

    def __init__(self, world: World, carry_out: CarryOut) -> None:
        self._world = world
        self._carry_out = carry_out
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            try:
                while True:
                    self._open_lanes()
                    await self._world.updates.pulse.wait()
            finally:
                for lane in self._lanes.values():
                    lane.cancel()
                await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _open_lanes(self) -> None:
        hook = self._world.updates.webhook
        for update in self._world.updates.waiting() if hook else ():
            if hook and update.lane not in self._lanes and len(self._lanes) < hook.max_connections:
                self._lanes[update.lane] = asyncio.create_task(self._deliver_lane(hook, update.lane))

    async def _deliver_lane(self, hook: Webhook, lane: str) -> None:
        wait = FIRST_WAIT
        try:
            while self._world.updates.webhook is hook and (update := self._next(lane)):
                if await self._push(hook, update):
                    self._world.updates.confirm(update)
                    wait = FIRST_WAIT
                else:
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST_WAIT)
        finally:
            del self._lanes[lane]
            self._world.updates.pulse.beat()

    def _next(self, lane: str) -> Update | None:
        return next((update for update in self._world.updates.waiting() if update.lane == lane), None)

    async def _push(self, hook: Webhook, update: Update) -> bool:
        """Send one update; whether it was taken."""
        headers = {"Content-Type": "application/json"}
        if hook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret_token
        body = orjson.dumps(update.as_json())
        assert self._session
        try:
            async with self._session.post(hook.url, data=body, headers=headers) as answer:
                content = await answer.read()
                if 200 <= answer.status < 300:
                    if self._is_lost():
                        return False
                    await self._carry_out_answer(answer.content_type, content)
                    return True
                failure = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = str(error) or "Read timeout expired"
        hook.last_error_date, hook.last_error_message = self._world.today(), failure
        return False

    def _is_lost(self) -> bool:
        """Whether this answer gets lost on its way, as was ordered."""
        lost = self._world.updates.answers_to_lose > 0
        self._world.updates.answers_to_lose -= lost
        return lost

    async def _carry_out_answer(self, content_type: str, content: bytes) -> None:
        """An answer may hold one method call; what is none of these is passed over."""
        if "json" not in content_type:
            return
        with contextlib.suppress(ValueError):
            call = orjson.loads(content or b"{}")
            if isinstance(call, dict) and isinstance(call.get("method"), str):
                values = {name: as_argument(value) for name, value in call.items() if name != "method"}
                await self._carry_out(call["method"], Arguments(values))
