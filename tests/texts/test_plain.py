"""The plain form of what people read: nothing that a phone cannot read aloud, and nothing lost."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendDocument, SendMessage
from aiogram.utils.formatting import Bold, Text, as_list
from hypothesis import given
from hypothesis import strategies as st
from rich._emoji_codes import EMOJI

from domain.policy import Obstacle
from domain.status import Move, Status
from handlers.speech import reads_plain, spoken
from keyboards import applications as application_keyboards
from keyboards import approvals as approval_keyboards
from keyboards import catalogue as catalogue_keyboards
from services.views import CourseLine, Found, HistoryLine, MyApplication, NotOursReport, Page, Queue, WaitingLine
from tests.texts.test_texts import card, decision, own
from texts import applications, approvals, catalogue, plain, pushes, registration, wording

DRAWN = {letter for emoji in EMOJI.values() for letter in emoji if letter > "\u00ff"}
"""Every character of a list of emoji that is not ours."""
MOSCOW = ZoneInfo("Europe/Moscow")
MOMENT = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAY = date(2027, 2, 1)

hostile = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"])
    | st.sampled_from(sorted(DRAWN))
    | st.sampled_from("·•→‹› аб"),
    min_size=1,
    max_size=30,
)


def texts_of(name, title, status, move):
    """What there is to read, with these words in it."""
    mine = MyApplication(1, status, name, title, name, title)
    told = {"move": move.value, "code": name, "title": title, "reason": name, "teacher": title}
    return [
        catalogue.card(card(title=title, provider=name, mine=mine, obstacle=Obstacle.ALREADY_APPLIED)),
        catalogue.found(Found(1, name, Page((CourseLine(1, name, title, DAY, True),) * 2, 0, 7, 2))),
        applications.mine(Page((mine, mine), 0, 7, 2)),
        applications.one(own(status, title=title, history=(HistoryLine(MOMENT, move, status, name, title),)), MOSCOW),
        approvals.prompt(decision(teacher=name, title=title, earlier_reason=name)),
        approvals.decided(decision(teacher=name, title=title, status=status)),
        approvals.queue(Queue(1, (WaitingLine(1, name, name, title),), 1, 0, 0)),
        approvals.not_ours_done(NotOursReport(name, title, 1, True, 0)),
        registration.summary({"name": name, "email": "a@example.org", "school": title, "position": name}),
        pushes.moved(told),
        pushes.moved_for_staff(told),
        pushes.digest([told, told]),
        pushes.not_ours({"school": name, "codes": [title], "barred": False}),
    ]


def drawn_in(text):
    return {letter for letter in text if letter in DRAWN or "\u2500" <= letter <= "\u259f"}


@given(hostile, hostile, st.sampled_from(Status), st.sampled_from(Move))
def test_no_emoji_is_left_in_anything_and_what_is_bold_stays_whole(name, title, status, move):
    for text in texts_of(name, title, status, move):
        drawn = text.as_kwargs()
        words, entities = plain.message(drawn["text"], drawn["entities"])
        assert words.strip()
        assert not drawn_in(words)
        length = len(words.encode("utf-16-le")) // 2
        for entity in entities or []:
            assert entity.offset >= 0
            assert entity.length > 0
            assert entity.offset + entity.length <= length


@given(st.lists(st.tuples(hostile, st.booleans()), min_size=1, max_size=6))
def test_what_stands_in_bold_is_what_stood_in_bold_without_its_emoji(pieces):
    drawn = Text(*(Bold(f"<{text}>") if bold else text for text, bold in pieces)).as_kwargs()
    words, entities = plain.message(drawn["text"], drawn["entities"])
    units = words.encode("utf-16-le")
    marked = [units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in entities or []]
    assert [text[0] + text[-1] for text in marked] == ["<>"] * sum(bold for _, bold in pieces)


@given(hostile, st.sampled_from(Status))
def test_no_emoji_is_left_on_a_button_and_the_mark_before_an_application_is_a_word(title, status):
    page = Page((MyApplication(1, status, "ГМЦ-1", title),), 0, 7, 100)
    waiting = Page((WaitingLine(1, title, title, title),), 1, 7, 100)
    keyboards: list[Any] = [
        application_keyboards.mine(page),
        approval_keyboards.approved(waiting),
        catalogue_keyboards.card(card(title=title), catalogue_keyboards.ShowPage()),
    ]
    for keyboard in keyboards:
        labels = [button.text for row in plain.keyboard(keyboard).inline_keyboard for button in row]
        assert not any(drawn_in(label) for label in labels)
        assert all(label.strip() == label != "" for label in labels)
    first = plain.keyboard(keyboards[0]).inline_keyboard[0][0]
    assert first.text.startswith(f"{wording.STATUSES[status]}: ГМЦ-1")
    assert first.callback_data == keyboards[0].inline_keyboard[0][0].callback_data


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("✅ Согласована", "Согласована"),
        ("Готово ✅", "Готово"),
        ("Готово ✅, дальше", "Готово, дальше"),
        ("раз 🎓 два", "раз два"),
        ("👩🏽‍🏫 Учитель", "Учитель"),
        ("ГМЦ-1 · 🎓 Уроки", "ГМЦ-1, Уроки"),
        ("Уроки 🎓 · очно", "Уроки, очно"),
        ("1️⃣ первый", "1 первый"),
        ("Школа № 5 · Центральный", "Школа № 5, Центральный"),
        ("«Профиль» → «Школа»", "«Профиль», затем «Школа»"),
        ("Новости\n• первая\n• вторая", "Новости\nпервая\nвторая"),
        ("Часы\n▰▰▰▱▱\n\n36 из 72", "Часы\n36 из 72"),
        ("1. ГМЦ-1 — Уроки\n🕓 На согласовании", "1. ГМЦ-1 — Уроки\nНа согласовании"),
        ("🙂🙂", plain.NOTHING_LEFT),
        ("12 500 ₽, 20 °C", "12 500 ₽, 20 °C"),
    ],
)
def test_what_is_drawn_is_said(drawn, words):
    assert plain.words(drawn) == words


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("🕓 ГМЦ-1 · Уроки", "На согласовании: ГМЦ-1, Уроки"),
        ("↩️ ГМЦ-1", "Отозвана: ГМЦ-1"),
        (f"{wording.TICKED} Иванова", "выбрано: Иванова"),
        (f"{wording.UNTICKED} Иванова", "не выбрано: Иванова"),
        ("‹ Назад", "Назад"),
        ("Дальше ›", "Дальше"),
        ("♥", plain.NOTHING_LEFT),
    ],
)
def test_a_mark_on_a_button_is_a_word(drawn, words):
    assert plain.label(drawn) == words


def test_every_mark_of_a_state_is_drawn_and_has_a_word():
    for status, mark in wording.MARKS.items():
        assert all(unicodedata.category(letter) in {"So", "Mn"} for letter in mark)
        assert plain.label(f"{mark} X") == f"{wording.STATUSES[status]}: X"


def test_whatever_leaves_the_bot_is_plain_for_those_who_want_it_and_as_drawn_for_others():
    text = as_list("✅ ", Bold("Готово"), sep="").as_kwargs()
    calls: list[Any] = [
        SendMessage(chat_id=1, **text, reply_markup=application_keyboards.pushed(1)),
        EditMessageText(chat_id=1, message_id=1, **text),
        AnswerCallbackQuery(callback_query_id="1", text="✅ Готово"),
        SendDocument(chat_id=1, document="x", caption="✅ Готово"),
    ]
    assert [spoken(call) for call in calls] == calls
    token = reads_plain.set(True)
    try:
        said: list[Any] = [spoken(call) for call in calls]
    finally:
        reads_plain.reset(token)
    assert [getattr(call, "text", None) or call.caption for call in said] == ["Готово"] * 4
    assert [(entity.offset, entity.length) for entity in said[0].entities] == [(0, 6)]
