"""A country's morning on paper: the pencil, the bot's own queues and docs/country.md say the same."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from benchmarks.morning_peak import (
    CASES,
    ENROLMENT,
    GONE_AFTER,
    HEADINGS,
    ONE_BOT,
    ORDINARY,
    PATIENT,
    TAPS_A_VISIT,
    Means,
    Morning,
    Outcome,
    arithmetic,
    clock,
    percentile,
    reckon,
    simulate,
)
from bot import post
from bot.limiter import BULK_PART, PER_SECOND
from db.engine import SERVER_CONNECTIONS

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "country.md"
CROWD: Final = replace(ENROLMENT.scaled(0.01), digests=150)
"""As many a second as come when enrolment opens, for a hundredth of the time."""
QUIET: Final = replace(ORDINARY.scaled(0.02), digests=600)


@pytest.fixture(scope="module")
def crowded() -> Outcome:
    """One bot on the day enrolment opens, in small."""
    return simulate(CROWD, ONE_BOT)


@pytest.fixture(scope="module")
def quiet() -> Outcome:
    """One bot on an ordinary day, in small."""
    return simulate(QUIET, ONE_BOT)


def all_served(outcome: Outcome, morning: Morning) -> bool:
    return (len(outcome.taps), len(outcome.pushes), outcome.digests) == (
        morning.taps,
        morning.pushes,
        morning.digests,
    )


def test_everybody_is_answered_in_the_end_and_no_second_has_more_than_telegrams_calls(
    crowded: Outcome, quiet: Outcome
) -> None:
    assert all_served(crowded, CROWD)
    assert all_served(quiet, QUIET)
    assert max(crowded.busiest, quiet.busiest) <= PER_SECOND


def test_past_the_pace_the_queue_is_as_long_as_a_pencil_says(crowded: Outcome) -> None:
    reckoned = reckon(CROWD.taps, CROWD.seconds, PER_SECOND)
    assert reckoned.crest > 4 * PER_SECOND
    assert crowded.taps_waiting == pytest.approx(reckoned.queue, rel=0.1)
    assert crowded.waited_until == pytest.approx(reckoned.empty, rel=0.1)
    # Whoever comes when most wait waits for all of them; chats take turns, so a few wait for more than that.
    assert reckoned.queue / PER_SECOND / 2 < percentile(crowded.taps, 0.9) < 2 * reckoned.queue / PER_SECOND


def test_people_who_wait_for_their_answers_make_a_shorter_queue_that_lasts_as_long(crowded: Outcome) -> None:
    crowd = replace(PATIENT.scaled(0.01), digests=CROWD.digests)
    patient = simulate(crowd, ONE_BOT)
    assert all_served(patient, crowd)
    assert patient.taps_waiting < crowd.visits + crowd.applications < crowded.taps_waiting
    assert patient.waited_until == pytest.approx(crowded.waited_until, rel=0.1)


def test_below_the_pace_nobody_waits_and_digests_take_what_is_left(quiet: Outcome) -> None:
    assert reckon(QUIET.taps, QUIET.seconds, PER_SECOND).queue == 0.0
    assert percentile(quiet.taps, 0.99) < 1.0
    soonest = QUIET.digests / (PER_SECOND * BULK_PART)
    latest = (QUIET.taps + QUIET.pushes + QUIET.digests) / (PER_SECOND * BULK_PART) + 2.0
    assert soonest * 0.9 <= quiet.digests_until <= latest


def test_bots_enough_for_the_crest_keep_taps_from_waiting_and_too_few_do_not() -> None:
    for bots in (3, 6):
        enough = reckon(CROWD.taps, CROWD.seconds, bots * PER_SECOND).queue == 0.0
        outcome = simulate(CROWD, Means("some bots", bots=bots))
        late = sum(wait > GONE_AFTER / 5 for wait in outcome.taps) / len(outcome.taps)
        assert (late < 0.01) is enough


def test_what_is_paid_for_or_written_by_mail_leaves_the_pace_to_taps(crowded: Outcome) -> None:
    paid = simulate(CROWD, Means("paid", paid=True))
    assert all_served(paid, CROWD)
    assert percentile(paid.pushes, 0.99) < 1.0 < percentile(crowded.pushes, 0.99)
    # Answers to taps are edits, which cannot be paid for.
    assert paid.taps_waiting > crowded.taps_waiting * 0.9
    mailed = simulate(CROWD, Means("mail", by_mail=True))
    assert (mailed.digests, len(mailed.taps)) == (0, CROWD.taps)


def minutes(cell: str) -> float:
    """A time of day on the page."""
    hours, rest = cell.removesuffix(" the next day").split(":")
    return int(hours) * 60 + int(rest) + (24 * 60 if cell.endswith("day") else 0)


def test_the_page_quotes_what_is_reckoned_and_what_was_simulated_agrees_with_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for line in arithmetic():
        assert line in page
    assert f"| {' | '.join(HEADINGS)} |" in page
    for morning, means in CASES:
        found = re.search(rf"^\| {morning.name} \| {means.name} \| (.*) \|$", page, re.MULTILINE)
        assert found, (morning.name, means.name)
        _, _, _, waiting, until, *_ = found[1].split(" | ")
        reckoned = reckon(morning.taps, morning.seconds, means.bots * PER_SECOND)
        at_most = int(waiting.replace(",", ""))
        if reckoned.queue == 0.0:
            assert at_most < 60 * means.bots * PER_SECOND
            continue
        if morning.patient:
            assert at_most < morning.visits + morning.applications
        else:
            assert at_most == pytest.approx(reckoned.queue, rel=0.1)
        assert minutes(until) == pytest.approx(minutes(clock(reckoned.empty)), abs=15)


def test_the_pages_other_figures_are_worked_out_of_the_bots_own() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    digests = ORDINARY.digests
    assert f"{digests:,} digests at {PER_SECOND * BULK_PART:.0f} a second take {digests / 29 / 60:.0f} minutes" in page
    assert f"at {post.PER_SECOND:.0f} a second {digests / post.PER_SECOND / 3600:.1f} hours" in page
    assert f"{digests / 10:,.0f} Stars" in page
    assert f"{ENROLMENT.visits * 4:,} people × {TAPS_A_VISIT} taps" in page
    crest = reckon(ENROLMENT.taps, ENROLMENT.seconds, PER_SECOND).crest
    ordinary = reckon(ORDINARY.taps, ORDINARY.seconds, PER_SECOND).crest
    assert f"when {2 * PER_SECOND / ordinary:.1f} % of the teachers come" in page
    assert f"up to {100 * PER_SECOND / crest:.0f} % of the teachers" in page
    assert f"the crest of {crest:.0f} a second" in page
    assert f"| {crest * 0.0041:.2f} of a core" in page
    assert f"| {crest / TAPS_A_VISIT:.0f} a second" in page
    connections = SERVER_CONNECTIONS + 1
    assert f"at most {SERVER_CONNECTIONS} a process and one that listens" in page
    assert f"| {2 * connections} for one bot's two replicas; {6 * 2 * connections} for six bots" in page
