"""Letters over SMTP: how one is put together and handed to the server."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from bot.settings import Settings
from domain.clock import utc_now
from texts.letters import SENDER, Letter, as_html, as_plain

TIMEOUT: Final = 20.0
"""Seconds for each step of the talk with the server."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_FINAL: Final = 500
_OF_ACCESS: Final = frozenset({530, 534, 535, 538})
"""The server wants another password: the settings are wrong, not the letter."""


class Undeliverable(Exception):
    """The server will never take this letter. Its text is the server's code alone."""


class PutOff(Exception):
    """The letter did not go out this time. Its text names the fault without anybody's address."""


class Post:
    """Sends letters to the server of SMTP_URL, in the name of MAIL_FROM."""

    def __init__(self, settings: Settings) -> None:
        assert settings.smtp_url is not None
        place = urlsplit(settings.smtp_url.get_secret_value())
        tls = place.scheme == "smtps"
        self._sender = settings.mail_from or ""
        self._server = {
            "hostname": place.hostname,
            "port": place.port or (465 if tls else 587),
            "username": unquote(place.username) if place.username else None,
            "password": unquote(place.password) if place.password else None,
            "use_tls": tls,
            # A password never goes over the net in the open; elsewhere STARTTLS is used where it is offered.
            "start_tls": True if place.username and not tls and place.hostname not in _LOOPBACK else None,
            "timeout": TIMEOUT,
        }

    async def send(self, address: str, letter: Letter, number: int) -> None:
        """Send a letter; `number` is its note's id, so that a letter sent twice is known by its Message-ID.

        Raises: Undeliverable, PutOff.
        """
        try:
            await aiosmtplib.send(self._message(address, letter, number), **self._server)  # type: ignore[arg-type]
        except SMTPRecipientsRefused as refused:
            self._sort(refused.recipients[0].code)
        except SMTPResponseException as refused:
            self._sort(refused.code)
        except (SMTPException, OSError) as fault:
            raise PutOff(type(fault).__name__) from None

    def _sort(self, code: int) -> None:
        if code >= _FINAL and code not in _OF_ACCESS:
            raise Undeliverable(str(code)) from None
        raise PutOff(str(code)) from None

    def _message(self, address: str, letter: Letter, number: int) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((SENDER, self._sender))
        message["To"] = address
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = f"<note.{number}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "ru"
        message.set_content(as_plain(letter))
        message.add_alternative(as_html(letter), subtype="html")
        for file in letter.attachments:
            params = {"method": file.method, "charset": "utf-8"}
            message.add_attachment(file.content, "text", "calendar", filename=file.name, params=params)
        return message
