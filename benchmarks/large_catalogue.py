"""An invented catalogue of many courses, with words as unevenly common as in a real one."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

from domain.spelling import plain_words
from services.catalogue_files import COURSE_COLUMNS
from services.demo_catalogue import COURSES, ENCODING, SEPARATOR

INVENTED: Final = 15_000
"""Words beside those of the demo catalogue."""
_BEGINNINGS: Final = "бар вел гор дан жур зам кар лог мед нов пед рас сол тел фон хор цел чер шал эко юбк яр"
_MIDDLES: Final = "ан ар ез ел ик ил ин ис оз ок ом он ор ос от ув ул ун ур ыв"
_ENDINGS: Final = "ация ение ика ность оватор ский ство тель ура овка изм ист ник чик лог граф метр"


def _vocabulary(chance: random.Random) -> list[str]:
    """The commonest first."""
    rows = csv.reader(io.StringIO(COURSES.read_text(encoding=ENCODING)), delimiter=SEPARATOR)
    demo = sorted({word for row in rows for word in plain_words(" ".join(row)) if word.isalpha() and len(word) > 2})
    chance.shuffle(demo)
    beginnings, middles, endings = _BEGINNINGS.split(), _MIDDLES.split(), _ENDINGS.split()
    invented: dict[str, None] = {}
    while len(invented) < INVENTED:
        middle = "".join(chance.choices(middles, k=chance.choice((1, 2))))
        invented[chance.choice(beginnings) + middle + chance.choice(endings)] = None
    return demo + list(invented)


def courses_csv(
    count: int, words: Sequence[str], *, seats: int = 25, weights: Sequence[float] | None = None
) -> tuple[bytes, list[str]]:
    """A csv of courses, with titles of seven of the words and annotations of fifty, and the titles; `weights`,
    cumulative, say how common each word is."""
    chance = random.Random(count)
    stream = io.StringIO(newline="")
    table = csv.writer(stream, delimiter=SEPARATOR)
    table.writerow([column.name for column in COURSE_COLUMNS])
    titles = []
    for number in range(count):
        starts_on = date(2027, 1, 11) + timedelta(chance.randrange(300))
        titles.append(" ".join(chance.choices(words, cum_weights=weights, k=7)).capitalize())
        table.writerow(
            [
                f"ГМЦ-{number:06d}-{chance.choice('ДОЗ')}",
                titles[-1],
                f"Центр развития № {chance.randrange(40)}",
                chance.choice(["бюджет", "внебюджет"]),
                chance.choice([18, 36, 72]),
                "очная",
                "учителя",
                starts_on.strftime("%d.%m.%Y"),
                (starts_on + timedelta(20)).strftime("%d.%m.%Y"),
                (starts_on - timedelta(7)).strftime("%d.%m.%Y"),
                seats,
                "",
                " ".join(chance.choices(words, cum_weights=weights, k=50)).capitalize(),
                chance.choice(words),
                "удостоверение",
                "ул. Учительская, д. 1",
            ]
        )
    return stream.getvalue().encode(ENCODING), titles


def large_catalogue(count: int) -> tuple[bytes, list[str]]:
    """As many courses in words as unevenly common as people's are, as a csv, and their titles."""
    words = _vocabulary(random.Random(count))
    weights = list(accumulate(1 / (place + 20) for place in range(len(words))))
    return courses_csv(count, words, weights=weights)


def mistyped(word: str, chance: random.Random) -> str:
    """The word with one slip: a letter missing, doubled, changed, or two in each other's place."""
    place = chance.randrange(1, len(word) - 1)
    slips = (
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + chance.choice("абвгдеиклмнопрст") + word[place + 1 :],
        word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
    )
    return chance.choice(slips)
