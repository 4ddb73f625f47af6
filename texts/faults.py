"""What operators are told when something goes wrong in the bot itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Code, Text, as_key_value, as_list

from texts.wording import moment, plural


def told(fault: Mapping[str, Any], zone: ZoneInfo) -> Text:
    """A kind of fault: its name, its place, how often."""
    times, since = fault["times"], moment(datetime.fromisoformat(fault["since"]).astimezone(zone))
    often = since if times == 1 else f"{plural(times, 'раз', 'раза', 'раз')} с {since}"
    facts = as_list(
        as_key_value("Что", Code(fault["name"])),
        as_key_value("Где", Code(fault["place"])),
        as_key_value("Когда", often),
    )
    return as_list(
        Text("🛠 ", Bold("Неполадка в работе бота")),
        facts,
        "Подробности — в журнале бота: передайте это сообщение тому, кто его ведёт. Об этой же неполадке я напишу "
        "не раньше чем через час.",
        sep="\n\n",
    )
