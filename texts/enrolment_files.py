"""A course's applicants as a spreadsheet."""

import re
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from domain import enrolment_files as sheet
from services.enrolment_files import ApplicantSheet
from services.workbooks import Column, Sheet, workbook
from texts.wording import STATUSES, clipped

_COLUMNS: Final = (
    Column(sheet.APPLICATION, 11),
    Column(sheet.NAME, 34),
    Column(sheet.POSITION, 24),
    Column(sheet.SCHOOL, 34),
    Column(sheet.ARRIVED, 17),
    Column(sheet.STATUS, 30),
    Column(sheet.GROUP, 12),
    Column(sheet.DONE, 14),
    Column(sheet.DOCUMENT, 20),
    Column(sheet.GIVEN_ON, 16),
)
_LEFT_TO_FILL: Final = (None, None, None)
_NAMES: Final = re.compile(r"[^\w .()-]+")
"""Signs that some file system does not take."""


async def applicants(view: ApplicantSheet, today: date, zone: ZoneInfo) -> tuple[str, bytes]:
    """The file and its name; the last columns are the provider's to fill."""
    rows = [
        (
            row.id,
            row.teacher,
            row.position,
            row.school,
            row.created_at.astimezone(zone),
            STATUSES[row.status],
            row.group,
            *_LEFT_TO_FILL,
        )
        for row in view.rows
    ]
    name = clipped(_NAMES.sub("-", f"Заявки {view.code} {today.isoformat()}"), 100)
    return f"{name}.xlsx", await workbook(Sheet("Заявки", _COLUMNS, rows))
