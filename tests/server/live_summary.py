"""Says in one line which commands the live tests have exercised: live_summary.py LOG [--partial]

LOG is what UPSTASH_TEST_LIVE_LOG named while they ran. With --partial, when only some of them ran, nothing is said of the others."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from api_commands import SPEC, api_commands
from upstash_codegen.catalogue import read_catalogue
from upstash_codegen.model import Command


@dataclass(frozen=True)
class Record:
    """What became of one example."""

    command: str
    server: str
    outcome: str  # exercised, failed or skipped
    reason: str  # why skipped


def read_log(text: str) -> list[Record]:
    return [Record(*line.split("\t")) for line in text.splitlines()]


def summary(records: list[Record], api: list[str], commands: dict[str, Command], partial: bool) -> str:
    """The line. `api` names all commands that there should be, `commands` are those of the catalogue."""
    ran: dict[str, set[str]] = {}
    reasons: dict[str, str] = {}
    for record in records:
        ran.setdefault(record.command, set()).add(record.outcome)
        reasons[record.command] = record.reason
    exercised, failed = [], []
    others: dict[str, list[str]] = {}
    for name in api:
        outcomes = ran.get(name, set())
        if outcomes & {"exercised", "failed"}:
            exercised.append(name)
            failed += [name] if "failed" in outcomes else []
        elif outcomes:
            others.setdefault(f"skipped ({reasons[name]})", []).append(name)
        elif not partial:
            others.setdefault(_why_absent(commands.get(name)), []).append(name)
    servers = " and ".join(sorted({record.server for record in records}))
    line = f"live: {len(exercised)} of {len(api)} commands exercised, each through Redis and AsyncRedis, on {servers or 'no server'}"
    remarks = {"with failures": failed, **others}
    texts = [f"{len(names)} {what}: {', '.join(names)}" for what, names in remarks.items() if names]
    return ", ".join([line, *(["; ".join(texts)] if texts else [])])


def _why_absent(command: Command | None) -> str:
    if command is None:
        return "not in the catalogue"
    has_live = any(example.live for form in command.forms for example in form.examples)
    return "did not run" if has_live else "without a live example"


def main(log: Path, partial: bool) -> None:
    records = read_log(log.read_text(encoding="utf-8")) if log.exists() else []
    if partial and not records:
        return
    groups = read_catalogue(SPEC).groups
    commands = {command.name: command for group in groups for command in group.commands}
    print(summary(records, api_commands(), commands, partial))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--partial" in sys.argv[2:])
