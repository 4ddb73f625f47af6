"""What the sender asks when it draws an application's copy on an approver's screen."""

from dataclasses import dataclass

from db import outbox, prompts
from db.engine import Database
from domain.clock import Calendar
from domain.errors import NotAllowed, OwnApplication
from domain.status import Status
from services.deciding import decision_view, facts_for_decision
from services.prompting import draw
from services.views import DecisionView


@dataclass(frozen=True, slots=True)
class Drawing:
    """A copy to draw: on its message, or as a new one. `view` None: it is not this person's business any more."""

    chat_id: int
    message_id: int | None
    view: DecisionView | None


class Prompts:
    """Use cases of the sender."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def drawing(self, prompt_id: int) -> Drawing | None:
        """What to draw now; None, where there is nothing on screen and nothing to ask."""
        async with self._database.read() as connection:
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
        async with self._database.write() as tx:
            now = await prompts.sent(tx, prompt_id, message_id)
            if now is not None and now.version != version:
                await outbox.add(tx, [draw(prompt_id, now.user_id, f"{now.version}:late")], self._calendar.now())
