"""The little words of Russian: they hold a phrase together and tell one course from another never."""

from typing import Final

_LITTLE: Final = (
    "а без более бы в во все вы где для до его ее если есть еще же за и из или им их к как ко когда кто ли "
    "мне мы на над не него нее нет ни них но о об обо он она они от по под при про с со так также то того "
    "тоже у уже чем что чтобы эта эти это я курс курсы"
)
LITTLE: Final = frozenset(_LITTLE.split())
"""Lower case, ё as е. «Курс» is one of them here: everything in the catalogue is a course."""
