"""What the page is shown of people, messages and calls: JSON over the Bot API's own."""

from typing import Any, Final

from playground.calls import Call
from playground.mail_box import Letter, MailBox
from playground.updates import JsonObject
from playground.world import Account, Chat, InlineAnswer, Message, World

LONGEST_PARAMETER: Final = 2000
PERSON_CHANGES_WITH: Final = {"message", "delete", "membership", "read", "person"}


def person_view(world: World, account: Account) -> JsonObject:
    """A person with what stands around the conversation."""
    chat = world.chats[account.id]
    keyboard = chat.keyboard_message
    return {
        **account.as_json(),
        "caption": account.caption,
        "deactivated": account.deactivated,
        "bot_status": chat.bot_status,
        "keyboard": keyboard.markup if keyboard else None,
        "commands": world.profile.commands_in_private(account.id, account.language_code or ""),
        "unread": world.unread(chat),
    }


def message_view(world: World, message: Message) -> JsonObject:
    """A message as the page shows it: as a bot sees it, whose it is, and whether it came without a sound.

    `changed_at` grows with every change, in the order of all events.
    """
    return {
        **message.as_json(),
        "from_bot": message.sender is world.bot,
        "silent": message.silent,
        "deleted": message.deleted,
        "inaccessible": message.inaccessible,
        "changed_at": message.changed_at,
    }


def bot_view(world: World) -> JsonObject:
    """What the bot says of itself, in Russian where it does."""
    profile, bot = world.profile, world.bot
    texts = {"description": profile.descriptions, "short_description": profile.short_descriptions}
    return {
        "username": bot.username,
        "name": profile.names.get("ru") or profile.names.get("") or profile.name,
        **{name: of_language.get("ru") or of_language.get("", "") for name, of_language in texts.items()},
        "link": f"https://t.me/{bot.username}",
    }


def offered_view(query_id: str, answer: InlineAnswer) -> JsonObject:
    """What the bot offers for an inline query, as it stands in the list above the field."""
    shown = ("id", "title", "description")
    results = [{name: result[name] for name in shown} for result in answer.results]
    return {"query": query_id, "results": results, "next_offset": answer.next_offset, "button": answer.button}


def call_view(number: int, call: Call) -> JsonObject:
    """A call without its result; long parameters are cut. `at` and `duration` in seconds."""
    return {
        "number": number,
        "method": call.method,
        "at": call.at,
        "duration": call.duration,
        "chat_id": call.chat_id,
        "parameters": {name: text[:LONGEST_PARAMETER] for name, text in call.parameters.items()},
        "refusal": call.refusal,
        "code": call.code,
    }


def letter_view(mail: MailBox, letter: Letter) -> JsonObject:
    """A letter in the list of the mail box; `at` in seconds."""
    return {
        "number": letter.number,
        "to": letter.to,
        "from": letter.headers.get("From", letter.sender),
        "subject": letter.subject,
        "at": letter.came_at.timestamp(),
        "files": list(letter.files),
        "is_page": bool(letter.html),
        "is_read": letter.number in mail.read,
    }


def event_view(world: World, event: JsonObject) -> JsonObject:
    """An event of the world; with the person it changes, as they are now."""
    chat: Chat | None = event["chat"]
    told: dict[str, Any] = {name: value for name, value in event.items() if name != "chat"}
    if isinstance(told.get("message"), Message):
        told["message"] = message_view(world, told["message"])
    if chat is None:
        return told
    told["chat_id"] = chat.id
    if event["event"] in PERSON_CHANGES_WITH and chat.id in world.accounts:
        told["person"] = person_view(world, world.accounts[chat.id])
    return told
