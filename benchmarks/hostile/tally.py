"""What was tried, and what went wrong."""

from dataclasses import dataclass, field
from typing import Final

SHOWN: Final = 40
"""Failures that are printed of each kind."""


@dataclass
class Tally:
    """One kind of hostile input: how many were tried, and a line for each failure."""

    kind: str
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds that somebody waited for an answer, at the most."""
    note: str = ""
    """What was measured beside it."""

    def fails(self, what: str) -> None:
        """One more failure."""
        self.failures.append(what)

    def waited(self, seconds: float) -> None:
        """Somebody was answered after so long."""
        self.slowest = max(self.slowest, seconds)


def table(tallies: list[Tally]) -> str:
    """All kinds in Markdown, and the failures below."""
    lines = ["| kind | tried | failures | the slowest answer |", "| --- | --- | --- | --- |"]
    for tally in tallies:
        slowest = f"{tally.slowest:.1f} s" if tally.slowest else ""
        lines.append(f"| {tally.kind} | {tally.tried:,} | {len(tally.failures)} | {slowest} |")
    lines += [f"\n{tally.kind}: {tally.note}." for tally in tallies if tally.note]
    for tally in tallies:
        lines += [f"- {tally.kind}: {failure}" for failure in tally.failures[:SHOWN]]
    return "\n".join(lines)
