"""What the sender asks when it draws an application's copy on an approver's screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import outbox, prompts
from db.engine import Database
from domain.clock import Calendar
from domain.errors import NotAllowed, OwnApplication
from domain.status import Status
from services.deciding import decision_view, facts_for_decision
from services.prompting import Screen, draw
from services.views import DecisionView


@dataclass(frozen=True, slots=True)
class Drawing:
    """A copy to draw: on its message, or as a new one. `view` None: it is not this person's business any more."""

    chat_id: int
    message_id: int | None
    view: DecisionView | None


@dataclass(frozen=True, slots=True)
class Replaced:
    """A copy with its message, in the place of which another stands."""

    prompt_id: int
    message_id: int


class Prompts:
    """Use cases of the sender."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def drawing(self, prompt_id: int) -> Drawing | None:
        """What to draw now; None, where there is nothing on screen and nothing to ask."""
        async with self._database.read(brief=True) as connection:
            copy = await prompts.to_draw(connection, prompt_id)
            if copy is None:
                return None
            if copy.left:
                return None if copy.message_id is None else Drawing(copy.chat_id, copy.message_id, None)
            try:
                facts = await facts_for_decision(connection, copy.application_id, copy.user_id, self._calendar)
            except (NotAllowed, OwnApplication):
                return None if copy.message_id is None else Drawing(copy.chat_id, copy.message_id, None)
            if copy.message_id is None and facts.status is not Status.PENDING:
                return None
            view = await decision_view(connection, facts, copy.user_id, self._calendar)
        return Drawing(copy.chat_id, copy.message_id, view)

    async def drawn(self, prompt_id: int, message_id: int, version: int) -> None:
        """A copy became a message showing this version; if the application has moved since, draw it again."""
        async with self._database.write(brief=True) as tx:
            now = await prompts.sent(tx, prompt_id, message_id)
            if now is not None and now.version != version:
                await outbox.add(tx, [draw(prompt_id, now.user_id, f"{now.version}:late")], self._calendar.now())

    async def again(self, application_id: int, user_id: int) -> DecisionView | None:
        """A waiting application that its teacher has reminded of; None, where it waits for this person no more."""
        async with self._database.read() as connection:
            try:
                facts = await facts_for_decision(connection, application_id, user_id, self._calendar)
            except (NotAllowed, OwnApplication):
                return None
            if facts.status is not Status.PENDING:
                return None
            return await decision_view(connection, facts, user_id, self._calendar)

    async def renewed(self, view: DecisionView, user_id: int, screen: Screen) -> list[Replaced]:
        """A new message shows the application: the earlier ones in the chat, which need to show it no more.

        If the application has moved since, the new one is drawn again.
        """
        async with self._database.write() as tx:
            now = await prompts.version_of(tx, view.id)
            await prompts.show(
                tx,
                view.id,
                view.version,
                user_id=user_id,
                chat_id=screen.chat_id,
                message_id=screen.message_id,
                is_open=now.status is Status.PENDING,
            )
            if now.version != view.version:
                prompt_id = await prompts.by_message(tx, screen.chat_id, screen.message_id)
                await outbox.add(tx, [draw(prompt_id, user_id, f"{now.version}:late")], self._calendar.now())
            earlier = await prompts.replaced(tx, view.id, screen.chat_id, screen.message_id)
        return [Replaced(row.id, row.message_id) for row in earlier]

    async def forget(self, replaced: Sequence[Replaced]) -> None:
        """These messages have been told that another shows what they showed."""
        if replaced:
            async with self._database.write() as tx:
                await prompts.forget(tx, [one.prompt_id for one in replaced])
