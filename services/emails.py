"""Addresses and their proof: a code goes to the address, and whoever types it has the mailbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import emails, outbox
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain import proof
from domain.clock import Calendar
from domain.errors import BadEmail, CodeTooSoon, CodeUnknown, TooManyCodes, WrongCode
from domain.person import Purpose, within

EMAIL_LIMIT: Final = 120
EMAIL_CODE: Final = "email_code"
"""The kind of note that carries a code's request; its letter works the code out."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is kept, how it is compared, and what was probably meant instead."""

    email: str
    key: str
    corrected: str | None


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """Where a code goes, the code, and what for."""

    address: str
    code: str
    purpose: Purpose
    is_known: bool
    """Whether a profile has this address."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An address that was proved; `taken`: it is somebody's already."""

    code_id: int
    email: str
    taken: bool


def address(text: str) -> Address:
    """An address out of what somebody typed.

    Raises: BadEmail, TooLong, TooShort.
    """
    from email_validator import EmailNotValidError, validate_email  # for the first address only

    try:
        checked = validate_email(within(text, EMAIL_LIMIT), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise BadEmail from None
    email = f"{checked.local_part}@{checked.domain}"
    return Address(email, email.lower(), proof.corrected(email.lower()))


async def ask_for_proof(
    tx: AsyncConnection, wanted: Address, chat_id: int, purpose: Purpose, user_id: int | None, now: datetime
) -> int:
    """A request for a proof, and its code on the way to the address: the request's id.

    Raises: CodeTooSoon, TooManyCodes.
    """
    await emails.in_turn(tx, wanted.key)
    before = await emails.asked(tx, chat_id, user_id, wanted.key, now - proof.DAY)
    if max(before.by_person, before.by_address) >= proof.CODES_A_DAY:
        raise TooManyCodes
    if before.last is not None and (wait := before.last + proof.BETWEEN_CODES - now) > timedelta(0):
        raise CodeTooSoon(int(wait.total_seconds()) + 1)
    code_id = await emails.add(
        tx,
        chat_id=chat_id,
        user_id=user_id,
        purpose=purpose,
        email=wanted.email,
        email_key=wanted.key,
        now=now,
        expires_at=now + proof.CODE_VALID_FOR,
    )
    told = {"code_id": code_id}
    note = Note(f"code:{code_id}", user_id, EMAIL_CODE, told, outbox.Priority.AWAITED, channel=outbox.MAIL)
    await outbox.add(tx, [note], now)
    return code_id


async def tried(
    tx: AsyncConnection, key: bytes, code_id: int, chat_id: int, typed: str, now: datetime
) -> tuple[AnyRow | None, bool]:
    """Count a try: its request, None where that is not open in this chat, and whether the code was right.

    A right one proves the address. Raise what is to be refused after the commit: inside, it would take the try back.
    """
    request = await emails.count_try(tx, code_id, chat_id, proof.TRIES, now)
    if request is None:
        return None, False
    expected = proof.code(key, request.id, request.email_key, request.created_at)
    if not proof.is_right(typed, expected):
        return request, False
    await emails.prove(tx, code_id, now)
    return request, True


class Emails:
    """Use cases of proving an address. `key`: what codes are derived from; None: no letters, so no proofs."""

    def __init__(self, database: Database, calendar: Calendar, key: bytes | None) -> None:
        self._database = database
        self._calendar = calendar
        self._key = key

    @property
    def can_prove(self) -> bool:
        """Whether letters are sent here."""
        return self._key is not None

    async def begin(self, chat_id: int, text: str, purpose: Purpose, user_id: int | None = None) -> int | None:
        """Send a code to an address: the request's id; None, where addresses are taken unproved.

        The answer is the same whether the address is known or not.

        Raises: BadEmail, TooLong, TooShort, CodeTooSoon, TooManyCodes.
        """
        wanted = address(text)
        if not self.can_prove:
            return None
        async with self._database.write() as tx:
            return await ask_for_proof(tx, wanted, chat_id, purpose, user_id, self._calendar.now())

    async def prove(self, code_id: int, chat_id: int, typed: str) -> Proof:
        """A code typed in the chat that asked for it. Every try is counted, also one that is refused.

        Raises: CodeUnknown (too late, too many tries, or not this chat's), WrongCode.
        """
        assert self._key is not None
        now = self._calendar.now()
        async with self._database.write() as tx:
            request, proved = await tried(tx, self._key, code_id, chat_id, typed, now)
            taken = request is not None and await emails.is_taken(tx, request.email_key)
        # Raised after the commit: a refusal inside would take the counted try back.
        if request is None:
            raise CodeUnknown
        if not proved:
            raise WrongCode(proof.TRIES - request.attempts)
        return Proof(code_id, request.email, taken)

    async def code_letter(self, code_id: int) -> CodeLetter | None:
        """What the letter says, worked out anew; None, where the code is no good any more."""
        assert self._key is not None, "letters are sent only where there is a key"
        async with self._database.read() as connection:
            request = await emails.one(connection, code_id)
            is_known = request is not None and await emails.is_taken(connection, request.email_key)
        if request is None or request.expires_at <= self._calendar.now():
            return None
        code = proof.code(self._key, request.id, request.email_key, request.created_at)
        return CodeLetter(request.email, code, request.purpose, is_known)
