"""How the Bot API server refuses, and its exact wording. The only place where that wording stands.

Marked [S]: decided by Telegram's closed servers and known from what bots were answered.
"""

from typing import Final


class Refusal(Exception):
    """A call that is refused.

    `code` is the HTTP status and `error_code`; `retry_after` (seconds) travels in the body and in a header.
    """

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class BadRequest(Refusal):
    """400, with the prefix the server puts before every such description."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"Bad Request: {reason}")


class Forbidden(Refusal):
    """403: the other side does not let this bot write."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class Conflict(Refusal):
    """409: two ways of taking updates at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class TooManyRequests(Refusal):
    """429; `retry_after` in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", retry_after)


class Unauthorized(Refusal):
    """401: no bot has this token."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class UnknownMethod(Refusal):
    """404 for a method's name that does not exist."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found: method not found")


class TooLarge(Refusal):
    """413: a request with more than a bot may upload."""

    def __init__(self) -> None:
        super().__init__(413, "Request Entity Too Large")


# Texts
TEXT_EMPTY: Final = "message text is empty"
TEXT_BLANK: Final = "text must be non-empty"
TEXT_TOO_LONG: Final = "message is too long"
TEXT_TOO_MANY_BYTES: Final = "text is too long"
EDIT_TOO_LONG: Final = "MESSAGE_TOO_LONG"  # [S]
CAPTION_TOO_LONG: Final = "message caption is too long"
UNSUPPORTED_PARSE_MODE: Final = "unsupported parse_mode"

# Messages
MESSAGE_ID_MISSING: Final = "message identifier is not specified"
NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
EDIT_NOT_FOUND: Final = "message to edit not found"
DELETE_NOT_FOUND: Final = "message to delete not found"
REPLY_NOT_JSON: Final = "can't parse reply parameters JSON object"
REPLY_NOT_OBJECT: Final = "object expected as reply parameters"
REPLY_NOT_FOUND: Final = "message to be replied not found"
CANNOT_EDIT: Final = "message can't be edited"
CANNOT_DELETE: Final = "message can't be deleted"
NO_TEXT_TO_EDIT: Final = "there is no text in the message to edit"
NO_CAPTION_TO_EDIT: Final = "there is no caption in the message to edit"
WRONG_ACTION: Final = "wrong parameter action in request"

# Keyboards and taps
MARKUP_NOT_JSON: Final = "can't parse reply keyboard markup JSON object"
MARKUP_NOT_OBJECT: Final = "object expected as reply markup"
INLINE_EXPECTED: Final = "inline keyboard expected"
BUTTON_DATA_INVALID: Final = "BUTTON_DATA_INVALID"  # [S]
COPY_TEXT_INVALID: Final = "BUTTON_COPY_TEXT_INVALID"  # [S]
MARKUP_TOO_LONG: Final = "reply markup is too long"  # [S]
TEXT_BUTTON: Final = "Text buttons are unallowed in the inline keyboard"
WRONG_STYLE: Final = "invalid button style specified"
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
ANSWER_TOO_LONG: Final = "MESSAGE_TOO_LONG"  # [S]

# Inline queries
TOO_MANY_RESULTS: Final = "too many inline query results specified"
RESULTS_NOT_JSON: Final = "can't parse JSON encoded inline query results"
RESULTS_NOT_ARRAY: Final = "expected an Array of inline query results"
RESULT_ID_EMPTY: Final = "RESULT_ID_EMPTY"  # [S]
RESULT_ID_INVALID: Final = "RESULT_ID_INVALID"  # [S]
RESULT_ID_DUPLICATE: Final = "RESULT_ID_DUPLICATE"  # [S]
RESULT_TEXT_TOO_LONG: Final = "MESSAGE_TOO_LONG"  # [S]
ARTICLE_TITLE_EMPTY: Final = "ARTICLE_TITLE_EMPTY"  # [S]
NEXT_OFFSET_INVALID: Final = "NEXT_OFFSET_INVALID"  # [S]
BUTTON_NOT_JSON: Final = "can't parse inline query results button"
START_PARAMETER_EMPTY: Final = "can't use empty start_parameter"
START_PARAMETER_TOO_LONG: Final = "too long start_parameter specified"
START_PARAMETER_CHARACTERS: Final = "unallowed characters in start_parameter are used"

# Files
FILE_EMPTY: Final = "file must be non-empty"
FILE_TOO_BIG: Final = "file is too big"
PHOTO_TOO_BIG: Final = "file of size {size} bytes is too big for a photo; the maximum size is {limit} bytes"
WRONG_FILE: Final = "wrong file identifier/HTTP URL specified"
WRONG_KIND: Final = "can't use file of type {kind} as {wanted}"
URL_FAILED: Final = "failed to get HTTP URL content"
FILE_ID_MISSING: Final = "file_id is not specified"
INVALID_FILE_ID: Final = "invalid file_id"
NOT_AN_IMAGE: Final = "IMAGE_PROCESS_FAILED"  # [S]
PHOTO_DIMENSIONS: Final = "PHOTO_INVALID_DIMENSIONS"  # [S]

# People and chats
CHAT_ID_EMPTY: Final = "chat_id is empty"
CHAT_NOT_FOUND: Final = "chat not found"
BLOCKED: Final = "bot was blocked by the user"
DEACTIVATED: Final = "user is deactivated"
CANNOT_INITIATE: Final = "bot can't initiate conversation with a user"
KICKED_FROM_GROUP: Final = "bot was kicked from the {kind} chat"
NOT_A_MEMBER: Final = "bot is not a member of the {kind} chat"
LEAVE_PRIVATE: Final = "chat member status can't be changed in private chats"

# Updates
OTHER_POLLER: Final = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
TERMINATED_BY_WEBHOOK: Final = "terminated by setWebhook request"
WEBHOOK_NEEDS_HTTPS: Final = "bad webhook: An HTTPS URL must be provided for webhook"
WEBHOOK_PORT: Final = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
WEBHOOK_NO_HOST: Final = "invalid webhook URL specified"
SECRET_TOO_LONG: Final = "secret token is too long"  # noqa: S105 — a wording
SECRET_CHARACTERS: Final = "secret token contains unallowed characters"  # noqa: S105 — a wording

# The bot's own profile
COMMANDS_NOT_JSON: Final = "can't parse commands JSON object"
TOO_MANY_COMMANDS: Final = "BOT_COMMANDS_TOO_MUCH"  # [S]
COMMAND_INVALID: Final = "BOT_COMMAND_INVALID"  # [S]
WRONG_SCOPE: Final = "can't parse BotCommandScope: Unsupported type specified"
SCOPE_IN_PRIVATE: Final = "can't use specified scope in private chats"
WRONG_LANGUAGE: Final = "invalid language code specified"
NAME_TOO_LONG: Final = "BOT_TITLE_INVALID"  # [S]
DESCRIPTION_TOO_LONG: Final = "BOT_DESCRIPTION_TOO_LONG"  # [S]
SHORT_DESCRIPTION_TOO_LONG: Final = "BOT_SHORT_DESCRIPTION_TOO_LONG"  # [S]
WRONG_MENU_BUTTON: Final = "can't parse MenuButton: Unsupported type specified"
