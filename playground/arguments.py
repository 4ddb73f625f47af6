"""The parameters of a call, however they were encoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

TRUE = {"true", "yes", "1"}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes


def as_argument(value: Any) -> str:
    """A value of a JSON body as the server sees it: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def whole_number(text: str) -> int | None:
    """The integer in `text`, or None."""
    try:
        return int(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Arguments:
    """Parameters by name, all of them text, and uploaded files by field name."""

    values: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter, or an empty string."""
        return self.values.get(name, "")

    def flag(self, name: str) -> bool:
        """Whether the parameter says yes."""
        return self.text(name).lower() in TRUE

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """The parameter as an integer, pulled into `low`…`high`; what is no number counts as absent."""
        number = whole_number(self.text(name))
        number = default if number is None else number
        number = number if low is None else max(low, number)
        return number if high is None else min(high, number)

    def json(self, name: str) -> Any:
        """The parameter parsed as JSON, or None where it is absent. Raises: ValueError."""
        return orjson.loads(self.text(name)) if self.text(name) else None

    def as_logged(self) -> dict[str, str]:
        """Every parameter, with the sizes of files instead of their bytes."""
        files = {name: f"<{upload.name}: {len(upload.content)} bytes>" for name, upload in self.uploads.items()}
        return {**self.values, **files}
