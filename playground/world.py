"""Everything that exists in the stand-in: people, chats, messages, taps. Knows nothing of HTTP.

Bots change it through the functions of `methods`, people through those of `people`.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from playground.clock import Clock
from playground.files import FileStore
from playground.profile import Profile
from playground.pulse import Pulse
from playground.updates import JsonObject, UpdateQueue

TAP_PATIENCE: Final = 15.0
QUERY_PATIENCE: Final = 30.0
PAST_32_BITS: Final = 2**32
LISTENER = Callable[[JsonObject], None]


@dataclass
class Account:
    """A person or a bot; `caption` says on the page who that is, and no bot sees it."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "ru"
    is_bot: bool = False
    deactivated: bool = False
    caption: str | None = None

    def names(self) -> JsonObject:
        """What stands for a person in a private chat."""
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {name: value for name, value in names.items() if value}

    def as_json(self) -> JsonObject:
        """The account as a bot sees it."""
        language = {"language_code": self.language_code} if self.language_code and not self.is_bot else {}
        return {"id": self.id, "is_bot": self.is_bot, **self.names(), **language}


@dataclass
class Chat:
    """A conversation; `bot_status` is None until the bot has been let in.

    `read_up_to` is the newest message that the person has looked at on the page.
    """

    id: int
    kind: str
    title: str | None = None
    person: Account | None = None
    bot_status: str | None = None
    messages: dict[int, "Message"] = field(default_factory=dict)
    keyboard_message: "Message | None" = None
    pulse: Pulse = field(default_factory=Pulse)
    last_message_id: int = 0
    read_up_to: int = 0

    def as_json(self) -> JsonObject:
        """The chat as it stands in messages."""
        names = self.person.names() if self.person else {"title": self.title}
        return {"id": self.id, **names, "type": self.kind}

    def key_rows(self) -> list[list[JsonObject]]:
        """The reply keyboard as it stands under the input field."""
        markup = self.keyboard_message.markup if self.keyboard_message else None
        return list((markup or {}).get("keyboard", ()))

    @property
    def is_private(self) -> bool:
        """Whether this is the bot's conversation with one person."""
        return self.kind == "private"


@dataclass(eq=False)
class Message:
    """One message; `content` holds its fields as the Bot API names them.

    `sent_at` and `changed_at` are places in the world's order of events, not times.
    """

    chat: Chat
    id: int
    sender: Account | None
    date: int
    content: JsonObject
    markup: JsonObject | None = None
    reply_to: "Message | None" = None
    silent: bool = False
    edit_date: int | None = None
    deleted: bool = False
    inaccessible: bool = False
    sent_at: int = 0
    changed_at: int = 0
    versions: list[JsonObject] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text or caption."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def buttons(self) -> list[list[JsonObject]]:
        """Rows of inline buttons."""
        return self.markup.get("inline_keyboard", []) if self.markup else []

    @property
    def labels(self) -> list[list[str]]:
        """Rows of inline buttons' texts."""
        return [[button["text"] for button in row] for row in self.buttons]

    @property
    def entities(self) -> list[JsonObject]:
        """The entities of its text or caption."""
        return [*self.content.get("entities", ()), *self.content.get("caption_entities", ())]

    def as_json(self, *, with_reply: bool = True) -> JsonObject:
        """The message as a bot sees it."""
        body: JsonObject = {"message_id": self.id, "date": self.date, "chat": self.chat.as_json()}
        if self.sender:
            body["from"] = self.sender.as_json()
        else:
            body["sender_chat"] = self.chat.as_json()
        if self.edit_date:
            body["edit_date"] = self.edit_date
        if self.reply_to and with_reply:
            body["reply_to_message"] = self.reply_to.as_json(with_reply=False)
        body |= self.content
        return {**body, "reply_markup": self.markup} if self.buttons else body


@dataclass(frozen=True)
class Answer:
    """What a bot answered to a tap."""

    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(eq=False)
class Tap:
    """One press of an inline button, waiting for its answer."""

    id: str
    account: Account
    message: Message
    data: str
    at: float
    answer: Answer | None = None


@dataclass(frozen=True)
class InlineAnswer:
    """What a bot offers for an inline query: `results` as they are sent, with what is remembered for how long."""

    results: tuple[JsonObject, ...]
    next_offset: str = ""
    button: JsonObject | None = None
    cache_time: int = 300
    personal: bool = False


@dataclass(eq=False)
class InlineQuery:
    """One state of what a person types after `@bot` in a chat, waiting for its answer."""

    id: str
    account: Account
    chat: Chat
    text: str
    offset: str
    at: float
    answer: InlineAnswer | None = None


class World:
    """The state of the stand-in for one bot."""

    def __init__(self, token: str, username: str = "course_bot", clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.token = token
        self.bot = Account(_bot_id(token), "Курсы", username=username, is_bot=True)
        self.accounts: dict[int, Account] = {}
        self.chats: dict[int, Chat] = {}
        self.updates = UpdateQueue(self.clock)
        self.profile = Profile(self.bot.first_name)
        self.files = FileStore()
        self.taps: dict[str, Tap] = {}
        self.inline_mode = True
        self.queries: dict[str, InlineQuery] = {}
        self._remembered: dict[tuple[str, str, int | None], tuple[float, InlineAnswer]] = {}
        self.pulse = Pulse()
        self.listeners: list[LISTENER] = []
        self.order = 0
        self._last_message_id = random.randint(10, 10_000)

    def today(self) -> int:
        """Now, as dates of messages are written."""
        return int(self.clock.now())

    def add_person(self, account: Account) -> Account:
        """Let a person exist; the bot does not know them until they write."""
        self.accounts[account.id] = account
        self.chats[account.id] = Chat(account.id, "private", person=account)
        self.tell("person", self.chats[account.id], account=account.as_json())
        return account

    def new_person_id(self) -> int:
        """An unused id past 32 bits, as new accounts have them."""
        while (fresh := PAST_32_BITS + random.randint(1, 3 * 10**9)) in self.accounts:
            pass
        return fresh

    def add_chat(self, kind: str, title: str) -> Chat:
        """Open a group, supergroup or channel."""
        number = random.randint(10**8, 2**31)
        chat = Chat(-number if kind == "group" else -(10**12 + number), kind, title=title)
        self.chats[chat.id] = chat
        return chat

    def post(
        self,
        chat: Chat,
        sender: Account | None,
        content: JsonObject,
        markup: JsonObject | None = None,
        reply_to: Message | None = None,
        silent: bool = False,
    ) -> Message:
        """Put a new message on screen."""
        message = Message(chat, self._new_message_id(chat), sender, self.today(), content, markup, reply_to, silent)
        chat.messages[message.id] = message
        self._note_keyboard(message)
        message.sent_at = message.changed_at = self.tell("message", chat, message=message)
        return message

    def change(self, message: Message, content: JsonObject, markup: JsonObject | None, *, stamp: bool) -> None:
        """Change a message in place; `stamp` marks it as edited, which a keyboard alone does not."""
        message.versions.append(message.content)
        message.content, message.markup = content, markup
        if stamp:
            message.edit_date = self.today()
        message.changed_at = self.tell("edit", message.chat, message=message)

    def delete(self, message: Message) -> None:
        """Take a message off the screen, with the keyboard it brought."""
        message.deleted = True
        if message.chat.keyboard_message is message:
            message.chat.keyboard_message = None
        message.changed_at = self.tell("delete", message.chat, message=message)

    def open_tap(self, account: Account, message: Message, data: str) -> Tap:
        """Register a press of an inline button."""
        tap = Tap(str(random.getrandbits(62)), account, message, data, self.clock.now())
        self.taps[tap.id] = tap
        self.tell("tap", message.chat, message=message, data=data)
        return tap

    def answer_tap(self, tap_id: str, answer: Answer) -> bool:
        """Answer a press; False where it is unknown, answered already or given up by the person."""
        tap = self.taps.get(tap_id)
        if tap is None or tap.answer is not None or self.clock.now() - tap.at > TAP_PATIENCE:
            return False
        tap.answer = answer
        where = {"message_id": tap.message.id, "data": tap.data}
        self.tell("answer", tap.message.chat, **where, **asdict(answer))
        return True

    def open_query(self, account: Account, chat: Chat, text: str, offset: str) -> InlineQuery:
        """Register what somebody types after `@bot`; an answer that is remembered for it comes with it."""
        query = InlineQuery(str(random.getrandbits(62)), account, chat, text, offset, self.clock.now())
        self.queries[query.id] = query
        for whose in (account.id, None):
            until, answer = self._remembered.get((text, offset, whose), (0.0, None))
            if answer is not None and until > self.clock.now():
                query.answer = answer
        return query

    def answer_query(self, query_id: str, answer: InlineAnswer) -> bool:
        """Answer an inline query; False where it is unknown, answered already or too old."""
        query = self.queries.get(query_id)
        now = self.clock.now()
        if query is None or query.answer is not None or now - query.at > QUERY_PATIENCE:
            return False
        query.answer = answer
        whose = query.account.id if answer.personal else None
        self._remembered[query.text, query.offset, whose] = (now + answer.cache_time, answer)
        query.chat.pulse.beat()
        self.pulse.beat()
        return True

    def clear(self) -> None:
        """Forget people, chats, files, taps and waiting updates; what the bot said of itself stays."""
        for kept in (self.accounts, self.chats, self.taps, self.queries, self._remembered):
            kept.clear()
        self.files = FileStore()
        self.updates.drop_all()
        self.profile.forget_chats()

    def unread(self, chat: Chat, at_most: int = 100) -> int:
        """How many messages of the bot a person has not looked at, counted up to `at_most`."""
        count = 0
        for message in reversed(chat.messages.values()):
            if message.id <= chat.read_up_to or count >= at_most:
                break
            count += message.sender is self.bot and not message.deleted
        return count

    def tell(self, event: str, chat: Chat | None = None, **what: Any) -> int:
        """Tell those who watch that something changed; returns its place in the order of events."""
        self.order += 1
        for listener in list(self.listeners):
            listener({"event": event, "order": self.order, "chat": chat, **what})
        if chat:
            chat.pulse.beat()
        self.pulse.beat()
        return self.order

    def _new_message_id(self, chat: Chat) -> int:
        """Private chats and groups share one numbering; supergroups and channels have their own."""
        if chat.kind in ("supergroup", "channel"):
            chat.last_message_id += 1
            return chat.last_message_id
        self._last_message_id += 1
        return self._last_message_id

    def _note_keyboard(self, message: Message) -> None:
        markup = message.markup or {}
        if "keyboard" in markup:
            message.chat.keyboard_message = message
        elif "remove_keyboard" in markup:
            message.chat.keyboard_message = None


def _bot_id(token: str) -> int:
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else int.from_bytes(secrets.token_bytes(4))
