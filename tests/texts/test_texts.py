"""What people read: every state, move and refusal has its words, and no name or title breaks a message."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from aiogram.utils.formatting import Text
from hypothesis import given
from hypothesis import strategies as st

from domain import errors as domain_errors
from domain.catalogue import COURSE_LENGTHS, Funding
from domain.errors import DomainError, WithView
from domain.person import NAME_LIMIT, POSITION_LIMIT, REASON_LIMIT, Role
from domain.policy import Obstacle
from domain.status import Move, Status
from domain.tickets import MESSAGE_LIMIT, SUBJECT_LIMIT, FileKind, Side, Stage
from services.ticket_views import About, Said, TicketLine, TicketView
from services.ticketing import SHOWN
from services.views import (
    ApplicationView,
    BulkReport,
    Clash,
    CourseCard,
    CourseLine,
    DecisionView,
    Found,
    Given,
    HistoryLine,
    MyApplication,
    Page,
    Queue,
    Receipt,
    Skipped,
    WaitingLine,
)
from texts import (
    applications,
    approvals,
    catalogue,
    errors,
    guide,
    menu,
    pushes,
    registration,
    roles,
    support,
    tickets,
    wording,
)

MOSCOW = ZoneInfo("Europe/Moscow")
MESSAGE = 4096
ALERT = 200
DAY = date(2027, 2, 1)
MOMENT = datetime(2027, 2, 1, 9, tzinfo=UTC)


def card(**changes):
    usual = CourseCard(
        id=1,
        code="ГМЦ-0417-Д",
        title="Уроки географии",
        provider="Городской методический центр",
        funding=Funding.BUDGET,
        hours=36,
        form="очная",
        audience="учителя географии",
        starts_on=DAY,
        ends_on=DAY,
        apply_until=DAY,
        seats=25,
        price=None,
        annotation="О картах.",
        direction="Предметы",
        document="удостоверение",
        venue="онлайн",
        free_seats=25,
        waiting=0,
        obstacle=None,
        mine=None,
        may_withdraw=False,
        version=None,
        completed_before=False,
    )
    return replace(usual, **changes)


def decision(**changes):
    usual = DecisionView(
        id=1,
        version=1,
        status=Status.PENDING,
        teacher="Соколова Анна Петровна",
        position="Учитель",
        school="Школа № 1417",
        code="ГМЦ-0417-Д",
        title="Уроки географии",
        hours=36,
        starts_on=DAY,
        ends_on=DAY,
        reason=None,
        decided_by=None,
        group_number=None,
        may_undo=False,
        may_take_back=False,
    )
    return replace(usual, **changes)


def ticket(**changes):
    usual = TicketView(
        id=1,
        side=Side.STAFF,
        subject="Запись на курс",
        stage=Stage.WAITS,
        owner="Соколова Анна Петровна",
        position="Учитель",
        school="Школа № 1417",
        created_at=MOMENT,
        taken_by=None,
        taken_by_id=None,
        is_taker=False,
        may_reopen=False,
        rating=None,
        about=None,
        lines=(),
        has_earlier=False,
        is_past=False,
        newest=1,
    )
    return replace(usual, **changes)


def plain(text):
    return text.as_kwargs()["text"] if isinstance(text, Text) else text


def own(status, **changes):
    usual = ApplicationView(1, 1, 1, status, "ГМЦ-0417-Д", "Уроки", None, "3", DAY, DAY, "Школа", MOMENT, False, ())
    return replace(usual, **changes)


@pytest.mark.parametrize("status", Status)
def test_every_state_is_named_on_the_card_in_the_list_and_to_the_approver(status):
    mine = MyApplication(1, status, "ГМЦ-0417-Д", "Уроки", "Нет замены", "3")
    words = wording.status_of(status, "ГМЦ-0417-Д", "3", "Нет замены")
    assert words in plain(applications.mine(Page((mine,), 0, 7, 1)))
    assert words in plain(applications.one(own(status, reason="Нет замены"), MOSCOW))
    assert words in plain(approvals.decided(decision(status=status, group_number="3", reason="Нет замены")))


def test_the_states_carry_the_portals_own_words():
    assert wording.status_of(Status.ENROLLED, "ГМЦ-0417-Д", "3") == "Зачислен(а): ГМЦ-0417-Д, группа 3"
    assert wording.status_of(Status.REJECTED, "ГМЦ-0417-Д", reason="Нет замены") == "Отклонена: Нет замены"


@pytest.mark.parametrize("move", Move)
def test_every_move_has_its_words_in_the_history_the_push_and_the_digest(move):
    line = HistoryLine(MOMENT, move, Status.PENDING, "Соколова Анна", "Причина")
    assert applications.MOVES[move] in plain(applications.one(own(Status.PENDING, history=(line,)), MOSCOW))
    told = {"move": move.value, "code": "ГМЦ-1", "title": "Уроки", "reason": None, "teacher": "Соколова Анна"}
    for text in (pushes.moved(told), pushes.moved_for_staff(told), pushes.digest([told, told])):
        assert "ГМЦ-1" in plain(text)


def _named(base):
    return [error for error in vars(domain_errors).values() if isinstance(error, type) and issubclass(error, base)]


@pytest.mark.parametrize("error", [error for error in _named(DomainError) if error not in (DomainError, WithView)])
def test_every_refusal_has_a_russian_sentence_that_fits_an_alert(error):
    refusal: DomainError
    if error is domain_errors.TooLong:
        refusal = error(length=5000, limit=500)
    elif error is domain_errors.CodeTooSoon:
        refusal = error(seconds=59)
    elif error is domain_errors.WrongCode:
        refusal = error(left=4)
    elif error is domain_errors.SeatsTaken:
        refusal = error(enrolled=25)
    elif error is domain_errors.BadNumber:
        refusal = error(most=1000)
    elif error is domain_errors.TooManyRows:
        refusal = error(limit=300)
    elif error is domain_errors.DocumentNumbers:
        refusal = error(lines=24, people=25)
    elif error is domain_errors.CannotApply:
        refusal = error(card(obstacle=Obstacle.DEADLINE_PASSED))
    elif error is domain_errors.TakenByOther:
        refusal = error(ticket(taken_by="я" * NAME_LIMIT))
    elif issubclass(error, WithView):
        refusal = error(decision())
    else:
        refusal = error()
    said = errors.said(refusal)
    assert 10 < len(said) <= ALERT
    assert any("а" <= letter <= "я" for letter in said)


@pytest.mark.parametrize("obstacle", Obstacle)
def test_every_reason_why_not_is_in_words(obstacle):
    assert catalogue.OBSTACLES[obstacle]


@pytest.mark.parametrize("role", Role)
def test_every_role_is_named_with_what_follows(role):
    assert roles.ROLES[role] in plain(roles.given(Given(role, "Школа", None)))


def test_a_card_with_everything_at_its_longest_fits_a_message():
    longest = {field: "я" * limit for field, limit in COURSE_LENGTHS.items()}
    view = card(**longest, hours=10_000, seats=100_000, free_seats=0, waiting=99_999)
    assert len(plain(catalogue.card(view))) <= MESSAGE
    mine = MyApplication(1, Status.ENROLLED, longest["code"], longest["title"], None, "я" * 40)
    assert len(plain(catalogue.card(replace(view, mine=mine)))) <= MESSAGE


def test_full_lists_fit_a_message():
    title, name = "я" * COURSE_LENGTHS["title"], "я" * NAME_LIMIT
    lines = tuple(CourseLine(i, "я" * 40, title, DAY, False) for i in range(7))
    assert len(plain(catalogue.found(Found(1, "я" * 200, Page(lines, 0, 7, 100))))) <= MESSAGE
    mine = tuple(MyApplication(i, Status.REJECTED, "я" * 40, title, "я" * REASON_LIMIT) for i in range(7))
    assert len(plain(applications.archive(Page(mine, 0, 7, 100)))) <= MESSAGE
    waiting = tuple(WaitingLine(i, name, "я" * 40, title) for i in range(10))
    assert len(plain(approvals.queue(Queue(100, waiting, 1, 0, 0)))) <= MESSAGE
    skipped = tuple(Skipped(name, "я" * 40, Status.REJECTED) for _ in range(50))
    assert len(plain(approvals.bulk(BulkReport(1, skipped, 1)))) <= MESSAGE
    told = {"move": "apply_paid", "title": title, "reason": None}
    assert len(plain(pushes.digest([told | {"code": f"{i:040}"} for i in range(60)]))) <= MESSAGE


def test_a_prompt_with_many_clashes_fits_a_message():
    clashes = tuple(Clash("я" * 40, "я" * 300, DAY, DAY) for _ in range(60))
    view = decision(title="я" * 300, position="я" * POSITION_LIMIT, clashes=clashes, earlier_reason="я" * REASON_LIMIT)
    assert len(plain(approvals.prompt(view))) <= MESSAGE


def test_a_long_history_fits_a_message():
    line = HistoryLine(MOMENT, Move.REJECT, Status.REJECTED, "я" * NAME_LIMIT, "я" * REASON_LIMIT)
    assert len(plain(applications.one(own(Status.PENDING, history=(line,) * 40), MOSCOW))) <= MESSAGE


@pytest.mark.parametrize("side", Side)
def test_a_ticket_with_everything_at_its_longest_fits_a_message(side):
    line = Said(1, MOMENT, side, "я" * NAME_LIMIT, "я" * MESSAGE_LIMIT, FileKind.DOCUMENT)
    about = About(1, 1, 1, "я" * 40, "я" * COURSE_LENGTHS["title"], Status.APPROVED, False, False)
    longest = {
        "subject": "я" * SUBJECT_LIMIT,
        "owner": "я" * NAME_LIMIT,
        "position": "я" * POSITION_LIMIT,
        "school": "я" * 300,
        "taken_by": "я" * NAME_LIMIT,
    }
    view = ticket(side=side, about=about, lines=(line,) * SHOWN, has_earlier=True, rating=5, **longest)
    drawn = support.one if side is Side.OWNER else tickets.one
    assert len(plain(drawn(view, MOSCOW))) <= MESSAGE


def test_full_lists_of_tickets_fit_a_message():
    line = TicketLine(10**6, "я" * SUBJECT_LIMIT, Stage.WAITS, "я" * NAME_LIMIT, MOMENT, "я" * NAME_LIMIT)
    page = Page((line,) * 7, 0, 7, 100)
    assert len(plain(support.mine(page))) <= MESSAGE
    assert len(plain(tickets.queue(page, MOSCOW))) <= MESSAGE
    over = Page((replace(line, stage=Stage.CLOSED),) * 7, 0, 7, 100)
    assert len(plain(tickets.closed(over, MOSCOW))) <= MESSAGE


hostile = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(
    ["<b>", "&amp;", "*_`[]()", "\u202eчто", "a\u200bb", "🙂" * 20, "</a><script>"]
)


@given(hostile, hostile)
def test_no_name_or_title_can_break_a_message(name, title):
    texts = [
        catalogue.card(card(title=title, provider=name)),
        approvals.prompt(decision(teacher=name, title=title)),
        registration.summary({"name": name, "email": "a@example.org", "school": title, "position": name}),
        pushes.moved({"move": "reject", "code": name, "title": title, "reason": name}),
    ]
    for text in texts:
        message = text.as_kwargs()
        length = len(message["text"].encode("utf-16-le")) // 2
        assert message["parse_mode"] is None
        assert title in message["text"]
        assert all(e.offset >= 0 and e.offset + e.length <= length for e in message["entities"])


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 заявка"), (2, "2 заявки"), (5, "5 заявок"), (11, "11 заявок"), (21, "21 заявка"), (112, "112 заявок")],
)
def test_numbers_agree_with_their_words(count, words):
    assert wording.applications(count) == words


def test_the_receipt_says_what_happens_next():
    mine = MyApplication(1, Status.PENDING, "ГМЦ-0417-Д", "Уроки")
    assert "Ваша заявка на курс принята." in plain(catalogue.receipt(Receipt(mine, "Школа", False, 3)))
    assert "служба поддержки" in plain(catalogue.receipt(Receipt(mine, "Школа", True, None)))
    paid = replace(mine, status=Status.APPROVED)
    assert "организация зачислит" in plain(catalogue.receipt(Receipt(paid, None, False, None)))


def test_the_guide_has_the_portals_pages():
    titles = [title for title, _ in guide.PAGES]
    assert titles == [
        "О портале",
        "Регистрация и восстановление",
        "Личный кабинет",
        "Регистрация на курсы",
        "Отмена регистрации",
        "Согласование заявки",
    ]
    assert all(len(plain(guide.page(number))) < 1500 for number in range(len(titles)))


def test_the_bots_own_description_fits_its_fields():
    assert len(menu.BOT_NAME) <= 64
    assert len(menu.SHORT_DESCRIPTION) <= 120
    assert len(menu.DESCRIPTION) <= 512
