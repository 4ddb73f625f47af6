"""Files that calendar programs open (iCalendar, RFC 5545): a course is put into one's calendar, changed, taken out."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from domain.agenda import CalendarEntry
from services.calendar_files import entry_in

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCER: Final = "-//Course bot//Calendar files//RU"
_LINK: Final = re.compile(r"https?://\S+")
_NOT_IN_FILE_NAMES: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A file to send. `method` is what it asks of the program that opens it."""

    name: str
    content: bytes
    method: str


def file_with(told: Mapping[str, Any], zone: ZoneInfo) -> CalendarFile | None:
    """The file that goes with a note, by the note's payload; None: the note brings none."""
    entry = entry_in(told)
    return None if entry is None else calendar_file(entry, zone)


def calendar_file(entry: CalendarEntry, zone: ZoneInfo) -> CalendarFile:
    """The file of an entry, whatever its texts hold.

    The method is PUBLISH and never REQUEST: there is nobody whom a program could answer. Whole days have no time
    zone of their own; the portal's stands beside them for programs that ask.
    """
    from icalendar import Calendar  # for the first file only

    method = "CANCEL" if entry.cancelled else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-timezone", zone.key)
    calendar.add_component(_event(entry))
    cancelled = "-отмена" if entry.cancelled else ""
    name = f"{_NOT_IN_FILE_NAMES.sub('-', entry.code).strip('.-') or 'course'}{cancelled}.ics"
    return CalendarFile(name, calendar.to_ical(), method)


def what_to_do(told: Mapping[str, Any]) -> str | None:
    """What the file of a note is for, in a sentence; None: the note brings none."""
    entry = entry_in(told)
    if entry is None:
        return None
    if entry.cancelled:
        return "Откройте приложенный файл, чтобы убрать курс из своего календаря."
    if entry.sequence > 1:
        return "Откройте приложенный файл, чтобы обновить курс в своём календаре."
    return "Откройте приложенный файл, чтобы добавить курс в свой календарь."


def _event(entry: CalendarEntry) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("last-modified", entry.stamp)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", _line(f"{entry.code} «{entry.title}»"))
    if entry.starts_on is not None:
        event.add("dtstart", entry.starts_on)
        event.add("dtend", (entry.ends_on or entry.starts_on) + timedelta(days=1))  # the first day that is free again
    event.add("transp", "TRANSPARENT")  # a course of weeks does not make every hour of them busy
    if entry.venue:
        event.add("location", _line(entry.venue))
        link = _LINK.fullmatch(entry.venue.strip())
        if link is not None and entry.venue.isascii():
            event.add("url", link[0])
    event.add("description", "\n".join(_description(entry)))
    return event


def _description(entry: CalendarEntry) -> list[str]:
    named = (("Организация", entry.provider), ("Группа", entry.group_number), ("Место", entry.venue))
    return [f"{name}: {_line(value)}" for name, value in named if value]


def _line(text: str) -> str:
    """The text in one line, without the characters that no calendar file may hold."""
    spaced = " ".join(text.split())
    return "".join(sign for sign in spaced if unicodedata.category(sign) != "Cc")
