"""What operators change while the portal runs: its values, their bounds, and what stands before anybody has changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from domain.cells import one_line
from domain.clock import QUIET, Hours
from domain.errors import BadHours, BadNumber, ReasonGone, TooManyReasons
from domain.person import within
from domain.policy import APPROVED_EXPIRES_AFTER, HOURS_NORM

BUILT_IN_CONSENT: Final = "2026-12"
"""The version of the consent that the bot brings along."""
MOST_HOURS: Final = 1000
MOST_DAYS: Final = 365
MOST_REASONS: Final = 10
REASON_LENGTH: Final = 60
"""Code points: a reason is a button."""
CONSENT_LENGTH: Final = 3000
"""Code points: it is shown whole in one message."""
READY_REASONS: Final = (
    "Курс не по профилю",
    "Нет замены на уроки",
    "Часы за три года уже выполнены",
    "Выберите другие даты",
)
_HOURS: Final = re.compile(r"(?:с\s*)?([0-9]{1,2})(?::00)?(?:\s*(?:[-–—]|до|по)\s*|\s+)([0-9]{1,2})(?::00)?")
_NEVER: Final = frozenset({"нет", "никогда", "без тихих часов", "-", "—"})


class Name(StrEnum):
    """What can be changed."""

    HOURS_NORM = "hours_norm"
    APPROVED_DAYS = "approved_days"
    QUIET = "quiet"
    REASONS = "reasons"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Reason:
    """A ready reason of refusal. Its id stands on buttons and never comes to mean another reason."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """The ready reasons in their order, and the id that the next new one gets: ids are not used twice."""

    ready: tuple[Reason, ...]
    next_id: int

    def find(self, reason_id: int) -> Reason:
        """One of them. Raises: ReasonGone."""
        for reason in self.ready:
            if reason.id == reason_id:
                return reason
        raise ReasonGone

    def added(self, text: str) -> "Reasons":
        """With a new one at the end.

        Raises: TooManyReasons, TooLong, TooShort.
        """
        if len(self.ready) >= MOST_REASONS:
            raise TooManyReasons
        new = Reason(self.next_id, within(one_line(text), REASON_LENGTH))
        return Reasons((*self.ready, new), self.next_id + 1)

    def removed(self, reason_id: int) -> "Reasons":
        """Without one of them. Raises: ReasonGone."""
        gone = self.find(reason_id)
        return Reasons(tuple(reason for reason in self.ready if reason is not gone), self.next_id)

    def raised(self, reason_id: int) -> "Reasons":
        """One of them a place earlier; the first stays. Raises: ReasonGone."""
        place = self.ready.index(self.find(reason_id))
        order = list(self.ready)
        order.insert(max(0, place - 1), order.pop(place))
        return Reasons(tuple(order), self.next_id)

    def as_stored(self) -> dict[str, Any]:
        """What `settings_of` reads again."""
        return {"next": self.next_id, "ready": [[reason.id, reason.text] for reason in self.ready]}


def _reasons(stored: Mapping[str, Any]) -> Reasons:
    return Reasons(tuple(Reason(*each) for each in stored["ready"]), stored["next"])


BUILT_IN_REASONS: Final = Reasons(tuple(map(Reason, range(len(READY_REASONS)), READY_REASONS)), len(READY_REASONS))
"""Their ids are the places that buttons carried before reasons could be changed."""


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """All of them, as they are in force; what nobody has changed is as the portal came."""

    hours_norm: int = HOURS_NORM
    approved_days: int = APPROVED_EXPIRES_AFTER.days
    quiet: Hours = QUIET
    reasons: Reasons = field(default=BUILT_IN_REASONS)
    consent: str = BUILT_IN_CONSENT
    """The version of the text that new people agree to."""


def settings_of(stored: Mapping[str, Any]) -> PortalSettings:
    """The settings out of what is stored by name."""
    values = dict(stored)
    if Name.QUIET in values:
        first, last = values[Name.QUIET]
        values[Name.QUIET] = (first, last)
    if Name.REASONS in values:
        values[Name.REASONS] = _reasons(values[Name.REASONS])
    known = {name.value: values[name] for name in Name if name in values}
    return PortalSettings(**known)


def _number(text: str, most: int) -> int:
    words = text.strip()
    if not (words.isascii() and words.isdigit() and len(words) <= 5 and 1 <= int(words) <= most):
        raise BadNumber(most)
    return int(words)


def _quiet(text: str) -> list[int]:
    words = text.strip().lower()
    if words in _NEVER:
        return [0, 0]
    found = _HOURS.fullmatch(words)
    if found is None or not all(int(hour) <= 24 for hour in found.groups()):
        raise BadHours
    return [int(hour) % 24 for hour in found.groups()]


def read_value(name: Name, text: str) -> Any:
    """What somebody wrote for a setting, as it is stored; a reason and the consent stay texts.

    Raises: BadNumber, BadHours, TooLong, TooShort.
    """
    if name is Name.QUIET:
        return _quiet(text)
    if name is Name.REASONS:
        return within(one_line(text), REASON_LENGTH)
    if name is Name.CONSENT:
        return within(text, CONSENT_LENGTH)
    return _number(text, MOST_HOURS if name is Name.HOURS_NORM else MOST_DAYS)
