"""«Управление» and «Согласующие школы»: sections, invitations in the making and made, the people with a role."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from domain.person import Role
from domain.roles import DEPUTY_DAYS, VALID_DAYS, VALID_FOR, RolePlace, place_of
from keyboards.approvals import ShowQueue
from keyboards.delivery import ShowDelivery
from keyboards.overview import ShowOverview
from keyboards.portal_settings import ShowSettings
from keyboards.rows import LEADING, REFUSING, Id, PageNumber, Row, button, keyboard, pages
from keyboards.ways import AskFile, DrawCatalogue, ShowDesk
from services.views import (
    InvitationList,
    InvitationState,
    InvitationView,
    Issued,
    MemberCard,
    PlaceLine,
    Staff,
)
from texts import labels
from texts import management as texts
from texts.wording import clipped, days

BUTTON_TITLE: Final = 44

Ordinal = Annotated[int, Field(ge=0, le=date.max.toordinal())]
"""A day as its number; 0: none yet."""
Days = Annotated[int, Field(ge=0, le=max(VALID_DAYS))]


class ShowInvitations(CallbackData, prefix="invs"):
    """A page of invitations; `school` 0: all of the portal."""

    school: Id = 0
    settled: bool = False
    page: PageNumber = 0


class ShowInvitation(CallbackData, prefix="inv"):
    """One invitation, out of the list of a school or (0) of all."""

    invitation: Id
    school: Id = 0


class AskRevoking(CallbackData, prefix="inv-?"):
    """The first tap on «Отозвать приглашение»."""

    invitation: Id
    school: Id = 0


class Revoke(CallbackData, prefix="inv-"):
    """The second."""

    invitation: Id
    school: Id = 0


class DraftInvitation(CallbackData, prefix="inv+"):
    """An invitation in the making: what is empty or 0 is still to be asked."""

    role: Role | None = None
    place: Id = 0
    until: Ordinal = 0
    days: Days = 0

    @property
    def last_day(self) -> date | None:
        """The last day of a deputy's role."""
        return date.fromordinal(self.until) if self.until else None


class FindPeople(CallbackData, prefix="people"):
    """Whose people?"""


class ShowStaff(CallbackData, prefix="staff"):
    """Those with a role at a school, a provider or (0) the portal."""

    place: RolePlace
    id: Id = 0
    page: PageNumber = 0


class ShowMember(CallbackData, prefix="role"):
    """Somebody's role; `place`: the school's or provider's id."""

    user: Id
    role: Role
    place: Id = 0


class AskTaking(CallbackData, prefix="role-?"):
    """The first tap on «Снять роль»."""

    user: Id
    role: Role
    place: Id = 0


class TakeRole(CallbackData, prefix="role-"):
    """The second."""

    user: Id
    role: Role
    place: Id = 0


class Question(StrEnum):
    """What is to be asked of an invitation in the making."""

    ROLE = "role"
    PLACE = "place"
    LAST_DAY = "last_day"
    DAYS = "days"


SECTIONS: Final[tuple[tuple[str, CallbackData], ...]] = (
    (labels.INVITATIONS, ShowInvitations()),
    (labels.STAFF, FindPeople()),
    (labels.UPLOAD, AskFile()),
    (labels.OVERVIEW, ShowOverview(place=RolePlace.PORTAL)),
    (labels.DELIVERY, ShowDelivery()),
    (labels.SETTINGS, ShowSettings()),
)
"""The first screen: a button a section."""


def open_question(draft: DraftInvitation) -> Question | None:
    """The first question that has no answer yet."""
    if draft.role is None:
        return Question.ROLE
    if not draft.place and place_of(draft.role) is not RolePlace.PORTAL:
        return Question.PLACE
    if not draft.until and draft.role is Role.DEPUTY:
        return Question.LAST_DAY
    return None if draft.days else Question.DAYS


def desk() -> InlineKeyboardMarkup | None:
    """A button a section."""
    return keyboard(*([button(label, section)] for label, section in SECTIONS))


def _leave(draft: DraftInvitation) -> Row:
    """Out of the making: to the school's approvers it was begun at, or to the list."""
    if draft.days and draft.place and draft.role:
        return [button(labels.BACK, ShowStaff(place=place_of(draft.role), id=draft.place))]
    return [button(labels.BACK, ShowInvitations())]


def roles(draft: DraftInvitation) -> InlineKeyboardMarkup | None:
    """Which role."""
    each = ([button(texts.role_button(role), draft.model_copy(update={"role": role}))] for role in Role)
    return keyboard(*each, _leave(draft))


def leave(draft: DraftInvitation) -> InlineKeyboardMarkup | None:
    """The answer is a text; or out."""
    return keyboard(_leave(draft))


def places_for(draft: DraftInvitation, found: tuple[PlaceLine, ...]) -> InlineKeyboardMarkup | None:
    """The school or provider of an invitation."""
    each = ([button(_place(line), draft.model_copy(update={"place": line.id}))] for line in found)
    return keyboard(*each, _leave(draft))


def last_days(draft: DraftInvitation, today: date) -> InlineKeyboardMarkup | None:
    """The usual lengths of a deputy's time; any other day is written."""
    ends = ((length, today + timedelta(length - 1)) for length in DEPUTY_DAYS)
    each = (
        [button(texts.last_day_button(length, end), draft.model_copy(update={"until": end.toordinal()}))]
        for length, end in ends
    )
    return keyboard(*each, _leave(draft))


def valid_days(draft: DraftInvitation) -> InlineKeyboardMarkup | None:
    """How long an invitation may wait."""
    usual = VALID_FOR.days
    each = [
        button(days(count), draft.model_copy(update={"days": count}), LEADING if count == usual else None)
        for count in VALID_DAYS
    ]
    return keyboard(each, _leave(draft))


def issued(view: Issued, link: str, *, by_operator: bool) -> InlineKeyboardMarkup | None:
    """The link at a tap, and the way on."""
    copy = InlineKeyboardButton(text=labels.COPY_LINK, copy_text=CopyTextButton(text=link), style=LEADING)
    school = 0 if by_operator else view.invitation.school_id or 0
    return keyboard(
        [copy],
        [button(labels.REVOKE, AskRevoking(invitation=view.invitation.id, school=school))],
        [button(labels.OPEN_INVITATIONS, ShowInvitations(school=school))],
    )


def invitations(view: InvitationList) -> InlineKeyboardMarkup | None:
    """A button an invitation; new ones, the settled ones, and back."""
    school, settled = view.school_id or 0, view.settled
    rows: list[Row] = [
        [
            button(
                clipped(f"{number}. {texts.invitation_button(line)}", BUTTON_TITLE),
                ShowInvitation(invitation=line.id, school=school),
            )
        ]
        for number, line in enumerate(view.page.lines, view.page.number * view.page.size + 1)
    ]
    other = labels.OPEN_INVITATIONS if settled else labels.SETTLED_INVITATIONS
    back = ShowStaff(place=RolePlace.SCHOOL, id=school) if school else ShowDesk()
    return keyboard(
        *rows,
        pages(view.page, lambda number: ShowInvitations(school=school, settled=settled, page=number)),
        [] if school or settled else [button(labels.NEW_INVITATION, DraftInvitation(), LEADING)],
        [button(other, ShowInvitations(school=school, settled=not settled))],
        [button(labels.BACK, back)],
    )


def invitation(view: InvitationView, school: int) -> InlineKeyboardMarkup | None:
    """What can be done with it: while it waits, «Отозвать приглашение»."""
    revoke = AskRevoking(invitation=view.id, school=school)
    may_revoke = view.state in {InvitationState.OPEN, InvitationState.VOID}
    settled = view.state is not InvitationState.OPEN
    return keyboard(
        [button(labels.REVOKE, revoke, REFUSING)] if may_revoke else [],
        [button(labels.BACK, ShowInvitations(school=school, settled=settled))],
    )


def confirm_revoking(view: InvitationView, school: int) -> InlineKeyboardMarkup | None:
    """The second tap, or leave it."""
    place = {"invitation": view.id, "school": school}
    return keyboard(
        [button(labels.REVOKE_YES, Revoke(**place), REFUSING), button(labels.KEEP, ShowInvitation(**place))]
    )


def invite_support() -> InlineKeyboardMarkup | None:
    """An invitation into support, or who is there."""
    return keyboard(
        [button(labels.INVITE_SUPPORT, DraftInvitation(role=Role.SUPPORT, days=VALID_FOR.days), LEADING)],
        [button(labels.PORTAL_STAFF, ShowStaff(place=RolePlace.PORTAL))],
    )


def find_people() -> InlineKeyboardMarkup | None:
    """The portal's own staff need no name."""
    return keyboard([button(labels.PORTAL_STAFF, ShowStaff(place=RolePlace.PORTAL))], [button(labels.BACK, ShowDesk())])


def places(found: tuple[PlaceLine, ...], *, by_operator: bool) -> InlineKeyboardMarkup | None:
    """Schools and providers whose people can be seen."""
    back = FindPeople() if by_operator else ShowQueue()
    return keyboard(
        *([button(_place(line), ShowStaff(place=line.place, id=line.id))] for line in found),
        [button(labels.BACK, back)],
    )


def _place(line: PlaceLine) -> str:
    return clipped(texts.place_button(line), BUTTON_TITLE)


def staff(view: Staff) -> InlineKeyboardMarkup | None:
    """A button a person; whom one may invite here, and the invitations that wait."""
    rows: list[Row] = [
        [
            button(
                clipped(texts.member_button(line), BUTTON_TITLE),
                ShowMember(user=line.user_id, role=line.role, place=view.id),
            )
        ]
        for line in view.page.lines
    ]
    at_school, at_provider = view.place is RolePlace.SCHOOL, view.place is RolePlace.PROVIDER
    return keyboard(
        *rows,
        pages(view.page, lambda number: ShowStaff(place=view.place, id=view.id, page=number)),
        *([button(_invite(role), _draft(role, view), LEADING)] for role in view.appoints),
        [button(labels.INVITATIONS, ShowInvitations(school=view.id))] if at_school else [],
        [button(labels.CATALOGUE_POSTER, DrawCatalogue(provider=view.id))] if at_provider else [],
        [button(labels.BACK, FindPeople() if view.by_operator else ShowQueue())],
    )


def _invite(role: Role) -> str:
    return {Role.ADMIN: labels.INVITE_ADMIN, Role.DEPUTY: labels.APPOINT_DEPUTY}.get(
        role, f"{labels.NEW_INVITATION}: {texts.role_button(role).lower()}"
    )


def _draft(role: Role, view: Staff) -> DraftInvitation:
    return DraftInvitation(role=role, place=view.id, days=VALID_FOR.days)


def member(view: MemberCard) -> InlineKeyboardMarkup | None:
    """«Снять роль» for those who may, and back."""
    take = AskTaking(user=view.member.user_id, role=view.member.role, place=view.place_id)
    return keyboard([button(labels.TAKE_ROLE, take, REFUSING)] if view.may_take else [], _to_staff(view))


def confirm_taking(view: MemberCard) -> InlineKeyboardMarkup | None:
    """The second tap, or leave it."""
    whose = {"user": view.member.user_id, "role": view.member.role, "place": view.place_id}
    return keyboard(
        [button(labels.TAKE_ROLE_YES, TakeRole(**whose), REFUSING), button(labels.KEEP, ShowMember(**whose))]
    )


def taken(view: MemberCard) -> InlineKeyboardMarkup | None:
    """Back to those who have a role."""
    return keyboard(_to_staff(view))


def _to_staff(view: MemberCard) -> Row:
    return [button(labels.TO_STAFF, ShowStaff(place=view.place, id=view.place_id))]
