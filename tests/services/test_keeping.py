"""What nobody needs any more is cleared when its time is over, and what people come back to never is."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import insert, select, update

from db.keeping import CLEARED
from db.tables import (
    AccessRequest,
    Application,
    Base,
    Conversation,
    EmailCode,
    Fault,
    Invitation,
    Notification,
    Prompt,
    Recovery,
    Search,
    Update,
    Upload,
)
from domain import keeping
from domain.person import Purpose, Role
from domain.status import Status
from services.keeping import AT_ONCE

FOR_GOOD: Final = {
    "account_events": "history",
    "application_events": "history",
    "applications": "history",
    "chats": "one a person",
    "consents": "what people agreed to",
    "courses": "the catalogue",
    "favourites": "a person's own",
    "groups": "the catalogue",
    "leases": "a few; those of dead processes go by services.replicas",
    "portal_staff": "roles",
    "provider_staff": "roles",
    "providers": "the catalogue",
    "records": "the record book",
    "school_refusals": "one a person and school",
    "school_roles": "roles",
    "schools": "the city",
    "search_state": "one row",
    "search_words": "the catalogue's",
    "settings": "one a name",
    "ticket_messages": "history",
    "tickets": "history",
    "users": "people",
}
DAY: Final = timedelta(days=1)
Columns = Callable[[datetime, int], Mapping[str, Any]]


def _note(at: datetime, user_id: int, **more: Any) -> Mapping[str, Any]:
    plain = {"kind": "moved", "payload": {}, "channel": "chat", "priority": 0, "attempts": 1}
    return {"key": str(at), "user_id": user_id, "due_at": at, "created_at": at, **plain, **more}


def _code(at: datetime, user_id: int) -> Mapping[str, Any]:
    address = {"email": "anna@example.org", "email_key": "anna@example.org", "purpose": Purpose.REGISTER}
    return {"chat_id": 1, "user_id": user_id, "created_at": at, "expires_at": at, "attempts": 0, **address}


def _invitation(at: datetime, **more: Any) -> Mapping[str, Any]:
    later = at + 30 * DAY
    return {"token_hash": str(at), "role": Role.SUPPORT, "created_at": at - DAY, "expires_at": later, **more}


DONE_WITH: Final[dict[str, tuple[Any, timedelta, Columns]]] = {
    "a handled update": (
        Update,
        keeping.HANDLED_UPDATES,
        lambda at, _: {"update_id": int(at.timestamp()), "chat_id": 1, "received_at": at, "handled_at": at},
    ),
    "an update that could not be handled": (
        Update,
        keeping.FAILED_UPDATES,
        lambda at, _: {
            "update_id": int(at.timestamp()),
            "chat_id": 1,
            "received_at": at,
            "handled_at": at,
            "failure": "KeyError",
        },
    ),
    "what was said": (Notification, keeping.NOTIFICATIONS, lambda at, user: _note(at, user, sent_at=at)),
    "what could not be said": (Notification, keeping.NOTIFICATIONS, lambda at, user: _note(at, user, failed_at=at)),
    "a fault of the bot": (
        Fault,
        keeping.FAULTS,
        lambda at, _: {"name": "KeyError", "place": str(at), "count": 1, "since": at, "last_at": at},
    ),
    "a code": (EmailCode, keeping.CODES, _code),
    "a conversation": (
        Conversation,
        keeping.CONVERSATIONS,
        lambda at, _: {"chat_id": int(at.timestamp()), "state": "a:b", "answers": {}, "updated_at": at},
    ),
    "a file": (
        Upload,
        keeping.UPLOADS,
        lambda at, user: {"user_id": user, "kind": "courses", "name": "a.csv", "file_id": "1", "created_at": at},
    ),
    "a search": (
        Search,
        keeping.SEARCHES,
        lambda at, user: {"user_id": user, "query": str(at), "searched_at": at},
    ),
    "a used invitation": (Invitation, keeping.INVITATIONS, lambda at, _: _invitation(at, used_at=at)),
    "a revoked invitation": (Invitation, keeping.INVITATIONS, lambda at, _: _invitation(at, revoked_at=at)),
    "an invitation that ran out": (Invitation, keeping.INVITATIONS, lambda at, _: _invitation(at, expires_at=at)),
    "a settled move to another chat": (
        Recovery,
        keeping.ACCESS,
        lambda at, user: {"user_id": user, "new_chat_id": 1, "started_at": at, "roles_at": at, "settled_at": at},
    ),
    "a settled request for access": (
        AccessRequest,
        keeping.ACCESS,
        lambda at, _: {"chat_id": 1, "claim": "Это я", "created_at": at, "settled_at": at},
    ),
}
"""What is done with: its table, how long it is kept, and its columns when that happened at a moment."""


@pytest.mark.parametrize("what", DONE_WITH)
async def test_what_is_done_with_is_cleared_when_its_time_is_over(city, services, clock, database, what):
    table, kept, columns = DONE_WITH[what]
    person = await city.person()
    before = await city.count(table)
    async with database.write() as tx:
        await tx.execute(insert(table).values(columns(clock.now(), person.id)))
        await tx.execute(insert(table).values(columns(clock.now() + DAY, person.id)))
    clock.advance(kept)
    assert await services.keeping.clear() == 0
    clock.advance(timedelta(seconds=1))
    assert await services.keeping.clear() == 1
    assert await city.count(table) == before + 1


async def test_what_waits_is_never_cleared(city, services, clock, database):
    person = await city.person()
    now = clock.now()
    waiting = {
        Update: {"update_id": 1, "chat_id": 1, "received_at": now},
        Notification: _note(now, person.id),
        Recovery: {"user_id": person.id, "new_chat_id": 1, "started_at": now, "roles_at": now},
        AccessRequest: {"chat_id": 1, "claim": "Это я", "created_at": now},
    }
    async with database.write() as tx:
        for table, columns in waiting.items():
            await tx.execute(insert(table).values(columns))
    clock.advance(timedelta(days=5000))
    assert await services.keeping.clear() == 0


async def test_a_copy_on_an_approvers_screen_goes_long_after_its_application_has_ended(city, services, clock, database):
    school = await city.school()
    head, teacher = await city.person(school, head_of=school), await city.person(school)
    live, ended = [(await services.applications.apply(await city.course(), teacher)).application.id for _ in range(2)]
    for application in (live, ended):
        await services.approvals.approve(application, 1, head, None)
    async with database.write() as tx:
        await tx.execute(update(Application).where(Application.id == ended).values(status=Status.COMPLETED))
    clock.advance(keeping.COPIES + timedelta(seconds=1))
    await services.keeping.clear()
    async with database.read() as connection:
        assert set((await connection.execute(select(Prompt.application_id))).scalars()) == {live}


async def test_more_than_a_transactions_worth_is_cleared_at_once(city, services, clock, database):
    now = clock.now()
    rows = [
        {"update_id": number, "chat_id": 1, "received_at": now, "handled_at": now} for number in range(1, 2 * AT_ONCE)
    ]
    async with database.write() as tx:
        await tx.execute(insert(Update), rows)
    clock.advance(keeping.HANDLED_UPDATES + timedelta(seconds=1))
    assert await services.keeping.clear() == len(rows)


def test_every_table_is_either_cleared_or_kept_for_a_reason():
    cleared = {rows.key.class_.__tablename__ for rows in CLEARED}
    assert cleared.isdisjoint(FOR_GOOD)
    assert cleared | set(FOR_GOOD) == set(Base.metadata.tables)
