"""Everything the bot does not do has its answer here: other chats, other kinds of message, old buttons."""

from contextlib import suppress

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from handlers.filters import Private, Shared
from handlers.replies import answer, reply
from services.portal import Services
from texts import errors
from texts import menu as texts

guard = Router(name="guard")
router = Router(name="fallback")


@guard.message(~Private())
@guard.edited_message(~Private())
async def elsewhere(message: Message) -> None:
    """Groups and channels: the answer came when the bot was added; what is written there is not read."""


@guard.message(Shared())
async def shared(message: Message) -> None:
    """A card that was sent into this very chat: nothing that somebody asks or answers."""


@guard.callback_query(~Private())
async def tap_elsewhere(tap: CallbackQuery) -> None:
    """A button that was carried into another chat."""
    await answer(tap, texts.ONLY_PRIVATE, alert=True)


@guard.my_chat_member(F.chat.type == ChatType.PRIVATE)
async def blocked_or_back(event: ChatMemberUpdated, services: Services) -> None:
    """A person blocked the bot, or came back."""
    if event.new_chat_member.status in {"kicked", "left"}:
        await services.people.blocks(event.chat.id)
    else:
        await services.people.comes_back(event.chat.id)


@guard.my_chat_member(ChatMemberUpdatedFilter(IS_NOT_MEMBER >> IS_MEMBER))
async def added(event: ChatMemberUpdated, bot: Bot) -> None:
    """Added to a group or channel: say where the bot acts, and leave."""
    if event.chat.type != ChatType.CHANNEL:
        with suppress(AiogramError):  # it may not be allowed to write there
            await bot.send_message(event.chat.id, texts.ONLY_PRIVATE)
    await bot.leave_chat(event.chat.id)


@guard.edited_message()
async def edited(message: Message) -> None:
    """An edited text is not read again."""
    await reply(message, texts.EDITED)


@router.message(F.text.startswith("/"))
async def unknown_command(message: Message) -> None:
    """A command that the bot has not, or not for this person."""
    await reply(message, texts.UNKNOWN_COMMAND)


@router.message()
async def not_text(message: Message) -> None:
    """Stickers, photos, voice, contacts and what is yet to be invented."""
    await reply(message, texts.ONLY_TEXT)


@router.callback_query()
async def unknown_button(tap: CallbackQuery) -> None:
    """A button that this bot does not draw (any more)."""
    await answer(tap, errors.OLD_BUTTON, alert=True)
