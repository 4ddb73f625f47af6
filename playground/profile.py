"""What a bot says of itself: names, descriptions, commands, the menu button."""

from dataclasses import dataclass, field
from typing import Any, Final

DEFAULT_SCOPE: Final = '{"type": "default"}'


@dataclass
class Profile:
    """The bot's own profile; texts are kept by language code, commands by scope and language code."""

    name: str
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)
