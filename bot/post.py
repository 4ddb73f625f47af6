"""Letters over SMTP: how one is put together and handed to the server."""

import asyncio
import contextlib
import ssl
import time
from datetime import UTC, datetime
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from typing import Final
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from bot.settings import Settings
from texts.letters import SENDER, Letter, Links, as_html, as_plain

STEP_WITHIN: Final = 20.0
"""Seconds for each step of the talk with the server."""
TALK_WITHIN: Final = 40.0
"""Seconds for all of it: four letters to one person, one after the other, come to an end within their lease."""
FAREWELL_WITHIN: Final = 2.0
PER_SECOND: Final = 5.0
"""Letters a second: servers take a sender that comes faster for a spammer."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_FINAL: Final = 500
_OF_ACCESS: Final = frozenset({530, 535, 538})
"""The server wants another password: the settings are wrong, not the letter."""


class Undeliverable(Exception):
    """The server will never take this letter. Its text is the server's code alone."""


class PutOff(Exception):
    """The letter did not go out this time. Its text names the fault without anybody's address."""


class Pace:
    """Evenly spaced turns."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._between = 1 / per_second
        self._next = 0.0

    def divide(self, processes: int) -> None:
        """So many processes share the turns."""
        self._between = processes / self._per_second

    async def turn(self) -> None:
        """Wait for the next free one."""
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._between
        await asyncio.sleep(mine - now)


class Post:
    """Sends letters to the server of SMTP_URL, in the name of MAIL_FROM.

    A server's certificate is checked against the machine's authorities, or the file that SSL_CERT_FILE names.
    """

    def __init__(
        self,
        settings: Settings,
        links: Links,
        *,
        step_within: float = STEP_WITHIN,
        talk_within: float = TALK_WITHIN,
    ) -> None:
        assert settings.smtp_url is not None
        assert settings.mail_from is not None
        place = urlsplit(settings.smtp_url.get_secret_value())
        tls = place.scheme == "smtps"
        self._sender = settings.mail_from
        self._domain = _in_ascii(settings.mail_from).rpartition("@")[2]
        self._links = links
        self._pace = Pace(PER_SECOND)
        self._talk_within = talk_within
        self._server = {
            "hostname": place.hostname,
            "port": place.port or (465 if tls else 587),
            "username": unquote(place.username) if place.username else None,
            "password": unquote(place.password) if place.password else None,
            "use_tls": tls,
            # A password never goes over the net in the open; elsewhere STARTTLS is used where it is offered.
            "start_tls": True if place.username and not tls and place.hostname not in _LOOPBACK else None,
            "tls_context": ssl.create_default_context(),
            "local_hostname": self._domain,
            "timeout": step_within,
        }

    def divide(self, processes: int) -> None:
        """So many processes send letters in one name."""
        self._pace.divide(processes)

    async def send(self, address: str, letter: Letter, number: int, ordered_at: datetime) -> None:
        """Send a letter. `number` and `ordered_at` are its note's, so that one sent twice has the same Message-ID.

        Raises: Undeliverable, PutOff.
        """
        message = self._message(address, letter, f"{ordered_at:%Y%m%d%H%M%S}.{number}")
        await self._pace.turn()
        try:
            await self._hand_over(message)
        except SMTPRecipientsRefused as refused:
            _sort(refused.recipients[0].code)
        except SMTPDataError as refused:
            _sort(refused.code)
        except SMTPResponseException as refused:  # of us, not of the letter: a wrong password, a sender unknown there
            raise PutOff(str(refused.code)) from None
        except (SMTPException, OSError) as fault:
            raise PutOff(type(fault).__name__) from None

    async def _hand_over(self, message: Message) -> None:
        """aiosmtplib.send would wait for a farewell from a server that is silent, or count a letter it took as lost."""
        client = SMTP(**self._server)  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(self._talk_within):
                await client.connect()
                await client.send_message(message)
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=FAREWELL_WITHIN)
        finally:
            client.close()

    def _message(self, address: str, letter: Letter, number: str) -> Message:
        # Not EmailMessage: where it folds a long header it loses or adds spaces between Russian words (Python 3.11).
        message = self._parts(letter)
        headers = {
            "From": formataddr((SENDER, _in_ascii(self._sender))),
            "To": _in_ascii(address),
            "Subject": Header(_one_line(letter.subject), "utf-8", header_name="Subject").encode(),
            "Date": format_datetime(datetime.now(UTC)),
            "Message-ID": f"<note.{number}@{self._domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": "ru",
        }
        if letter.optional:
            headers["List-Unsubscribe"] = f"<{self._links.preferences}>"
        for name, value in headers.items():
            message[name] = value
        return message

    def _parts(self, letter: Letter) -> MIMEMultipart:
        words = MIMEMultipart("alternative")
        words.attach(MIMEText(as_plain(letter, self._links), "plain", "utf-8"))
        words.attach(MIMEText(as_html(letter, self._links), "html", "utf-8"))
        if not letter.attachments:
            return words
        message = MIMEMultipart("mixed")
        message.attach(words)
        for file in letter.attachments:
            part = MIMEText(file.content.decode(), "calendar", "utf-8")
            part.set_param("method", file.method)
            part.add_header("Content-Disposition", "attachment", filename=file.name)
            message.attach(part)
        return message


def _sort(code: int) -> None:
    if code >= _FINAL and code not in _OF_ACCESS:
        raise Undeliverable(str(code)) from None
    raise PutOff(str(code)) from None


def _in_ascii(address: str) -> str:
    """The address as every server knows it: a domain in Cyrillic has a spelling in Latin letters."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _one_line(text: str) -> str:
    """A header's text: nothing in it begins another header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
