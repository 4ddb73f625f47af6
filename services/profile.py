"""One's own profile: what it says, what follows from a change, how one wants to be told of things."""

from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, emails, outbox, people, profiles
from db.engine import Database
from db.types import AnyRow
from domain import proof
from domain.catalogue import Funding
from domain.clock import Calendar, Hours
from domain.errors import (
    CodeUnknown,
    EmailTaken,
    IllegalMove,
    NotAllowed,
    SameEmail,
    SameSchool,
    SchoolBarred,
    SchoolPlanChanged,
    SchoolUnknown,
    WrongCode,
)
from domain.person import POSITION_LIMIT, Change, Person, Purpose, full_name, within
from domain.status import LetterKind, Move, Status
from services import prompting
from services.emails import Address, address, ask_for_proof, tried
from services.letters import add_security_letter
from services.moves import LostRace, Moving, move
from services.news import DIRECTIONS_SHOWN, directions
from services.views import NewsChoice, ProfileView, RoleLine, SchoolChosen, SchoolPlan, page_of

Stated = tuple[int | None, int, int]
"""What a plan said: the school that is left, how many wait, how many are approved."""
_NOTE: Final = "{} → {}"


class Profiles:
    """Use cases of somebody's own profile. `key`: what codes are derived from; None: addresses stay unproved."""

    def __init__(self, database: Database, calendar: Calendar, key: bytes | None) -> None:
        self._database = database
        self._calendar = calendar
        self._key = key

    async def view(self, by: Person) -> ProfileView:
        """The profile with the roles of today."""
        async with self._database.read() as connection:
            return await self._view(connection, by)

    async def rename(self, text: str, by: Person) -> ProfileView:
        """Another full name.

        Raises: BadName, TooLong, NotAllowed (the profile is not this chat's any more).
        """
        return await self._change(by, Change.NAME, full_name=full_name(text))

    async def change_position(self, text: str, by: Person) -> ProfileView:
        """Another position, in own words.

        Raises: TooLong, TooShort, NotAllowed.
        """
        return await self._change(by, Change.POSITION, position=within(text, POSITION_LIMIT))

    async def switch_letters(self, kind: LetterKind, by: Person, *, on: bool) -> ProfileView:
        """Whether letters of a kind come; those about the profile's safety always do.

        Raises: NotAllowed.
        """
        async with self._database.write() as tx:
            kinds = set((await self._held(tx, by)).letters_off)
            wanted = sorted(kinds - {kind.value} if on else kinds | {kind.value})
            await self._keep(tx, by, Change.PREFERENCES, letters_off=wanted)
            return await self._view(tx, by)

    async def keep_quiet(self, hours: Hours | None, by: Person) -> ProfileView:
        """Own quiet hours; None: the portal's; the same hour twice: never.

        Raises: NotAllowed.
        """
        first, last = hours or (None, None)
        return await self._change(by, Change.PREFERENCES, quiet_from=first, quiet_to=last)

    async def read_plainly(self, by: Person, *, on: bool) -> ProfileView:
        """Whether everything comes as plain text.

        Raises: NotAllowed.
        """
        return await self._change(by, Change.PREFERENCES, plain=on)

    async def pause_reminders(self, by: Person, *, on: bool) -> ProfileView:
        """Whether reminders stay away.

        Raises: NotAllowed.
        """
        return await self._change(by, Change.PREFERENCES, reminders_paused=on)

    async def want_news(self, direction: str | None, page: int, by: Person) -> NewsChoice:
        """Be told of new courses once a week: of those of a direction, by its key, or (None) for the position; the
        page of what else may be chosen.

        What is in the catalogue already is no news. Raises: NotAllowed, also where the direction is gone.
        """
        async with self._database.write() as tx:
            held = await self._held(tx, by)
            known = await directions(tx)
            names = {each.key: each.name for each in known}
            if direction is not None and direction not in names:
                raise NotAllowed
            since = held.news_since or self._calendar.now()
            name = None if direction is None else names[direction]
            await self._keep(tx, by, Change.PREFERENCES, news_since=since, news_direction=name)
            return NewsChoice((await self._view(tx, by)).person, page_of(known, page, DIRECTIONS_SHOWN))

    async def stop_news(self, by: Person) -> ProfileView:
        """Be told of new courses no more.

        Raises: NotAllowed.
        """
        return await self._change(by, Change.PREFERENCES, news_since=None, news_direction=None)

    async def _change(self, by: Person, change: Change, **columns: Any) -> ProfileView:
        async with self._database.write() as tx:
            await self._keep(tx, by, change, **columns)
            return await self._view(tx, by)

    async def _held(self, tx: AsyncConnection, by: Person) -> AnyRow:
        row = await profiles.held(tx, by.id)
        if row is None:
            raise NotAllowed
        return row

    async def _keep(self, tx: AsyncConnection, by: Person, change: Change, **columns: Any) -> None:
        """Change the profile, with a line of history for each thing that is not so already."""
        before = await self._held(tx, by)
        changed = {name: value for name, value in columns.items() if getattr(before, name) != value}
        if not changed:
            return
        await profiles.put(tx, by.id, **changed)
        for name, value in changed.items():
            told = _NOTE.format(_said(getattr(before, name)), _said(value))
            note = f"{name}: {told}" if change is Change.PREFERENCES else told
            await people.write_down(tx, by.id, change, self._calendar.now(), by.id, note)

    async def _view(self, connection: AsyncConnection, by: Person) -> ProfileView:
        today = self._calendar.today()
        person, *_ = await people.arriving(connection, by.chat_id, today)
        if person is None or person.id != by.id:
            raise NotAllowed
        roles = await profiles.roles(connection, by.id, today)
        return ProfileView(person, tuple(RoleLine(*role) for role in roles), self._key is not None)

    # The address

    async def ask_email(self, text: str, by: Person) -> int | ProfileView:
        """Send a code to another address: the request's id; where no letters are sent, the profile with the address
        kept unproved.

        Raises: BadEmail, TooLong, TooShort, SameEmail, CodeTooSoon, TooManyCodes, NotAllowed.
        """
        wanted = address(text)
        if self._key is None:
            return await self._keep_email(wanted, by)
        async with self._database.write() as tx:
            before = await self._held(tx, by)
            if before.email_key == wanted.key:
                raise SameEmail
            return await ask_for_proof(tx, wanted, by.chat_id, Purpose.CHANGE, by.id, self._calendar.now())

    async def _keep_email(self, wanted: Address, by: Person) -> ProfileView:
        async with self._database.write() as tx:
            before = await self._held(tx, by)
            if before.email_key != wanted.key:
                await self._keep(tx, by, Change.EMAIL, email=wanted.email)
                await profiles.put(tx, by.id, email_key=None, email_proved_at=None)
            return await self._view(tx, by)

    async def prove_own_email(self, by: Person) -> int | ProfileView:
        """Send a code to the address that stands in the profile unproved.

        Raises: as ask_email; NotAllowed, where there is none.
        """
        if by.email is None:
            raise NotAllowed
        return await self.ask_email(by.email, by)

    async def prove_email(self, code_id: int, typed: str, by: Person) -> ProfileView:
        """The code of a letter: the address is the profile's from now on, and the one before is told.

        Every try is counted. Raises: CodeUnknown, WrongCode, EmailTaken (known only to who has the mailbox),
        NotAllowed.
        """
        if self._key is None:
            raise CodeUnknown
        taken, view = False, None
        try:
            async with self._database.write() as tx:
                request, right = await tried(tx, self._key, code_id, by.chat_id, typed, self._calendar.now())
                if right:
                    taken = not await self._settle_email(tx, code_id, by)
                    view = await self._view(tx, by)
        except IntegrityError:  # another person proved it in the same instant
            raise EmailTaken from None
        # Raised after the commit: a refusal inside would take the counted try back.
        if request is None:
            raise CodeUnknown
        if view is None:
            raise WrongCode(proof.TRIES - request.attempts)
        if taken:
            raise EmailTaken
        return view

    async def _settle_email(self, tx: AsyncConnection, code_id: int, by: Person) -> bool:
        """Whether the proved address could be taken."""
        now = self._calendar.now()
        before = await self._held(tx, by)
        proved = await emails.spend(tx, code_id, by.chat_id, Purpose.CHANGE, now, by.id)
        if proved is None:
            raise CodeUnknown
        if not await profiles.put_address(tx, by.id, proved.email, proved.email_key, now):
            return False
        note = _NOTE.format(_said(before.email), proved.email)
        await people.write_down(tx, by.id, Change.EMAIL, now, by.id, note)
        if before.email_proved_at is not None:
            await profiles.replaces(tx, code_id, before.email)
            await add_security_letter(tx, Change.EMAIL, by.id, now, key=f"email:{code_id}", code_id=code_id)
        return True

    # The school

    async def propose_school(self, school_id: int | None, by: Person) -> SchoolPlan | SchoolChosen:
        """What would follow from this school, or from none; where nothing would, it is done.

        Raises: SchoolUnknown, SchoolBarred, SameSchool, NotAllowed.
        """
        async with self._database.write() as tx:
            plan = await self._plan(tx, school_id, by)
            if plan.leaves_id is not None or plan.waiting or plan.approved:
                return plan
            return await self._choose(tx, plan, by)

    async def choose_school(self, school_id: int | None, by: Person, stated: Stated | None = None) -> SchoolChosen:
        """A school for the profile, or none: waiting applications go there, approved ones wait again (row 16).

        Without a school nobody but support decides. `stated`: what the plan said that the tap agrees to.

        Raises: SchoolUnknown, SchoolBarred, SameSchool, NotAllowed, SchoolPlanChanged (carries the plan).
        """
        try:
            async with self._database.write() as tx:
                plan = await self._plan(tx, school_id, by)
                if stated is not None and stated != (plan.leaves_id, plan.waiting, plan.approved):
                    raise SchoolPlanChanged(plan)
                return await self._choose(tx, plan, by)
        except (LostRace, IllegalMove):
            async with self._database.read() as connection:
                raise SchoolPlanChanged(await self._plan(connection, school_id, by)) from None

    async def _plan(self, tx: AsyncConnection, school_id: int | None, by: Person) -> SchoolPlan:
        before = await self._held(tx, by)
        school = await self._school(tx, school_id, by)
        if before.school_id == school_id:
            raise SameSchool
        leaves = None if before.school_id is None else await people.school(tx, before.school_id)
        live = await applications.live_of(tx, by.id)
        following = [each for each in live if each.funding is Funding.BUDGET and each.school_id != school_id]
        deciders = await people.deciders(tx, school_id, by.id, self._calendar.today())
        return SchoolPlan(
            school_id=school_id,
            school=school,
            leaves_id=before.school_id,
            leaves=leaves.name if leaves else None,
            waiting=sum(each.status is Status.PENDING for each in following),
            approved=sum(each.status is Status.APPROVED for each in following),
            enrolled=sum(each.status is Status.ENROLLED for each in live),
            by_support=all(decider.by_support for decider in deciders),
        )

    async def _school(self, tx: AsyncConnection, school_id: int | None, by: Person) -> str | None:
        if school_id is None:
            return None
        row = await people.school(tx, school_id)
        if row is None:
            raise SchoolUnknown
        if await people.is_barred(tx, by.id, school_id):
            raise SchoolBarred
        name: str = row.name
        return name

    async def _choose(self, tx: AsyncConnection, plan: SchoolPlan, by: Person) -> SchoolChosen:
        await profiles.put(tx, by.id, school_id=plan.school_id)
        note = _NOTE.format(_said(plan.leaves), _said(plan.school))
        await people.write_down(tx, by.id, Change.SCHOOL, self._calendar.now(), by.id, note)
        moved = returned = 0
        for live in await applications.live_of(tx, by.id, funding=Funding.BUDGET):
            if live.school_id == plan.school_id:
                continue
            if live.status is Status.PENDING:
                await self._follow(tx, live, plan.school_id, by)
                moved += 1
            elif live.status is Status.APPROVED:
                await self._return(tx, live, plan.school_id, by)
                returned += 1
        return SchoolChosen(plan.school, moved, returned)

    async def _follow(self, tx: AsyncConnection, live: AnyRow, school_id: int | None, by: Person) -> None:
        """A waiting application is asked at the new school and retired at the old one."""
        if not await applications.set_school(tx, live.id, live.version, school_id):
            raise LostRace
        notes = await prompting.ask(
            tx,
            live.id,
            live.version + 1,
            teacher_id=by.id,
            school_id=school_id,
            today=self._calendar.today(),
        )
        await outbox.add(tx, notes, self._calendar.now())

    async def _return(self, tx: AsyncConnection, live: AnyRow, school_id: int | None, by: Person) -> None:
        """An approved application waits again, at the new school."""
        facts = await applications.facts(tx, live.id, by.id, self._calendar.today())
        assert facts is not None
        values = {"school_id": school_id, "decided_by": None, "decided_at": None}
        await move(tx, facts, Moving(Move.CHANGE_SCHOOL, by.id, values=values), self._calendar)


def _said(value: Any) -> str:
    """A value of the profile in its history."""
    return "–" if value is None else str(value)
