"""Each kind of disagreement between the catalogue and a server is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api_commands import SPEC
from comparison import ServerCommand, comparable, disagreements
from redis_server import read_command

from upstash_codegen.catalogue import read_catalogue
from upstash_codegen.model import Argument, ArgumentType, Builder, Command, Operation

VERSION = "8.6.3"
COMMANDS = {command.name: command for group in read_catalogue(SPEC).groups for command in group.commands}
INTEGER = ArgumentType("integer", "integer", "", None, (), None)
GETEX = COMMANDS["GETEX"]
SCAN = COMMANDS["SCAN"]
# As real servers have them.
GETEX_ON_SERVER = ServerCommand(
    -2, "write", "6.2.0", dict.fromkeys(["EX", "PX", "EXAT", "PXAT", "PERSIST"], "6.2.0")
)
SCAN_ON_SERVER = ServerCommand(-2, "read", "2.8.0", {"MATCH": "", "COUNT": "", "TYPE": "6.0.0"})


def only_problem(command: Command, server: ServerCommand | None, version: str = VERSION) -> str:
    problems = disagreements(command, server, version)
    assert len(problems) == 1, problems
    return problems[0]


def test_what_agrees_is_no_problem() -> None:
    assert disagreements(GETEX, GETEX_ON_SERVER, VERSION) == []
    assert disagreements(SCAN, SCAN_ON_SERVER, VERSION) == []


def test_a_command_that_the_server_lacks() -> None:
    assert (
        only_problem(GETEX, None)
        == "GETEX: exists: the catalogue has it since 6.2.0, the server 8.6.3 does not"
    )


def test_which_commands_can_be_compared() -> None:
    assert comparable(GETEX, known=True, version=VERSION) is None
    assert comparable(GETEX, known=False, version=VERSION) is None
    assert comparable(GETEX, known=False, version="6.0.16") == "since 6.2.0, but the server is 6.0.16"
    own = replace(GETEX, since="")
    assert comparable(own, known=False, version=VERSION) == "the server does not have it, and need not"
    assert comparable(own, known=True, version=VERSION) is None
    subcommand = replace(GETEX, name="OBJECT FREQ", since="4.0.0")
    assert (
        comparable(subcommand, known=False, version="6.2.0")
        == "servers before 7.0.0 say nothing of subcommands"
    )
    assert comparable(subcommand, known=False, version="7.0.0") is None


def test_calls_that_are_too_short() -> None:
    problems = disagreements(GETEX, replace(GETEX_ON_SERVER, arity=-3), VERSION)
    assert problems[0] == "GETEX: arity: the method getex sends 2 to 4 words, the server takes 3 or more"
    assert problems[1].startswith('GETEX: arity: the example "GETEX ')
    assert problems[1].endswith('" has 2 words, the server takes 3 or more')


@pytest.mark.parametrize(("name", "sent"), [("GETEX", "2 to 4"), ("DEL", "2 or more"), ("GET", "2")])
def test_calls_that_are_too_long(name: str, sent: str) -> None:
    command = COMMANDS[name]
    server = ServerCommand(1, command.forms[0].access)
    expected = f"{name}: arity: the method {command.forms[0].method} sends {sent} words, the server takes 1"
    assert expected in disagreements(command, server, VERSION)


def test_calls_that_are_newer_than_the_server() -> None:
    server = replace(GETEX_ON_SERVER, arity=-9, since=None)
    assert disagreements(GETEX, server, "6.2.0") != []
    assert disagreements(GETEX, server, "6.0.16") == []


def test_another_access() -> None:
    assert (
        only_problem(GETEX, replace(GETEX_ON_SERVER, access="read"))
        == 'GETEX: access: the catalogue says "write", the server "read"'
    )


def test_another_version_of_the_command() -> None:
    problems = disagreements(GETEX, replace(GETEX_ON_SERVER, since="6.0.0"), VERSION)
    assert problems == ["GETEX: since: the catalogue says 6.2.0, the server 6.0.0"]


def test_an_option_that_the_server_lacks() -> None:
    tokens = {"MATCH": "2.8.0", "TYPE": "6.0.0"}
    expected = "SCAN: tokens: the catalogue has COUNT, the server only knows MATCH, TYPE"
    assert only_problem(SCAN, replace(SCAN_ON_SERVER, tokens=tokens)) == expected


def test_an_expiry_that_the_server_lacks() -> None:
    tokens = dict.fromkeys(["EX", "PX", "EXAT", "PXAT"], "6.2.0")
    expected = "GETEX: tokens: the catalogue has PERSIST, the server only knows EX, EXAT, PX, PXAT"
    assert only_problem(GETEX, replace(GETEX_ON_SERVER, tokens=tokens)) == expected


def test_an_alternative_that_the_server_lacks() -> None:
    server = ServerCommand(-3, "write", "1.0.0", {"NX": "7.0.0", "XX": "7.0.0", "GT": "7.0.0"})
    command = COMMANDS["EXPIRE"]
    assert (
        only_problem(command, server)
        == "EXPIRE: tokens: the catalogue has LT, the server only knows GT, NX, XX"
    )


def test_operations_of_a_builder_and_words_of_tuples() -> None:
    kind = ArgumentType("limit", "tuple", None, "", (), None, parts=(INTEGER, INTEGER))
    many = ArgumentType("places", "tuples", "", None, (), None, parts=(INTEGER, INTEGER, INTEGER))
    part = Argument("places", many, "", None, optional=False, at_least_one=True)
    operation = Operation("get", "PEEK", "", (Argument("limit", kind, "", "LIMIT", optional=False),))
    form = GETEX.forms[0]
    signature = replace(form.signatures[0], arguments=(part,))
    built = replace(
        form, signatures=(signature,), examples=(), builder=Builder("GetexBuilder", "getex", (operation,))
    )
    command = replace(GETEX, forms=(built,))
    server = ServerCommand(-4, "write", "6.2.0", {"PEEK": "", "LIMIT": ""})
    assert disagreements(command, server, VERSION) == []
    assert disagreements(command, replace(server, arity=4, tokens={"PEEK": ""}), VERSION) == [
        "GETEX: arity: the method getex sends 4 or more words, the server takes 4",
        "GETEX: tokens: the catalogue has LIMIT, the server only knows PEEK",
    ]


def test_another_version_of_an_option() -> None:
    tokens = {**SCAN_ON_SERVER.tokens, "TYPE": "6.2.0"}
    expected = "SCAN: since: the catalogue has TYPE since 6.0.0, the server since 6.2.0"
    assert only_problem(SCAN, replace(SCAN_ON_SERVER, tokens=tokens)) == expected
    silent = dict.fromkeys(tokens, "")
    assert disagreements(SCAN, replace(SCAN_ON_SERVER, tokens=silent), VERSION) == []


def test_an_option_newer_than_the_server() -> None:
    tokens = {"MATCH": "2.8.0", "COUNT": "2.8.0"}
    assert disagreements(SCAN, replace(SCAN_ON_SERVER, tokens=tokens), "5.0.14") == []


def test_a_server_without_documentation() -> None:
    assert disagreements(GETEX, ServerCommand(-2, "write"), "6.2.0") == []


def test_a_stated_difference() -> None:
    other = ServerCommand(-9, "read", "1.0.0", {})
    stated = {"arity": "a", "access": "b", "since": "c", "tokens": "d"}
    assert disagreements(replace(GETEX, differences=stated), other, VERSION) == []
    assert disagreements(replace(GETEX, differences={"exists": "e"}), None, VERSION) == []
    del stated["tokens"]
    problems = disagreements(replace(GETEX, differences=stated), other, VERSION)
    assert problems and all(problem.startswith("GETEX: tokens: ") for problem in problems)


@pytest.mark.parametrize("aspect", ["exists", "arity", "access", "since", "tokens"])
def test_a_stated_difference_that_is_none(aspect: str) -> None:
    command = replace(GETEX, differences={aspect: "the reason"})
    assert only_problem(command, GETEX_ON_SERVER) == (
        f"GETEX: {aspect}: the catalogue states a difference (the reason), but there is none"
    )


def test_an_option_that_the_catalogue_lacks_may_be_stated() -> None:
    server = replace(GETEX_ON_SERVER, tokens={**GETEX_ON_SERVER.tokens, "BLOCK": ""})
    assert disagreements(GETEX, server, VERSION) == []
    assert disagreements(replace(GETEX, differences={"tokens": "the reason"}), server, VERSION) == []


def test_a_stated_difference_that_cannot_be_checked() -> None:
    command = replace(GETEX, differences={"since": "a", "tokens": "b"})
    assert disagreements(command, ServerCommand(-2, "write"), VERSION) == []


def test_what_a_server_says_is_read() -> None:
    doc = {
        "since": "1.0.0",
        "arguments": [
            {"name": "key", "type": "key"},
            {
                "name": "condition",
                "type": "oneof",
                "since": "3.0.0",
                "arguments": [
                    {"name": "nx", "type": "pure-token", "token": "nx"},
                    {"name": "eq", "type": "string", "token": "EQ", "since": "8.0.0"},
                ],
            },
            {"name": "count", "type": "integer", "token": "COUNT"},
        ],
    }
    tokens = {"NX": "3.0.0", "EQ": "8.0.0", "COUNT": ""}
    assert read_command(["get", -2, ["write", "fast"]], doc) == ServerCommand(-2, "write", "1.0.0", tokens)
    assert read_command(["get", 3, ["readonly"]], None) == ServerCommand(3, "read")
    assert read_command(["ping", -1, ["fast"]], None) == ServerCommand(-1, "other")
