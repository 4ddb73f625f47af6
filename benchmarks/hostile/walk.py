"""All kinds, one after the other, at one of two scales."""

import random
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Final

from benchmarks.hostile.calls import called
from benchmarks.hostile.files import sent
from benchmarks.hostile.links import opened
from benchmarks.hostile.stage import Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.taps import Share, Taps
from benchmarks.hostile.updates import thrown
from benchmarks.hostile.words import Questions


@dataclass(frozen=True)
class Scale:
    """How much is tried: shares of what could be, and counts."""

    taps: Share
    words: float
    updates: int
    links: int
    calls: int
    heavy_files: bool


SCALES: Final = {
    "full": Scale(
        Share(foreign=1, own=1, bounds=1, odd=0.1, asked=0.01, words=0.02), 1, 10_000, 1_000, 1_000, heavy_files=True
    ),
    "small": Scale(
        Share(foreign=0.03, own=0, bounds=0.01, odd=0.002, asked=0.002, words=0.02),
        0.02,
        200,
        10,
        40,
        heavy_files=False,
    ),
}


PARTS: Final = ("words", "taps", "updates", "files", "links", "calls")


async def walk(stage: Stage, seed: int, scale: Scale, parts: Collection[str] = PARTS) -> AsyncIterator[Tally]:
    """The outcome of each kind; the same seed tries the same. Taps at questions need the words that lead to them."""
    questions = Questions(stage, random.Random(seed), scale.words)
    if "words" in parts:
        yield await questions.run()
    if "taps" in parts:
        for tally in await Taps(stage, random.Random(seed), scale.taps, questions.met.values()).run():
            yield tally
    if "updates" in parts:
        yield await thrown(stage, random.Random(seed), scale.updates)
    if "files" in parts:
        yield await sent(stage, random.Random(seed), heavy=scale.heavy_files)
    if "links" in parts:
        yield await opened(stage, random.Random(seed), scale.links)
    if "calls" in parts:
        yield await called(stage, random.Random(seed), scale.calls)
