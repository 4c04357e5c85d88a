"""The benchmark runs, and measures all that has a budget."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

BUDGETS = {
    "sync GET": ("ratio", "at_most", 1.15),
    "sync GET of 16 MiB": ("ratio", "at_most", 1.5),
    "async GET of 16 MiB": ("ratio", "at_most", 1.5),
    "sync GET of 16 MiB, peak memory": ("library", "at_most", 3),
    "async GET of 16 MiB, peak memory": ("library", "at_most", 3),
    "sync pipeline of 1,000, on one core": ("library", "at_least", 2_000_000),
    "async pipeline of 1,000, on one core": ("library", "at_least", 2_000_000),
    "async GET, 1,000 in flight": ("library", "at_least", 500_000),
    "async GET, 1,000 at a time from one thread": ("library", "at_least", 500_000),
    "process start to first reply, sync": ("ratio", "at_most", 1.3),
    "process start to first reply, async": ("ratio", "at_most", 1.3),
    "#include <upstash/redis.hpp>": ("ratio", "at_most", 1.5),
}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [os.environ["UPSTASH_BENCH"], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    """What it wrote, of which each row is printed, too."""
    file = tmp_path / "bench.json"
    result = bench(*arguments, "--quick", "--json", str(file))
    assert result.returncode == 0, result.stderr
    written: list[dict[str, Any]] = json.loads(file.read_text())["rows"]
    for row in written:
        assert f"\n{row['name']} " in result.stdout
    return written


def test_everything_runs(tmp_path: Path) -> None:
    written = rows(tmp_path)
    for row in written:
        assert all(math.isfinite(row[key]) and row[key] > 0 for key in ("library", "bare", "ratio")), row
    budgets = {}
    for row in written:
        if budget := row.get("budget"):
            bound = "at_most" if "at_most" in budget else "at_least"
            budgets[row["name"]] = (budget["of"], bound, budget[bound])
            measured = row[budget["of"]]
            met = measured <= budget[bound] if bound == "at_most" else measured >= budget[bound]
            assert budget["met"] == met, row
    assert budgets == BUDGETS


def test_a_whole_name_chooses_one(tmp_path: Path) -> None:
    assert [row["name"] for row in rows(tmp_path, "--only", "sync GET")] == ["sync GET"]


def test_a_part_of_a_name_chooses_several(tmp_path: Path) -> None:
    names = [row["name"] for row in rows(tmp_path, "--only", "GET of 1 KiB")]
    assert names == ["sync GET of 1 KiB", "async GET of 1 KiB"]


def test_mistakes_in_the_command_line() -> None:
    unknown = bench("--only", "no such name")
    assert unknown.returncode == 2
    assert "chooses none of" in unknown.stderr and "\n  sync GET\n" in unknown.stderr
    assert bench("--quicker").returncode == 2
    assert bench("--only").returncode == 2
