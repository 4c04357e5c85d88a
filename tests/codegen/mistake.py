"""A mistake in a catalogue, and what must be said about it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from upstash_codegen.__main__ import main


class Mistake(NamedTuple):
    """A change to the correct catalogue, and the lines that it must lead to."""

    file: str
    old: str | None  # None: the whole file
    new: str
    lines: list[str]


def expect_report(mistake: Mistake, catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The generator reports just that, and generates nothing."""
    path = catalogue / "spec" / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old is None or mistake.old in text
    changed = mistake.new if mistake.old is None else text.replace(mistake.old, mistake.new, 1)
    path.write_text(changed, encoding="utf-8")

    assert main(["--spec", "spec", "--out", "out"]) == 1
    assert capsys.readouterr().err.splitlines() == mistake.lines
    assert not (catalogue / "out").exists()
