"""What leads into «Управление» and out of it: apart from its screens, of which it must know none."""

from aiogram.filters.callback_data import CallbackData

from domain.uploads import Kind
from keyboards.rows import Id


class ShowDesk(CallbackData, prefix="manage"):
    """The first screen of «Управление»."""


class AskFile(CallbackData, prefix="file?"):
    """«Загрузить файл»: of this kind, about this course (0: about none)."""

    kind: Kind = Kind.UNKNOWN
    subject: Id = 0
