"""Only handlers that an update can be for are asked: never another one than aiogram's own walk would have found."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from aiogram import Bot, Router
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter
from aiogram.filters.logic import _LogicFilter
from aiogram.fsm.state import State
from aiogram.types import Update
from pydantic_core import PydanticUndefined

from bot.dispatching import dispatch_to, portal_dispatcher
from bot.switchboard import Switchboard, beginning
from domain.person import Person
from texts import labels

BOT = Bot("1:" + "a" * 35)
SENDER = {"id": 1, "is_bot": False, "first_name": "Анна"}
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": SENDER}


def _asked(handler: HandlerObject) -> Iterator[Any]:
    for question in handler.filters or ():
        yield question.magic or question.callback


def _states(handlers: Iterable[HandlerObject]) -> list[str | None]:
    named = {one.state for handler in handlers for one in _asked(handler) if isinstance(one, State)}
    return [None, "Nowhere:known", *sorted(filter(None, named))]


def _buttons(board: Switchboard) -> Iterator[str]:
    for handler in board.handlers_of("callback_query"):
        for one in _asked(handler):
            if isinstance(one, CallbackQueryFilter):
                yield _pressed(one.callback_data)


def _pressed(kind: type[CallbackData]) -> str:
    """Any data of a kind, with numbers where there are some."""
    given = [
        "1" if field.default is PydanticUndefined else "" if field.default is None else str(field.default)
        for field in kind.model_fields.values()
    ]
    return ":".join([kind.__prefix__, *given])


def _taps(board: Switchboard) -> Iterator[dict[str, Any]]:
    for data in [*_buttons(board), "forged", "forged:1", ":", ""]:
        yield {"callback_query": {"id": "1", "from": SENDER, "chat_instance": "1", "message": MESSAGE, "data": data}}


def _messages(board: Switchboard) -> Iterator[dict[str, Any]]:
    named = [name for one in board.handlers_of("message") for each in _asked(one) for name in _commands(each)]
    texts = [*labels.MENU, *(f"/{name}" for name in named), "/", "/nothing", "/start course_1", "питон", "Каталог"]
    yield from ({"message": MESSAGE | {"text": text}} for text in texts)
    document = {"file_id": "1", "file_unique_id": "1"}
    yield {"message": MESSAGE | {"document": document, "caption": "/start"}}
    yield {"message": MESSAGE | {"document": document, "caption": labels.PROFILE}}
    yield {"message": MESSAGE | {"photo": [document | {"width": 1, "height": 1}]}}


def _commands(question: Any) -> tuple[Any, ...]:
    return question.commands if isinstance(question, Command) else ()


async def _first(among: Any, event: Any, given: Mapping[str, Any]) -> Any:
    for handler in among:
        agreed, _ = await handler.check(event, **given)
        if agreed:
            return handler.callback
    return None


def _is_another_button(handler: HandlerObject, prefix: str) -> bool:
    buttons = (one for one in _asked(handler) if isinstance(one, CallbackQueryFilter))
    return any(button.callback_data.__prefix__ != prefix for button in buttons)


PEOPLE = [None, Person(1, 1, "Анна", "учитель", 1, "Школа", operator=True)]


@pytest.mark.parametrize("person", PEOPLE, ids=["a stranger", "an operator"])
async def test_whoever_writes_or_taps_reaches_the_handler_that_comes_first_of_all(person: Person | None) -> None:
    board = portal_dispatcher()
    every_one = {kind: list(board.handlers_of(kind)) for kind in ("message", "callback_query")}
    for number, update in enumerate([*_messages(board), *_taps(board)]):
        parsed = Update.model_validate({"update_id": number, **update}, context={"bot": BOT})
        of = beginning(parsed.event, parsed.event_type, None)
        fitting = [one for one in every_one[of.kind] if not _is_another_button(one, of.said)]
        for state in _states(fitting)[: 4 if of.said and of.kind == "message" else None]:
            given = {"bot": BOT, "person": person, "raw_state": state}
            within_reach = board.within_reach(beginning(parsed.event, parsed.event_type, state))
            found = await _first(within_reach, parsed.event, given)
            assert found is await _first(every_one[parsed.event_type], parsed.event, given), (update, state)
            assert len(within_reach) < 40, (update, state)


def _sync(question: FilterObject) -> Iterator[Any]:
    """Filters within filters that aiogram would hand to a thread."""
    inner = question.callback
    if isinstance(inner, _LogicFilter):
        targets = getattr(inner, "targets", None) or [inner.target]  # type: ignore[attr-defined]
        for target in targets:
            if not target.awaitable:
                yield target
            yield from _sync(target)


def test_no_word_that_is_typed_sends_a_thread_to_look_at_it() -> None:
    board = portal_dispatcher()
    for kind in ("message", "edited_message", "callback_query", "inline_query", "my_chat_member"):
        for handler in board.handlers_of(kind):
            assert handler.awaitable
            assert not [one for question in handler.filters or () for one in _sync(question)], handler.callback


def test_forged_buttons_do_not_fill_the_memory() -> None:
    router = Router()
    board = dispatch_to([router])
    for number in range(5_000):
        tap = {"id": "1", "from": SENDER, "chat_instance": "1", "message": MESSAGE, "data": f"forged{number}"}
        update = Update.model_validate({"update_id": number, "callback_query": tap}, context={"bot": BOT})
        board.within_reach(beginning(update.event, update.event_type, None))
    assert board.within_reach.cache_info().currsize < 5_000
