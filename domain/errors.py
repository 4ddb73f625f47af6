"""What can be refused, by name. A class's text is for logs; what people read is in texts/errors.py."""

from typing import Any


class DomainError(Exception):
    """Somebody asked for what the rules do not allow; nothing was changed."""

    def __str__(self) -> str:
        return (self.__doc__ or type(self).__name__).splitlines()[0]


class IllegalMove(DomainError):
    """The table of transitions has no row from this state."""


class NotAllowed(DomainError):
    """This person may not see or do this, or it does not exist: the answer is the same."""


class OwnApplication(DomainError):
    """Nobody decides on their own application."""


class WithView(DomainError):
    """An error that carries the present state, for those who may see it."""

    def __init__(self, view: Any) -> None:
        super().__init__()
        self.view = view


class AlreadyDecided(WithView):
    """The application has moved on since the button was drawn."""


class CannotApply(WithView):
    """The course does not take this person's application now; `view` is the course's card."""


class CannotWithdraw(WithView):
    """This application cannot be withdrawn by its teacher any more; `view` shows it."""


class CannotNudge(WithView):
    """The approvers cannot be reminded of this application now; `view` shows it, and when they can."""


class UndoTooLate(WithView):
    """A rejection can be taken back for five minutes, by the one who rejected."""


class NewerApplication(WithView):
    """The teacher has applied again since; the earlier application stays as it is."""


class TeacherLeft(WithView):
    """The teacher is not at the application's school any more; the rejection stays."""


class MovedOn(WithView):
    """The application has moved on since the provider's button was drawn; `view` is the applicant's."""


class NothingWaits(DomainError):
    """No application waits for this person's decision."""


class BadName(DomainError):
    """A full name has two to four words of letters, hyphens and apostrophes."""


class TooLong(DomainError):
    """A text is longer than its field."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__()
        self.length = length
        self.limit = limit


class TooShort(DomainError):
    """A text says nothing."""


class SchoolUnknown(DomainError):
    """No school by that name or number."""


class AmbiguousSchool(DomainError):
    """Several schools have this name, in different districts."""


class ProviderUnknown(DomainError):
    """No provider by that name."""


class SchoolBarred(DomainError):
    """Three times this school has said that the person does not work there."""


class SameSchool(DomainError):
    """The school stands in the profile already."""


class SameEmail(DomainError):
    """The address stands in the profile already, proved."""


class SchoolPlanChanged(WithView):
    """What would follow from another school is not what was stated; `view` states it anew."""


class AlreadyRegistered(DomainError):
    """This chat has its person already."""


class NotRegistered(DomainError):
    """The chat is a stranger's."""


class InvitationUnknown(DomainError):
    """No invitation has this token."""


class InvitationUsed(DomainError):
    """The invitation has given its role already."""


class InvitationExpired(DomainError):
    """The invitation's time is over."""


class InvitationRevoked(DomainError):
    """Whoever gave the invitation has taken it back."""


class InvitationVoid(DomainError):
    """Whoever gave the invitation may not give this role any more."""


class InvitationSettled(WithView):
    """The invitation has been used or revoked: there is nothing to revoke; `view` shows it."""


class RoleHeld(DomainError):
    """The person has this role already, or a stronger one; the invitation stays open."""


class BadLastDay(DomainError):
    """A deputy's last day is from today on, within a year."""


class PlaceUnknown(DomainError):
    """No school and no provider by that name."""


class BadEmail(DomainError):
    """Not an e-mail address."""


class EmailTaken(DomainError):
    """The address is another person's, and whoever asks has proved to own it."""


class CodeTooSoon(DomainError):
    """One code a minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class TooManyCodes(DomainError):
    """So many codes a day and no more."""


class WrongCode(DomainError):
    """Not the code of the letter."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


class CodeUnknown(DomainError):
    """The code's time is over, its tries are used up, or it was sent for another chat."""


class TooManyApplications(DomainError):
    """So many applications a day for one person and no more; withdrawn ones count, too."""


class RecoverySettled(DomainError):
    """Whether a profile's move was its owner's is decided already."""


class RequestOpen(DomainError):
    """This chat has asked support for a profile, and support has not answered yet."""


class RequestSettled(DomainError):
    """Support has answered this request already."""


class ChatTaken(DomainError):
    """The chat that asked for a profile has one of its own by now."""


class ProfileUnknown(DomainError):
    """No profile fits what support looks for."""


class OwnProfile(DomainError):
    """Nobody of support moves their own profile."""


class PortalProfile(DomainError):
    """The profile has a role of the portal: support neither moves it nor gives its roles back."""


class MovedByYou(DomainError):
    """Whoever moved a profile does not give its roles back, too."""


class NothingCompleted(DomainError):
    """The record book has no line yet."""


class DocumentTooLong(DomainError):
    """A document would be longer than anybody reads."""


class DocumentLate(DomainError):
    """A document was not ready in time."""


class TooManyExports(DomainError):
    """So many files with everything about a person a day and no more."""


class JustMoved(DomainError):
    """The profile came into this chat a short while ago: whoever opened the mailbox must not have or end everything."""


class StillEnrolled(DomainError):
    """A profile stays while its person is enrolled in a course."""


class LastOperator(DomainError):
    """The portal keeps at least one operator."""


class SearchGone(DomainError):
    """The list this button stood under belongs to a search that is no more, or to somebody else's."""


class GroupNumberTaken(DomainError):
    """The course has a group with this number."""


class GroupClosed(DomainError):
    """Nobody is enrolled into a closed group any more."""


class NoSeats(DomainError):
    """The group, or the course over all its groups, has no free seat."""


class SeatsTaken(DomainError):
    """A group cannot have fewer seats than people."""

    def __init__(self, enrolled: int) -> None:
        super().__init__()
        self.enrolled = enrolled


class BadDay(DomainError):
    """Not a day of the calendar."""


class BadSeats(DomainError):
    """Not a number of seats."""


class DatesOutOfOrder(DomainError):
    """A group ends before it begins."""


class DraftGone(DomainError):
    """What was entered step by step is not kept any more."""


class NobodyChosen(DomainError):
    """Nobody is ticked."""


class NobodyInGroup(DomainError):
    """There is nobody to write to or to report."""


class GroupGoesOn(DomainError):
    """A group's people complete it when its last day is over."""


class DocumentNumbers(DomainError):
    """One number for all, or one for each."""

    def __init__(self, lines: int, people: int) -> None:
        super().__init__()
        self.lines = lines
        self.people = people


class CourseCancelled(DomainError):
    """A cancelled course is over for good."""


class TicketOver(DomainError):
    """The ticket was closed so long ago that it is neither opened again nor rated."""


class TooManyTickets(DomainError):
    """So many new tickets a day and no more."""


class TooManyMessages(DomainError):
    """So many messages a day in one ticket and no more."""


class TakenByOther(WithView):
    """A colleague has the ticket; `view` shows it."""


class TicketMoved(WithView):
    """The ticket, or the application it is about, has moved on since the button was drawn; `view` shows it."""


class FileTooLarge(DomainError):
    """A file is larger than a bot can fetch."""


class FileGone(DomainError):
    """Telegram does not give the file now."""


class UploadSettled(DomainError):
    """The file is loaded or dropped already."""


class TooManyRows(DomainError):
    """A file changes more applications than one transaction should."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class BadNumber(DomainError):
    """Not a whole number from 1 on, or too great a one."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class BadHours(DomainError):
    """Not two hours of the day."""


class ReasonGone(DomainError):
    """The portal has this ready reason no more."""


class TooManyReasons(DomainError):
    """So many ready reasons and no more: each is a button."""


class SettingMoved(DomainError):
    """Another operator has changed the setting in the same instant."""


class AnswerGone(DomainError):
    """What was written for a setting is not kept any more."""
