"""Methods by which a bot looks at chats and files, or leaves."""

from playground.addressing import chat_of, chat_to_write_to
from playground.arguments import Arguments
from playground.files import DOWNLOAD_LIMIT
from playground.people import bot_leaves
from playground.refusals import FILE_ID_MISSING, FILE_TOO_BIG, INVALID_FILE_ID, LEAVE_PRIVATE, BadRequest
from playground.updates import JsonObject
from playground.world import World


def get_chat(world: World, arguments: Arguments) -> JsonObject:
    """getChat: the chat with the fields that are always there."""
    chat = chat_of(world, arguments)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        True,
    )
    return {**chat.as_json(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_file(world: World, arguments: Arguments) -> JsonObject:
    """getFile: the path to download a file of up to 20 MiB from."""
    if not arguments.text("file_id"):
        raise BadRequest(FILE_ID_MISSING)
    stored = world.files.find(arguments.text("file_id"))
    if stored is None:
        raise BadRequest(INVALID_FILE_ID)
    if len(stored.content) > DOWNLOAD_LIMIT:
        raise BadRequest(FILE_TOO_BIG)
    return {**stored.as_json(), "file_path": stored.path}


def leave_chat(world: World, arguments: Arguments) -> bool:
    """leaveChat: a group, supergroup or channel."""
    chat = chat_to_write_to(world, arguments)
    if chat.is_private:
        raise BadRequest(LEAVE_PRIVATE)
    bot_leaves(world, chat)
    return True
