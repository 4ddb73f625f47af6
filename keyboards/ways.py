"""What leads to screens from elsewhere: apart from the screens themselves, so that these may know one another."""

from aiogram.filters.callback_data import CallbackData

from domain.uploads import Kind
from keyboards.rows import Id


class ShowDesk(CallbackData, prefix="manage"):
    """The first screen of «Управление»."""


class ShowFilters(CallbackData, prefix="flt"):
    """«Фильтры» of a list; `search` 0: of the courses that take applications now."""

    search: Id = 0


class ClearFilters(CallbackData, prefix="flt0"):
    """Every course again, on the same list."""

    search: Id = 0


class DrawCatalogue(CallbackData, prefix="pposter"):
    """A provider's catalogue as a sheet for a notice board; 0: of one's own providers."""

    provider: Id = 0


class AskFile(CallbackData, prefix="file?"):
    """«Загрузить файл»: of this kind, about this course (0: about none)."""

    kind: Kind = Kind.UNKNOWN
    subject: Id = 0
