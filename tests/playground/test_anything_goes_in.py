"""Whatever parameters come, a method answers or refuses; it never breaks."""

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.arguments import Arguments, Upload, as_argument
from playground.desk import Desk
from playground.methods import METHODS
from playground.people import Voice, start, tap
from playground.world import Account, World

PERSON = 2**32 + 5
NAMES = (
    "text", "caption", "entities", "caption_entities", "reply_markup", "reply_parameters", "message_ids",
    "commands", "scope", "language_code", "menu_button", "document", "photo", "file_id", "action", "name",
    "description", "url", "secret_token", "allowed_updates", "max_connections", "callback_query_id",
    "parse_mode", "message_id", "show_alert", "reply_to_message_id",
)  # fmt: skip
KEYS = st.sampled_from(
    ["text", "type", "offset", "length", "url", "inline_keyboard", "keyboard", "callback_data", "copy_text",
     "style", "message_id", "chat_id", "user_id", "command", "description", "disabled", "force_reply"]
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=9)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
PLAUSIBLE = st.sampled_from(
    [
        "chat", "bold", "HTML", "attach://upload", PERSON, [[{"text": "а", "callback_data": "а"}]],
        {"inline_keyboard": [[{"text": "а", "callback_data": "а"}]]}, {"keyboard": [["а"]]},
        {"type": "chat", "chat_id": PERSON}, [{"type": "bold", "offset": 0, "length": 1}],
    ]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(sorted(METHODS)),
    chat_id=st.just(PERSON) | VALUES,
    others=st.dictionaries(st.sampled_from(NAMES), PLAUSIBLE | VALUES, max_size=6),
    upload=st.binary(max_size=30),
)
async def test_no_parameters_break_a_method(method: str, chat_id: Any, others: dict[str, Any], upload: bytes) -> None:
    desk = Desk(World("1:token"))
    account = desk.world.add_person(Account(PERSON, "Анна"))
    voice = Voice(account, desk.world.chats[PERSON])
    message = start(desk.world, voice)
    opened = tap(desk.world, account, message, "apply")
    given_values = {"message_id": message.id, "callback_query_id": opened.id, "chat_id": chat_id, **others}
    values = {name: as_argument(value) for name, value in given_values.items() if value is not None}
    reply = await desk.carry_out(method, Arguments(values, {"upload": Upload("а.png", upload)}))
    assert reply.status in (200, 400, 403)
    assert orjson.dumps(reply.body)
