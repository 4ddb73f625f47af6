"""Logs: one line an event, for people or as JSON. No secrets, no personal data."""

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final, Literal

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import EventDict, WrappedLogger

_TOKEN: Final = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")
_HIDDEN: Final = "***"
_QUIET: Final = ("aiogram.event", "alembic", "aiogram.dispatcher", "apscheduler", "aiohttp.access")
_OURS: Final = frozenset({"bot", "handlers", "services"})
_LIBRARIES: Final = "site-packages"
_TELLING: Final = ("pydantic", "pydantic_core", "sqlalchemy", "sqlite3", "asyncpg", "aiogram.exceptions.ClientDecode")
"""Their errors quote what people wrote, so only their names are logged."""


class Scrub:
    """Takes known secrets, and whatever looks like a bot's token, out of a finished line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, _: WrappedLogger, __: str, line: Any) -> str:
        """The last processor: what comes in was drawn already."""
        text = str(line)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, text)


def told(error: BaseException) -> str:
    """An error in a line, without its message where that may quote somebody."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return kind if kind.startswith(_TELLING) else f"{kind}: {error}"


def _frames(trace: TracebackType | None) -> list[str]:
    """Our own frames, and the last one wherever it is; the many of libraries in between say little."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_next is None or _LIBRARIES not in code.co_filename:
            frames.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames


listeners: Final[set[Callable[[EventDict, BaseException | None], None]]] = set()
"""Whoever wants to hear of errors: what a line says, and the exception it tells of."""


def _error_in(event: EventDict) -> BaseException | None:
    given = event.get("exc_info")
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    return error if isinstance(error, BaseException) else None


def tell_listeners(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Errors are heard of, too; whatever a listener does, the line is written."""
    if event.get("level") in {"error", "critical"}:
        for listener in tuple(listeners):
            with contextlib.suppress(Exception):
                listener(event, _error_in(event))
    return event


def fault_lines(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its name, its message where that quotes nobody, and where it came from; causes first."""
    error = _error_in(event)
    event.pop("exc_info", None)
    chain: list[BaseException] = []
    while isinstance(error, BaseException) and error not in chain:
        chain.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if chain:
        event["exception"] = "\n".join(
            line for error in chain for line in (*_frames(error.__traceback__), f"  {told(error)}")
        )
    return event


def quotes_nobody(record: logging.LogRecord) -> bool:
    """Libraries debug by printing what passes through them, which people wrote: that is never logged."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in _OURS


def is_no_noise(record: logging.LogRecord) -> bool:
    """What is no HTTP at all is refused by the server's library, which logs it whole, as a fault: anybody who finds the
    port could fill the log."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def set_up(level: str, form: Literal["console", "json"], secrets: Iterable[str] = ()) -> None:
    """Everything that is logged, by us or by libraries, goes to stderr in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_listeners,
        fault_lines,
    ]
    drawn = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn, Scrub(secrets)],
        )
    )
    handler.addFilter(quotes_nobody)
    handler.addFilter(is_no_noise)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
