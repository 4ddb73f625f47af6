"""Two taps in the same instant, in real concurrent sessions: one winner, one history line, one push."""

import asyncio

import pytest

from db.tables import Application, Prompt
from domain.errors import AlreadyDecided, CannotWithdraw, DomainError, InvitationUsed
from domain.person import Role
from domain.status import Status
from services.prompting import Screen

ROUNDS = 8


async def together(*calls):
    """All at once: what they returned or raised."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, DomainError):
            raise outcome
    return outcomes


@pytest.fixture
async def school(city):
    school = await city.school()
    return school, [await city.person(head_of=school) for _ in range(3)], await city.person(school)


async def test_two_approvers_decide_in_the_same_instant(city, school):
    _, heads, teacher = school
    for _ in range(ROUNDS):
        application = (await city.services.applications.apply(await city.course(), teacher)).application.id
        approvals = city.services.approvals
        before = len(await city.told(teacher, "moved"))
        outcomes = await together(
            approvals.approve(application, 1, heads[0], Screen(heads[0].chat_id, 1)),
            approvals.reject(application, 1, "Нет", heads[1], Screen(heads[1].chat_id, 1)),
            approvals.approve(application, 1, heads[2], Screen(heads[2].chat_id, 1)),
        )
        lost = [outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided)]
        assert len(lost) == 2
        status = await city.status(application)
        assert all(loser.view.status is status for loser in lost)
        assert await city.history(application) == [(None, Status.PENDING), (Status.PENDING, status)]
        assert len(await city.told(teacher, "moved")) == before + 1


async def test_apply_twice_in_the_same_instant(city, school):
    _, _, teacher = school
    for _ in range(ROUNDS):
        course = await city.course()
        receipts = await together(*(city.services.applications.apply(course, teacher) for _ in range(4)))
        assert sorted(receipt.is_new for receipt in receipts) == [False, False, False, True]
        assert len({receipt.application.id for receipt in receipts}) == 1
        application = receipts[0].application.id
        assert await city.count(Application, course_id=course) == 1
        assert await city.count(Prompt, application_id=application) == 3
        assert await city.history(application) == [(None, Status.PENDING)]


async def test_withdraw_against_approve(city, school):
    _, heads, teacher = school
    winners = set()
    for round_ in range(ROUNDS):
        application = (await city.services.applications.apply(await city.course(), teacher)).application.id
        calls = [
            city.services.applications.withdraw(application, 1, teacher),
            city.services.approvals.approve(application, 1, heads[0], Screen(heads[0].chat_id, 1)),
        ]
        outcomes = await together(*(calls if round_ % 2 else reversed(calls)))
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, (AlreadyDecided, CannotWithdraw))]
        status = await city.status(application)
        assert lost.view.status is status
        assert await city.history(application) == [(None, Status.PENDING), (Status.PENDING, status)]
        winners.add(status)
    assert winners <= {Status.APPROVED, Status.WITHDRAWN}


async def test_one_invitation_taken_by_two_chats_in_the_same_instant(city):
    name = f"Школа у моста {await city.school()}"
    await city.school(name=name)
    for _ in range(ROUNDS):
        token = await city.services.invitations.invite(Role.HEAD, school=name)
        people = [await city.person() for _ in range(3)]
        outcomes = await together(*(city.services.people.accept_invitation(token, person) for person in people))
        assert sum(isinstance(outcome, InvitationUsed) for outcome in outcomes) == 2


async def test_the_same_chat_registers_once_however_often_it_taps(city):
    outcomes = await together(
        *(city.services.people.register(7_000_000_001, "Соколова Анна", None, "Учитель", None) for _ in range(4))
    )
    assert sum(not isinstance(outcome, DomainError) for outcome in outcomes) == 1


async def test_approve_all_against_single_decisions(city, school):
    _, heads, teacher = school
    ids = [(await city.services.applications.apply(await city.course(), teacher)).application.id for _ in range(6)]
    queue, now = await city.services.approvals.queue(heads[0]), city.services.calendar.now()
    await together(
        city.services.approvals.approve_all(queue.up_to, now, heads[0]),
        *(city.services.approvals.reject(i, 1, None, heads[1], Screen(heads[1].chat_id, 1)) for i in ids[3:]),
    )
    for application in ids:
        assert len(await city.history(application)) == 2
    assert len(await city.told(teacher, "moved")) == 6
