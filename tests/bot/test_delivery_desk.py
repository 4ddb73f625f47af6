"""«Доставка» over HTTP: an operator sees why somebody was not told, and tells them after all."""

from typing import Any

import pytest
from aiogram import Dispatcher

from bot.dispatching import portal_dispatcher
from bot.letters import LETTERS
from bot.pushes import PUSHES
from bot.startup import Application
from db import outbox
from db.engine import Database
from db.outbox import Note
from domain.person import Person, Role
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.circulars import CIRCULAR
from tests.city import City
from texts.delivery import KINDS


@pytest.fixture
def dispatcher() -> Dispatcher:
    """The portal's own."""
    return portal_dispatcher()


@pytest.fixture
def city(database: Database, application: Application) -> City:
    """An invented city."""
    return City(database, application.services)


@pytest.fixture
async def operator(city: City, stand_in: StandIn) -> Phone:
    """An operator's phone."""
    _, phone = await meet(city, stand_in, portal=Role.OPERATOR)
    return phone


async def meet(city: City, stand_in: StandIn, portal: Role | None = None) -> tuple[Person, Phone]:
    """Somebody registered, and their phone: it is there first, for they are written to at once."""
    phone = stand_in.person("Анна")
    phone.chat.bot_status = "member"
    person = await city.person(chat_id=phone.id, portal=portal)
    await phone.starts()
    await phone.hears("Здравствуйте")
    return person, phone


async def tell(application: Application, city: City, person: Person, *texts: str) -> None:
    """An organisation writes to somebody."""
    told: dict[str, Any] = {"code": "ТСТ-1", "title": "Курс", "group": "1", "provider": "Центр"}
    async with city.database.write() as tx:
        notes = [Note(f"told {text}", person.id, CIRCULAR, told | {"text": text}) for text in texts]
        await outbox.add(tx, notes, application.services.calendar.now())
    application.sender.wake()


async def opens_delivery(operator: Phone) -> None:
    await operator.presses("Управление")
    await operator.hears("Выберите раздел")
    await operator.taps("Доставка")


async def until_shown(operator: Phone, *parts: str) -> None:
    """The screen as it is by now: what the sender does tells the screen nothing."""
    for _ in range(100):
        await opens_delivery(operator)
        shown = await operator.is_shown("Доставка", "В очереди")
        if all(part in shown.text for part in parts):
            return
    raise AssertionError(f"{parts} never come: {shown.text}")


async def test_an_operator_reads_why_and_has_it_said_after_all(
    application: Application, city: City, stand_in: StandIn, operator: Phone
) -> None:
    anna, phone = await meet(city, stand_in)
    await phone.blocks()
    await tell(application, city, anna, "Занятие перенесено")
    await until_shown(operator, "Не доставлено: 1", "Сообщение организации группе")
    shown = operator.last.text
    assert f"учитель, профиль № {anna.id}" in shown
    assert "а подтверждённой почты у него нет" in shown
    assert "bot was blocked by the user" in shown or "no chat to reach" in shown
    assert "Занятие" not in shown
    assert anna.full_name not in shown
    await phone.unblocks()
    await stand_in.updates_are_taken()
    again = operator.data_of("Повторить 1")
    await operator.taps("Повторить 1")
    await phone.hears("Занятие перенесено")
    await operator.is_shown("Недоставленных сообщений нет")
    assert await operator.taps_raw(again, on=operator.last) == "Это сообщение уже в очереди"
    assert sum("Занятие" in message.text for message in phone.messages) == 1


async def test_all_are_said_after_all_at_a_second_tap(
    application: Application, city: City, stand_in: StandIn, operator: Phone
) -> None:
    anna, phone = await meet(city, stand_in)
    await phone.blocks()
    await tell(application, city, anna, "раз", "два")
    await until_shown(operator, "Не доставлено: 2")
    await phone.unblocks()
    await stand_in.updates_are_taken()
    await operator.taps("Повторить все")
    question = await operator.is_shown("Вернуть в очередь 2 сообщения?")
    again = operator.data_of("Повторить все", on=question)
    await operator.taps("Повторить все")
    await phone.hears("два")
    await operator.is_shown("Недоставленных сообщений нет")
    assert await operator.taps_raw(again, on=question) == "Это сообщение уже в очереди"
    assert sum("раз" in message.text for message in phone.messages) == 1


async def test_updates_set_aside_are_shown_and_cleared(
    application: Application, city: City, stand_in: StandIn, operator: Phone
) -> None:
    stand_in.world.updates.put("message", {"message_id": "?", "text": "тайна"}, "77")
    await stand_in.updates_are_taken()
    await opens_delivery(operator)
    await operator.taps("Отложенные обновления")
    shown = await operator.is_shown("Отложенные обновления — 1", "сообщение № ", "не удалось прочитать")
    assert "тайна" not in shown.text
    await operator.taps("Убрать")
    await operator.is_shown("Убрать из списка 1 обновление?")
    await operator.taps("Да, убрать все")
    await operator.is_shown("Таких нет")


async def test_the_tap_that_asks_is_not_said_to_wait(operator: Phone) -> None:
    await opens_delivery(operator)
    await operator.is_shown("Доставка", "Входящие обновления: 0")


async def test_whoever_is_no_operator_sees_nothing_of_it(
    application: Application, city: City, stand_in: StandIn, operator: Phone
) -> None:
    _, anna = await meet(city, stand_in)
    await opens_delivery(operator)
    await operator.is_shown("Доставка")
    for data in ("dlv:0", "dlv+:1:1:0", "dlv+?", "dlv++:1", "aside:0", "aside-?", "aside-:1"):
        assert "недоступно" in (await anna.taps_raw(data, on=anna.last) or "")


def test_every_kind_of_notification_has_a_name() -> None:
    assert (set(PUSHES) | set(LETTERS)) - set(KINDS) == set()
    assert set(KINDS) - set(PUSHES) - set(LETTERS) == set()
