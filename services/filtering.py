"""«Фильтры»: what somebody wants courses to be, with how many there are of each choice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import filtering, profiles
from db.engine import Database
from db.filtering import TOLD, Counts
from domain.audience import POSITIONS
from domain.catalogue import Funding
from domain.choices import key_of
from domain.clock import Calendar
from domain.errors import NotAllowed
from domain.filtering import FIELDS, FOR_ME, LENGTHS, Chosen, Kind, chosen, months
from domain.finding import Filters, Sort
from domain.person import Person
from services.catalogue import OPEN_NOW, Catalogue
from services.views import Found, Page, page_of

CHOICES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Count:
    """So many courses; `more`: at least so many."""

    courses: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class FiltersView:
    """What is chosen, and how many courses of a list are so. `query` None: those that take applications now."""

    search_id: int
    query: str | None
    chosen: Chosen
    count: Count


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a kind: what a button carries of it, and what it is; for a provider, `name` is how it is called."""

    key: str
    value: Any
    name: str | None = None
    count: Count | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """A page of what can be chosen of a kind."""

    kind: Kind
    search_id: int
    chosen: Chosen
    position: str
    page: Page[Choice]


class Filtering:
    """Use cases of whoever narrows a list."""

    def __init__(self, database: Database, calendar: Calendar, catalogue: Catalogue) -> None:
        self._database = database
        self._calendar = calendar
        self._catalogue = catalogue
        self._criteria = catalogue.criteria

    async def look(self, search_id: int, by: Person) -> FiltersView:
        """What is chosen now.

        Raises: SearchGone.
        """
        return await self._view(search_id, self._chosen(by), by)

    async def choices(self, kind: Kind, search_id: int, page: int, by: Person) -> Choices:
        """A page of the choices of a kind, counted among what is as the other kinds want it; one past the end is the
        first.

        Raises: SearchGone.
        """
        now = self._chosen(by)
        async with self._database.read() as connection:
            shown = page_of(await self._known(connection, kind), page, CHOICES_SHOWN)
            lines: Sequence[Choice] = shown.lines
            if kind is not Kind.SORT:
                lines = await self._counted(connection, kind, lines, search_id, now, by)
        value = getattr(now, FIELDS[kind])
        marked = tuple(replace(choice, chosen=choice.value == value) for choice in lines)
        return Choices(kind, search_id, now, by.position, replace(shown, lines=marked))

    async def choose(self, kind: Kind, key: str, search_id: int, by: Person) -> FiltersView:
        """Keep a choice by its key; an empty one: whatever it is. The same again changes nothing.

        Raises: NotAllowed, where there is no such choice (any more); SearchGone.
        """
        now = self._chosen(by).without(kind)
        if key:
            now = await self._with(now, kind, key)
        await self._keep(now, by)
        return await self._view(search_id, now, by)

    async def clear(self, search_id: int, by: Person) -> Found:
        """Every course again: the first page of the list.

        Raises: SearchGone.
        """
        await self._keep(Chosen(), by)
        return await self._catalogue.page(search_id, 0, replace(by, filters={}))

    async def of_provider(self, provider_id: int, by: Person) -> Found:
        """A provider's courses that take applications now, as its poster leads to them.

        Raises: NotAllowed, where it has none.
        """
        now = await self._with(Chosen(), Kind.PROVIDER, str(provider_id))
        await self._keep(now, by)
        return await self._catalogue.page(OPEN_NOW, 0, replace(by, filters=now.kept()))

    def _chosen(self, by: Person) -> Chosen:
        return chosen(by.filters, self._calendar.today())

    async def _keep(self, now: Chosen, by: Person) -> None:
        async with self._database.write() as tx:
            await profiles.put(tx, by.id, filters=now.kept())

    async def _with(self, now: Chosen, kind: Kind, key: str) -> Chosen:
        async with self._database.read() as connection:
            known = await self._known(connection, kind)
        found = next((choice for choice in known if choice.key == key), None)
        if found is None:
            raise NotAllowed
        changes: dict[str, Any] = {FIELDS[kind]: found.value}
        if kind is Kind.PROVIDER:
            changes["provider_name"] = found.name
        return replace(now, **changes)

    async def _view(self, search_id: int, now: Chosen, by: Person) -> FiltersView:
        async with self._database.read() as connection:
            query, counts = await self._count(connection, search_id, now, [], by)
        return FiltersView(search_id, query, now, Count(min(counts.total, TOLD), counts.total > TOLD))

    async def _count(
        self, connection: AsyncConnection, search_id: int, now: Chosen, choices: Sequence[Filters], by: Person
    ) -> tuple[str | None, Counts]:
        query, source = await self._catalogue.source(connection, search_id, by.id)
        filters = await self._criteria.of(connection, now, by.position)
        if search_id == OPEN_NOW:
            filters = replace(filters, open_only=True)
        return query, await filtering.counted(connection, source, filters, choices, self._calendar.today())

    async def _counted(
        self, connection: AsyncConnection, kind: Kind, shown: Sequence[Choice], search_id: int, now: Chosen, by: Person
    ) -> Sequence[Choice]:
        alone = [Chosen(**{FIELDS[kind]: choice.value}) for choice in shown]
        filters = [await self._criteria.of(connection, each, by.position) for each in alone]
        _, counts = await self._count(connection, search_id, now.without(kind), filters, by)
        return [
            replace(choice, count=Count(min(count, TOLD), counts.cut or count > TOLD))
            for choice, count in zip(shown, counts.of, strict=True)
        ]

    async def _known(self, connection: AsyncConnection, kind: Kind) -> list[Choice]:
        """Everything that can be chosen of a kind."""
        match kind:
            case Kind.FUNDING:
                return [Choice(each.value, each) for each in Funding]
            case Kind.HOURS:
                return [Choice(str(first), first) for first, _ in LENGTHS]
            case Kind.MONTH:
                return [Choice(month, month) for month in months(self._calendar.today())]
            case Kind.FORM:
                return [Choice(key_of(form), form) for form in await filtering.values(connection, "form")]
            case Kind.DIRECTION:
                return [Choice(key_of(each), each) for each in await filtering.values(connection, "direction")]
            case Kind.CATEGORY:
                return [Choice(FOR_ME, FOR_ME), *(Choice(key_of(position), position) for position in POSITIONS)]
            case Kind.PROVIDER:
                return [Choice(str(row.id), row.id, row.name) for row in await filtering.providers(connection)]
            case Kind.OPEN:
                return [Choice("1", True)]
            case Kind.SORT:
                return [Choice(each.value, each) for each in Sort]
