"""Methods by which a bot changes or removes what it wrote."""

from typing import Final

from playground.addressing import chat_of, chat_to_write_to, message_of
from playground.arguments import Arguments
from playground.keyboards import checked_markup
from playground.refusals import (
    CANNOT_DELETE,
    CANNOT_EDIT,
    DELETE_NOT_FOUND,
    EDIT_NOT_FOUND,
    EDIT_TOO_LONG,
    MESSAGE_ID_MISSING,
    NO_CAPTION_TO_EDIT,
    NO_TEXT_TO_EDIT,
    NOT_MODIFIED,
    BadRequest,
)
from playground.sending import caption_of, text_of
from playground.updates import JsonObject
from playground.world import Message, World

DELETABLE_FOR: Final = 48 * 3600
TEXT_FIELDS: Final = {"text", "entities"}
CAPTION_FIELDS: Final = {"caption", "caption_entities"}
WITH_CAPTION: Final = ("document", "photo")


def edit_message_text(world: World, arguments: Arguments) -> JsonObject:
    """editMessageText: a new text; a keyboard that is not sent again is taken away."""
    fields = text_of(arguments, too_long=EDIT_TOO_LONG).as_fields("text", "entities")
    message = _own_message(world, arguments)
    if "text" not in message.content:
        raise BadRequest(NO_TEXT_TO_EDIT)
    kept = {name: value for name, value in message.content.items() if name not in TEXT_FIELDS}
    return _changed(world, message, {**kept, **fields}, arguments)


def edit_message_caption(world: World, arguments: Arguments) -> JsonObject:
    """editMessageCaption: a new caption, or none; the keyboard as in editMessageText."""
    fields = caption_of(arguments)
    message = _own_message(world, arguments)
    if not any(kind in message.content for kind in WITH_CAPTION):
        raise BadRequest(NO_CAPTION_TO_EDIT)
    kept = {name: value for name, value in message.content.items() if name not in CAPTION_FIELDS}
    return _changed(world, message, {**kept, **fields}, arguments)


def edit_message_reply_markup(world: World, arguments: Arguments) -> JsonObject:
    """editMessageReplyMarkup: a new keyboard, or none, under the same words."""
    message = _own_message(world, arguments)
    return _changed(world, message, message.content, arguments)


def delete_message(world: World, arguments: Arguments) -> bool:
    """deleteMessage: within 48 hours; in private chats also what the person wrote."""
    chat = chat_of(world, arguments)
    message = message_of(chat, arguments, DELETE_NOT_FOUND)
    _delete(world, message)
    return True


def delete_messages(world: World, arguments: Arguments) -> bool:
    """deleteMessages: up to 100 at once; those that are not there are passed over."""
    chat = chat_of(world, arguments)
    try:
        numbers = arguments.json("message_ids")
    except ValueError:
        numbers = None
    if not isinstance(numbers, list) or not numbers or not all(isinstance(each, int) for each in numbers):
        raise BadRequest(MESSAGE_ID_MISSING)
    if len(numbers) > 100:
        raise BadRequest("too many messages to delete")
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and not message.deleted:
            _delete(world, message)
    return True


def _delete(world: World, message: Message) -> None:
    own = message.sender is world.bot or message.sender is None
    if world.today() - message.date > DELETABLE_FOR or not (own or message.chat.is_private):
        raise BadRequest(CANNOT_DELETE)
    world.delete(message)


def _own_message(world: World, arguments: Arguments) -> Message:
    """A message the bot may edit: its own, and without a reply keyboard."""
    if arguments.text("inline_message_id"):
        raise BadRequest(EDIT_NOT_FOUND)
    message = message_of(chat_to_write_to(world, arguments), arguments, EDIT_NOT_FOUND)
    is_own = message.sender is world.bot or message.chat.kind == "channel"
    if not is_own or (message.markup is not None and not message.buttons):
        raise BadRequest(CANNOT_EDIT)
    return message


def _changed(world: World, message: Message, content: JsonObject, arguments: Arguments) -> JsonObject:
    markup = checked_markup(arguments.text("reply_markup"), inline_only=True)
    if content == message.content and markup == message.markup:
        raise BadRequest(NOT_MODIFIED)
    world.change(message, content, markup, stamp=content != message.content)
    return message.as_json()
