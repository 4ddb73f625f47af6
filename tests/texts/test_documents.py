"""The record book on paper: every record is there, and no name or title breaks the page."""

import asyncio
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DocumentLate, DocumentTooLong
from services.record_book import EXTRACT_LIMIT, Book, Extract, GenuineRecord, RecordView
from services.views import Page
from texts import documents, record_book, typesetting
from texts.plain import words

LINK = "https://t.me/course_bot?start=r_"
DAY = date(2026, 11, 20)
RECORD = RecordView(
    id=1,
    full_name="Орлова Марина Викторовна",
    code="ИРО-0375-С",
    title="Уроки географии",
    provider="Институт развития образования «Горизонт»",
    hours=36,
    starts_on=DAY - timedelta(20),
    completed_on=DAY,
    document="удостоверение",
    document_number="77-4021",
    document_date=DAY,
    check_token="A" * 22,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def extract(count=3, **changes):
    records = tuple(
        replace(RECORD, id=number, completed_on=DAY - timedelta(40 * number), **changes) for number in range(count)
    )
    return Extract(
        full_name=RECORD.full_name,
        position="Учитель",
        school="Школа № 1417",
        issued_at=datetime(2026, 11, 25, 14, 30),
        recent_since=date(2023, 11, 25),
        records=records,
        total=count,
        total_hours=36 * count,
        recent_hours=108,
        norm=144,
    )


def pages_of(pdf):
    assert pdf.startswith(b"%PDF-")
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ") or pdf.count(b"/Type/Page/")


async def test_the_paper_is_a_pdf_of_one_page_for_a_few_records():
    pdf = await documents.record_book(extract(), LINK)
    assert pages_of(pdf) == 1


async def test_a_hundred_records_go_over_many_pages_and_the_longest_book_is_set_in_time():
    assert pages_of(await documents.record_book(extract(100), LINK)) >= 8
    longest = extract(EXTRACT_LIMIT, title="Ё" * 300, provider="п " * 100, document="д" * 100)
    assert (await documents.record_book(longest, LINK)).startswith(b"%PDF-")


async def test_a_code_on_paper_leads_to_the_check_of_its_record():
    told = documents._told(extract(), LINK)
    drawn = told["years"][0]["records"][0]["check"]
    expected = io.BytesIO()
    segno.make_qr(f"{LINK}{'A' * 22}", error="m").save(expected, kind="svg", border=4, xmldecl=False)
    assert drawn == expected.getvalue().decode()


def test_records_stand_by_year_with_their_sums():
    told = documents._told(extract(20), LINK)
    assert [(year["year"], year["sum"]) for year in told["years"]] == [
        ("2026", "9 курсов, 324 часа"),
        ("2025", "9 курсов, 324 часа"),
        ("2024", "2 курса, 72 часа"),
    ]
    assert [record["number"] for year in told["years"] for record in year["records"]] == [
        str(number) for number in range(1, 21)
    ]


def test_a_record_in_another_name_says_in_which():
    told = documents._told(extract(1, full_name="Иванова Марина Викторовна"), LINK)
    assert "на имя: Иванова Марина Викторовна" in told["years"][0]["records"][0]["about"]


async def test_what_a_record_does_not_say_is_left_out():
    bare = extract(2, hours=None, starts_on=None, document=None, document_number=None, document_date=None)
    assert pages_of(await documents.record_book(replace(bare, school=None), LINK)) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        '#panic("нет") $x^2$ *ж* _к_ `код` <метка> @ссылка \\ // /* ]',
        '#read("/etc/passwd")',
        '"], "years": [{"',
        "\x00\x1b\u202e\u2028 строка\r\nдругая",
        "Ё" * 300,
        "https://" + "a" * 290,
        "👩‍🏫 中文 עברית",
    ],
)
async def test_no_text_is_read_as_markup(hostile):
    changed = extract(2, title=hostile, provider=hostile, document=hostile, document_number=hostile, full_name=hostile)
    told = documents._told(changed, LINK)
    assert told["years"][0]["records"][0]["title"].replace("\u200b", "") == "".join(
        sign for sign in " ".join(hostile.split()) if sign not in "\x00\x1b"
    )
    assert pages_of(await documents.record_book(replace(changed, full_name=hostile, school=hostile), LINK)) >= 1


@settings(max_examples=15, deadline=None)
@given(TEXTS, TEXTS)
async def test_whatever_people_write_there_is_a_document(name, title):
    changed = replace(extract(1, full_name=name, title=title, code=title[:40], document_number=title), position=name)
    assert (await documents.record_book(changed, LINK)).startswith(b"%PDF-")


async def test_a_document_beyond_all_measure_is_refused_before_it_is_set():
    with pytest.raises(DocumentTooLong):
        await typesetting.typeset("record_book", {"title": "х" * typesetting.LONGEST})


async def test_the_bot_goes_on_while_a_document_is_set():
    setting = asyncio.create_task(documents.record_book(extract(60), LINK))
    turns = 0
    while not setting.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 5


async def test_who_waits_too_long_for_a_document_is_told():
    with pytest.raises(DocumentLate):
        await typesetting.typeset("record_book", documents._told(extract(60), LINK), patience=0.001)


def book(count=5, **changes):
    lines = tuple(replace(RECORD, id=number, **changes) for number in range(count))
    return Book(Page(lines, 0, 5, 12), total_hours=432, recent_hours=108, norm=144)


def test_hours_stand_in_words_beside_the_bar():
    text = record_book.book(book()).as_html()
    assert "108 часов из 144, до нормы осталось 36 часов" in text
    assert "▰▰▰▰▰▰▰▱▱▱" in text
    assert "норма выполнена" in record_book.book(replace(book(), recent_hours=200)).as_html()
    assert "▰" not in words(text)
    assert "108 часов из 144" in words(text)


@pytest.mark.parametrize(("done", "full"), [(0, 0), (14, 0), (15, 1), (143, 9), (144, 10), (999, 10)])
def test_the_bar_is_full_at_the_norm_and_never_before(done, full):
    assert record_book.bar(done, 144) == "▰" * full + "▱" * (10 - full)


@pytest.mark.parametrize("long", ["ж" * 300, "😀" * 300])
def test_long_titles_fit_a_message(long):
    changed = {"title": long, "provider": long, "document": long, "document_number": long, "full_name": long[:120]}
    shown = record_book.book(book(code="Ш" * 40, **changed))
    assert len(shown) <= 4096
    assert len(record_book.record(replace(RECORD, **changed))) <= 4096
    assert len(record_book.checked(GenuineRecord(long[:120], "Ш" * 40, long, 36, DAY, DAY))) <= 4096


def test_an_invented_code_is_said_to_be_none():
    assert "Такой записи нет" in record_book.checked(None).as_html()
