"""The line that ends ./dev test."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_commands import SPEC, api_commands
from live_summary import main, read_log, summary

from upstash_codegen.catalogue import read_catalogue

COMMANDS = {command.name: command for group in read_catalogue(SPEC).groups for command in group.commands}
LOG = """\
GET\tredis 7.0.15\texercised\t
SET\tredis 7.0.15\texercised\t
SET\tredis 7.0.15\tskipped\tserver lacks them
HGETDEL\tredis 7.0.15\tskipped\tserver lacks them
DELEX\tredis 7.0.15\tskipped\tserver lacks them
KEYS\tredis 7.0.15\tskipped\twould touch more than the tests' own keys
MGET\tredis 7.0.15\tfailed\t
MGET\tredis 7.0.15\texercised\t
"""
API = ["DELEX", "GET", "GRAB", "HGETDEL", "KEYS", "MGET", "SET", "TTL"]


def test_everything_exercised() -> None:
    line = summary(read_log("GET\tvalkey 8.1.4\texercised\t\n"), ["GET"], COMMANDS, partial=False)
    assert line == "live: 1 of 1 commands exercised, each through Redis and AsyncRedis, on valkey 8.1.4"


def test_all_that_was_not_exercised_is_named_with_the_reason() -> None:
    assert summary(read_log(LOG), API, COMMANDS, partial=False) == (
        "live: 3 of 8 commands exercised, each through Redis and AsyncRedis, on redis 7.0.15, 1 with failures: MGET; "
        "2 skipped (server lacks them): DELEX, HGETDEL; 1 not in the catalogue: GRAB; "
        "1 skipped (would touch more than the tests' own keys): KEYS; 1 did not run: TTL"
    )


def test_a_run_of_some_says_nothing_of_the_others() -> None:
    assert summary(read_log(LOG), API, COMMANDS, partial=True) == (
        "live: 3 of 8 commands exercised, each through Redis and AsyncRedis, on redis 7.0.15, 1 with failures: MGET; "
        "2 skipped (server lacks them): DELEX, HGETDEL; 1 skipped (would touch more than the tests' own keys): KEYS"
    )


def test_a_command_without_a_live_example() -> None:
    without = {
        name
        for name, command in COMMANDS.items()
        if not any(example.live for form in command.forms for example in form.examples)
    }
    for name in without:
        assert summary([], [name], COMMANDS, partial=False).endswith(f"1 without a live example: {name}")


def test_no_example_ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(tmp_path / "log", partial=True)
    assert capsys.readouterr().out == ""
    main(tmp_path / "log", partial=False)
    total = len(api_commands())
    assert (
        f"live: 0 of {total} commands exercised, each through Redis and AsyncRedis, on no server"
        in capsys.readouterr().out
    )
