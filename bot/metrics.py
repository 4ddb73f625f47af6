"""What Prometheus is told. Children are bound before they are needed: a count costs a lock and an addition."""

import math
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any, Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
from aiogram.enums import UpdateType
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from services.queues import Queue

TEXT_TYPE: Final = CONTENT_TYPE_LATEST
OTHER: Final = "other"
"""A kind of update that aiogram does not know."""
CUT: Final = "network"
"""In the place of a code: no answer came, or its connection broke."""
_HANDLER_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DATABASE_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call]
_updates: Final = Counter(
    "course_bot_updates", "Updates, by what they are and what became of them", ["kind", "outcome"]
)
_in_handler: Final = Histogram(
    "course_bot_handler_seconds", "Seconds from an update's turn to its answer", ["kind"], buckets=_HANDLER_SECONDS
)
_in_database: Final = Histogram(
    "course_bot_database_seconds", "Seconds of those in the database", ["kind"], buckets=_DATABASE_SECONDS
)
_messages: Final = Counter(
    "course_bot_messages", "Notifications that were tried, by channel, kind and outcome", ["channel", "kind", "outcome"]
)
_refusals: Final = Counter("course_bot_telegram_refusals", "Calls that Telegram did not carry out, by code", ["code"])
_waiting: Final = Gauge("course_bot_queue_waiting", "What waits to be sent or handled, due or not", ["queue"])
_retrying: Final = Gauge("course_bot_queue_retrying", "What has failed at least once and is tried again", ["queue"])
_oldest: Final = Gauge("course_bot_queue_oldest_seconds", "How long the oldest that is due has waited", ["queue"])
_given_up: Final = Gauge("course_bot_given_up", "Notifications in the operators' list of failures")


class Outcome(StrEnum):
    """What became of an update."""

    HANDLED = "handled"
    REFUSED = "refused"
    REPLAYED = "replayed"
    FAILED = "failed"
    UNREADABLE = "unreadable"


class Said(StrEnum):
    """What became of a notification that was tried."""

    SENT = "sent"
    PUT_OFF = "put_off"
    BLOCKED = "blocked"
    FAILED = "failed"


class UpdateMeter:
    """Counts updates of one kind."""

    __slots__ = ("_in_database", "_in_handler", "_outcomes")

    def __init__(self, kind: str) -> None:
        self._outcomes = {outcome: _updates.labels(kind, outcome.value) for outcome in Outcome}
        self._in_handler = _in_handler.labels(kind)
        self._in_database = _in_database.labels(kind)

    def count(self, outcome: Outcome) -> None:
        """One more."""
        self._outcomes[outcome].inc()

    def took(self, seconds: float, in_database: float) -> None:
        """How long one took, and how much of that in the database."""
        self._in_handler.observe(seconds)
        self._in_database.observe(in_database)


_KINDS: Final = frozenset(kind.value for kind in UpdateType)
_meter: Final = cache(UpdateMeter)


def meter(kind: str) -> UpdateMeter:
    """The counts of a kind of update; those that nobody knows share one."""
    return _meter(kind if kind in _KINDS else OTHER)


@cache
def _message(channel: str, kind: str, outcome: Said) -> Counter:
    return _messages.labels(channel, kind, outcome.value)


def said(channel: str, kind: str, outcome: Said) -> None:
    """A notification was tried. Kinds are our own words, so there are few."""
    _message(channel, kind, outcome).inc()


@cache
def _refusal(code: int | str) -> Counter:
    return _refusals.labels(str(code))


def refused(code: int | str) -> None:
    """Telegram answered a call with this status."""
    _refusal(code).inc()


async def count_cuts(
    make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
) -> Response[TelegramType] | Any:
    """Calls that no answer came to; the answers are counted where they are read."""
    try:
        return await make_request(bot, method)
    except TelegramNetworkError:
        refused(CUT)
        raise


def page(queues: Iterable[Queue] | None, given_up: int | None) -> bytes:
    """All of it as Prometheus reads it; None: the database did not say, so nothing of last time is repeated."""
    if queues is None:
        for gauge in (_waiting, _retrying, _oldest):
            gauge.clear()
    for queue in queues or ():
        _waiting.labels(queue.name).set(queue.waiting)
        _retrying.labels(queue.name).set(queue.retrying)
        _oldest.labels(queue.name).set(queue.oldest_seconds)
    _given_up.set(math.nan if given_up is None else given_up)
    return generate_latest()
