"""The rules of the house that neither ruff, mypy nor import-linter can hold."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT: Final = Path(__file__).resolve().parent.parent
PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: Final[list[str]] = PYPROJECT["tool"]["setuptools"]["packages"]
FOLDERS: Final = {room.split(".")[0] for room in ROOMS} | {"benchmarks", "demo", "tests"}
CODE: Final = [ROOT / "run.py", *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]

HANDLER_LINES: Final = 20
FORBIDDEN_NAMES: Final = {"util", "utils", "helper", "helpers", "manager", "managers", "data", "info"}
CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
RUSSIAN_IS_AT_HOME: Final = {
    "texts/": "what people read, labels of buttons too",
    "domain/": "names of states and of fundings, spellings of codes: constants of the portal itself",
    "services/catalogue_files.py": "headers and cells as portals export them",
    "services/demo_catalogue.py": "invented courses and schools",
    "services/demo_city.py": "invented people",
    "demo/": "invented courses and schools",
    "playground/": "what its chat page shows, and invented people",
    "benchmarks/": "invented courses and people",
    "tests/": "what people see, and invented people",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def registered_handlers(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions that a router calls: under `@router.message(…)`, or given to `router.message.register(…)`."""
    given = {
        argument.id
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "register"
        for argument in call.args
        if isinstance(argument, ast.Name)
    }
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            decorated = any(
                isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
                for decorator in function.decorator_list
            )
            if decorated or function.name in given:
                yield function


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def russian_literals(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each string with Cyrillic letters; not of docstrings, which quote the screens."""
    documentation = {id(statement.value) for statement in ast.walk(module) if isinstance(statement, ast.Expr)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in documentation and CYRILLIC.search(node.value):
            yield node.lineno, node.value


HANDLERS_SAMPLE: Final = """
@router.message(F.text)
async def under_a_decorator(message):
    pass

async def given_to_register(message):
    pass

def called_by_a_handler():
    pass

router.callback_query.register(given_to_register, F.data)
"""


def test_a_handler_is_known_by_how_it_is_registered() -> None:
    found = [handler.name for handler in registered_handlers(ast.parse(HANDLERS_SAMPLE))]
    assert found == ["under_a_decorator", "given_to_register"]


def test_a_handler_is_twenty_lines_or_fewer() -> None:
    long = [
        f"{named(path)}:{handler.lineno} {handler.name}: {lines_of(handler)} lines"
        for path in CODE
        if named(path).startswith("handlers/")
        for handler in registered_handlers(parsed(path))
        if lines_of(handler) > HANDLER_LINES
    ]
    assert not long, "\n".join(long)


def test_russian_in_code_is_found_and_documentation_left_alone() -> None:
    sample = '"""«Каталог»"""\nLABEL = f"Курс {code}"\nLIMIT = 3\n"""Сколько."""\nNAME = "course"\n'
    assert list(russian_literals(ast.parse(sample))) == [(2, "Курс ")]


def test_russian_words_live_where_wording_lives() -> None:
    strays = [
        f"{named(path)}:{line} {literal!r}"
        for path in CODE
        if not named(path).startswith(tuple(RUSSIAN_IS_AT_HOME))
        for line, literal in russian_literals(parsed(path))
    ]
    assert not strays, "\n".join(strays)


def test_no_module_is_named_for_nothing() -> None:
    names = {named(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in CODE}
    vague = [path for path, parts in names.items() if parts & FORBIDDEN_NAMES]
    assert not vague, "\n".join(vague)


def test_no_two_kinds_of_button_share_a_prefix() -> None:
    found = re.compile(r'CallbackData, prefix="([^"]+)"')
    prefixes = [
        prefix for path in (ROOT / "keyboards").glob("*.py") for prefix in found.findall(path.read_text("utf-8"))
    ]
    assert len(prefixes) > 20
    assert sorted(prefixes) == sorted(set(prefixes))


def test_every_package_is_there_and_named_in_pyproject() -> None:
    packages = {path.parent for path in CODE if path.name == "__init__.py"}
    dotted = {".".join(package.relative_to(ROOT).parts) for package in packages}
    shipped = {name for name in dotted if name.split(".")[0] not in {"tests", "benchmarks", "demo"}}
    assert shipped == set(ROOMS)


@pytest.mark.parametrize("lock", ["requirements.lock.txt", "requirements-dev.lock.txt"])
def test_a_lock_file_names_no_host(lock: str) -> None:
    hosts = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|\w\.(com|org|net|io|dev|ru|local)\b")
    naming = [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if hosts.search(line)]
    assert not naming, "\n".join(naming)


def test_migrations_have_one_head() -> None:
    assert len(ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini"))).get_heads()) == 1


def test_readme_gives_both_commands() -> None:
    commands = {line.strip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()}
    assert {"python3 run.py", "python3 run.py test"} <= commands


def test_env_example_lists_every_setting_and_no_other() -> None:
    from bot.settings import Settings

    prefix = str(Settings.model_config.get("env_prefix") or "")
    settings = {str(field.validation_alias or prefix + name).upper() for name, field in Settings.model_fields.items()}
    listed = re.findall(
        r"^(?:# ?)?([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(listed) == sorted(settings)


def test_settings_of_the_project_are_found_from_any_folder() -> None:
    """`run.py` leaves people in the folder they stand in, where FILE is; `.env` is the project's own."""
    from bot.settings import Settings

    assert Path(str(Settings.model_config.get("env_file"))) == ROOT / ".env"
