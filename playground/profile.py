"""What a bot says of itself: names, descriptions, commands, the menu button."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class CommandsPlace(NamedTuple):
    """For whom a list of commands is: scope, its chat and user where it has them, language (empty: any)."""

    scope: str
    chat_id: int | None = None
    user_id: int | None = None
    language: str = ""


@dataclass
class Profile:
    """The bot's own profile; texts are kept by language code, where an empty code stands for all others."""

    name: str
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[CommandsPlace, list[dict[str, str]]] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)

    def commands_in_private(self, chat_id: int, language: str) -> list[dict[str, str]]:
        """The commands a person sees in their private chat: the narrowest list that was set."""
        for scope, chat in (("chat", chat_id), ("all_private_chats", None), ("default", None)):
            for code in (language, ""):
                commands = self.commands.get(CommandsPlace(scope, chat, None, code))
                if commands:
                    return commands
        return []

    def forget_chats(self) -> None:
        """Drop what was set for single chats."""
        self.commands = {place: kept for place, kept in self.commands.items() if place.chat_id is None}
        self.menu_buttons = {chat: button for chat, button in self.menu_buttons.items() if chat is None}
