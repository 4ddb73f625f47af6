"""`python -m bot` in a process of its own, forked off one that has loaded the bot's libraries: that takes seconds."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Final

_forks: Final = get_context("forkserver")
_forks.set_forkserver_preload(
    ["tests.late_aiogram", "bot.cli", "bot.startup", "services.portal", "bot.progress", "texts.imports"]
)


def _live(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path, entry: str) -> None:
    """What the new process does: the same as `python -m bot ARGUMENTS`, in this environment."""
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, place in ((0, Path(os.devnull)), (1, out), (2, err)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        handle = os.open(place, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    sys.argv = ["python -m bot", *arguments]
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
    import_module(entry).main()


class Forked:
    """A process that was begun, as asyncio's own has it: `returncode`, `wait`, `terminate`, `kill`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        out: Path,
        err: Path,
        entry: str = "bot.cli",
    ) -> None:
        """`entry`: the module whose `main` it runs."""
        self._process = _forks.Process(target=_live, args=(arguments, environment, out, err, entry))
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended: its exit code, or the signal that killed it, below zero; None while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    async def wait(self) -> int:
        """How it ended, when it has."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode
