"""A person with a phone, in a private chat with the bot: the language of journey tests.

    teacher = stand_in.person("Анна")
    await teacher.starts()                 # opens the bot, presses «Start»; starts("c_5") for a deep link
    await teacher.sends("ГМЦ-0417-Д")      # also: presses (reply keyboard), sends_document, edits, blocks …
    await teacher.is_shown("Питон")        # a message that is NEW OR CHANGED since the last action
    await teacher.taps("Записаться")       # on the newest message with such a button; returns the toast
    await teacher.told("Готово")           # the toast or alert of the last tap
    await teacher.hears("Согласована")     # a NEW message since the last action; each is heard once
    await teacher.sees("Решение:")         # anything on screen now, however old
    teacher.never_hears("Отклонена")
    await teacher.hears_nothing()
    offered = await teacher.types_inline("питон")         # what `@bot питон` offers, in any chat
    await teacher.picks("Питон", offered)                 # sends one of the results

An action returns once its update is queued (a tap: once it is answered). Waiting follows what appears on
screen, up to `timeout` seconds; then an AssertionError shows the screen. Parts are looked for in a message's
text and in the labels of its buttons. A button is found by its whole label (an emoji before it aside), else
by a part of it.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from playground import inline_queries, people
from playground.people import NotPossible, Voice
from playground.world import Account, Answer, Chat, InlineAnswer, InlineQuery, Message, Tap, World

PATIENCE: Final = 10.0
SETTLING: Final = 0.3
BEFORE_WORDS: Final = re.compile(r"^[^\w«(]+")
Found = tuple[Message, dict[str, Any]]
Done = TypeVar("Done")


class Person:
    """One person; every word on the screen can be asked for, every button pressed."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self.chat = world.chats[account.id]
        self.last_tap: Tap | None = None
        self._acted_at = world.order
        self._heard: set[int] = set()

    def __repr__(self) -> str:
        return f"<{self.account.first_name} {self.id}>"

    @property
    def id(self) -> int:
        """The person's id, which is the private chat's id, too."""
        return self.account.id

    # What is on the screen

    @property
    def messages(self) -> list[Message]:
        """The bot's messages on the screen, oldest first."""
        return [message for message in self.chat.messages.values() if self._is_bots(message)]

    @property
    def last(self) -> Message:
        """The bot's newest message."""
        return self.messages[-1] if self.messages else self._fail("the bot has said nothing")

    @property
    def reply_keyboard(self) -> list[list[str]] | None:
        """Rows of labels under the input field, or None."""
        rows = self.chat.key_rows()
        return [[button["text"] for button in row] for row in rows] if rows else None

    @property
    def commands(self) -> dict[str, str]:
        """The menu of commands as this person sees it: name to description."""
        found = self._world.profile.commands_in_private(self.id, self.account.language_code or "")
        return {command["command"]: command["description"] for command in found}

    def content_of(self, message: Message) -> bytes:
        """The bytes of the document or photo in a message."""
        stored = self._world.files.find(_file_id(message))
        return stored.content if stored else self._fail(f"there is no file in {rendered(message)!r}")

    @property
    def bot_is_blocked(self) -> bool:
        """Whether this person has blocked the bot."""
        return self.chat.bot_status == "kicked"

    def screen(self) -> str:
        """The whole conversation as text, with buttons."""
        shown = [
            f"{'bot' if self._is_bots(message) else 'me'} #{message.id}: {rendered(message)}"
            for message in self.chat.messages.values()
            if not message.deleted
        ]
        keyboard = "\n".join(" ".join(f"({label})" for label in row) for row in self.reply_keyboard or [])
        return "\n".join([*shown, keyboard] if keyboard else shown) or "(empty)"

    async def sees(self, *parts: str, timeout: float = PATIENCE) -> Message:
        """The newest message of the bot on screen that has all `parts`; waits for it."""
        return await self._wait(lambda: self._newest(*parts), f"sees no {parts}", timeout)

    async def is_shown(self, *parts: str, timeout: float = PATIENCE) -> Message:
        """As `sees`, but the message must be new or changed since this person's last action."""
        return await self._wait(
            lambda: self._newest(*parts, changed_after=self._acted_at),
            f"is shown no {parts} since the last action",
            timeout,
        )

    async def hears(self, *parts: str, timeout: float = PATIENCE) -> Message:
        """The oldest message that came after the last action, was not heard yet and has all `parts`."""
        message = await self._wait(
            lambda: next((new for new in self._new() if new.id not in self._heard and _has(new, parts)), None),
            f"hears no {parts} since the last action",
            timeout,
        )
        self._heard.add(message.id)
        return message

    async def hears_once(self, *parts: str, timeout: float = PATIENCE, settling: float = SETTLING) -> Message:
        """As `hears`, and no second such message comes within `settling` seconds."""
        message = await self.hears(*parts, timeout=timeout)
        await asyncio.sleep(settling)
        count = sum(_has(new, parts) for new in self._new())
        return message if count == 1 else self._fail(f"hears {parts} {count} times")

    async def hears_nothing(self, within: float = SETTLING) -> None:
        """Nothing new comes within `within` seconds, nothing on screen changes."""
        order = self._world.order
        await asyncio.sleep(within)
        changed = [message for message in self.messages if message.changed_at > order]
        if changed:
            self._fail(f"was to hear nothing, but: {rendered(changed[-1])!r}")

    def never_hears(self, *parts: str) -> None:
        """No message with all `parts` has come since the last action, heard or not."""
        if any(_has(new, parts) for new in self._new()):
            self._fail(f"should never hear {parts}")

    async def told(self, *parts: str, timeout: float = PATIENCE) -> Answer:
        """The toast or alert that answered the last tap; it has all `parts`."""
        tap = self.last_tap or self._fail("has tapped nothing")
        answer = await self._answer(tap, timeout)
        if not all(part in answer.text for part in parts):
            self._fail(f"is told {answer.text!r}, not {parts}")
        return answer

    # What the person does

    async def starts(self, payload: str = "") -> Message:
        """Opens t.me/<bot>?start=PAYLOAD and presses «Start»; a blocked bot is unblocked by that."""
        return self._act(lambda: people.start(self._world, self._voice(), payload))

    async def opens(self, link: str) -> Message:
        """Follows a link https://t.me/<bot>?start=PAYLOAD."""
        match = re.fullmatch(r"https://t\.me/(\w+)(?:\?start=(.*))?", link)
        if not match or match[1] != self._world.bot.username:
            self._fail(f"{link!r} does not lead to this bot")
        return await self.starts(match[2] or "")

    async def sends(self, text: str, *, chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        """Sends a text, into the private chat or into `chat`."""
        return self._write(people.text_content(text), chat, reply_to)

    async def sends_document(self, name: str, content: bytes, caption: str = "") -> Message:
        """Sends a file."""
        return self._write(people.document_content(self._world, name, content, caption))

    async def sends_photo(self, content: bytes = b"\xff\xd8", caption: str = "") -> Message:
        """Sends a photo."""
        return self._write(people.photo_content(self._world, content, caption))

    async def sends_album(self, *pictures: bytes, caption: str = "") -> list[Message]:
        """Sends photos together: as many messages, of one group, the caption on the first."""
        group = {"media_group_id": str(self._world.order + 1)}
        captions = [caption, *("" for _ in pictures[1:])]
        contents = [people.photo_content(self._world, *each) | group for each in zip(pictures, captions, strict=True)]
        return [self._write(content) for content in contents]

    async def sends_sticker(self, emoji: str = "👍") -> Message:
        """Sends a sticker."""
        return self._write(people.sticker_content(self._world, emoji))

    async def sends_voice(self, seconds: int = 3) -> Message:
        """Sends a voice message."""
        return self._write(people.voice_content(self._world, seconds))

    async def sends_contact(self) -> Message:
        """Sends the own contact."""
        return self._write(people.contact_content(self.account))

    async def sends_location(self, latitude: float = 55.75, longitude: float = 37.62) -> Message:
        """Sends a place on the map, in degrees."""
        return self._write(people.location_content(latitude, longitude))

    async def types_inline(
        self, text: str, *, offset: str = "", chat: Chat | None = None, timeout: float = PATIENCE
    ) -> InlineQuery:
        """Types `@bot TEXT` in the private chat or in `chat` and waits for what the bot offers.

        `offset`: where an earlier answer's results went on.
        """
        query = self.begins_inline(text, offset=offset, chat=chat)
        failure = f"@{self._world.bot.username} {text!r} stayed unanswered"
        await self._wait(lambda: query.answer, failure, timeout, query.chat)
        return query

    def begins_inline(self, text: str, *, offset: str = "", chat: Chat | None = None) -> InlineQuery:
        """As `types_inline`, without waiting: the next key is pressed already."""
        return inline_queries.ask(self._world, self._voice(chat), text, offset)

    async def picks(self, title: str, query: InlineQuery) -> Message:
        """Sends the only result that has `title` in its own into the chat where the query was typed."""
        found = [result for result in _offered(query).results if title in result["title"]]
        if len(found) != 1:
            self._fail(f"{len(found)} results have {title!r}: {[each['title'] for each in _offered(query).results]}")
        voice = self._voice(query.chat)
        return self._act(lambda: inline_queries.pick(self._world, voice, query, found[0]["id"]))

    async def edits(self, message: Message, text: str) -> None:
        """Changes a text of one's own."""
        self._act(lambda: people.edit(self._world, message, text))

    async def presses(self, label: str, timeout: float = PATIENCE) -> Message:
        """Presses a button of the reply keyboard."""
        button = await self._wait(lambda: self._choose(label, self.chat.key_rows()), f"has no key {label!r}", timeout)
        return self._act(lambda: people.press(self._world, self._voice(), button))

    async def taps(
        self, label: str, *, on: Message | None = None, timeout: float = PATIENCE, wait: bool = True
    ) -> str | None:
        """Taps an inline button and waits for the answer; returns the toast's text or None.

        `on`: the message it is on, else the newest that has it. `wait=False` returns at once (see `told`).
        A button that opens a link, copies a text or begins an inline query returns that and sends nothing.
        """
        message, button = await self._wait(lambda: self._find(label, on), f"has no button {label!r}", timeout)
        if "callback_data" not in button:
            return _own_effect(button)
        return await self.taps_raw(button["callback_data"], on=message, timeout=timeout, wait=wait)

    async def taps_raw(self, data: str, *, on: Message, timeout: float = PATIENCE, wait: bool = True) -> str | None:
        """Sends any `data` for any message, as a modified client can."""
        tap = self._act(lambda: people.tap(self._world, self.account, on, data))
        self.last_tap = tap
        return (await self._answer(tap, timeout)).text or None if wait else None

    def data_of(self, label: str, on: Message | None = None) -> str:
        """The callback data of a button on screen, to be tapped when the button is long gone (`taps_raw`)."""
        found = self._find(label, on) or self._fail(f"has no button {label!r}")
        return str(found[1]["callback_data"])

    async def blocks(self) -> None:
        """Blocks the bot."""
        self._act(lambda: people.block(self._world, self._voice()))

    async def unblocks(self) -> None:
        """Unblocks the bot."""
        self._act(lambda: people.unblock(self._world, self._voice()))

    async def deletes_account(self) -> None:
        """Becomes a deactivated user."""
        self.account.deactivated = True

    async def adds_bot(self, chat: Chat) -> None:
        """Takes the bot into a group, or makes it an administrator of a channel."""
        self._act(lambda: people.add_bot(self._world, Voice(self.account, chat)))

    async def removes_bot(self, chat: Chat) -> None:
        """Throws the bot out."""
        self._act(lambda: people.block(self._world, Voice(self.account, chat)))

    # How it is done

    def _voice(self, chat: Chat | None = None) -> Voice:
        return Voice(self.account, chat or self.chat)

    def _write(self, content: dict[str, Any], chat: Chat | None = None, reply_to: Message | None = None) -> Message:
        return self._act(lambda: people.write(self._world, self._voice(chat), content, reply_to))

    def _act(self, deed: Callable[[], Done]) -> Done:
        before = self._world.order
        try:
            done = deed()
        except NotPossible as impossible:
            self._fail(str(impossible))
        self._acted_at = before
        return done

    def _is_bots(self, message: Message) -> bool:
        return message.sender is self._world.bot and not message.deleted

    def _new(self) -> list[Message]:
        return [message for message in self.messages if message.sent_at > self._acted_at]

    def _newest(self, *parts: str, changed_after: int = -1) -> Message | None:
        for message in reversed(self.messages):
            if message.changed_at > changed_after and _has(message, parts):
                return message
        return None

    def _find(self, label: str, on: Message | None) -> Found | None:
        for message in [on] if on else reversed(self.messages):
            button = self._choose(label, message.buttons)
            if button:
                return message, button
        return None

    def _choose(self, label: str, rows: list[list[dict[str, Any]]]) -> dict[str, Any] | None:
        buttons = [button for row in rows for button in row]
        whole = [button for button in buttons if label in (button["text"], BEFORE_WORDS.sub("", button["text"]))]
        found = whole or [button for button in buttons if label in button["text"]]
        if len(found) > 1:
            self._fail(f"cannot tell which of {[button['text'] for button in found]} is meant by {label!r}")
        return found[0] if found else None

    async def _answer(self, tap: Tap, timeout: float) -> Answer:
        failure = f"the tap {tap.data!r} stayed unanswered"
        return await self._wait(lambda: tap.answer, failure, timeout, tap.message.chat)

    async def _wait(
        self, look: Callable[[], Done | None], failure: str, timeout: float, chat: Chat | None = None
    ) -> Done:
        seen = await (chat or self.chat).pulse.until(look, timeout)
        return seen if seen is not None else self._fail(f"{failure} (waited {timeout:g} s)")

    def _fail(self, what: str) -> NoReturn:
        raise AssertionError(f"{self!r}: {what}; on screen:\n{self.screen()}")


def rendered(message: Message) -> str:
    """A message as one reads it: what it carries, its text, its buttons row by row."""
    files = [f"<{kind}>" for kind in message.content if kind in ("document", "photo", "sticker", "voice")]
    rows = [" ".join(f"[{label}]" for label in row) for row in message.labels]
    return "\n".join([*files, message.text, *rows])


def _has(message: Message, parts: tuple[str, ...]) -> bool:
    text = rendered(message)
    return all(part in text for part in parts)


def _file_id(message: Message) -> str:
    carried = message.content.get("document") or message.content.get("photo", [{}])[-1]
    return str(carried.get("file_id", ""))


def _offered(query: InlineQuery) -> InlineAnswer:
    return query.answer or InlineAnswer(())


def _own_effect(button: dict[str, Any]) -> str | None:
    if "copy_text" in button:
        return str(button["copy_text"]["text"])
    own = next((name for name in ("url", "switch_inline_query") if name in button), None)
    return None if own is None else str(button[own])
