"""Every table. Statements are written in Core over these columns; no row is ever loaded as an object."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    literal,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.types import UtcDateTime
from domain.catalogue import Funding
from domain.person import Change, Purpose, Role
from domain.status import LIVE, Move, Status


def _stored(enum: type[StrEnum]) -> Enum:
    """Values, not names, as plain text: a new member needs no migration of a type."""
    return Enum(enum, native_enum=False, length=24, values_callable=lambda kind: [member.value for member in kind])


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        Funding: _stored(Funding),
        Role: _stored(Role),
        Change: _stored(Change),
        Purpose: _stored(Purpose),
        Status: _stored(Status),
        Move: _stored(Move),
    }


class School(Base):
    """A school is its name and district."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("name_key", "district_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    district_key: Mapped[str] = mapped_column(Text)
    search_key: Mapped[str] = mapped_column(Text)
    """Name, short name and district, normalised, in one text: what is searched by part."""


WANTS_NEWS: Final = text("news_since IS NOT NULL")


class User(Base):
    """A registered person: always a teacher, perhaps more."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email_key", "email_key", unique=True),
        Index("ix_users_news_since", "news_since", sqlite_where=WANTS_NEWS, postgresql_where=WANTS_NEWS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    position: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    """The address as it is compared; only a proved one has it, so one address is one person."""
    email_proved_at: Mapped[datetime | None]
    letters_off: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    """The kinds of letters this person does not want (domain.status.LetterKind)."""
    quiet_from: Mapped[int | None]
    quiet_to: Mapped[int | None]
    """Own quiet hours, as hours of the day; None: the portal's."""
    plain: Mapped[bool] = mapped_column(server_default=false())
    """Plain texts for screen readers: no emoji, no tables."""
    reminders_paused: Mapped[bool] = mapped_column(server_default=false())
    news_since: Mapped[datetime | None]
    """From when on a new course is news to this person; None: they do not want to hear of new courses."""
    news_direction: Mapped[str | None] = mapped_column(Text)
    """The direction that they want to hear of; None: what is for their position."""
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    """What courses must be to be shown to this person (domain.filtering.Chosen)."""
    consent_version: Mapped[str] = mapped_column(Text)
    consent_at: Mapped[datetime]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When the profile was removed: nothing of the person is left in the row."""


class Consent(Base):
    """The text that people agreed to, by its version."""

    __tablename__ = "consents"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class AccountEvent(Base):
    """The history of a profile: what changed, when, by whom. `by_id` None: the clock, or the command line."""

    __tablename__ = "account_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    change: Mapped[Change]
    note: Mapped[str | None] = mapped_column(Text)


class EmailCode(Base):
    """A request for a proof of an address. The code itself is stored nowhere (services.emails)."""

    __tablename__ = "email_codes"
    __table_args__ = (
        Index("ix_email_codes_chat_id_created_at", "chat_id", "created_at"),
        Index("ix_email_codes_email_key_created_at", "email_key", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[Purpose]
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    replaced: Mapped[str | None] = mapped_column(Text)
    """The address that the proved one took the place of: it is told."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    proved_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]


UNSETTLED: Final = text("settled_at IS NULL")


class Recovery(Base):
    """A profile that moved to another chat. Until it is settled, «Это не я» in the old chat takes it back."""

    __tablename__ = "recoveries"
    __table_args__ = (
        Index("uq_recoveries_unsettled", "user_id", unique=True, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        Index("ix_recoveries_roles_at", "roles_at", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    old_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    new_chat_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    roles_at: Mapped[datetime]
    """When the roles follow, unless the old chat says something before."""
    settled_at: Mapped[datetime | None]


class AccessRequest(Base):
    """Somebody without the old chat and the mailbox asks support for the profile."""

    __tablename__ = "access_requests"
    __table_args__ = (
        Index("uq_access_requests_open", "chat_id", unique=True, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    claim: Mapped[str] = mapped_column(Text)
    """In own words: name, school, what happened."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose profile was moved; None: refused."""


class Chat(Base):
    """Where a person can be reached."""

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("messenger", "chat_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    messenger: Mapped[str] = mapped_column(Text, server_default="telegram")
    chat_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    blocked_since: Mapped[datetime | None]


class SchoolRole(Base):
    """An approver of a school; a deputy until a date."""

    __tablename__ = "school_roles"
    __table_args__ = (UniqueConstraint("school_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    role: Mapped[Role]
    until: Mapped[date | None]
    held: Mapped[bool] = mapped_column(server_default=false())
    """Out of force while a recovery waits for the old chat's word."""


class SchoolRefusal(Base):
    """How often a school has said «Не наш сотрудник» of somebody."""

    __tablename__ = "school_refusals"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    times: Mapped[int]


class Provider(Base):
    """An organisation that runs courses."""

    __tablename__ = "providers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)


class ProviderStaff(Base):
    """A methodologist of a provider."""

    __tablename__ = "provider_staff"

    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    held: Mapped[bool] = mapped_column(server_default=false())


class PortalStaff(Base):
    """Support and operators."""

    __tablename__ = "portal_staff"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    held: Mapped[bool] = mapped_column(server_default=false())


class Invitation(Base):
    """A role that waits for whoever brings the token; only the token's hash is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role]
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    used_at: Mapped[datetime | None]
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: the command line."""
    until: Mapped[date | None]
    """The last day of a deputy's role."""
    revoked_at: Mapped[datetime | None]


CANCELLED: Final = text("cancelled_at IS NOT NULL")
AFTER_START: Final = "({course}starts_on IS NULL OR {course}closes_on > {course}starts_on)"
"""Courses that take applications when they have begun, or begin on no known day; `course`: nothing, or an alias."""
_LATE: Final = text(AFTER_START.format(course=""))


class Course(Base):
    """A course of the catalogue. `closes_on` is the last day applications are taken; None: always."""

    __tablename__ = "courses"
    __table_args__ = (
        Index("ix_courses_open", "published", "closes_on", "starts_on", "code"),
        Index("ix_courses_starts", "published", "starts_on", "closes_on", "code"),
        Index("ix_courses_late", "published", "closes_on", sqlite_where=_LATE, postgresql_where=_LATE),
        Index("ix_courses_form", "published", "form"),
        Index("ix_courses_direction", "published", "direction"),
        Index("ix_courses_audience", "published", "audience"),
        Index("ix_courses_cancelled", "id", sqlite_where=CANCELLED, postgresql_where=CANCELLED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))
    code_key: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    funding: Mapped[Funding]
    hours: Mapped[int | None]
    form: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str | None] = mapped_column(Text)
    starts_on: Mapped[date | None] = mapped_column(index=True)
    ends_on: Mapped[date | None]
    apply_until: Mapped[date | None]
    closes_on: Mapped[date | None]
    seats: Mapped[int | None]
    price: Mapped[int | None]
    annotation: Mapped[str | None] = mapped_column(Text)
    direction: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    venue: Mapped[str | None] = mapped_column(Text)
    published: Mapped[bool]
    listed_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it came into the catalogue; None: before anybody asked."""
    cancelled_at: Mapped[datetime | None]
    """A cancelled course is over for good: it is not published again."""


class Group(Base):
    """A cohort of one course."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date | None] = mapped_column(index=True)
    ends_on: Mapped[date | None]
    seats: Mapped[int | None]
    venue: Mapped[str | None] = mapped_column(Text)
    """The place, or a link."""
    closed_at: Mapped[datetime | None]
    """Nobody is enrolled into a closed group any more."""


LIVE_ONLY: Final = text(f"status IN ({', '.join(repr(status.value) for status in sorted(LIVE))})")


OPEN_ONLY: Final = text("status = 'pending' OR status = 'approved'")
"""Waiting for a decision or for a group: few of all that ever were. Each of both is found by its own name."""


class Application(Base):
    """One teacher, one course, one life from applying to its end. Every move grows `version`."""

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_live",
            "user_id",
            "course_id",
            unique=True,
            sqlite_where=LIVE_ONLY,
            postgresql_where=LIVE_ONLY,
        ),
        Index("ix_applications_user_id_status", "user_id", "status", "id"),
        Index("ix_applications_school_id_status", "school_id", "status", "id"),
        Index("ix_applications_course_id_status", "course_id", "status", "id"),
        Index(
            "ix_applications_open",
            "status",
            "school_id",
            "id",
            sqlite_where=OPEN_ONLY,
            postgresql_where=OPEN_ONLY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    """The school whose approvers decide: the teacher's when applying, or the one chosen since."""
    status: Mapped[Status]
    version: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    completed_on: Mapped[date | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    calendar_sequence: Mapped[int] = mapped_column(server_default="0")
    """The SEQUENCE of the newest calendar file that was sent for it."""
    nudged_at: Mapped[datetime | None]
    """When its teacher last reminded the approvers."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]


def stands_at(status: Status) -> ColumnElement[bool]:
    """Applications in one state, written out so that the indexes of parts of the table are known to serve."""
    return Application.status == literal(status, Application.__table__.c.status.type, literal_execute=True)


class ApplicationEvent(Base):
    """The history: who moved what, when, from where to where. `user_id` None: the clock."""

    __tablename__ = "application_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    move: Mapped[Move]
    from_status: Mapped[Status | None]
    to_status: Mapped[Status]
    note: Mapped[str | None] = mapped_column(Text)


class Record(Base):
    """A line of the record book: what it says stays as it was, whatever becomes of the course or the profile."""

    __tablename__ = "records"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    full_name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    hours: Mapped[int | None]
    starts_on: Mapped[date | None]
    completed_on: Mapped[date]
    document: Mapped[str | None] = mapped_column(Text)
    """The kind of document, as the course names it."""
    document_number: Mapped[str | None] = mapped_column(Text)
    document_date: Mapped[date | None]
    check_token: Mapped[str] = mapped_column(Text, unique=True)
    """128 random bits: whoever has them may see whether this record is genuine."""


OPEN_TICKET: Final = text("closed_at IS NULL")


class Ticket(Base):
    """What somebody asks support."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_open", "taken_by", "id", sqlite_where=OPEN_TICKET, postgresql_where=OPEN_TICKET),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    subject: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    """When staff last wrote; earlier than the person's last words: it waits for staff."""
    asked_at: Mapped[datetime]
    """When the person last wrote."""
    closed_at: Mapped[datetime | None]
    rating: Mapped[int | None]


class TicketMessage(Base):
    """What was said in a ticket; files are kept by Telegram and passed on by their id."""

    __tablename__ = "ticket_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    text: Mapped[str | None] = mapped_column(Text)
    file_kind: Mapped[str | None] = mapped_column(Text)
    """photo or document."""
    file_id: Mapped[str | None] = mapped_column(Text)


class Favourite(Base):
    """A course somebody keeps an eye on."""

    __tablename__ = "favourites"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)
    created_at: Mapped[datetime]


class Setting(Base):
    """What operators change while the bot runs; what has no row has its default."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Upload(Base):
    """A file that somebody sent to be imported, between its report and their word; Telegram keeps the file."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    """What is in it: domain.uploads.Kind."""
    subject_id: Mapped[int | None]
    """The course or group that it is about, where it is about one."""
    name: Mapped[str] = mapped_column(Text)
    file_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When it was loaded or dropped."""


class Prompt(Base):
    """A copy of an application on an approver's screen, to be changed in place.

    `message_id` is None until it was sent; `drawn_version` is the application's version it shows;
    `open` says whether it still asks for a decision.
    """

    __tablename__ = "prompts"
    __table_args__ = (
        Index("ix_prompts_application_id", "application_id"),
        UniqueConstraint("chat_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    drawn_version: Mapped[int]
    open: Mapped[bool]


UNSENT: Final = text("sent_at IS NULL AND failed_at IS NULL")
FAILED: Final = text("failed_at IS NOT NULL")


class Notification(Base):
    """The outbox: something to say to somebody, written in the transaction that caused it."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(
            "ix_notifications_due",
            "channel",
            "priority",
            "due_at",
            "id",
            sqlite_where=UNSENT,
            postgresql_where=UNSENT,
        ),
        Index("ix_notifications_failed", "failed_at", "id", sqlite_where=FAILED, postgresql_where=FAILED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    """None: somebody who is not registered, reached by `chat_id` or by a code's address."""
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    """Only where it is not to reach the person where they are now."""
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(Text)
    priority: Mapped[int]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)


SET_ASIDE: Final = text("failure IS NOT NULL")
OPEN: Final = text("handled_at IS NULL OR claimed_until IS NOT NULL")


class Update(Base):
    """The intake: what Telegram brought, kept from before it is confirmed until it is handled.

    A chat's open updates are held by one process at a time: an update is open until it is handled and, where there
    are replicas, until its handler has ended, too.
    """

    __tablename__ = "updates"
    __table_args__ = (
        Index("ix_updates_open", "chat_id", "update_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_updates_set_aside", "handled_at", "update_id", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE),
    )

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(Text)
    claimed_until: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)


class Conversation(Base):
    """What the bot and a chat are in the middle of: the FSM's state and its answers so far."""

    __tablename__ = "fsm"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]


class Search(Base):
    """What somebody searched for, so that the pages of its list can be turned at any later time."""

    __tablename__ = "searches"
    __table_args__ = (
        UniqueConstraint("user_id", "query"),
        Index("ix_searches_user_id_searched_at", "user_id", "searched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    query: Mapped[str] = mapped_column(Text)
    searched_at: Mapped[datetime]


class Lease(Base):
    """What only one process does at a time, or the sign of life of a process: held by its owner until then."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]
    settled: Mapped[str | None] = mapped_column(Text)
    """What an owner has done for good, so that the next need not do it again."""


class Fault(Base):
    """What goes wrong in the bot itself, by the exception's name and the place: how often since operators were told."""

    __tablename__ = "faults"
    __table_args__ = (UniqueConstraint("name", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    """Since the last report."""
    since: Mapped[datetime]
    """The first of those."""
    last_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]


class SearchWord(Base):
    """A word as it is written in courses, and how many published ones hold it; 0: none any more."""

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    courses: Mapped[int]
    version: Mapped[int] = mapped_column(index=True)
    """The count's version when this row was last changed: who keeps the words in memory asks for newer ones alone."""


class SearchState(Base):
    """The one row that says how far the words are counted, and in which form the index was made."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    form: Mapped[int]
