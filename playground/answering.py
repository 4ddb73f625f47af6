"""Methods by which a bot answers a tap."""

from typing import Final

from playground.arguments import Arguments
from playground.refusals import ANSWER_TOO_LONG, QUERY_TOO_OLD, BadRequest
from playground.world import Answer, World

MAX_ANSWER: Final = 200


def answer_callback_query(world: World, arguments: Arguments) -> bool:
    """answerCallbackQuery: once, while the person still waits, with up to 200 symbols."""
    text = arguments.text("text").strip()
    if len(text) > MAX_ANSWER:
        raise BadRequest(ANSWER_TOO_LONG)
    answer = Answer(text, arguments.flag("show_alert"), arguments.text("url"))
    if not world.answer_tap(arguments.text("callback_query_id"), answer):
        raise BadRequest(QUERY_TOO_OLD)
    return True
