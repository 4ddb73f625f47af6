"""What the bot is deployed by, read by the programs that it is written for: systemd, Docker, Compose and nginx."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot import startup
from bot.cli import app
from bot.settings import ROOT, Settings, place_of, read_settings
from bot.startup import build
from bot.webhook import BODY_LIMIT
from playground.stand_in import StandIn
from tests.conftest import Databases
from tests.nginx import DEPLOYED, REPLICA, moved, nginx_program, put
from tests.running import free_port

UNIT: Final = ROOT / "deploy" / "course-bot.service"
DOCKERFILE: Final = ROOT / "Dockerfile"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
REPLICAS: Final = ("bot-1", "bot-2")
SETTINGS: Final = {name.upper() for name in Settings.model_fields}
PASSWORD: Final = "POSTGRES_PASSWORD"
"""What PostgreSQL's image is given; the one line of .env that is no setting of the bot."""
OF_THE_INTERPRETER: Final = {"PATH", "PYTHONUTF8", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
EXPOSURE: Final = "25"
"""Of 100, as `systemd-analyze security` counts what a service could reach."""


def ran(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """What a program prints. Raises: AssertionError with that, where it does not end well."""
    around = {**os.environ, **environment}
    done = subprocess.run(command, cwd=cwd, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def program(name: str) -> str:
    """Where a program is. Skips where it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"left out: no {name}")
    return found


def unit_lines(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)


def test_systemd_takes_the_unit_and_finds_little_that_it_could_reach(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    unit, python = tmp_path / UNIT.name, tmp_path / "python"
    python.symlink_to(sys.executable)  # whose own place may have a space in it
    here = put(UNIT.read_text("utf-8"), "/opt/course-bot/.venv/bin/python", str(python))
    unit.write_text(put(here, "User=course-bot\nGroup=course-bot", "User=daemon\nGroup=daemon"), "utf-8")
    assert ran(analyze, "verify", "--man=no", unit) == ""
    ran(analyze, "security", "--offline=true", f"--threshold={EXPOSURE}", unit)


def test_the_unit_gives_a_stop_its_time_and_does_not_repeat_a_wrong_setting() -> None:
    closing = 2  # the status port and the connections
    needed = startup.HANDLERS_WITHIN + 2 * startup.SENDS_WITHIN + closing
    assert float(unit_lines("TimeoutStopSec")[0]) > needed
    assert unit_lines("Restart") == ["on-failure"]
    assert unit_lines("RestartPreventExitStatus") == ["2"]
    assert unit_lines("ExecStart") == ["/opt/course-bot/.venv/bin/python -m bot"]


def test_the_unit_names_no_variable_that_is_no_setting() -> None:
    named = {pair.partition("=")[0] for line in unit_lines("Environment") for pair in shlex.split(line)}
    assert named <= SETTINGS | OF_THE_INTERPRETER


def instructions(name: str) -> list[str]:
    """The arguments of every such line of the Dockerfile."""
    whole = DOCKERFILE.read_text("utf-8").replace("\\\n", " ")
    return [" ".join(line.split()[1:]) for line in whole.splitlines() if line.startswith(f"{name} ")]


def test_the_dockerfiles_own_linter_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}")
    if hadolint is None:
        pytest.skip("left out: no hadolint")
    assert ran(hadolint, "--no-color", DOCKERFILE) == ""


def test_the_image_is_of_locked_packages_and_runs_as_nobody_in_particular() -> None:
    assert set(instructions("FROM")) == {"python:3.13-slim-bookworm AS packages", "python:3.13-slim-bookworm"}
    (install,) = [line for line in instructions("RUN") if "/venv/bin/pip" in line]
    assert all(f'"{word}"' in install for word in ("--require-hashes", "--only-binary", "/tmp/requirements.lock.txt"))
    assert instructions("USER") == ["10001"]
    assert instructions("VOLUME") == ["/app/data"]
    named = {pair.partition("=")[0] for line in instructions("ENV") for pair in line.split()}
    assert named <= SETTINGS | OF_THE_INTERPRETER


def image(folder: Path) -> Path:
    """What the image holds of the project, laid out as the Dockerfile and .dockerignore say."""
    folder.mkdir()
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied = [line.split() for line in instructions("COPY") if not line.startswith("--from")]
    assert {source for source, _ in copied} == let_in
    for source, target in copied:
        if target != "/tmp/":
            place = folder / target / (source if target == "./" else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(ROOT / source, place)
    return folder


def test_the_image_holds_all_that_the_bot_needs_and_no_secret(tmp_path: Path) -> None:
    folder = image(tmp_path / "app")
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert held <= set(ran("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines())
    given = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "ENV_FILE": os.devnull, "PYTHONPATH": ""}
    ran(sys.executable, "-m", "bot", "import-demo", cwd=folder, **given)
    with_demo = "import bot.demo, bot.startup, services.synonym_file as s; assert s.SYNONYMS.is_file(), s.SYNONYMS"
    ran(sys.executable, "-c", with_demo, cwd=folder, **given)


async def test_the_health_check_of_the_image_knows_a_living_bot_from_none(databases: Databases) -> None:
    (check,) = instructions("HEALTHCHECK")
    words = yaml.safe_load(check.partition("CMD ")[2])
    assert words[:2] == ["python", "-c"]
    await _tells_apart(databases, words[2], "status_listen")


@pytest.mark.parametrize("name", REPLICAS)
async def test_the_health_check_of_a_replica_knows_a_ready_bot_from_none(databases: Databases, name: str) -> None:
    _, *words = SERVICES[name]["healthcheck"]["test"]
    assert words[:2] == ["python", "-c"]
    _, port = place_of(SERVICES[name]["environment"]["WEBHOOK_LISTEN"])
    await _tells_apart(databases, words[2], "webhook_listen", str(port))


async def _tells_apart(databases: Databases, check: str, setting: str, deployed_port: str = "") -> None:
    listen = f"127.0.0.1:{free_port()}"
    if deployed_port:
        check = put(check, deployed_port, listen.partition(":")[2])

    async def healthy() -> bool:
        around = {**os.environ, "STATUS_LISTEN": listen.replace("127.0.0.1", "0.0.0.0")}
        asking = await asyncio.create_subprocess_exec(
            sys.executable, "-c", check, env=around, stderr=asyncio.subprocess.DEVNULL
        )
        return await asking.wait() == 0

    assert not await healthy()
    async with databases.fresh("sqlite") as url, await StandIn.start() as stand_in:
        given = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": url, setting: listen}
        if setting == "webhook_listen":
            given |= {"webhook_url": f"http://{listen}/telegram", "webhook_secret": "s"}
        application = build(read_settings(**given))
        await application.start()
        assert await healthy()
        await application.stop()
    assert not await healthy()


def test_compose_takes_the_file(tmp_path: Path) -> None:
    compose = program("docker-compose")
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    (tmp_path / ".env").write_text(f"BOT_TOKEN=\n{PASSWORD}=secret-of-the-test\n", "utf-8")
    shown = yaml.safe_load(ran(compose, "config", cwd=tmp_path))["services"]
    for name in REPLICAS:
        assert shown[name]["environment"]["DATABASE_URL"] == "postgresql://portal:secret-of-the-test@postgres/portal"


def test_every_variable_of_a_replica_is_a_setting_and_makes_settings_that_hold(monkeypatch: Any) -> None:
    for name in (*REPLICAS, "migrate"):
        assert SERVICES[name]["env_file"] == [".env"]
        given = SERVICES[name]["environment"]
        assert given.keys() <= SETTINGS
    monkeypatch.setenv("ENV_FILE", os.devnull)
    for setting, value in given.items():
        monkeypatch.setenv(setting, re.sub(r"\$\{.*?\}", "x", value))
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example.org/telegram")
    monkeypatch.setenv("WEBHOOK_SECRET", "x")
    read_settings()


def test_the_page_names_commands_that_there_are() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    called = re.findall(r"(?:run\.py|-m bot|run --rm(?: -v \S+)? migrate) ([a-z][a-z-]+)", page)
    named = {*called, *re.findall(r"`([a-z]+-[a-z]+) \w+\.xlsx", page)}
    there_are = {str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands}
    assert named >= {"invite", "move", "backup", "import-schools", "import-courses"}
    assert named <= {name.replace("_", "-") for name in there_are} | {"bot"}


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    asked_for = set(re.findall(r"\$\{(\w+):\?[^}]+\}", text))
    assert asked_for == {PASSWORD}
    assert SERVICES["postgres"]["environment"].keys() == {"POSTGRES_USER", "POSTGRES_DB", PASSWORD}
    assert text.count("$") == len(re.findall(r"\$\{", text))


def test_images_are_pinned_and_every_server_says_how_it_is() -> None:
    for name, service in SERVICES.items():
        pinned = re.fullmatch(r"[a-z]+:\d+\.\d+[a-z0-9.-]*", service["image"])
        assert pinned or "build" in service, name
        if name != "migrate":
            assert service["restart"] == "unless-stopped"
            assert service["healthcheck"]["test"][0] == "CMD"


def test_two_replicas_begin_when_their_servers_are_there_and_the_tables_are_made() -> None:
    first, second = (SERVICES[name] for name in REPLICAS)
    assert {**first, "networks": None} == {**second, "networks": None}
    waits = {name: on["condition"] for name, on in first["depends_on"].items()}
    assert waits == {
        "postgres": "service_healthy",
        "redis": "service_healthy",
        "migrate": "service_completed_successfully",
    }
    assert SERVICES["migrate"]["command"] == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"
    assert int(first["stop_grace_period"].removesuffix("s")) >= int(unit_lines("TimeoutStopSec")[0])


def test_only_nginx_is_open_and_the_database_is_out_of_its_reach() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["back"]["internal"]
    assert "back" not in SERVICES["nginx"]["networks"]
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["back"]


def test_nginx_asks_the_replicas_where_they_are() -> None:
    places = [
        f"{SERVICES[name]['networks']['front']['ipv4_address']}:"
        f"{place_of(SERVICES[name]['environment']['WEBHOOK_LISTEN'])[1]}"
        for name in REPLICAS
    ]
    text = DEPLOYED.read_text("utf-8")
    assert REPLICA.findall(text) == places
    assert f"client_max_body_size {BODY_LIMIT // 1024**2}m;" in text
    path = re.findall(r"WEBHOOK_URL=https://[^/]+(\S+)", (ROOT / ".env.example").read_text("utf-8"))
    assert re.findall(r"location = (\S+) ", text) == path


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    certificate: Sequence[str] = ("-subj", "/CN=bot.example.org", "-days", "1", "-nodes", "-newkey", "rsa:2048")
    key, chain = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    ran(program("openssl"), "req", "-x509", *certificate, "-keyout", key, "-out", chain)
    text = put(moved(tmp_path), "/etc/nginx/tls", str(tmp_path))
    place = tmp_path / "nginx.conf"
    place.write_text(put(text, "listen 443 ssl", f"listen 127.0.0.1:{free_port()} ssl"), "utf-8")
    said = ran(nginx_program(), "-e", tmp_path / "nginx.log", "-p", tmp_path, "-t", "-c", place)
    assert "warn" not in said
