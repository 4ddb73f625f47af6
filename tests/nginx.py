"""nginx on the configuration that is deployed; only ports, addresses and places are the test's own."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.settings import ROOT
from tests.running import free_port, written

DEPLOYED: Final = ROOT / "deploy" / "nginx.conf"
REPLICA: Final = re.compile(r"server (\d+\.\d+\.\d+\.\d+:\d+) ")
SERVERS: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
"""Debian keeps servers' programs where an ordinary PATH does not look."""
COMES_WITHIN: Final = 10.0


def nginx_program() -> str:
    """Where nginx is. Skips where it is not."""
    program = shutil.which("nginx", path=SERVERS)
    if program is None:
        pytest.skip("left out: no nginx")
    return program


def put(text: str, there: str, here: str) -> str:
    """The text with something of it replaced. Raises: AssertionError, where it is not in there."""
    assert there in text, there
    return text.replace(there, here)


def moved(folder: Path) -> str:
    """The deployed configuration with its files in a folder and its ports free ones."""
    text = put(DEPLOYED.read_text("utf-8"), " /tmp/", f" {folder}/")
    text = put(text, "/dev/stderr", f"{folder}/nginx.log")
    return put(text, "listen 127.0.0.1:8090", f"listen 127.0.0.1:{free_port()}")


def without_tls(text: str, port: int) -> str:
    """A configuration that takes plain HTTP on a port of this machine: a certificate for that nobody would trust."""
    text = put(text, "listen 443 ssl;", f"listen 127.0.0.1:{port};")
    return re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE)


@asynccontextmanager
async def balancer(folder: Path, replicas: Sequence[str]) -> AsyncIterator[str]:
    """nginx in front of these replicas (host:port), as it is deployed; yields where it listens, http://host:port."""
    port, text = free_port(), moved(folder)
    for deployed, here in zip(REPLICA.findall(text), replicas, strict=True):
        text = put(text, deployed, here)
    place = folder / "nginx.conf"
    place.write_text(without_tls(text, port), "utf-8")
    log = folder / "nginx.log"
    running = await asyncio.create_subprocess_exec(
        nginx_program(), "-e", log, "-p", folder, "-c", place, "-g", "daemon off;"
    )
    try:
        await _until_it_listens(port, running, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


async def _until_it_listens(port: int, running: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(COMES_WITHIN):
        while True:
            assert running.returncode is None, written(log)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return
