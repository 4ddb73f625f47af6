"""Letters about a profile's safety go to the right address, once, and leave no address behind."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from bot.letters import LETTERS, Outgoing
from db.engine import Database
from db.tables import EmailCode, Notification
from domain.clock import Calendar
from domain.person import Change, Person, Purpose, Role
from domain.status import LetterKind
from services.letters import add_security_letter
from services.outbox import MAIL, Parcel
from services.portal import Services, open_portal
from tests.city import City
from tests.conftest import Clock

OLD = "old.address@example.org"


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    """A portal that sends letters."""
    return open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), b"k" * 32)


async def order(city: City, change: Change, person: Person, **told) -> None:
    async with city.database.write() as tx:
        await add_security_letter(tx, change, person.id, city.services.calendar.now(), key=f"{change}", **told)


async def due(services: Services) -> list[tuple[Parcel, Outgoing | None]]:
    """What the postman takes, and what it becomes."""
    parcels = await services.outbox.claim(channel=MAIL)
    return [(parcel, await LETTERS[parcel.kind](services, parcel)) for parcel in parcels]


async def kept(database: Database) -> str:
    async with database.read() as connection:
        return str((await connection.execute(select(Notification.__table__))).all())


async def test_a_role_is_told_at_the_proved_address_whatever_is_switched_off(services: Services, city: City) -> None:
    person = await city.person()
    await city.put_person(person, letters_off=[kind.value for kind in LetterKind])
    for _ in range(2):
        await order(city, Change.ROLE_GIVEN, person, role=Role.HEAD, place="Школа № 5")
    ((_, outgoing),) = await due(services)
    assert outgoing is not None
    address, letter = outgoing
    assert address == person.email
    assert ("Роль", "Руководитель школы") in letter.facts
    assert ("Где", "Школа № 5") in letter.facts


async def test_without_a_proved_address_nothing_is_written(services: Services, city: City) -> None:
    person = await city.person()
    await city.put_person(person, email_proved_at=None, email_key=None)
    await order(city, Change.ROLE_TAKEN, person, role=Role.SUPPORT)
    assert await due(services) == []


async def test_a_changed_address_is_told_at_the_old_one_which_the_outbox_does_not_hold(
    services: Services, city: City
) -> None:
    person = await city.person()
    async with city.database.write() as tx:
        proof = insert(EmailCode).values(
            chat_id=person.chat_id,
            user_id=person.id,
            purpose=Purpose.CHANGE,
            email="new@example.org",
            email_key="new@example.org",
            replaced=OLD,
            created_at=services.calendar.now(),
            expires_at=services.calendar.now(),
            attempts=1,
        )
        code_id = (await tx.execute(proof.returning(EmailCode.id))).scalar_one()
    await order(city, Change.EMAIL, person, code_id=code_id)
    assert OLD not in await kept(city.database)
    ((_, outgoing),) = await due(services)
    assert outgoing is not None
    assert outgoing[0] == OLD
    assert "new@example.org" not in str(outgoing[1])


@pytest.mark.parametrize("is_taken", [True, False], ids=["sent", "given up"])
async def test_the_address_of_a_profile_that_is_gone_is_forgotten_with_its_letter(
    services: Services, city: City, is_taken: bool
) -> None:
    person = await city.person()
    await order(city, Change.REMOVED, person, address=OLD)
    ((parcel, outgoing),) = await due(services)
    assert outgoing is not None
    assert outgoing[0] == OLD
    assert OLD in await kept(city.database)
    await (services.outbox.sent(parcel.ids) if is_taken else services.outbox.give_up(parcel.ids, "550"))
    assert OLD not in await kept(city.database)
