"""Methods by which a bot says who it is: name, descriptions, commands, menu button."""

import re
from typing import Any, Final

from playground.addressing import chat_of
from playground.arguments import Arguments, whole_number
from playground.profile import CommandsPlace
from playground.refusals import (
    CHAT_NOT_FOUND,
    COMMAND_INVALID,
    COMMANDS_NOT_JSON,
    DESCRIPTION_TOO_LONG,
    NAME_TOO_LONG,
    SCOPE_IN_PRIVATE,
    SHORT_DESCRIPTION_TOO_LONG,
    TOO_MANY_COMMANDS,
    WRONG_LANGUAGE,
    WRONG_MENU_BUTTON,
    WRONG_SCOPE,
    BadRequest,
)
from playground.updates import JsonObject
from playground.world import World

MAX_COMMANDS: Final = 100
COMMAND: Final = re.compile(r"[a-z0-9_]+")
SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def get_me(world: World, _: Arguments) -> JsonObject:
    """getMe: the bot's account and what it may do."""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": world.inline_mode,
    }
    return {**world.bot.as_json(), **abilities, "can_connect_to_business": False, "has_main_web_app": False}


def set_my_name(world: World, arguments: Arguments) -> bool:
    """setMyName: up to 64 symbols a language; an empty one brings the default back."""
    _set_text(world.profile.names, arguments, "name", 64, NAME_TOO_LONG)
    world.bot.first_name = world.profile.names.get("") or world.profile.name
    return True


def get_my_name(world: World, arguments: Arguments) -> JsonObject:
    """getMyName."""
    names = world.profile.names
    return {"name": names.get(_language(arguments)) or names.get("") or world.profile.name}


def set_my_description(world: World, arguments: Arguments) -> bool:
    """setMyDescription: up to 512 symbols, shown in an empty chat."""
    return _set_text(world.profile.descriptions, arguments, "description", 512, DESCRIPTION_TOO_LONG)


def get_my_description(world: World, arguments: Arguments) -> JsonObject:
    """getMyDescription."""
    return {"description": _get_text(world.profile.descriptions, arguments)}


def set_my_short_description(world: World, arguments: Arguments) -> bool:
    """setMyShortDescription: up to 120 symbols, shown on the bot's page."""
    texts = world.profile.short_descriptions
    return _set_text(texts, arguments, "short_description", 120, SHORT_DESCRIPTION_TOO_LONG)


def get_my_short_description(world: World, arguments: Arguments) -> JsonObject:
    """getMyShortDescription."""
    return {"short_description": _get_text(world.profile.short_descriptions, arguments)}


def set_my_commands(world: World, arguments: Arguments) -> bool:
    """setMyCommands: up to 100 commands for a scope and a language."""
    try:
        commands = arguments.json("commands")
    except ValueError:
        commands = None
    if not isinstance(commands, list):
        raise BadRequest(COMMANDS_NOT_JSON)
    if len(commands) > MAX_COMMANDS:
        raise BadRequest(TOO_MANY_COMMANDS)
    world.profile.commands[_place(world, arguments)] = [_command(command) for command in commands]
    return True


def get_my_commands(world: World, arguments: Arguments) -> list[dict[str, str]]:
    """getMyCommands: exactly what was set for this scope and language."""
    return world.profile.commands.get(_place(world, arguments), [])


def delete_my_commands(world: World, arguments: Arguments) -> bool:
    """deleteMyCommands: the wider scope shows again."""
    world.profile.commands.pop(_place(world, arguments), None)
    return True


def set_chat_menu_button(world: World, arguments: Arguments) -> bool:
    """setChatMenuButton: for one private chat, or for all of them."""
    chat_id = chat_of(world, arguments).id if arguments.text("chat_id") else None
    try:
        button = arguments.json("menu_button") or {"type": "default"}
    except ValueError:
        button = {}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise BadRequest(WRONG_MENU_BUTTON)
    world.profile.menu_buttons[chat_id] = button
    return True


def get_chat_menu_button(world: World, arguments: Arguments) -> JsonObject:
    """getChatMenuButton."""
    chat_id = chat_of(world, arguments).id if arguments.text("chat_id") else None
    buttons = world.profile.menu_buttons
    return buttons.get(chat_id) or buttons.get(None) or {"type": "commands"}


def _set_text(texts: dict[str, str], arguments: Arguments, name: str, limit: int, too_long: str) -> bool:
    text = arguments.text(name).strip()
    if len(text) > limit:
        raise BadRequest(too_long)
    texts[_language(arguments)] = text
    return True


def _get_text(texts: dict[str, str], arguments: Arguments) -> str:
    return texts.get(_language(arguments)) or texts.get("", "")


def _language(arguments: Arguments) -> str:
    code = arguments.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise BadRequest(WRONG_LANGUAGE)
    return code


def _place(world: World, arguments: Arguments) -> CommandsPlace:
    """Where commands are kept. Raises: BadRequest for a scope that is unknown or does not fit its chat."""
    try:
        scope = arguments.json("scope") or {"type": "default"}
    except ValueError:
        raise BadRequest("can't parse BotCommandScope JSON object") from None
    kind = scope.get("type") if isinstance(scope, dict) else None
    if not isinstance(kind, str) or kind not in SCOPES:
        raise BadRequest(WRONG_SCOPE)
    chat_id, user_id = (_scope_field(scope, name) for name in ("chat_id", "user_id"))
    if chat_id is not None:
        chat = world.chats.get(chat_id)
        if chat is None:
            raise BadRequest(CHAT_NOT_FOUND)
        if chat.is_private and kind != "chat":
            raise BadRequest(SCOPE_IN_PRIVATE)
    return CommandsPlace(kind, chat_id, user_id, _language(arguments))


def _scope_field(scope: JsonObject, name: str) -> int | None:
    if name not in SCOPES[scope["type"]]:
        return None
    if scope.get(name) is None:
        raise BadRequest(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    number = whole_number(str(scope[name]))
    if number is None:
        raise BadRequest(CHAT_NOT_FOUND)
    return number


def _command(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise BadRequest(COMMANDS_NOT_JSON)
    command = str(raw.get("command", "")).strip().removeprefix("/")
    description = str(raw.get("description", "")).strip()
    for text, name, limit in ((command, "command", 32), (description, "command description", 256)):
        if not text:
            raise BadRequest(f"{name} must be non-empty")
        if len(text) > limit:
            raise BadRequest(f"{name} length must not exceed {limit}")
    if not COMMAND.fullmatch(command):
        raise BadRequest(COMMAND_INVALID)
    return {"command": command, "description": description}
