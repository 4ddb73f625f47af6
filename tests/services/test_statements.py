"""A tap costs a few statements, however many approvers there are and whatever is told."""

from benchmarks.taps import MOST_STATEMENTS, statements
from tests.city import City


async def test_a_tap_costs_few_statements(city: City) -> None:
    counted = await statements(city)
    assert {name: counted[name] for name, most in MOST_STATEMENTS.items() if counted[name] > most} == {}
    assert counted["who is this"] == 1
