"""People over HTTP, under `/people`: for the chat page and for tests that run elsewhere.

    GET  /people                        everybody
    POST /people                        {first_name, last_name, username}: somebody new
    GET  /people/{id}                   the person and what stands around the chat: keys, commands, blocked
    GET  /people/{id}/messages          the conversation
    GET  /people/{id}/files/{file_id}   the bytes of a file in it
    POST /people/{id}/start             {payload}
    POST /people/{id}/text              {text, reply_to}
    POST /people/{id}/file?name=&kind=&caption=   the bytes; kind: document or photo
    POST /people/{id}/press             {label} of a key under the input field
    POST /people/{id}/tap               {message_id, data} of an inline button
    POST /people/{id}/edit              {message_id, text}
    POST /people/{id}/block, /unblock
    GET  /people/events[?person=]       server-sent events: all that changes, everywhere or in one chat
    GET  /people/calls[?after=]         the log of the bot's calls
    GET  /people/bot                    the bot's name, descriptions, link

What a phone would not let a person do is answered with 409, what does not exist with 404; `error` says why.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

import orjson
from aiohttp import web

from playground import people
from playground.desk import Desk
from playground.people import NotPossible, Voice
from playground.updates import JsonObject
from playground.world import Account, Chat, Message, World

HEARTBEAT: Final = 15.0
OWN: Final = ("none", "same-origin")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Deed = Callable[[Voice, JsonObject], Any]


class PeopleApi:
    """Lets the other side of the screen act as people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world

    def add_to(self, app: web.Application) -> None:
        """Serve people in `app`."""
        router = app.router
        router.add_get("/people", self._list)
        router.add_post("/people", self._create)
        router.add_get("/people/events", self._events)
        router.add_get("/people/calls", self._calls)
        router.add_get("/people/bot", self._bot)
        router.add_get(r"/people/{id:\d+}", self._person)
        router.add_get(r"/people/{id:\d+}/messages", self._messages)
        router.add_get(r"/people/{id:\d+}/files/{file_id}", self._file)
        router.add_post(r"/people/{id:\d+}/file", self._send_file)
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
            "edit": lambda voice, body: people.edit(
                world, _message(voice.chat, body), str(body.get("text", ""))
            ),
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
        )
        return _json(person_view(self._world, self._world.add_person(account)))

    async def _person(self, request: web.Request) -> web.Response:
        return _json(person_view(self._world, self._voice(request).account))

    async def _messages(self, request: web.Request) -> web.Response:
        messages = self._voice(request).chat.messages.values()
        return _json([message_view(self._world, message) for message in messages if not message.deleted])

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._world.files.find(request.match_info["file_id"])
        if stored is None:
            raise _missing("file")
        safe = stored.mime_type if stored.mime_type.startswith("image/") else "application/octet-stream"
        return web.Response(
            body=stored.content, content_type=safe, headers={"X-Content-Type-Options": "nosniff"}
        )

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

    async def _calls(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        return _json([asdict(call) for call in list(self._desk.calls)[after:]])

    async def _bot(self, _: web.Request) -> web.Response:
        profile, bot = self._world.profile, self._world.bot
        texts = {"description": profile.descriptions, "short_description": profile.short_descriptions}
        return _json(
            {
                "username": bot.username,
                "name": profile.names.get("ru") or profile.names.get("") or profile.name,
                **{
                    name: by_language.get("ru") or by_language.get("", "")
                    for name, by_language in texts.items()
                },
                "link": f"https://t.me/{bot.username}",
            }
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("person")
        queue: asyncio.Queue[JsonObject] = asyncio.Queue()
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        self._world.listeners.append(queue.put_nowait)
        try:
            await stream.prepare(request)
            await stream.write(b": open\n\n")
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    await stream.write(b": still here\n\n")
                    continue
                if wanted in (None, str(event["chat"].id)):
                    await stream.write(_as_event(self._world, event))
        except ConnectionError:
            return stream
        finally:
            self._world.listeners.remove(queue.put_nowait)

    def _voice(self, request: web.Request) -> Voice:
        account = self._world.accounts.get(int(request.match_info["id"]))
        if account is None:
            raise _missing("person")
        return Voice(account, self._world.chats[account.id])

    def _view(self, done: Any) -> JsonObject:
        if isinstance(done, Message):
            return message_view(self._world, done)
        return done if isinstance(done, dict) else {}


def person_view(world: World, account: Account) -> JsonObject:
    """A person with what stands around the conversation."""
    chat = world.chats[account.id]
    keyboard = chat.keyboard_message
    return {
        **account.as_json(),
        "deactivated": account.deactivated,
        "bot_status": chat.bot_status,
        "keyboard": keyboard.markup if keyboard else None,
        "commands": world.profile.commands_in_private(account.id, account.language_code or ""),
    }


def message_view(world: World, message: Message) -> JsonObject:
    """A message as the page shows it: as a bot sees it, whose it is, and whether it came without a sound."""
    return {
        **message.as_json(),
        "from_bot": message.sender is world.bot,
        "silent": message.silent,
        "deleted": message.deleted,
        "inaccessible": message.inaccessible,
    }


def _as_event(world: World, event: JsonObject) -> bytes:
    told = {name: value for name, value in event.items() if name != "chat"} | {"chat_id": event["chat"].id}
    if isinstance(told.get("message"), Message):
        told["message"] = message_view(world, told["message"])
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (told["order"], told["event"].encode(), orjson.dumps(told))


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


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a browser sends here for a page of another site, which could act as people otherwise."""
    if request.path.startswith("/people") and request.headers.get("Sec-Fetch-Site", "none") not in OWN:
        raise web.HTTPForbidden(text='{"error": "for its own page only"}', content_type="application/json")
    return await handler(request)


def _json(content: Any) -> web.Response:
    return web.Response(body=orjson.dumps(content), content_type="application/json")


def _missing(what: str) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=f'{{"error": "no such {what}"}}', content_type="application/json")
