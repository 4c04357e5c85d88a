"""Mistakes in the catalogue, each with the place where it was made."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Location:
    file: str
    line: int


class CatalogueError(Exception):
    """The catalogue cannot be generated from; holds one line of text per mistake."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Problems:
    """Collects mistakes, so that several are reported at once."""

    def __init__(self) -> None:
        self._found: set[tuple[Location, str]] = set()
        self.reports = 0

    def add(self, location: Location, message: str) -> None:
        self.reports += 1
        self._found.add((location, message))

    def raise_if_any(self) -> None:
        if self._found:
            raise CatalogueError([f"{at.file}:{at.line}: {message}" for at, message in sorted(self._found)])


def one_of(names: Iterable[str]) -> str:
    """What is allowed, as the end of a message."""
    return "allowed: " + (", ".join(sorted(names)) or "nothing")


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """` (did you mean "x"?)`, or nothing when no name is close."""
    close = difflib.get_close_matches(name, sorted(names), n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""
