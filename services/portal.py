"""Everything the portal can do, put together once at the start."""

from dataclasses import dataclass, replace

from db.engine import Database
from domain.clock import Calendar
from services.access import Access
from services.applications import Applications
from services.approvals import Approvals
from services.cancelling import Cancelling
from services.catalogue import Catalogue
from services.circulars import Circulars
from services.completion import Completion
from services.consents import Consents
from services.delivery_desk import DeliveryDesk
from services.desk import Desk
from services.emails import Emails
from services.enrolment import Enrolment
from services.enrolment_files import EnrolmentFiles
from services.expiry import Expiry
from services.faults import Faults
from services.favourites import Favourites
from services.filtering import Filtering
from services.groups import Groups
from services.histories import Histories
from services.imports import Imports
from services.intake import Intake
from services.invitations import Invitations
from services.keeping import Keeping
from services.letters import Letters
from services.news import News
from services.outbox import Outbox
from services.overview import Overviews
from services.people import People
from services.privacy import Privacy
from services.profile import Profiles
from services.prompts import Prompts
from services.queues import Queues
from services.record_book import RecordBook
from services.recovery import Recovery
from services.reminders import Reminders
from services.replicas import Replicas
from services.settings import Settings
from services.sharing import Sharing
from services.staffing import Staffing
from services.synonym_file import kept_synonyms
from services.ticket_desk import TicketDesk
from services.tickets import Tickets
from services.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, by whom they serve."""

    calendar: Calendar
    settings: Settings
    people: People
    profiles: Profiles
    consents: Consents
    emails: Emails
    letters: Letters
    recovery: Recovery
    access: Access
    desk: Desk
    invitations: Invitations
    staffing: Staffing
    catalogue: Catalogue
    filtering: Filtering
    favourites: Favourites
    sharing: Sharing
    applications: Applications
    approvals: Approvals
    groups: Groups
    enrolment: Enrolment
    enrolment_files: EnrolmentFiles
    completion: Completion
    circulars: Circulars
    cancelling: Cancelling
    histories: Histories
    prompts: Prompts
    record_book: RecordBook
    overviews: Overviews
    privacy: Privacy
    expiry: Expiry
    reminders: Reminders
    news: News
    imports: Imports
    uploads: Uploads
    tickets: Tickets
    ticket_desk: TicketDesk
    intake: Intake
    keeping: Keeping
    outbox: Outbox
    replicas: Replicas
    queues: Queues
    delivery_desk: DeliveryDesk
    faults: Faults


def open_portal(database: Database, calendar: Calendar, codes_key: bytes | None = None) -> Services:
    """The services on one database and one calendar; without a key for codes, addresses are taken unproved."""
    settings = Settings(database, calendar)
    calendar = replace(calendar, quiet=settings.quiet)
    catalogue = Catalogue(database, calendar, kept_synonyms())
    imports = Imports(database, calendar)
    enrolment_files = EnrolmentFiles(database, calendar)
    return Services(
        calendar=calendar,
        settings=settings,
        people=People(database, calendar, proves=codes_key is not None),
        profiles=Profiles(database, calendar, codes_key),
        consents=Consents(database, calendar, settings),
        emails=Emails(database, calendar, codes_key),
        letters=Letters(database),
        recovery=Recovery(database, calendar, codes_key),
        access=Access(database, calendar),
        desk=Desk(database),
        invitations=Invitations(database, calendar),
        staffing=Staffing(database, calendar),
        catalogue=catalogue,
        filtering=Filtering(database, calendar, catalogue),
        favourites=Favourites(database, calendar),
        sharing=Sharing(database, calendar, catalogue),
        applications=Applications(database, calendar),
        approvals=Approvals(database, calendar, settings),
        groups=Groups(database, calendar),
        enrolment=Enrolment(database, calendar),
        enrolment_files=enrolment_files,
        completion=Completion(database, calendar),
        circulars=Circulars(database, calendar),
        cancelling=Cancelling(database, calendar),
        histories=Histories(database, calendar),
        prompts=Prompts(database, calendar),
        overviews=Overviews(database, calendar, settings),
        record_book=RecordBook(database, calendar, settings),
        privacy=Privacy(database, calendar, settings),
        reminders=Reminders(database, calendar, settings),
        news=News(database, calendar),
        expiry=Expiry(database, calendar, settings),
        imports=imports,
        uploads=Uploads(database, calendar, imports, enrolment_files),
        tickets=Tickets(database, calendar),
        ticket_desk=TicketDesk(database, calendar),
        intake=Intake(database, calendar),
        keeping=Keeping(database, calendar),
        outbox=Outbox(database, calendar, mails=codes_key is not None),
        replicas=Replicas(database, calendar),
        queues=Queues(database, calendar),
        delivery_desk=DeliveryDesk(database, calendar),
        faults=Faults(database, calendar),
    )
