"""Invitations and roles in words: every state has its own, and the longest names fit a message and a button."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.person import NAME_LIMIT, Change, Role
from domain.roles import RolePlace, noted
from keyboards import management as keyboards
from services.views import (
    Draft,
    Given,
    InvitationList,
    InvitationState,
    InvitationView,
    Issued,
    Member,
    MemberCard,
    Page,
    RoleEvent,
    Staff,
)
from texts import commands, management, roles

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2027, 2, 1)
MOMENT = datetime(2027, 2, 1, 9, tzinfo=UTC)
MESSAGE = 4096
LONG = "Я" * 500
NAME = "Я" * NAME_LIMIT


def invitation(**changes):
    usual = InvitationView(
        id=2**31 - 1,
        role=Role.DEPUTY,
        place=LONG,
        school_id=2**31 - 1,
        until=DAY,
        state=InvitationState.USED,
        created_at=MOMENT,
        expires_at=MOMENT,
        inviter=NAME,
        bearer=NAME,
        settled_at=MOMENT,
    )
    return replace(usual, **changes)


def plain(text):
    return text.as_kwargs()["text"]


def buttons(keyboard):
    return [button for row in keyboard.inline_keyboard for button in row]


@pytest.mark.parametrize("state", InvitationState)
def test_every_state_of_an_invitation_has_its_words_and_fits(state):
    view = invitation(state=state)
    assert len(plain(management.invitation(view, MOSCOW))) <= MESSAGE
    listed = InvitationList(1, LONG, True, Page((view,) * 7, 0, 7, 100))
    assert len(plain(management.invitations(listed, MOSCOW))) <= MESSAGE
    assert all(len(button.callback_data) <= 64 for button in buttons(keyboards.invitations(listed)))
    may_revoke = any(button.text == "Отозвать приглашение" for button in buttons(keyboards.invitation(view, 0)))
    assert may_revoke == (state in {InvitationState.OPEN, InvitationState.VOID})


def test_the_link_stands_in_the_message_and_behind_a_button():
    link = "https://t.me/some_bot?start=inv_" + "x" * 32
    text = management.issued(Issued("x" * 32, invitation(state=InvitationState.OPEN)), link, MOSCOW)
    assert link in plain(text)
    assert len(plain(text)) <= MESSAGE
    drawn = keyboards.issued(Issued("x" * 32, invitation()), link, by_operator=False)
    assert [button.copy_text.text for button in buttons(drawn) if button.copy_text] == [link]


@pytest.mark.parametrize("role", Role)
def test_every_role_is_named_given_and_taken(role):
    assert roles.ROLES[role] in plain(roles.given(Given(role, "Школа", None, DAY)))
    for by_clock in (True, False):
        told = {"role": role.value, "place": LONG, "by_clock": by_clock}
        assert roles.ROLES[role] in plain(roles.taken(told))
    told = {"role": role.value, "place": LONG, "until": None, "person": NAME}
    assert roles.ROLES[role] in plain(roles.invitation_used(told))
    line = commands.invitation(invitation(role=role, until=None, inviter=None), MOSCOW)
    assert "\n" not in line
    assert roles.ROLES[role] in line


def test_a_deputys_last_day_is_said():
    assert "1 февраля 2027" in plain(roles.given(Given(Role.DEPUTY, "Школа", None, DAY)))
    told = {"role": "deputy", "place": "Школа", "until": "2027-02-01", "person": NAME}
    assert "1 февраля 2027" in plain(roles.deputy_ended(told))
    assert "1 февраля 2027" in plain(roles.invitation_used(told))


@pytest.mark.parametrize("place", RolePlace)
def test_the_people_of_a_place_fit_a_message_and_their_buttons(place):
    members = tuple(Member(2**31 - 1, NAME, Role.OPERATOR, DAY, True) for _ in range(7))
    view = Staff(place, 2**31 - 1, LONG, Page(members, 1, 7, 100), tuple(Role), by_operator=True)
    assert len(plain(management.staff(view))) <= MESSAGE
    drawn = buttons(keyboards.staff(view))
    assert all(len(button.callback_data) <= 64 and len(button.text) <= 60 for button in drawn)
    event = RoleEvent(MOMENT, Change.ROLE_GIVEN, noted(Role.DEPUTY, LONG, DAY), NAME)
    card = MemberCard(members[0], place, 2**31 - 1, LONG, True, (event,) * 6)
    for text in (management.member(card, MOSCOW), management.confirm_taking(card), management.taken(card)):
        assert len(plain(text)) <= MESSAGE
    for keyboard in (keyboards.member(card), keyboards.confirm_taking(card), keyboards.taken(card)):
        assert all(len(button.callback_data) <= 64 for button in buttons(keyboard))


def test_every_question_of_an_invitation_in_the_making_can_be_answered():
    whole = keyboards.DraftInvitation(role=Role.OPERATOR, place=2**31 - 1, until=date.max.toordinal(), days=30)
    assert len(whole.pack()) <= 64
    assert keyboards.DraftInvitation.unpack(whole.pack()) == whole
    assert keyboards.DraftInvitation.unpack(keyboards.DraftInvitation().pack()).role is None
    for text in (
        management.place_question(Draft(Role.HEAD, None), RolePlace.SCHOOL),
        management.last_day_question(Draft(Role.DEPUTY, LONG)),
        management.days_question(Draft(Role.OPERATOR, None)),
    ):
        assert len(plain(text)) <= MESSAGE
    ends = [button.text for button in buttons(keyboards.last_days(whole, DAY)) if "по" in button.text]
    assert ends == ["7 дней, по 07.02.2027", "14 дней, по 14.02.2027", "30 дней, по 02.03.2027"]
