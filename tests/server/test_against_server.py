"""What the catalogue says of each command is what a real server says of it."""

from __future__ import annotations

import pytest
from api_commands import SPEC
from comparison import ServerCommand, comparable, disagreements
from redis_server import running_server

from upstash_codegen.catalogue import read_catalogue
from upstash_codegen.model import Command

COMMANDS = [command for group in read_catalogue(SPEC).groups for command in group.commands]


class Answers:
    """All that the tests need to know of the server."""

    def __init__(self) -> None:
        with running_server() as server:
            self.version = server.version
            self.commands: dict[str, ServerCommand] = server.commands(command.name for command in COMMANDS)


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers()


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_agrees_with_the_server(command: Command, answers: Answers) -> None:
    server = answers.commands.get(command.name)
    reason = comparable(command, server is not None, answers.version)
    if reason:
        pytest.skip(reason)
    problems = disagreements(command, server, answers.version)
    assert not problems, "\n".join(problems)
