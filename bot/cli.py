"""`python -m bot`: the command line. Nothing heavy is loaded before a command needs it."""

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from domain.backups import BackupRefused
from domain.errors import DomainError
from domain.moving import MoveRefused
from domain.person import SCHOOL_ROLES, Role
from domain.roles import MOST_DAYS, VALID_FOR, written_last_day
from texts import commands
from texts import demo as demo_texts

if TYPE_CHECKING:
    from bot.progress import LateBar
    from bot.settings import Settings
    from services.imports import ImportReport
    from services.portal import Services

FAULTS: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
GARBAGE_AFTER: Final = 20_000
"""Objects more than were thrown away, before what is not in use is looked for: an update makes some hundreds of them.
At Python's 700 the looking took a seventh of a tap."""

app = typer.Typer(name="python -m bot", help=commands.PROGRAM, add_completion=False, pretty_exceptions_enable=False)

TableFile = Annotated[Path, typer.Argument(metavar="FILE", help=commands.FILE)]
DryRun = Annotated[bool, typer.Option("--dry-run", help=commands.DRY_RUN)]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help=commands.BACKUP_FILE, dir_okay=False)]
SkipInvalid = Annotated[bool, typer.Option("--skip-invalid", help=commands.SKIP_INVALID)]


def main() -> None:
    """Run the command line and exit: 0 done, 1 faults, 2 a wrong use or setting."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


@app.callback(invoke_without_command=True)
def _by_default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _run()


@app.command(help=commands.MIGRATE)
def migrate() -> None:
    """Bring the database up to date."""

    async def nothing_else(_: "Services") -> None:
        pass

    _on_database(nothing_else)
    typer.echo(commands.UP_TO_DATE)


@app.command(help=commands.IMPORT_COURSES)
def import_courses(file: TableFile, dry_run: DryRun = False, skip_invalid: SkipInvalid = False) -> None:
    """Courses from a file."""
    content = _content(file)

    async def load(services: "Services") -> bool:
        with _bar() as bar:
            report = await services.imports.courses(
                file.name, content, dry_run=dry_run, skip_invalid=skip_invalid, progress=bar
            )
        return _show(report)

    _finish(_on_database(load) or skip_invalid)


@app.command(help=commands.IMPORT_SCHOOLS)
def import_schools(file: TableFile, dry_run: DryRun = False, skip_invalid: SkipInvalid = False) -> None:
    """Schools from a file."""
    content = _content(file)

    async def load(services: "Services") -> bool:
        with _bar() as bar:
            report = await services.imports.schools(
                file.name, content, dry_run=dry_run, skip_invalid=skip_invalid, progress=bar
            )
        return _show(report)

    _finish(_on_database(load) or skip_invalid)


@app.command(help=commands.IMPORT_DEMO)
def import_demo() -> None:
    """The invented catalogue."""
    from services import demo_catalogue

    async def load(services: "Services") -> bool:
        schools = _content(demo_catalogue.SCHOOLS)
        courses = demo_catalogue.dated_courses(_content(demo_catalogue.COURSES), services.calendar.today())
        options: dict[str, Any] = {"dry_run": False, "skip_invalid": False}
        with _bar() as bar:
            of_schools = await services.imports.schools(demo_catalogue.SCHOOLS.name, schools, progress=bar, **options)
        typer.echo(commands.SCHOOLS_FILE)
        good = _show(of_schools)
        with _bar() as bar:
            of_courses = await services.imports.courses(demo_catalogue.COURSES.name, courses, progress=bar, **options)
        typer.echo(commands.COURSES_FILE)
        return _show(of_courses) and good

    _finish(_on_database(load))


@app.command(help=commands.INVITE)
def invite(
    role: Annotated[Role, typer.Argument(metavar="ROLE", help=commands.ROLE)],
    school: Annotated[str | None, typer.Option("--school", metavar="NAME", help=commands.SCHOOL)] = None,
    provider: Annotated[str | None, typer.Option("--provider", metavar="NAME", help=commands.PROVIDER)] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=commands.UNTIL)] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help=commands.DAYS)] = VALID_FOR.days,
) -> None:
    """A role's deep link, alone on stdout."""
    if role in SCHOOL_ROLES and not school:
        _stop(commands.NEEDS_SCHOOL)
    if role is Role.PROVIDER and not provider:
        _stop(commands.NEEDS_PROVIDER)
    if role is Role.DEPUTY and not until:
        _stop(commands.NEEDS_UNTIL)
    settings = _settings(with_token=True)
    username = asyncio.run(_username(settings))

    async def make(services: "Services") -> str:
        last = written_last_day(until, services.calendar.today()) if until else None
        return await services.invitations.invite(role, school, provider, until=last, valid_for=timedelta(days))

    token = _on_database(make)
    from keyboards.links import invitation_link

    typer.echo(invitation_link(username, token))


@app.command(help=commands.INVITATIONS)
def invitations() -> None:
    """The invitations that can still be used, one a line."""

    async def show(services: "Services") -> None:
        async for view in services.invitations.all_open():
            typer.echo(commands.invitation(view, services.calendar.zone))

    _on_database(show)


@app.command(help=commands.REVOKE)
def revoke(number: Annotated[int, typer.Argument(metavar="ID", min=1, help=commands.INVITATION_ID)]) -> None:
    """Nobody can use this invitation any more."""

    async def do(services: "Services") -> None:
        await services.invitations.revoke(number, None)

    _on_database(do)
    typer.echo(commands.REVOKED)


@app.command(help=commands.BACKUP)
def backup(
    file: BackupFile, force: Annotated[bool, typer.Option("--force", help=commands.BACKUP_FORCE)] = False
) -> None:
    """A copy of the database, while the bot runs."""
    place = _sqlite_file(file, commands.dump_of_postgresql)
    from db.backup import back_up

    with _refusals_said(file, place):
        back_up(place, file, force=force)
    typer.echo(commands.backed_up(file, file.stat().st_size))


@app.command(help=commands.RESTORE)
def restore(
    file: BackupFile, force: Annotated[bool, typer.Option("--force", help=commands.RESTORE_FORCE)] = False
) -> None:
    """The database as a copy has it."""
    place = _sqlite_file(file, commands.restore_of_postgresql)
    from db import backup as backups
    from domain.clock import utc_now

    with _refusals_said(file, place):
        aside = backups.restore(file, place, utc_now(), force=force)
    typer.echo(commands.restored(place, aside))


@app.command(help=commands.MOVE)
def move(to: Annotated[str, typer.Option("--to", metavar="URL", help=commands.MOVE_TO)]) -> None:
    """The database on a server from now on."""
    source = _settings().database_url.get_secret_value()
    from db import moving

    with _database_troubles_said(), _bar(commands.MOVING) as bar:
        rows = asyncio.run(moving.move(source, to, bar))
    typer.echo(commands.moved(rows))


@app.command(help=demo_texts.DEMO)
def demo(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=demo_texts.PORT)] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=demo_texts.BROWSER)] = True,
) -> None:
    """The bot in a browser, on a stand-in for Telegram."""
    with loading_for_good():
        from bot.demo import PORT, NoPort, serve

    try:
        _finish(asyncio.run(serve(PORT if port is None else port, browser=browser, say=typer.echo)))
    except NoPort as refusal:
        _stop(str(refusal))


def _run() -> None:
    settings = _settings(with_token=True)
    with loading_for_good():
        from bot import logs
        from bot.settings import WrongSetting
        from bot.startup import CannotStart, serve
        from db.reach import Unreachable

    logs.set_up(settings.log_level, settings.log_format, settings.secrets)
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        try:
            runner.run(serve(settings))
        except (CannotStart, WrongSetting) as refusal:
            _stop(str(refusal))
        except Unreachable as away:
            _stop(commands.database_away(str(away)))


@contextmanager
def loading_for_good() -> Iterator[None]:
    """What is imported stays until the end: looking it through for garbage takes a fifth of the start, and later
    stops everything for a fifth of a second now and then. aiogram comes first, without most of its models."""
    gc.disable()
    from bot.late_models import load_aiogram

    load_aiogram()
    yield
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])
    gc.enable()


def quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the bot's event loop; None: asyncio's own."""
    try:
        import uvloop  # not on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


def _settings(*, with_token: bool = False) -> "Settings":
    from bot.settings import ROOT, WrongSetting, read_settings

    try:
        settings = read_settings()
    except WrongSetting as wrong:
        _stop(str(wrong))
    if with_token and settings.bot_token is None:
        _stop(commands.HOW_TO_BEGIN.format(env_file=ROOT / ".env"))
    return settings


def _sqlite_file(file: Path, by_hand: Callable[[Path, str, int, str | None, str], str]) -> Path:
    """Where the SQLite database is; of PostgreSQL it is said how its own programs do it."""
    from db.engine import parse_url

    url = parse_url(_settings().database_url.get_secret_value())
    if url.get_backend_name() != "sqlite":
        _stop(by_hand(file, url.host or "localhost", url.port or 5432, url.username, url.database or ""))
    return Path(url.database or "")


@contextmanager
def _refusals_said(file: Path, place: Path) -> Iterator[None]:
    try:
        yield
    except BackupRefused as refusal:
        _stop(commands.backup_refused(refusal.reason, file, place))


def _on_database(work: Callable[["Services"], Coroutine[Any, Any, Any]]) -> Any:
    """What the work returns, on a database brought up to date; its named errors are lines."""
    settings = _settings()
    with _database_troubles_said():
        return asyncio.run(_with_services(settings, work))


@contextmanager
def _database_troubles_said() -> Iterator[None]:
    from db.migrate import TooNew
    from db.reach import Unreachable

    try:
        yield
    except Unreachable as away:
        _stop(commands.database_away(str(away)))
    except TooNew:
        _stop(commands.DATABASE_TOO_NEW)
    except MoveRefused as refusal:
        _stop(commands.move_refused(refusal))
    except DomainError as refusal:
        _stop(_said(refusal))
    except KeyboardInterrupt:
        _stop(commands.INTERRUPTED, INTERRUPTED)


async def _with_services(settings: "Settings", work: Callable[["Services"], Coroutine[Any, Any, Any]]) -> Any:
    from db.migrate import bring_up_to_date
    from db.reach import opened, reach
    from domain.clock import Calendar
    from services.portal import open_portal

    database = opened(settings.database_url.get_secret_value())
    try:
        await reach(database)
        await bring_up_to_date(database)
        return await work(open_portal(database, Calendar(settings.zone)))
    finally:
        await database.close()


async def _username(settings: "Settings") -> str:
    with loading_for_good():
        from aiogram.exceptions import AiogramError

        from bot.startup import CannotStart, get_me, new_bot

    bot = new_bot(settings)
    try:
        return str((await get_me(bot)).username)
    except CannotStart as refusal:
        _stop(str(refusal))
    except AiogramError:
        _stop(commands.telegram_away(settings.bot_api_url))
    finally:
        await bot.session.close()


def _said(refusal: DomainError) -> str:
    if type(refusal) in commands.REFUSALS:
        return commands.REFUSALS[type(refusal)]
    from texts.imports import unreadable

    return unreadable(refusal)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        _stop(commands.no_file(str(file)))


def _bar(label: str = commands.READING) -> "LateBar":
    from bot.progress import LateBar

    return LateBar(label)


def _show(report: "ImportReport") -> bool:
    """Print what an import did; whether the file had no faults."""
    from texts import imports as texts

    typer.echo(texts.report(report))
    return not report.faults


def _finish(good: bool) -> None:
    if not good:
        raise typer.Exit(FAULTS)


def _stop(line: str, code: int = USAGE) -> NoReturn:
    typer.echo(line, err=True)
    raise SystemExit(code)
