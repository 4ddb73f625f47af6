"""All methods by their names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playground import about_me, answering, editing, inline_queries, looking, sending, webhooks
from playground.arguments import Arguments
from playground.world import World


@dataclass(frozen=True)
class Method:
    """A method, and whether it counts for the pace of writing."""

    name: str
    run: Callable[[World, Arguments], Any]
    paced: bool = False


_ALL: Final = (
    Method("sendMessage", sending.send_message, paced=True),
    Method("sendDocument", sending.send_document, paced=True),
    Method("sendPhoto", sending.send_photo, paced=True),
    Method("sendChatAction", sending.send_chat_action),
    Method("editMessageText", editing.edit_message_text, paced=True),
    Method("editMessageCaption", editing.edit_message_caption, paced=True),
    Method("editMessageReplyMarkup", editing.edit_message_reply_markup, paced=True),
    Method("deleteMessage", editing.delete_message),
    Method("deleteMessages", editing.delete_messages),
    Method("answerCallbackQuery", answering.answer_callback_query),
    Method("answerInlineQuery", inline_queries.answer_inline_query),
    Method("getMe", about_me.get_me),
    Method("setMyName", about_me.set_my_name),
    Method("getMyName", about_me.get_my_name),
    Method("setMyDescription", about_me.set_my_description),
    Method("getMyDescription", about_me.get_my_description),
    Method("setMyShortDescription", about_me.set_my_short_description),
    Method("getMyShortDescription", about_me.get_my_short_description),
    Method("setMyCommands", about_me.set_my_commands),
    Method("getMyCommands", about_me.get_my_commands),
    Method("deleteMyCommands", about_me.delete_my_commands),
    Method("setChatMenuButton", about_me.set_chat_menu_button),
    Method("getChatMenuButton", about_me.get_chat_menu_button),
    Method("getChat", looking.get_chat),
    Method("getFile", looking.get_file),
    Method("leaveChat", looking.leave_chat),
    Method("setWebhook", webhooks.set_webhook),
    Method("deleteWebhook", webhooks.delete_webhook),
    Method("getWebhookInfo", webhooks.get_webhook_info),
)
METHODS: Final = {method.name.lower(): method for method in _ALL}
