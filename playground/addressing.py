"""Which chat and which message a call means, and whether the bot may touch it."""

from playground.arguments import Arguments, whole_number
from playground.refusals import (
    BLOCKED,
    CANNOT_INITIATE,
    CHAT_ID_EMPTY,
    CHAT_NOT_FOUND,
    DEACTIVATED,
    KICKED_FROM_GROUP,
    MESSAGE_ID_MISSING,
    NOT_A_MEMBER,
    BadRequest,
    Forbidden,
)
from playground.world import Chat, Message, World


def chat_of(world: World, arguments: Arguments) -> Chat:
    """The chat of `chat_id`, wherever the bot may only look. Raises: BadRequest."""
    raw = arguments.text("chat_id")
    if not raw:
        raise BadRequest(CHAT_ID_EMPTY)
    number = whole_number(raw)
    chat = world.chats.get(number) if number is not None else None
    if chat is None:
        raise BadRequest(CHAT_NOT_FOUND)
    return chat


def chat_to_write_to(world: World, arguments: Arguments) -> Chat:
    """The chat of `chat_id`, where the bot may write. Raises: BadRequest, Forbidden."""
    chat = chat_of(world, arguments)
    if chat.person is not None:
        _check_person(chat)
    elif chat.bot_status == "kicked":
        raise Forbidden(KICKED_FROM_GROUP.format(kind=chat.kind))
    elif chat.bot_status not in ("member", "administrator"):
        raise Forbidden(NOT_A_MEMBER.format(kind=chat.kind))
    return chat


def message_of(chat: Chat, arguments: Arguments, not_found: str) -> Message:
    """The message of `message_id`. Raises: BadRequest, with `not_found` where there is none."""
    number = arguments.integer("message_id")
    if number <= 0:
        raise BadRequest(MESSAGE_ID_MISSING)
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise BadRequest(not_found)
    return message


def _check_person(chat: Chat) -> None:
    if chat.person and chat.person.deactivated:
        raise Forbidden(DEACTIVATED)
    if chat.bot_status is None:
        raise Forbidden(CANNOT_INITIATE)
    if chat.bot_status == "kicked":
        raise Forbidden(BLOCKED)
