"""How long what nobody needs any more is kept.

What people come back to is kept for good: applications and their history, the record book, tickets, the history of a
profile. What is said here runs from the moment at which a row was done with.
"""

from datetime import timedelta
from typing import Final

HANDLED_UPDATES: Final = timedelta(days=3)
"""Longer than Telegram keeps an update for delivery (24 hours), so that a late copy is still known."""
FAILED_UPDATES: Final = timedelta(days=30)
"""Of these operators may want to know."""
NOTIFICATIONS: Final = timedelta(days=90)
"""Said or given up. A reminder is not written again while its notification is there, and none is due for so long."""
FAULTS: Final = timedelta(days=90)
"""Since they last happened."""
CODES: Final = timedelta(days=7)
"""Requests for a proof of an address, since they were made: a registration may be taken up again some days later."""
CONVERSATIONS: Final = timedelta(days=30)
"""What the bot and somebody were in the middle of, since the last word."""
UPLOADS: Final = timedelta(days=30)
"""Files, loaded or waiting for their sender's word."""
SEARCHES: Final = timedelta(days=90)
"""Queries whose pages may be turned."""
COPIES: Final = timedelta(days=90)
"""Messages that showed an application to approvers, since it ended."""
INVITATIONS: Final = timedelta(days=365)
"""Since they could be used."""
ACCESS: Final = timedelta(days=365)
"""Moves of a profile to another chat, and requests for one, since they were settled."""
