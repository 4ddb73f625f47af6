"""Methods by which a bot writes: texts, documents, photos, «typing…»."""

from typing import Any, Final

from playground.addressing import chat_to_write_to
from playground.arguments import Arguments, Upload, whole_number
from playground.entities import FormattedText, formatted, with_found
from playground.files import KINDS, PHOTO_LIMIT, UNKNOWN_SIZE, StoredFile, image_size
from playground.keyboards import checked_markup
from playground.refusals import (
    CAPTION_TOO_LONG,
    FILE_EMPTY,
    NOT_AN_IMAGE,
    PHOTO_DIMENSIONS,
    PHOTO_TOO_BIG,
    REPLY_NOT_FOUND,
    REPLY_NOT_JSON,
    REPLY_NOT_OBJECT,
    TEXT_BLANK,
    TEXT_EMPTY,
    TEXT_TOO_LONG,
    URL_FAILED,
    WRONG_ACTION,
    WRONG_FILE,
    WRONG_KIND,
    BadRequest,
)
from playground.updates import JsonObject
from playground.world import Chat, Message, World

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
ACTIONS: Final = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def send_message(world: World, arguments: Arguments) -> JsonObject:
    """sendMessage: a text, up to 4096 symbols, with its entities and keyboard."""
    content = text_of(arguments, too_long=TEXT_TOO_LONG)
    return _post(world, arguments, content.as_fields("text", "entities"))


def send_document(world: World, arguments: Arguments) -> JsonObject:
    """sendDocument: a file with a name, and a caption up to 1024 symbols."""
    caption = caption_of(arguments)
    stored = _file(world, arguments, "document", "documents")
    document = {"file_name": stored.name, "mime_type": stored.mime_type, **stored.as_json()}
    return _post(world, arguments, {"document": document, **caption})


def send_photo(world: World, arguments: Arguments) -> JsonObject:
    """sendPhoto: a PNG or JPEG up to 10 MiB, its sides together up to 10,000 pixels, at most 20 to 1.

    A photo that is known by its identifier was judged when it came.
    """
    caption = caption_of(arguments)
    stored = _file(world, arguments, "photo", "photos")
    is_known = stored.id == arguments.text("photo")
    sizes = known_photo(stored) if is_known else photo_sizes(stored)
    return _post(world, arguments, {"photo": sizes, **caption})


def send_chat_action(world: World, arguments: Arguments) -> bool:
    """sendChatAction: what the bot is busy with, shown for five seconds."""
    chat = chat_to_write_to(world, arguments)
    if arguments.text("action") not in ACTIONS:
        raise BadRequest(WRONG_ACTION)
    world.tell("action", chat, action=arguments.text("action"))
    return True


def text_of(arguments: Arguments, *, too_long: str) -> FormattedText:
    """The checked `text` of a call; `too_long` is the refusal past 4096 symbols."""
    if not arguments.text("text"):
        raise BadRequest(TEXT_EMPTY)
    content = formatted(arguments.text("text"), arguments.text("parse_mode"), arguments.text("entities"))
    if not content.text.strip():
        raise BadRequest(TEXT_BLANK)
    if len(content.text) > MAX_TEXT:
        raise BadRequest(too_long)
    return with_found(content)


def caption_of(arguments: Arguments) -> JsonObject:
    """The fields of the checked `caption`; none where there is no caption."""
    content = formatted(arguments.text("caption"), arguments.text("parse_mode"), arguments.text("caption_entities"))
    if len(content.text) > MAX_CAPTION:
        raise BadRequest(CAPTION_TOO_LONG)
    return with_found(content).as_fields("caption", "caption_entities") if content.text else {}


def known_photo(stored: StoredFile) -> list[JsonObject]:
    """The `photo` field of a message for a photo that was sent before."""
    width, height = image_size(stored.content) or UNKNOWN_SIZE
    return [{**stored.as_json(), "width": width, "height": height}]


def photo_sizes(stored: StoredFile) -> list[JsonObject]:
    """The `photo` field of a message. Raises: BadRequest for what is no photo."""
    if len(stored.content) > PHOTO_LIMIT:
        raise BadRequest(PHOTO_TOO_BIG.format(size=len(stored.content), limit=PHOTO_LIMIT))
    size = image_size(stored.content)
    if size is None:
        raise BadRequest(NOT_AN_IMAGE)
    width, height = size
    if not min(size) or width + height > 10_000 or max(size) > 20 * min(size):
        raise BadRequest(PHOTO_DIMENSIONS)
    return [{**stored.as_json(), "width": width, "height": height}]


def _post(world: World, arguments: Arguments, content: JsonObject) -> JsonObject:
    chat = chat_to_write_to(world, arguments)
    markup = checked_markup(arguments.text("reply_markup"), inline_only=chat.kind == "channel")
    message = world.post(
        chat,
        None if chat.kind == "channel" else world.bot,
        content,
        markup,
        reply_to=_replied_to(chat, arguments),
        silent=arguments.flag("disable_notification"),
    )
    return message.as_json()


def _replied_to(chat: Chat, arguments: Arguments) -> Message | None:
    try:
        wanted: Any = arguments.json("reply_parameters") or {}
    except ValueError:
        raise BadRequest(REPLY_NOT_JSON) from None
    if not isinstance(wanted, dict):
        raise BadRequest(REPLY_NOT_OBJECT)
    number = whole_number(str(wanted.get("message_id", ""))) or arguments.integer("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(number)
    if message is not None and not message.deleted:
        return message
    if wanted.get("allow_sending_without_reply") or arguments.flag("allow_sending_without_reply"):
        return None
    raise BadRequest(REPLY_NOT_FOUND)


def _file(world: World, arguments: Arguments, field: str, folder: str) -> StoredFile:
    """The file of a call: uploaded under its field's name or as attach://NAME, or known by its identifier."""
    value = arguments.text(field)
    upload = arguments.uploads.get(value.removeprefix("attach://") if value.startswith("attach://") else field)
    if upload is not None:
        return _stored(world, upload, folder)
    if not value or value.startswith("attach://"):
        raise BadRequest(f"there is no {field} in the request")
    if "://" in value:
        raise BadRequest(URL_FAILED)
    known = world.files.find(value)
    if known is None:
        raise BadRequest(WRONG_FILE)
    if known.kind != KINDS[folder]:
        raise BadRequest(WRONG_KIND.format(kind=known.kind, wanted=KINDS[folder]))
    return known


def _stored(world: World, upload: Upload, folder: str) -> StoredFile:
    if not upload.content:
        raise BadRequest(FILE_EMPTY)
    return world.files.add(folder, upload.name, upload.content)
