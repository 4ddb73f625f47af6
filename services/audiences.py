"""Which courses are for somebody, by the position in the profile and by what the catalogue says of its audiences."""

from collections.abc import Iterable
from functools import cache

from db.search_index import stems_of
from domain.audience import ALONE, EVERYBODY, TEACHER, TEACHERS, WIDER, parts
from domain.spelling import plain_words
from domain.words import LITTLE


def stems(text: str) -> list[str]:
    """The stems of a text's words."""
    return stems_of(plain_words(text))


@cache
def _stems(words: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in stems(word))


@cache
def _wider() -> dict[str, str]:
    return {stems(word)[0]: stems(wide)[0] for word, wide in WIDER.items()}


def _said(text: str) -> frozenset[str]:
    return frozenset(stems(text)) - _stems(LITTLE)


def fits(position: str, audience: str | None) -> bool:
    """Whether a course for this audience is for somebody of this position; one that names no audience is for all.

    A part of the audience («учителя биологии и химии») fits a subject of the position, if it has all its words.
    """
    if audience is None:
        return True
    everybody = _stems(EVERYBODY)
    if _stems(TEACHER) & _said(position):
        everybody |= _stems(TEACHERS)
    subjects = _subjects(position)
    for group in audience.split(","):
        said = _said(group)
        if said <= everybody or any(_has(said, subject) for subject in subjects):
            return True
    return False


def _subjects(position: str) -> list[frozenset[str]]:
    """What tells this position from others, subject by subject; nothing of «Учитель»."""
    general = _stems(EVERYBODY) | _stems(TEACHERS)
    subjects = [_said(part) - general for part in parts(position)]
    return [subject for subject in subjects if subject - _stems(ALONE)]


def _has(said: frozenset[str], subject: frozenset[str]) -> bool:
    wider = _wider()
    return all(stem in said or wider.get(stem) in said for stem in subject)


def fitting(position: str, audiences: Iterable[str]) -> list[str]:
    """Those of the audiences that mean somebody of this position."""
    return [audience for audience in audiences if fits(position, audience)]
