"""For whom a course is, as catalogues say it, and which positions that means."""

import re
from typing import Final

EVERYBODY: Final = frozenset(["педагог", "педагогические", "работники", "все", "всех"])
"""Whoever is meant by nothing but these words is everybody."""
TEACHERS: Final = frozenset(["учитель", "преподаватель", "предметник", "предметники", "предмет", "предметов"])
"""Together with those: every teacher of a school."""
TEACHER: Final = frozenset(["учитель", "преподаватель"])
"""What makes a position one of them."""
WIDER: Final = {
    "английский": "иностранный",
    "немецкий": "иностранный",
    "французский": "иностранный",
    "испанский": "иностранный",
    "китайский": "иностранный",
    "доп": "дополнительного",
    "нач": "начальных",
    "зам": "заместитель",
    "изо": "изобразительного",
    "физкультура": "физической",
    "физкультуры": "физической",
}
"""A word of a position, and the wider or the full one that a catalogue may use."""
ALONE: Final = frozenset(
    ["язык", "языка", "образование", "образования", "искусство", "искусства", "культура", "культуры"]
)
"""Words that tell nothing without the one before them."""

POSITIONS: Final = (
    "Учитель",
    "Учитель начальных классов",
    "Воспитатель",
    "Педагог-психолог",
    "Учитель-логопед",
    "Педагог доп. образования",
    "Методист",
    "Заместитель директора",
    "Директор",
)
"""Those that most people hold: offered where somebody says who they are, or for whom a course should be."""

_BREAK: Final = re.compile(r"[,;/]|\s+и\s+")


def parts(text: str) -> list[str]:
    """«Учителя истории и обществознания, методисты» → each of the three."""
    return [part for part in _BREAK.split(text) if part.strip()]
