"""Sheets for a notice board: a course with its code for a telephone's camera."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.views import SharedCourse, SharedProvider
from texts.letters import SENDER
from texts.typesetting import breakable, typeset
from texts.wording import clipped, day, funding, hours, period

PRINTED: Final = 150.0
"""Dots an inch of a picture that somebody prints."""
DRAWING: Final = "Рисую плакат…"
READY: Final = "Плакат с QR-кодом: картинка — для чата, PDF — для печати на листе А4."
_SIZES: Final = ((45, 44), (80, 36), (130, 30), (200, 25))
"""Up to how many letters a title has which size, in points."""
_SMALLEST: Final = 20
_LONGEST_FACT: Final = 110
_LONGEST_LIST: Final = 350
_LONGEST_NAME: Final = 60
_LONGEST_SUBTITLE: Final = 120
_SHORT_WORD: Final = re.compile(r"(?<![^\s(«])(\w{1,2}) ")


@dataclass(frozen=True, slots=True)
class Poster:
    """A sheet as files, by name."""

    picture: tuple[str, bytes]
    paper: tuple[str, bytes]


async def course(view: SharedCourse, link: str, address: str) -> Poster:
    """A course's sheet; `link` opens its card, `address` is what can be typed by hand: «t.me/bot».

    Raises: DocumentTooLong, DocumentLate.
    """
    return await _drawn(told_of(view, link, address), f"Плакат {view.code}")


def told_of(view: SharedCourse, link: str, address: str) -> dict[str, Any]:
    """What a course's sheet says."""
    facts = {
        "Когда": period(view.starts_on, view.ends_on),
        "Объём": hours(view.hours) if view.hours else None,
        "Форма": view.form,
        "Для кого": view.audience,
        "Оплата": funding(view.funding, view.price),
        "Заявки": f"до {day(view.apply_until)}" if view.apply_until else None,
    }
    return {
        "kind": "Курс повышения квалификации",
        "title": _bound(breakable(view.title)),
        "size": _size(view.title),
        "subtitle": _bound(breakable(clipped(view.provider, _LONGEST_SUBTITLE))),
        "facts": [(name, breakable(clipped(value, _LONGEST_FACT))) for name, value in facts.items() if value],
        "call": "Наведите камеру телефона и запишитесь",
        "below": "или напишите шифр курса боту в Telegram:",
        "short": [view.code, address],
        **_around(link),
    }


def _around(link: str) -> dict[str, str]:
    return {"portal": SENDER, "footer": SENDER, "code": code(link), "alt": f"QR-код: {link}"}


async def catalogue(view: SharedProvider, link: str, address: str) -> Poster:
    """The sheet of a provider's catalogue; `link` opens its courses.

    Raises: DocumentTooLong, DocumentLate.
    """
    return await _drawn(told_of_catalogue(view, link, address), f"Плакат {clipped(view.name, _LONGEST_NAME)}")


def told_of_catalogue(view: SharedProvider, link: str, address: str) -> dict[str, Any]:
    """What the sheet of a provider's catalogue says."""
    directions = clipped(", ".join(view.directions), _LONGEST_LIST)
    return {
        "kind": "Курсы повышения квалификации",
        "title": _bound(breakable(view.name)),
        "size": _size(view.name),
        "subtitle": "Каталог курсов для учителей",
        "facts": [("Направления", breakable(directions))] if directions else [],
        "call": "Наведите камеру телефона: откроется каталог",
        "below": "или найдите бота в Telegram:",
        "short": [address],
        **_around(link),
    }


async def _drawn(told: Mapping[str, Any], name: str) -> Poster:
    picture = await typeset("poster", told, kind="png", dots=PRINTED)
    paper = await typeset("poster", told)
    return Poster((f"{name}.png", picture), (f"{name}.pdf", paper))


def code(link: str) -> str:
    """A link as a QR code, an SVG picture that fills its place: the sheet is white around it."""
    import segno  # for the first poster only

    picture = io.BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="svg", border=1, xmldecl=False)
    return picture.getvalue().decode()


def _bound(text: str) -> str:
    """Little words go with the next one into its line."""
    return _SHORT_WORD.sub("\\1\u00a0", text)


def _size(title: str) -> int:
    return next((size for letters, size in _SIZES if len(title) <= letters), _SMALLEST)
