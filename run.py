#!/usr/bin/env python3
"""Set up and run the course bot, or its whole test suite, from a fresh clone.

  python3 run.py                         run the bot on Telegram; without BOT_TOKEN (in the environment or
                                         in .env) try it in the browser: the command demo
  python3 run.py [bot] [ARGUMENTS]       run the bot; ARGUMENTS as after `python -m bot`
                                         (for one: python3 run.py import-courses FILE)
  python3 run.py test [--all] [PYTEST]   run every check and test; with pytest arguments only pytest runs.
                                         With --all, or CI=true, a test left out is a failure
  python3 run.py lock [UV]               re-make both lock files; for newer versions: --upgrade

Needs Python 3.11, 3.12 or 3.13 with its venv module. The first start installs the packages into `.venv`
beside this file; a later one installs only when a lock file has changed.
"""

# Whoever starts this file with an older Python must be told so in words: nothing here needs more than 3.7.
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent
SUPPORTED = ("3.13", "3.12", "3.11")
RUN_LOCK = "requirements.lock.txt"
TEST_LOCK = "requirements-dev.lock.txt"
# The lock for tests holds everything the lock for running holds, at the same versions.
SATISFIES = {RUN_LOCK: (RUN_LOCK,), TEST_LOCK: (RUN_LOCK, TEST_LOCK)}
LOCK_EXTRAS = {
    RUN_LOCK: ("--extra", "postgres", "--extra", "redis"),
    TEST_LOCK: ("--all-extras", "-c", RUN_LOCK),
}
CHECKS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format --check", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("lint-imports", ("-c", "from importlinter.cli import lint_imports_command as lint; lint()")),
)
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadfile")
"""The whole suite mostly waits: some files at a time, each with bots and databases of its own, shorten it."""
INTERRUPTED = 130
TOKEN_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?BOT_TOKEN[ \t]*=[ \t]*['\"]?[^\s'\"#]", re.MULTILINE | re.IGNORECASE)


class CannotStart(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def candidates(windows: bool, search_path: str | None = None) -> list[list[str]]:
    """Return the commands that may start a fitting Python: the one at work here, then the newest first."""
    # A venv made by another venv's Python would die with that venv.
    commands = [[getattr(sys, "_base_executable", None) or sys.executable]]
    for version in SUPPORTED:
        if windows:
            commands.append(["py", "-" + version])
        found = shutil.which("python" + version, path=search_path)
        if found:
            commands.append([found])
    return commands


def version_of(command: Sequence[str], modules: str = "sys") -> str | None:
    """Return "3.12" for a command that starts a Python 3.12 with these modules, None where it cannot."""
    probe = f"import sys, {modules}; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [*command, "-I", "-c", probe],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return None
    return answer.stdout.decode("ascii", "replace").strip() if answer.returncode == 0 else None


def choose_python(commands: Iterable[list[str]]) -> tuple[list[str], str]:
    """Return the first command that starts a supported Python able to make a venv, and its version.

    Raises: CannotStart.
    """
    for command in commands:
        version = version_of(command, "ensurepip, venv")
        if version in SUPPORTED:
            return command, str(version)
    raise CannotStart(
        "The bot needs Python 3.11, 3.12 or 3.13 with its venv module; there is none (this is {}.{}).\n"
        "Install one: from python.org/downloads on Windows and macOS, with "
        "`apt install python3 python3-venv` on Debian and Ubuntu.".format(*sys.version_info[:2])
    )


@dataclass(frozen=True)
class Stamp:
    """What a venv holds: its Python, the place it was made for (its scripts name it), hashes of its locks."""

    python: str
    place: str
    locks: tuple[str, ...] = ()


def stamp_file(venv: Path) -> Path:
    return venv / "installed.json"


def python_of(venv: Path, windows: bool) -> Path:
    return venv / "Scripts" / "python.exe" if windows else venv / "bin" / "python"


def fingerprint(lock: Path) -> str:
    """Return the hash of a lock file, the same whether git wrote it with LF or CRLF."""
    return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def write_stamp(venv: Path, stamp: Stamp) -> None:
    stamp_file(venv).write_text(json.dumps(asdict(stamp), indent=1), encoding="utf-8")


def read_stamp(venv: Path) -> Stamp | None:
    """Return what a whole, unmoved venv with a living Python holds; None where it is to be made anew."""
    try:
        kept = json.loads(stamp_file(venv).read_text(encoding="utf-8"))
        stamp = Stamp(kept["python"], kept["place"], tuple(kept["locks"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # The system's Python can change under a venv: then its packages are no longer found.
    living = version_of([str(python_of(venv, os.name == "nt"))])
    whole = stamp.place == str(venv) and stamp.python == living and living in SUPPORTED
    return stamp if whole else None


def prepare(lock: str) -> Path:
    """Make `.venv` hold the packages of the lock file, and return its Python.

    Raises: CannotStart.
    """
    venv = ROOT / ".venv"
    stamp = read_stamp(venv) or make_venv(venv)
    python = python_of(venv, os.name == "nt")
    if fingerprint(ROOT / lock) not in stamp.locks:
        # Without its stamp a venv counts as broken, so an install that breaks off halfway is begun anew.
        if stamp_file(venv).exists():
            stamp_file(venv).unlink()
        install(python, ROOT / lock)
        held = tuple(fingerprint(ROOT / name) for name in SATISFIES[lock] if (ROOT / name).exists())
        write_stamp(venv, Stamp(stamp.python, stamp.place, held))
    return python


def make_venv(venv: Path) -> Stamp:
    command, version = choose_python(candidates(os.name == "nt"))
    say(f"Making .venv with Python {version} …")
    if wait_for([*command, "-m", "venv", "--clear", str(venv)]):
        raise CannotStart(f"Python could not make {venv}, see above.")
    return Stamp(version, str(venv))


def install(python: Path, lock: Path) -> None:
    count = len(re.findall(r"^\w\S* *==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing {count} packages of {lock.name}: once, in about a minute …")
    began = time.monotonic()
    options = ["--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check"]
    if wait_for([str(python), "-m", "pip", "install", "--quiet", "--no-input", *options, "-r", str(lock)]):
        raise CannotStart("The installation broke off, see above. The next start begins it anew.")
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def say(line: str) -> None:
    print(line, flush=True)


def environment() -> dict[str, str]:
    """Return the variables of a child process: its packages come from the project and its venv alone."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    # pip asks `rustc` for its version; where that is rustup's, it would write into the home.
    inherited.setdefault("RUSTUP_HOME", str(ROOT / ".venv" / "rustup"))
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def wait_for(command: Sequence[str]) -> int:
    """Run a command that reads no input, in the project's folder, to its end; return its exit code.

    Ctrl+C reaches the command itself: it is let come to its end before KeyboardInterrupt goes on.
    """
    process = subprocess.Popen(list(command), cwd=str(ROOT), env=environment(), stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def hand_over(command: list[str]) -> int:
    """Become the command, where the system can; else run it and return its exit code."""
    if os.name == "posix":
        os.execve(command[0], command, environment())  # noqa: S606
    process = subprocess.Popen(command, env=environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the bot has heard Ctrl+C too, and is closing


def has_token() -> bool:
    """Whether the bot will find a token, in the environment or in its file of settings."""
    if os.environ.get("BOT_TOKEN"):
        return True
    try:
        settings = Path(os.environ.get("ENV_FILE", ROOT / ".env")).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False
    return TOKEN_LINE.search(settings) is not None


def run_bot(arguments: list[str]) -> int:
    python = prepare(RUN_LOCK)
    # -P: a folder named "bot" where the person stands is not ours. The folder stays: FILE is relative to it.
    return hand_over([str(python), "-P", "-m", "bot", *arguments])


def run_tests(arguments: list[str]) -> int:
    strict = "--all" in arguments or os.environ.get("CI", "").lower() in ("true", "1")
    chosen = [argument for argument in arguments if argument != "--all"]
    python = prepare(TEST_LOCK)
    failed = [] if chosen else [name for name, check in CHECKS if run_step(name, [str(python), *check])]
    report = ROOT / ".venv" / f"tests-{os.getpid()}.xml"
    try:
        pytest = [str(python), "-m", "pytest", f"--junit-xml={report}", *(chosen or SIDE_BY_SIDE)]
        failed += ["pytest"] if run_step("pytest", pytest) else []
        missing = left_out(report)
    finally:
        if report.exists():
            report.unlink()
    return close(failed, missing, strict)


def run_step(name: str, command: Sequence[str]) -> int:
    say(f"\n=== {name}")
    began = time.monotonic()
    code = wait_for(command)
    say(f"=== {name}: {'FAILED' if code else 'passed'} in {time.monotonic() - began:.1f} s")
    return code


def left_out(report: Path) -> Counter[str] | None:
    """Count the tests that pytest skipped, by reason, out of its JUnit report; None where it wrote none."""
    try:
        skips = list(ElementTree.parse(str(report)).iter("skipped"))  # noqa: S314 - written by our own pytest
    except (OSError, ElementTree.ParseError):
        return None
    return Counter(_reason(skip) for skip in skips if skip.get("type") != "pytest.xfail")


def _reason(skip: ElementTree.Element) -> str:
    # A file skipped as a whole has its reason in the text, as the tuple (path, line, "Skipped: reason").
    whole_file = re.search(r"Skipped: (.*?)['\"]\)?$", skip.text or "")
    message = whole_file.group(1) if skip.get("type") is None and whole_file else skip.get("message", "")
    return re.sub(r"^left out: *", "", message) or "no reason given"


def close(failed: list[str], missing: Counter[str] | None, strict: bool) -> int:
    """Say what failed and what was left out, and return the exit code."""
    unknown = missing is None
    if failed:
        say(f"Failed: {', '.join(failed)}.")
    if unknown:
        say("Left out: not known, pytest wrote no report.")
    for reason, count in sorted((missing or {}).items()):
        say(f"Left out on this machine: {reason} ({count} {'test' if count == 1 else 'tests'}).")
    incomplete = strict and (unknown or bool(missing))
    if incomplete:
        say("Nothing may be left out here (CI=true or --all): that is a failure.")
    if not failed and not missing and not unknown:
        say("All passed, nothing left out.")
    return 1 if failed or incomplete else 0


def relock(arguments: list[str]) -> int:
    compiling = [str(prepare(TEST_LOCK)), "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"]
    like_pip = ["--no-cache", "--system-certs"]
    portable = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    for lock, extras in LOCK_EXTRAS.items():
        named = ["--custom-compile-command", "python3 run.py lock", "-o", lock]
        code = wait_for([*compiling, *like_pip, *portable, *extras, *named, *arguments])
        if code:
            return code
        say(f"{lock} is made.")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {"bot": run_bot, "test": run_tests, "lock": relock}


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if arguments[:1] in (["-h"], ["--help"]):
        say((__doc__ or "").strip())
        return 0
    arguments = arguments or ["bot" if has_token() else "demo"]
    command = COMMANDS.get(arguments[0])
    try:
        return command(arguments[1:]) if command else run_bot(arguments)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
