"""A long conversation costs the page no more rows than a short one; what it costs in time, benchmarks say."""

from benchmarks.page_messages import measure, report
from tests.playground.screen import Windows


async def test_scrolling_through_everything_keeps_few_rows(windows: Windows) -> None:
    few = await measure(windows.browser, 5, openings=1, appended=1, frames=5)
    many = await measure(windows.browser, 250, openings=1, appended=1, frames=40)
    assert few.rows == 5 + 2
    assert 80 < many.rows <= 160
    assert "ratio" in report(few, many)
