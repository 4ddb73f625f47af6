"""What `run.py` does for somebody with a fresh clone, by its own functions and by starting a tiny project."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

import run

ROOT: Final = Path(__file__).resolve().parent.parent
WHEEL: Final = "greeting-1.0-py3-none-any.whl"
TINY_BOT: Final = """
import sys, pathlib, greeting
print(greeting.WORDS, *sys.argv[1:])
for name in sys.argv[1:2]:
    print(pathlib.Path(name).read_text())
sys.exit(7)
"""


def program(folder: Path, name: str, prints: str) -> str:
    """Put a stand-in for a Python into a folder of programs: a script that does this, whatever is asked."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{prints}\n")
    path.chmod(0o755)
    return str(path)


def test_the_python_at_work_comes_first_then_the_newest(tmp_path: Path) -> None:
    for version in ("3.11", "3.13"):
        program(tmp_path, f"python{version}", f"echo {version}")
    first, *rest = run.candidates(windows=False, search_path=str(tmp_path))
    assert run.version_of(first) == "{}.{}".format(*sys.version_info[:2])
    assert rest == [[str(tmp_path / "python3.13")], [str(tmp_path / "python3.11")]]


def test_windows_is_asked_through_its_launcher(tmp_path: Path) -> None:
    _, *rest = run.candidates(windows=True, search_path=str(tmp_path))
    assert rest == [["py", "-3.13"], ["py", "-3.12"], ["py", "-3.11"]]


def test_too_old_too_new_broken_and_absent_pythons_are_passed_over(tmp_path: Path) -> None:
    old = program(tmp_path, "old", "echo 3.9")
    new = program(tmp_path, "new", "echo 3.14")
    broken = program(tmp_path, "broken", "exit 127")
    good = program(tmp_path, "good", "echo 3.12")
    commands = [[old], [new], [broken], [str(tmp_path / "absent")], [good]]
    assert run.choose_python(commands) == ([good], "3.12")


def test_a_python_without_venv_is_told_from_one_that_has_it() -> None:
    assert run.version_of([sys.executable], "ensurepip, venv") is not None
    assert run.version_of([sys.executable], "no_such_module_anywhere") is None


def test_where_no_python_fits_the_person_is_told_which_do(tmp_path: Path) -> None:
    with pytest.raises(run.CannotStart, match=r"3\.11, 3\.12 or 3\.13"):
        run.choose_python([[program(tmp_path, "old", "echo 3.9")]])


def living_venv(folder: Path) -> Path:
    """Make what `run.py` looks at in a venv: its Python."""
    python = run.python_of(folder / ".venv", os.name == "nt")
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return folder / ".venv"


def test_a_stamp_is_read_as_it_was_written(tmp_path: Path) -> None:
    venv = living_venv(tmp_path)
    stamp = run.Stamp("{}.{}".format(*sys.version_info[:2]), str(venv), ("abc", "def"))
    run.write_stamp(venv, stamp)
    assert run.read_stamp(venv) == stamp


@pytest.mark.parametrize("torn", ["", "{", "[]", "{}", '{"python": "3.12", "place": "x", "locks": null}'])
def test_a_torn_stamp_is_no_stamp(tmp_path: Path, torn: str) -> None:
    venv = living_venv(tmp_path)
    run.stamp_file(venv).write_text(torn)
    assert run.read_stamp(venv) is None


def test_a_venv_moved_or_left_without_its_python_is_made_anew(tmp_path: Path) -> None:
    venv = living_venv(tmp_path)
    version = "{}.{}".format(*sys.version_info[:2])
    run.write_stamp(venv, run.Stamp(version, "/somewhere/else/.venv"))
    assert run.read_stamp(venv) is None
    run.write_stamp(venv, run.Stamp("3.10", str(venv)))
    assert run.read_stamp(venv) is None
    run.write_stamp(venv, run.Stamp(version, str(venv)))
    run.python_of(venv, os.name == "nt").unlink()
    assert run.read_stamp(venv) is None


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("BOT_TOKEN=1234567890:AA", True),
        ("LOG_LEVEL=INFO\r\nexport bot_token = '1234567890:AA'\r\n", True),
        ("\ufeffBOT_TOKEN=1234567890:AA", True),
        ("BOT_TOKEN=\nLOG_LEVEL=INFO", False),
        ('BOT_TOKEN=""', False),
        ("# BOT_TOKEN=1234567890:AA", False),
        ("BOT_TOKEN= # from @BotFather", False),
        ("NO_BOT_TOKEN=1234567890:AA", False),
    ],
)
def test_a_token_is_seen_in_a_file_of_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, found: bool
) -> None:
    (tmp_path / ".env").write_text(settings, encoding="utf-8", newline="")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    assert run.has_token() is found


def test_line_ends_of_a_checkout_do_not_change_a_lock(tmp_path: Path) -> None:
    (tmp_path / "unix").write_bytes(b"a==1\nb==2\n")
    (tmp_path / "windows").write_bytes(b"a==1\r\nb==2\r\n")
    assert run.fingerprint(tmp_path / "unix") == run.fingerprint(tmp_path / "windows")


SKIPPING_TESTS: Final = """
import pytest

@pytest.mark.parametrize("n", range(2))
@pytest.mark.skipif(True, reason="left out: no PostgreSQL")
def test_database(n): ...

def test_cache(): pytest.skip("left out: no Redis, it's away")

@pytest.mark.xfail
def test_known(): assert False

def test_passes(): ...
"""


def pytest_report(folder: Path, tests: str) -> Path:
    (folder / "test_sample.py").write_text(tests)
    report = folder / "report.xml"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junit-xml={report}",
            "test_sample.py",
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return report


def test_what_pytest_skipped_is_counted_by_its_reason(tmp_path: Path) -> None:
    found = run.left_out(pytest_report(tmp_path, SKIPPING_TESTS))
    assert found == {"no PostgreSQL": 2, "no Redis, it's away": 1}


def test_a_file_skipped_as_a_whole_gives_its_reason(tmp_path: Path) -> None:
    whole = "import pytest\npytest.skip('left out: no Chromium', allow_module_level=True)\n"
    assert run.left_out(pytest_report(tmp_path, whole)) == {"no Chromium": 1}


def test_no_report_is_not_taken_for_nothing_left_out(tmp_path: Path) -> None:
    assert run.left_out(tmp_path / "absent.xml") is None


def test_what_was_left_out_is_said_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    missing = Counter({"no PostgreSQL": 2, "no Redis": 1})
    assert run.close([], missing, strict=False) == 0
    said = capsys.readouterr().out
    assert "no PostgreSQL (2 tests)" in said
    assert "no Redis (1 test)" in said


def test_where_nothing_may_be_left_out_it_is_a_failure() -> None:
    assert run.close([], Counter({"no Redis": 1}), strict=True) == 1
    assert run.close([], None, strict=True) == 1
    assert run.close([], Counter(), strict=True) == 0


def test_one_failed_check_fails_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.close(["mypy"], Counter(), strict=False) == 1
    assert "Failed: mypy." in capsys.readouterr().out


@dataclass(frozen=True)
class Start:
    """What one start of `run.py` printed, and how it ended."""

    code: int
    out: str
    err: str


def start(project: Path, *arguments: str, standing_in: Path) -> Start:
    home = standing_in / "empty home"
    home.mkdir(exist_ok=True)
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_NO_INDEX": "1", "LANG": "C"}
    done = subprocess.run(
        [sys.executable, str(project / "run.py"), *arguments],
        cwd=standing_in,
        env={**variables, "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
        capture_output=True,
        check=False,
    )
    assert list(home.iterdir()) == []
    return Start(done.returncode, done.stdout.decode(), done.stderr.decode())


def make_wheel(folder: Path) -> Path:
    """Build a wheel of one module by hand: the tests install it with no network and no build backend."""
    contents = {
        "greeting.py": "WORDS = 'The bot runs.'\n",
        "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
        "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in contents.items()]
    contents["greeting-1.0.dist-info/RECORD"] = "\n".join([*lines, "greeting-1.0.dist-info/RECORD,,"]) + "\n"
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        for name, text in contents.items():
            wheel.writestr(name, text)
    return folder / WHEEL


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class TinyProject:
    """Starts of one project, in order: its package is away, is there, is installed and away again."""

    broken_off: Start
    first: Start
    second: Start
    without_token: Start
    with_token: Start


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    project = tmp_path_factory.mktemp("tiny") / "a folder with spaces"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "courses.txt").write_text("one course")
    (elsewhere / "bot.py").write_text("raise SystemExit('a stranger of the same name')")
    (project / "bot").mkdir(parents=True)
    (project / "bot" / "__main__.py").write_text(TINY_BOT)
    shutil.copy(ROOT / "run.py", project)
    wheel = make_wheel(project)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project / run.RUN_LOCK).write_text(f"greeting @ {wheel.as_uri()} --hash=sha256:{digest}\n")

    away = wheel.rename(elsewhere / WHEEL)
    broken_off = start(project, standing_in=elsewhere)
    away.rename(wheel)
    first = start(project, "courses.txt", "--dry-run", standing_in=elsewhere)
    wheel.unlink()
    second = start(project, "bot", "courses.txt", standing_in=elsewhere)
    (elsewhere / "demo").write_text("one demo")
    without_token = start(project, standing_in=elsewhere)
    (project / ".env").write_text("BOT_TOKEN=1234567890:AA")
    with_token = start(project, standing_in=elsewhere)
    return TinyProject(broken_off, first, second, without_token, with_token)


def test_an_install_that_broke_off_says_so_and_is_begun_anew(tiny: TinyProject) -> None:
    assert tiny.broken_off.code == 1
    assert "broke off" in tiny.broken_off.err
    assert "Making .venv" in tiny.first.out
    assert "Installing" in tiny.first.out


def test_the_first_start_sets_up_and_runs_the_bot_with_its_arguments(tiny: TinyProject) -> None:
    assert "The bot runs. courses.txt --dry-run" in tiny.first.out


def test_a_second_start_does_not_install_again(tiny: TinyProject) -> None:
    assert tiny.second.out.splitlines() == ["The bot runs. courses.txt", "one course"]


def test_without_a_command_it_is_the_demo_until_there_is_a_token(tiny: TinyProject) -> None:
    assert tiny.without_token.out.splitlines() == ["The bot runs. demo", "one demo"]
    assert tiny.with_token.out.splitlines() == ["The bot runs."]


def test_a_file_is_looked_for_where_the_person_stands(tiny: TinyProject) -> None:
    assert "one course" in tiny.first.out


def test_the_exit_code_is_the_bots(tiny: TinyProject) -> None:
    assert (tiny.first.code, tiny.second.code) == (7, 7)


def test_help_needs_no_installation(tmp_path: Path) -> None:
    shutil.copy(ROOT / "run.py", tmp_path)
    told = start(tmp_path, "--help", standing_in=tmp_path)
    assert told.code == 0
    assert "python3 run.py test" in told.out
    assert not (tmp_path / ".venv").exists()
