"""Letters reach a real mail server: in good form, over TLS, once, whatever the server says."""

import asyncio
import logging
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.letters import Outgoing
from bot.post import PER_SECOND, Post, PutOff, Undeliverable
from bot.postman import Postman
from bot.settings import read_settings
from db import outbox
from db.engine import Database
from db.outbox import MAIL, Note
from db.tables import Notification
from domain.person import Person
from playground.mail_box import MailBox, Refusal
from services.outbox import PATIENCE, Parcel
from services.portal import Services
from tests.city import City
from tests.conftest import Clock
from texts.letters import Letter, Links

ANNA = "anna@example.org"
ORDERED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LINKS = Links("https://t.me/course_bot", "https://t.me/course_bot?start=letters")
LETTER = Letter(
    subject="Заявка согласована: ГМЦ-0417-Д",
    heading="Заявка согласована",
    lines=("Теперь организация зачислит вас в группу.",),
    facts=(("Курс", "Уроки <b>географии</b> & «карты»"),),
    optional=True,
)

Send = Callable[..., Awaitable[None]]
Order = Callable[..., Awaitable[None]]


def post(url: str, **given: Any) -> Post:
    """A post on a server."""
    return Post(read_settings(smtp_url=url, mail_from="portal@example.org"), LINKS, **given)


def with_login(url: str, login: str = "portal:p%40ss") -> str:
    return url.replace("://", f"://{login}@")


@pytest.fixture
async def mail() -> AsyncIterator[MailBox]:
    """A mail server that speaks in the open."""
    async with await MailBox.start() as box:
        yield box


# How a letter looks to a mail program


async def sent(mail: MailBox, letter: Letter = LETTER, address: str = ANNA, number: int = 7) -> Any:
    await post(mail.url).send(address, letter, number, ORDERED)
    return mail.letters[-1]


async def test_a_letter_has_what_mail_programs_expect(mail: MailBox) -> None:
    letter = await sent(mail)
    assert (letter.to, letter.sender) == (ANNA, "portal@example.org")
    assert letter.subject == LETTER.subject
    assert letter.headers["From"] == "Курсы для учителей <portal@example.org>"
    assert letter.headers["Message-ID"] == "<note.20261124090000.7@example.org>"
    assert letter.headers["Auto-Submitted"] == "auto-generated"
    assert letter.headers["List-Unsubscribe"] == f"<{LINKS.preferences}>"
    assert abs(parsedate_to_datetime(letter.headers["Date"]) - datetime.now(UTC)) < timedelta(minutes=1)
    for part in (letter.text, letter.html):
        assert "Теперь организация зачислит вас в группу." in part
        assert LINKS.preferences in part
        assert LINKS.bot in part
    assert "Уроки <b>географии</b> & «карты»" in letter.text
    assert "Уроки &lt;b&gt;географии&lt;/b&gt; &amp; «карты»" in letter.html


async def test_a_letter_that_cannot_be_switched_off_offers_no_way_to(mail: MailBox) -> None:
    letter = await sent(mail, Letter("Адрес изменён", "Адрес изменён"))
    assert "List-Unsubscribe" not in letter.headers
    assert LINKS.preferences not in letter.text + letter.html


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x00"])
async def test_no_text_of_anybody_becomes_a_header(mail: MailBox, end: str) -> None:
    hostile = f"Курс{end}Bcc: eve@example.org{end}{end}<script>alert(1)</script>"
    letter = await sent(mail, Letter(hostile, hostile, (hostile,), ((hostile, hostile),)))
    assert "Bcc" not in letter.headers
    assert letter.subject == "Курс Bcc: eve@example.org <script>alert(1)</script>"
    assert "<script>" not in letter.html


async def test_a_very_long_subject_in_any_script_arrives_whole(mail: MailBox) -> None:
    subject = "Ж" * 700 + " " + "漢字🎓 " * 40
    assert (await sent(mail, Letter(subject, "…"))).subject == subject.strip()


async def test_a_domain_in_cyrillic_is_written_as_servers_know_it(mail: MailBox) -> None:
    assert (await sent(mail, address="anna@школа.рф")).to == "anna@xn--80atdl2c.xn--p1ai"


async def test_a_letter_sent_twice_is_known_by_its_message_id(mail: MailBox) -> None:
    first, again, other = [await sent(mail, number=number) for number in (7, 7, 8)]
    assert first.headers["Message-ID"] == again.headers["Message-ID"] != other.headers["Message-ID"]


# The way to the server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of this machine's, signed by itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("left out: openssl is not here")
    folder = tmp_path_factory.mktemp("authority")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*request, *names, *files], check=True, capture_output=True, timeout=60)
    return folder


def speaking_tls(authority: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority / "certificate.pem", authority / "key.pem")
    return context


@pytest.fixture
def trusted(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "certificate.pem"))


@pytest.mark.parametrize("way", ["tls", "starttls"])
async def test_a_letter_goes_over_tls_with_a_login(authority: Path, trusted: None, way: str) -> None:
    speaking: dict[str, Any] = {way: speaking_tls(authority)}
    async with await MailBox.start(login=("portal", "p@ss"), **speaking) as mail:
        await sent_by(post(with_login(mail.url)))
        assert [letter.to for letter in mail.letters] == [ANNA]


async def sent_by(sending: Post) -> None:
    await sending.send(ANNA, LETTER, 7, ORDERED)


@pytest.mark.parametrize("way", ["tls", "starttls"])
async def test_a_server_that_nobody_vouches_for_gets_neither_letter_nor_password(authority: Path, way: str) -> None:
    speaking: dict[str, Any] = {way: speaking_tls(authority)}
    async with await MailBox.start(login=("portal", "p@ss"), **speaking) as mail:
        with pytest.raises(PutOff):
            await sent_by(post(with_login(mail.url)))
        assert mail.letters == []


async def test_a_wrong_password_puts_letters_off_and_gives_none_up() -> None:
    async with await MailBox.start(login=("portal", "p@ss")) as mail:
        with pytest.raises(PutOff, match="535"):
            await sent_by(post(with_login(mail.url, "portal:wrong")))
        with pytest.raises(PutOff, match="530"):
            await sent_by(post(mail.url))
        await sent_by(post(with_login(mail.url)))
        assert len(mail.letters) == 1


@pytest.mark.parametrize(
    ("refusal", "fault", "reason"),
    [
        (Refusal.LATER, PutOff, "451"),
        (Refusal.NEVER, Undeliverable, "550"),
        (Refusal.BREAK, PutOff, "SMTPServerDisconnected"),
        (Refusal.SLOW, PutOff, "SMTPReadTimeoutError"),
    ],
)
async def test_what_a_server_does_is_told_by_its_code_alone(
    mail: MailBox, refusal: Refusal, fault: type[Exception], reason: str
) -> None:
    mail.refuse(refusal)
    with pytest.raises(fault) as told:
        await post(mail.url, step_within=0.3).send(ANNA, LETTER, 7, ORDERED)
    assert str(told.value) == reason


async def test_a_server_that_is_away_or_never_ends_puts_letters_off(mail: MailBox) -> None:
    with pytest.raises(PutOff, match="SMTPConnectError"):
        await sent_by(post("smtp://127.0.0.1:1"))
    mail.refuse(Refusal.SLOW)
    with pytest.raises(PutOff, match="TimeoutError"):
        await post(mail.url, talk_within=0.3).send(ANNA, LETTER, 7, ORDERED)


async def test_letters_have_a_pace_of_their_own(mail: MailBox) -> None:
    sending = post(mail.url)
    began = time.monotonic()
    await asyncio.gather(*(sending.send(ANNA, LETTER, number, ORDERED) for number in range(6)))
    assert len(mail.letters) == 6
    assert time.monotonic() - began >= 5 / PER_SECOND


# The postman


async def _write(_: Services, parcel: Parcel) -> Outgoing | None:
    return None if parcel.address is None else (parcel.address, Letter(parcel.payloads[0]["subject"], "…"))


async def _break(_: Services, parcel: Parcel) -> Outgoing | None:
    raise RuntimeError("broken")


@pytest.fixture
async def postman(mail: MailBox, services: Services) -> AsyncIterator[Postman]:
    """A postman whose letters are a subject."""
    carrying = Postman(post(mail.url, step_within=0.5), services, {"text": _write, "broken": _break})
    carrying.open()
    yield carrying
    await carrying.close(1)


@pytest.fixture
def city(database: Database, services: Services) -> City:
    """An invented city."""
    return City(database, services)


@pytest.fixture
async def anna(city: City) -> Person:
    """Somebody with a proved address."""
    person = await city.person()
    await city.put_person(person, email_proved_at=ORDERED, email_key=person.email)
    return person


@pytest.fixture
def order(database: Database, services: Services, postman: Postman) -> Order:
    """Writes letters to somebody into the outbox and wakes the postman."""

    async def ordered(person: Person, *subjects: str, kind: str = "text") -> None:
        notes = [Note(subject, person.id, kind, {"subject": subject}, channel=MAIL) for subject in subjects]
        async with database.write() as tx:
            await outbox.add(tx, notes, services.calendar.now())
        postman.wake()

    return ordered


async def until_kept(database: Database, fits: Callable[[Any], bool]) -> Any:
    """The letters in the outbox, once all of them are so."""
    letters = select(Notification.__table__).where(Notification.channel == MAIL).order_by(Notification.id)
    async with asyncio.timeout(10):
        while True:
            async with database.read() as connection:
                kept = (await connection.execute(letters)).all()
            if kept and all(fits(letter) for letter in kept):
                return kept
            await asyncio.sleep(0.02)


async def test_each_persons_letters_come_in_order(anna: Person, order: Order, mail: MailBox) -> None:
    assert anna.email is not None
    await order(anna, "раз", "два", "три")
    await mail.letter_to(anna.email, after=2)
    assert [letter.subject for letter in mail.letters] == ["раз", "два", "три"]


@pytest.mark.parametrize("refusal", [Refusal.LATER, Refusal.BREAK, Refusal.SLOW])
async def test_a_letter_put_off_is_tried_again_later_each_time_and_comes_once(
    anna: Person, order: Order, mail: MailBox, clock: Clock, postman: Postman, database: Database, refusal: Refusal
) -> None:
    assert anna.email is not None
    mail.refuse(refusal, times=2)
    await order(anna, "раз")
    pauses = []
    for attempts in (1, 2):
        (kept,) = await until_kept(database, lambda letter: letter.leased_until is None and letter.attempts > 0)
        assert kept.attempts == attempts
        pauses.append(kept.due_at - clock.now())
        clock.advance(pauses[-1])
        postman.wake()
        await mail.has_refused(min(attempts + 1, 2))
    await mail.letter_to(anna.email)
    await until_kept(database, lambda letter: letter.sent_at is not None)
    assert [letter.subject for letter in mail.letters] == ["раз"]
    first = timedelta(seconds=PATIENCE[MAIL].first_pause)
    assert first * 0.75 <= pauses[0] <= first * 1.25 < first * 1.5 <= pauses[1] <= first * 2.5


async def test_a_letter_that_is_refused_for_good_is_kept_with_its_code_and_the_next_arrives(
    anna: Person, order: Order, mail: MailBox, database: Database
) -> None:
    mail.refuse(Refusal.NEVER)
    await order(anna, "раз", "два")
    assert anna.email is not None
    assert (await mail.letter_to(anna.email)).subject == "два"
    kept = await until_kept(database, lambda letter: letter.sent_at or letter.failed_at)
    assert [letter.failure for letter in kept] == ["550", None]


async def test_a_letter_to_nobody_is_settled(city: City, order: Order, mail: MailBox, database: Database) -> None:
    await order(await city.person(), "раз")
    await until_kept(database, lambda letter: letter.sent_at is not None)
    assert mail.letters == []


async def test_a_kind_that_only_a_newer_version_writes_waits_for_it(
    anna: Person, order: Order, database: Database
) -> None:
    await order(anna, "раз", kind="letter of next year")
    await until_kept(database, lambda letter: letter.attempts == 1 and letter.leased_until is None)
    await until_kept(database, lambda letter: letter.failed_at is None)


async def test_nobodys_address_is_logged(
    anna: Person, order: Order, mail: MailBox, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert anna.email is not None
    with caplog.at_level(logging.DEBUG):
        mail.refuse(Refusal.NEVER)
        await order(anna, "раз")
        mail.refuse(Refusal.LATER)
        await order(anna, "два")
        await order(anna, "три", kind="broken")
        await until_kept(database, lambda letter: letter.attempts > 0 and letter.leased_until is None)
    ours = "\n".join(str(record.msg) for record in caplog.records if record.name != "mail.log")  # the server's own
    for event in ("letter_given_up", "letter_put_off", "letter_failed"):
        assert event in ours
    assert anna.email not in ours
