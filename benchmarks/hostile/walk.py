"""All kinds, one after the other, at one of two scales."""

import random
from collections.abc import AsyncIterator
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
    "full": Scale(Share(foreign=1, own=1, odd=0.1, asked=0.01, words=0.02), 1, 10_000, 1_000, 1_000, heavy_files=True),
    "small": Scale(
        Share(foreign=0.03, own=0, odd=0.002, asked=0.002, words=0.02), 0.02, 200, 10, 40, heavy_files=False
    ),
}


async def walk(stage: Stage, seed: int, scale: Scale) -> AsyncIterator[Tally]:
    """The outcome of each kind; the same seed tries the same."""
    questions = Questions(stage, random.Random(seed), scale.words)
    yield await questions.run()
    for tally in await Taps(stage, random.Random(seed), scale.taps, questions.met.values()).run():
        yield tally
    yield await thrown(stage, random.Random(seed), scale.updates)
    yield await sent(stage, random.Random(seed), heavy=scale.heavy_files)
    yield await opened(stage, random.Random(seed), scale.links)
    yield await called(stage, random.Random(seed), scale.calls)
