"""An application in an approver's eyes: shared by decisions, the queue and the prompts that are sent."""

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, records
from db.types import AnyRow
from domain import policy, reminding
from domain.clock import Calendar
from domain.errors import NotAllowed
from domain.policy import DecisionFacts
from domain.status import TRANSITIONS, Move, Status
from services.views import Clash, DecisionView


async def facts_for_decision(connection: AsyncConnection, application_id: int, by: int, calendar: Calendar) -> AnyRow:
    """The application, if this person may decide on it today, and how many are waiting for that.

    Raises: NotAllowed (also where it does not exist), OwnApplication.
    """
    facts = await applications.facts_to_decide(connection, application_id, by, calendar.today())
    if facts is None:
        raise NotAllowed
    policy.require_approver(
        DecisionFacts(
            teacher_id=facts.teacher_id,
            by_id=by,
            by_is_approver=facts.by_is_approver,
            by_is_support=facts.by_is_support,
            has_other_approver=facts.has_other_approver,
        )
    )
    return facts


async def decision_view(connection: AsyncConnection, facts: AnyRow, by: int, calendar: Calendar) -> DecisionView:
    """What the approver reads; hours and clashes are worked out while the application waits."""
    waits = facts.status is Status.PENDING
    just_decided = policy.may_reconsider(facts.decided_by, facts.decided_at, by, calendar.now())
    may_take_back = facts.status in TRANSITIONS[Move.TAKE_BACK].sources
    return DecisionView(
        id=facts.id,
        version=facts.version,
        status=facts.status,
        teacher=facts.teacher,
        position=facts.position,
        school=facts.school,
        code=facts.code,
        title=facts.title,
        hours=facts.hours,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        reason=facts.reason,
        decided_by=facts.decided_by_name,
        group_number=facts.group_number,
        may_undo=just_decided and (may_take_back or facts.status is Status.REJECTED),
        may_take_back=may_take_back,
        waiting=facts.waiting - 1 if waits else facts.waiting,
        completed_hours=await _completed_hours(connection, facts, calendar) if waits else 0,
        clashes=await _clashes(connection, facts) if waits else (),
        earlier_reason=facts.earlier_reason,
        waits_days=reminding.waits_days(facts.created_at, calendar) if waits else 0,
        nudged=waits and facts.nudged_at is not None,
    )


async def _completed_hours(connection: AsyncConnection, facts: AnyRow, calendar: Calendar) -> int:
    since = policy.hours_since(calendar.today())
    return await records.hours_since(connection, facts.teacher_id, since)


async def _clashes(connection: AsyncConnection, facts: AnyRow) -> tuple[Clash, ...]:
    others = await applications.other_dates(connection, facts.teacher_id, but=facts.id)
    return tuple(
        Clash(*other) for other in others if policy.overlaps(facts.starts_on, facts.ends_on, other[2], other[3])
    )
