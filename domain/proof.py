"""The six-digit code that proves an address, and how often one may ask and try: pure, and stored nowhere."""

import difflib
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

CODE_VALID_FOR: Final = timedelta(minutes=15)
TRIES: Final = 5
BETWEEN_CODES: Final = timedelta(minutes=1)
CODES_A_DAY: Final = 5
"""For one person, and for one address over all chats: many chats must not try one mailbox more often than one."""
DAY: Final = timedelta(days=1)

_DIGITS: Final = 6
_USUAL_DOMAINS: Final = (
    "yandex.ru",
    "ya.ru",
    "mail.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "internet.ru",
    "rambler.ru",
    "gmail.com",
    "outlook.com",
    "icloud.com",
)
_NEAR: Final = 0.8
_NOT_A_DIGIT: Final = re.compile(r"\D")


def code(key: bytes, request_id: int, email_key: str, created_at: datetime) -> str:
    """The code of a request: the same whenever it is worked out from the same row and key."""
    told = f"email-code:{request_id}:{email_key}:{int(created_at.timestamp())}".encode()
    digest = hmac.digest(key, told, hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"


def is_right(typed: str, expected: str) -> bool:
    """Whether somebody typed the code, in constant time; spaces and dashes between its digits do not matter."""
    digits = _NOT_A_DIGIT.sub("", typed)
    return hmac.compare_digest(digits.encode(), expected.encode())


def corrected(email: str) -> str | None:
    """The address with the usual domain that was probably meant; None, where the domain looks right or unknown."""
    local, _, domain = email.rpartition("@")
    if domain in _USUAL_DOMAINS:
        return None
    near = difflib.get_close_matches(domain, _USUAL_DOMAINS, n=1, cutoff=_NEAR)
    return f"{local}@{near[0]}" if near else None
