"""The commands of the API, as spec/api_commands.txt lists them."""

from __future__ import annotations

from pathlib import Path

SPEC = Path(__file__).parents[2] / "spec"


def api_commands() -> list[str]:
    lines = (SPEC / "api_commands.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
