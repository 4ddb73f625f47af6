"""A bar for what takes long, and none for what does not."""

from io import StringIO

from rich.console import Console

from bot.progress import LATE, LateBar

LABEL = "Загрузка"


def _seen(*seconds: float) -> str:
    """What stands on the terminal after calls at these moments, each a tenth of the work further."""
    terminal, moments = StringIO(), iter([0.0, *seconds])
    console = Console(file=terminal, force_terminal=True, width=80)
    with LateBar(LABEL, lambda: next(moments), console) as bar:
        for tenths in range(1, len(seconds) + 1):
            bar(tenths, 10)
    return terminal.getvalue()


def test_what_is_over_within_a_second_shows_no_bar() -> None:
    assert _seen(0.1, 0.5, LATE - 0.01) == ""


def test_what_takes_longer_shows_how_far_it_is() -> None:
    shown = _seen(0.5, LATE + 0.1)
    assert LABEL in shown
    assert "20%" in shown
