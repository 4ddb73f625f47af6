"""People over HTTP, under `/people`: for the chat page and for tests that run elsewhere.

    GET  /people                        everybody
    POST /people                        {first_name, last_name, username, caption}: somebody new
    GET  /people/{id}                   the person and what stands around the chat: keys, commands, blocked, unread
    GET  /people/{id}/messages[?last=&before=]   the conversation; the last ones, before a message
    GET  /people/{id}/files/{file_id}   the bytes of a file in it
    POST /people/{id}/start             {payload}
    POST /people/{id}/text              {text, reply_to}
    POST /people/{id}/file?name=&kind=&caption=   the bytes; kind: document or photo
    POST /people/{id}/press             {label} of a key under the input field
    POST /people/{id}/tap               {message_id, data} of an inline button
    POST /people/{id}/inline            {text, offset}: typed after `@bot`; answered with what the bot offers
    POST /people/{id}/pick              {query, result}: one of the results is sent
    POST /people/{id}/edit              {message_id, text}
    POST /people/{id}/read              {message_id}: everything up to it has been looked at
    POST /people/{id}/block, /unblock
    GET  /people/events[?person=]       server-sent events: all that changes, everywhere or in one chat
    GET  /people/calls[?after=|?last=]  the log of the bot's calls, past a number or the last ones
    GET  /people/bot                    its name, descriptions, link; whether it has called, can be reset, has mail
    POST /people/reset                  brings everything back to its first day, where the server was given a way

Letters are under `/people/letters` (playground.mail_api). What a phone would not let a person do is answered with 409,
what does not exist with 404; `error` says why.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

import orjson
from aiohttp import web

from playground import inline_queries, people
from playground.desk import Desk
from playground.events import stream_events
from playground.people import NotPossible, Voice
from playground.updates import JsonObject
from playground.views import bot_view, call_view, message_view, offered_view, person_view
from playground.world import Account, Chat, InlineAnswer, Message

INLINE_PATIENCE: Final = 30.0
SHOWN_BY_BROWSERS: Final = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Deed = Callable[[Voice, JsonObject], Any]
OnReset = Callable[[], Awaitable[None]]


class PeopleApi:
    """Lets the other side of the screen act as people."""

    def __init__(self, desk: Desk, on_reset: OnReset | None = None, *, has_mail: bool = False) -> None:
        self._desk = desk
        self._has_mail = has_mail
        self._world = desk.world
        self._on_reset = on_reset
        self._resetting: asyncio.Task[None] | None = None

    def add_to(self, app: web.Application) -> None:
        """Serve people in `app`."""
        router = app.router
        router.add_get("/people", self._list)
        router.add_post("/people", self._create)
        router.add_get("/people/events", self._events)
        router.add_get("/people/calls", self._calls)
        router.add_get("/people/bot", self._bot)
        router.add_post("/people/reset", self._reset)
        router.add_get(r"/people/{id:\d+}", self._person)
        router.add_get(r"/people/{id:\d+}/messages", self._messages)
        router.add_get(r"/people/{id:\d+}/files/{file_id}", self._file)
        router.add_post(r"/people/{id:\d+}/file", self._send_file)
        router.add_post(r"/people/{id:\d+}/inline", self._inline)
        for name, deed in self._deeds().items():
            router.add_post(rf"/people/{{id:\d+}}/{name}", self._doing(deed))

    def _deeds(self) -> dict[str, Deed]:
        """What a person can do with a JSON body."""
        world = self._world
        return {
            "start": lambda voice, body: people.start(world, voice, str(body.get("payload", ""))),
            "text": self._send_text,
            "press": self._press,
            "tap": self._tap,
            "pick": self._pick,
            "edit": lambda voice, body: people.edit(world, _message(voice.chat, body), str(body.get("text", ""))),
            "read": lambda voice, body: people.read(world, voice, int(body.get("message_id") or 0)),
            "block": lambda voice, _: people.block(world, voice),
            "unblock": lambda voice, _: people.unblock(world, voice),
        }

    async def _list(self, _: web.Request) -> web.Response:
        accounts = self._world.accounts.values()
        return _json([person_view(self._world, account) for account in accounts])

    async def _create(self, request: web.Request) -> web.Response:
        body = await _body(request)
        account = Account(
            self._world.new_person_id(),
            str(body.get("first_name") or "Гость"),
            body.get("last_name"),
            body.get("username"),
            caption=body.get("caption"),
        )
        return _json(person_view(self._world, self._world.add_person(account)))

    async def _person(self, request: web.Request) -> web.Response:
        return _json(person_view(self._world, self._voice(request).account))

    async def _messages(self, request: web.Request) -> web.Response:
        messages = self._voice(request).chat.messages.values()
        before, last = _number(request.query, "before"), _number(request.query, "last")
        shown = (message for message in reversed(messages) if not message.deleted)
        wanted = (message for message in shown if before is None or message.id < before)
        found = list(islice(wanted, last))
        return _json([message_view(self._world, message) for message in reversed(found)])

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._world.files.find(request.match_info["file_id"])
        if stored is None:
            raise _missing("file")
        shown = stored.mime_type in SHOWN_BY_BROWSERS
        headers = {
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(stored.name)}",
            "X-Content-Type-Options": "nosniff",
        }
        if shown and stored.mime_type == "text/plain":
            headers["Content-Type"] = "text/plain; charset=utf-8"
        else:
            headers["Content-Type"] = stored.mime_type if shown else "application/octet-stream"
        return web.Response(body=stored.content, headers=headers)

    async def _send_file(self, request: web.Request) -> web.Response:
        voice, content = self._voice(request), await request.read()
        caption = request.query.get("caption", "")
        if request.query.get("kind") == "photo":
            fields = people.photo_content(self._world, content, caption)
        else:
            name = request.query.get("name", "file")
            fields = people.document_content(self._world, name, content, caption)
        return _json(self._view(_possible(lambda: people.write(self._world, voice, fields))))

    def _doing(self, deed: Deed) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            voice, body = self._voice(request), await _body(request)
            return _json(self._view(_possible(lambda: deed(voice, body))))

        return handle

    def _send_text(self, voice: Voice, body: JsonObject) -> Message:
        reply_to = voice.chat.messages.get(body.get("reply_to") or 0)
        content = people.text_content(str(body.get("text", "")))
        return people.write(self._world, voice, content, reply_to)

    def _press(self, voice: Voice, body: JsonObject) -> Message:
        buttons = [button for row in voice.chat.key_rows() for button in row]
        for button in buttons:
            if button["text"] == body.get("label"):
                return people.press(self._world, voice, button)
        raise NotPossible(f"there is no key {body.get('label')!r}")

    def _tap(self, voice: Voice, body: JsonObject) -> JsonObject:
        tap = people.tap(self._world, voice.account, _message(voice.chat, body), str(body.get("data", "")))
        return {"tap": tap.id}

    async def _inline(self, request: web.Request) -> web.Response:
        """What the bot offers for what was typed; nothing, where it does not answer."""
        voice, body = self._voice(request), await _body(request)
        query = inline_queries.ask(self._world, voice, str(body.get("text", "")), str(body.get("offset", "")))
        answer = await voice.chat.pulse.until(lambda: query.answer, INLINE_PATIENCE)
        return _json(offered_view(query.id, answer or InlineAnswer(())))

    def _pick(self, voice: Voice, body: JsonObject) -> Message:
        query = self._world.queries.get(str(body.get("query", "")))
        if query is None or query.account is not voice.account:
            raise NotPossible("there is no such result")
        return inline_queries.pick(self._world, voice, query, str(body.get("result", "")))

    async def _calls(self, request: web.Request) -> web.Response:
        calls = self._desk.calls
        after, last = _number(request.query, "after"), _number(request.query, "last")
        if after is None:
            after = 0 if last is None else calls.noted - last
        return _json([call_view(number, call) for number, call in calls.after(after)])

    async def _bot(self, _: web.Request) -> web.Response:
        more = {"is_up": len(self._desk.calls) > 0, "can_reset": self._on_reset is not None, "has_mail": self._has_mail}
        return _json({**bot_view(self._world), **more})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await stream_events(request, self._desk)

    async def _reset(self, _: web.Request) -> web.Response:
        """A second press waits for the first; a page that goes away stops nothing halfway."""
        if self._on_reset is None:
            raise _missing("way back")
        if self._resetting is None or self._resetting.done():
            self._resetting = asyncio.create_task(self._reset_by(self._on_reset))
        await asyncio.shield(self._resetting)
        return _json({})

    async def _reset_by(self, on_reset: OnReset) -> None:
        try:
            await on_reset()
        finally:
            self._world.tell("reset")

    def _voice(self, request: web.Request) -> Voice:
        account = self._world.accounts.get(int(request.match_info["id"]))
        if account is None:
            raise _missing("person")
        return Voice(account, self._world.chats[account.id])

    def _view(self, done: Any) -> JsonObject:
        if isinstance(done, Message):
            return message_view(self._world, done)
        return done if isinstance(done, dict) else {}


def _message(chat: Chat, body: JsonObject) -> Message:
    message = chat.messages.get(body.get("message_id") or 0)
    if message is None:
        raise _missing("message")
    return message


def _possible(deed: Callable[[], Any]) -> Any:
    try:
        return deed()
    except NotPossible as impossible:
        raise web.HTTPConflict(
            text=orjson.dumps({"error": str(impossible)}).decode(), content_type="application/json"
        ) from None


async def _body(request: web.Request) -> JsonObject:
    try:
        body = orjson.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text='{"error": "a JSON object expected"}', content_type="application/json")
    return body


def _number(query: Mapping[str, str], name: str) -> int | None:
    raw = query.get(name, "")
    return int(raw) if raw.isdecimal() else None


def _json(content: Any) -> web.Response:
    return web.Response(body=orjson.dumps(content), content_type="application/json")


def _missing(what: str) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=f'{{"error": "no such {what}"}}', content_type="application/json")
