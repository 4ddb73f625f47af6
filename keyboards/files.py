"""The request for a file; beside the screens that make it, it must know none of them."""

from aiogram.filters.callback_data import CallbackData

from domain.uploads import Kind
from keyboards.rows import Id


class AskFile(CallbackData, prefix="file?"):
    """«Загрузить файл»: of this kind, about this course (0: about none)."""

    kind: Kind = Kind.UNKNOWN
    subject: Id = 0
