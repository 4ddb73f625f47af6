"""What people do on their phones, and the updates that come of it."""

import re
from dataclasses import dataclass
from typing import Final

from playground.entities import clean, part, with_found
from playground.files import UNKNOWN_SIZE, image_size
from playground.updates import JsonObject
from playground.world import Account, Chat, Message, Tap, World

PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{0,64}")
CHAT_LANE: Final = "chat {}"
ADMINISTRATOR_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_send_welcome_messages",
)


class NotPossible(Exception):
    """A person tried what a phone would not let them do."""


@dataclass(frozen=True)
class Voice:
    """Where a person writes: the account and the chat."""

    account: Account
    chat: Chat


def write(world: World, voice: Voice, content: JsonObject, reply_to: Message | None = None) -> Message:
    """Send a message with the fields of `content`; in a private chat the first one lets the bot in."""
    chat = voice.chat
    if chat.is_private:
        if chat.bot_status == "kicked":
            raise NotPossible("the bot is blocked here: unblock it first")
        chat.bot_status = "member"
    message = world.post(chat, None if chat.kind == "channel" else voice.account, content, reply_to=reply_to)
    if bot_reads(world, message):
        kind = "channel_post" if chat.kind == "channel" else "message"
        world.updates.put(kind, message.as_json(), CHAT_LANE.format(chat.id))
    return message


def text_content(text: str) -> JsonObject:
    """The fields of a text as a person's phone sends it: trimmed, with links and commands found."""
    content = with_found(clean(text))
    if not content.text.strip():
        raise NotPossible("an empty text cannot be sent")
    return content.as_fields("text", "entities")


def start(world: World, voice: Voice, payload: str = "") -> Message:
    """Open the bot by its link and press «Start»; `payload` as the link carries it."""
    if not PAYLOAD.fullmatch(payload):
        raise NotPossible(f"a link cannot carry {payload!r}: up to 64 of A-Z a-z 0-9 _ -")
    if voice.chat.bot_status == "kicked":
        unblock(world, voice)
    return write(world, voice, text_content(f"/start {payload}"))


def edit(world: World, message: Message, text: str) -> None:
    """Change one's own text."""
    if "text" not in message.content or message.sender is world.bot:
        raise NotPossible("only one's own text can be edited")
    world.change(message, text_content(text), message.markup, stamp=True)
    if bot_reads(world, message):
        kind = "edited_channel_post" if message.chat.kind == "channel" else "edited_message"
        world.updates.put(kind, message.as_json(), CHAT_LANE.format(message.chat.id))


def tap(world: World, account: Account, message: Message, data: str) -> Tap:
    """Send a callback query; a modified client may send any `data` for any message."""
    opened = world.open_tap(account, message, data)
    shown = message.as_json()
    if message.inaccessible or message.deleted:
        shown = {"chat": message.chat.as_json(), "message_id": message.id, "date": 0}
    query = {
        "id": opened.id,
        "from": account.as_json(),
        "message": shown,
        "chat_instance": str(message.chat.id * 7919),
        "data": data,
    }
    world.updates.put("callback_query", query, f"taps of {account.id}")
    return opened


def press(world: World, voice: Voice, button: JsonObject) -> Message:
    """Press a button of the reply keyboard."""
    chat = voice.chat
    if chat.keyboard_message and (chat.keyboard_message.markup or {}).get("one_time_keyboard"):
        chat.keyboard_message = None
    if button.get("request_contact"):
        return write(world, voice, contact_content(voice.account))
    return write(world, voice, text_content(button["text"]))


def read(world: World, voice: Voice, message_id: int) -> None:
    """Look at everything up to a message."""
    if message_id > voice.chat.read_up_to:
        voice.chat.read_up_to = message_id
        world.tell("read", voice.chat)


def block(world: World, voice: Voice) -> None:
    """Block the bot, or throw it out of a group or channel."""
    _set_bot_status(world, voice, "kicked")


def unblock(world: World, voice: Voice) -> None:
    """Let the bot write again."""
    _set_bot_status(world, voice, "member")


def add_bot(world: World, voice: Voice) -> None:
    """Take the bot into a group, or make it an administrator of a channel."""
    status = "administrator" if voice.chat.kind == "channel" else "member"
    _set_bot_status(world, voice, status)
    if status == "member":
        joined = world.bot.as_json()
        write(world, voice, {"new_chat_members": [joined], "new_chat_member": joined})


def bot_leaves(world: World, chat: Chat) -> None:
    """The bot goes by itself."""
    _set_bot_status(world, Voice(world.bot, chat), "left")


def document_content(world: World, name: str, content: bytes, caption: str = "") -> JsonObject:
    """The fields of a document sent by a person."""
    stored = world.files.add("documents", name, content)
    document = {"file_name": name, "mime_type": stored.mime_type, **stored.as_json()}
    return {"document": document, **_caption(caption)}


def photo_content(world: World, content: bytes, caption: str = "") -> JsonObject:
    """The fields of a photo sent by a person; phones send pictures of any kind as JPEG."""
    stored = world.files.add("photos", "photo.jpg", content)
    width, height = image_size(content) or UNKNOWN_SIZE
    return {"photo": [{**stored.as_json(), "width": width, "height": height}], **_caption(caption)}


def sticker_content(world: World, emoji: str) -> JsonObject:
    """The fields of a sticker."""
    stored = world.files.add("stickers", "sticker.webp", b"RIFF")
    looks = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": {**stored.as_json(), **looks, "emoji": emoji}}


def voice_content(world: World, seconds: int) -> JsonObject:
    """The fields of a voice message."""
    stored = world.files.add("voice", "voice.oga", b"OggS")
    return {"voice": {**stored.as_json(), "duration": seconds, "mime_type": "audio/ogg"}}


def contact_content(account: Account) -> JsonObject:
    """The fields of one's own contact, with an invented number."""
    names = {
        "first_name": account.first_name,
        **({"last_name": account.last_name} if account.last_name else {}),
    }
    return {"contact": {"phone_number": "+79990000000", **names, "user_id": account.id}}


def location_content(latitude: float, longitude: float) -> JsonObject:
    """The fields of a place on the map, in degrees."""
    return {"location": {"latitude": latitude, "longitude": longitude}}


def _caption(caption: str) -> JsonObject:
    return with_found(clean(caption)).as_fields("caption", "caption_entities") if caption.strip() else {}


def bot_reads(world: World, message: Message) -> bool:
    """Whether the bot gets a message: in privacy mode it sees of a group only what concerns it."""
    chat = message.chat
    if chat.is_private or chat.bot_status == "administrator":
        return True
    if chat.bot_status != "member":
        return False
    mentioned = any(
        entity["type"] == "bot_command"
        or (entity["type"] == "mention" and part(message.text, entity) == f"@{world.bot.username}")
        for entity in message.entities
    )
    answered = message.reply_to is not None and message.reply_to.sender is world.bot
    return mentioned or answered or not message.content.keys().isdisjoint({"new_chat_members", "via_bot"})


def _set_bot_status(world: World, voice: Voice, status: str) -> None:
    chat, before = voice.chat, voice.chat.bot_status or "left"
    if before == status:
        return
    chat.bot_status = status
    update = {
        "chat": chat.as_json(),
        "from": voice.account.as_json(),
        "date": world.today(),
        "old_chat_member": _bot_member(world, before),
        "new_chat_member": _bot_member(world, status),
    }
    world.tell("membership", chat, status=status)
    world.updates.put("my_chat_member", update, CHAT_LANE.format(chat.id))


def _bot_member(world: World, status: str) -> JsonObject:
    member: JsonObject = {"user": world.bot.as_json(), "status": status}
    if status == "kicked":
        member["until_date"] = 0
    if status == "administrator":
        member |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(ADMINISTRATOR_RIGHTS, True)}
    return member
