"""A redis-server to ask: a new one, or the one that UPSTASH_TEST_REDIS_URL names.

Run as a program it tells that server's name and version, or why it cannot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from comparison import ServerCommand, older


class RedisServer:
    """One that runs. The tool of its package speaks to it."""

    def __init__(self, address: list[str], password: str = "") -> None:
        self._address = address
        # Not among the arguments, which everyone on the machine sees.
        self._environment = {**os.environ, "REDISCLI_AUTH": password} if password else None
        info = dict(
            line.split(":", 1) for line in self._ask_text("INFO", "server").splitlines() if ":" in line
        )
        self.version = info["redis_version"]  # of the Redis that it is, or is like
        self.product = (
            f"valkey {info['valkey_version']}" if "valkey_version" in info else f"redis {self.version}"
        )

    def commands(self, names: Iterable[str]) -> dict[str, ServerCommand]:
        """What it says of those that it knows."""
        server_names = {name: name.lower().replace(" ", "|") for name in names}
        infos = self._ask("COMMAND", "INFO", *server_names.values())
        docs = {}
        # Redis 7.0 has COMMAND DOCS too, but leaves out some words (the operations of BITOP).
        if not older(self.version, "7.2.0"):
            docs = {
                name.lower(): doc
                for name, doc in self._ask("COMMAND", "DOCS", *server_names.values()).items()
            }
        return {
            name: read_command(info, docs.get(server_names[name]))
            for name, info in zip(server_names, infos)
            if info is not None
        }

    def _ask(self, *command: str) -> Any:
        return json.loads(self._ask_text("--json", *command))

    def _ask_text(self, *command: str) -> str:
        tool = _program("redis-cli", "valkey-cli")
        process = subprocess.run(
            [tool, *self._address, "-e", *command],
            capture_output=True,
            text=True,
            timeout=60,
            env=self._environment,
        )
        assert process.returncode == 0, f"{tool}: {process.stdout}{process.stderr}"
        return process.stdout


def read_command(info: list[Any], doc: dict[str, Any] | None) -> ServerCommand:
    """From what COMMAND INFO and COMMAND DOCS reply for one."""
    flags = set(info[2])
    access = "write" if "write" in flags else "read" if "readonly" in flags else "other"
    if doc is None:
        return ServerCommand(info[1], access)
    tokens = dict(_tokens(doc.get("arguments", []), ""))
    return ServerCommand(info[1], access, doc["since"], tokens)


def _tokens(arguments: list[dict[str, Any]], since: str) -> Iterator[tuple[str, str]]:
    for argument in arguments:
        own = argument.get("since", since)
        if "token" in argument:
            yield argument["token"].upper(), own
        yield from _tokens(argument.get("arguments", []), own)


@contextmanager
def running_server() -> Iterator[RedisServer]:
    url = os.environ.get("UPSTASH_TEST_REDIS_URL")
    if url:
        yield _server_at(urlsplit(url))
        return
    server = os.environ.get("UPSTASH_LOCAL_REDIS_SERVER") or _program("redis-server", "valkey-server")
    with tempfile.TemporaryDirectory() as folder:
        socket = str(Path(folder, "socket"))
        command = [server, "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                _wait_until_ready(process)
                yield RedisServer(["-s", socket])
            finally:
                process.terminate()


def _server_at(url: SplitResult) -> RedisServer:
    assert (
        url.scheme == "redis" and url.hostname
    ), "UPSTASH_TEST_REDIS_URL must be redis://[user:password@]host[:port]"
    user = ["--user", unquote(url.username)] if url.username else []
    address = ["-h", url.hostname, "-p", str(url.port or 6379), *user]
    return RedisServer(address, unquote(url.password or ""))


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if "eady to accept connections" in line:
            return
    raise AssertionError("the server did not start:\n" + "".join(said))


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise AssertionError("there is none of " + ", ".join(names))


if __name__ == "__main__":
    try:
        with running_server() as asked:
            print(asked.product)
    except AssertionError as problem:
        sys.exit(f"error: {problem}")
