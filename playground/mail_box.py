"""A mail server that keeps what it is sent, and refuses on order."""

import asyncio
import ssl
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from typing import Any, Final, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from playground.pulse import Pulse

PATIENCE: Final = 10.0
SLOW_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Letter:
    """A letter as its reader sees it."""

    to: str
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    came_at: datetime
    files: dict[str, bytes] = field(default_factory=dict)
    """What is attached, by name."""
    number: int = 0
    """Its place among all that came to its box, from 1."""


class Refusal(Enum):
    """What the server does to the next letter in place of taking it."""

    LATER = "451 Try again later"
    NEVER = "550 No such mailbox"
    BREAK = "break"
    SLOW = "slow"

    @property
    def is_said(self) -> bool:
        """Whether the server answers at all."""
        return self not in {Refusal.BREAK, Refusal.SLOW}


class MailBox:
    """A running mail server; `url` is what SMTP_URL wants, `letters` all that came, oldest first."""

    def __init__(self) -> None:
        self.url = ""
        self.letters: list[Letter] = []
        self.refused: list[Refusal] = []
        """What was done in place of taking a letter, oldest first."""
        self.read: set[int] = set()
        """The numbers of those that somebody has looked at."""
        self.on_letter: Callable[[Letter], None] | None = None
        self._came = 0
        self._pulse = Pulse()
        self._refusals: deque[Refusal] = deque()
        self._server: asyncio.Server | None = None

    @classmethod
    async def start(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> Self:
        """Open a server; port 0 takes any free one.

        `tls` speaks TLS from the first word, `starttls` after STARTTLS and takes no letter before it; `login` is the
        name and the password that the server asks for.
        """
        box = cls()
        loop = asyncio.get_running_loop()

        def authenticate(*given: Any) -> AuthResult:
            told = given[-1]
            right = isinstance(told, LoginPassword) and (told.login.decode(), told.password.decode()) == login
            return AuthResult(success=right, handled=False)

        def session() -> SMTP:
            with warnings.catch_warnings():  # aiosmtpd warns of passwords in the open: here they may be
                warnings.simplefilter("ignore")
                return SMTP(
                    box,
                    hostname="mail.example.org",
                    loop=loop,
                    tls_context=starttls,
                    require_starttls=starttls is not None,
                    auth_required=login is not None,
                    auth_require_tls=False,
                    authenticator=authenticate if login else None,
                )

        box._server = await loop.create_server(session, host, port, ssl=tls)
        scheme = "smtps" if tls else "smtp"
        box.url = f"{scheme}://{host}:{box._server.sockets[0].getsockname()[1]}"
        return box

    async def stop(self) -> None:
        """Close it."""
        if self._server is not None:
            self._server.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def clear(self) -> None:
        """Empty it; numbers go on."""
        self.letters.clear()
        self.read.clear()

    def numbered(self, number: int) -> Letter | None:
        """A letter by its number."""
        return next((letter for letter in self.letters if letter.number == number), None)

    def refuse(self, refusal: Refusal, times: int = 1) -> None:
        """Let the next letters meet this."""
        self._refusals.extend([refusal] * times)

    def to(self, address: str) -> list[Letter]:
        """The letters to an address."""
        return [letter for letter in self.letters if letter.to == address]

    async def has_refused(self, times: int, timeout: float = PATIENCE) -> None:
        """Wait until so many letters were refused. Raises: AssertionError."""
        done = await self._pulse.until(lambda: True if len(self.refused) >= times else None, timeout)
        assert done, f"refused {self.refused}"

    async def letter_to(self, address: str, *parts: str, after: int = 0, timeout: float = PATIENCE) -> Letter:
        """The newest letter to an address with all these words, past the first `after` to it; waits for it.

        Raises: AssertionError.
        """

        def look() -> Letter | None:
            found = [letter for letter in self.to(address)[after:] if all(part in letter.text for part in parts)]
            return found[-1] if found else None

        letter = await self._pulse.until(look, timeout)
        if letter is None:
            raise AssertionError(f"no {parts} to {address}: {[told.text for told in self.to(address)]}")
        return letter

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd's name
        """Take a letter, or do what was ordered."""
        if self._refusals:
            return await self._refused(self._refusals.popleft(), server)
        content = envelope.content
        raw: Any = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        self._keep(raw, str(envelope.mail_from), str(envelope.rcpt_tos[0]))
        return "250 Taken"

    async def _refused(self, refusal: Refusal, server: SMTP) -> str:
        self.refused.append(refusal)
        self._pulse.beat()
        if refusal.is_said:
            return str(refusal.value)
        if refusal is Refusal.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()
        return "421 Gone"

    def _keep(self, message: EmailMessage, sender: str, to: str) -> None:
        parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
        text, html = (part.get_content() if part else "" for part in parts.values())
        headers = {name: str(value) for name, value in message.items()}
        files = {str(part.get_filename()): _content(part) for part in message.iter_attachments()}
        self._came += 1
        subject, came_at = headers.get("Subject", ""), datetime.now(UTC)
        letter = Letter(to, sender, subject, text, html, headers, came_at, files, self._came)
        self.letters.append(letter)
        self._pulse.beat()
        if self.on_letter is not None:
            self.on_letter(letter)


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
