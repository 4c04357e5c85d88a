"""Breaks long lines of C++ and of comments as clang-format does with this repository's settings."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Union

WIDTH = 110
_CONTINUATION = 4


@dataclass(frozen=True)
class Bracketed:
    """`prefix` ends with an opening bracket, `suffix` starts with the closing one."""

    prefix: str
    items: Sequence["Item"]
    suffix: str

    def flat(self) -> str:
        return self.prefix + ", ".join(map(flat, self.items)) + self.suffix


@dataclass(frozen=True)
class Chain:
    """A call, and calls on what it returns: `.get(…)`, `.execute()`."""

    links: Sequence["Item"]

    def flat(self) -> str:
        return "".join(map(flat, self.links))


Item = Union[str, Bracketed, Chain]


def flat(item: Item) -> str:
    """The item on one line."""
    return item if isinstance(item, str) else item.flat()


def prefixed(prefix: str, item: Item) -> Item:
    """The item with a text before it."""
    if isinstance(item, str):
        return prefix + item
    if isinstance(item, Chain):
        return Chain([prefixed(prefix, item.links[0]), *item.links[1:]])
    return Bracketed(prefix + item.prefix, item.items, item.suffix)


def mapped(item: Item, change: Callable[[str], str]) -> Item:
    """The item with all its texts changed."""
    if isinstance(item, str):
        return change(item)
    if isinstance(item, Chain):
        return Chain([mapped(link, change) for link in item.links])
    return Bracketed(change(item.prefix), [mapped(i, change) for i in item.items], change(item.suffix))


def columns(text: str) -> int:
    """The width of a text on the screen."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def fits(text: str, indent: int) -> bool:
    return indent + columns(text) <= WIDTH


def lay_out(item: Item, indent: int = 0) -> str:
    """The item, its first line without indentation (it stands there already), the others with it."""
    if isinstance(item, str) or fits(item.flat(), indent):
        return flat(item)
    if isinstance(item, Chain):
        separator = "\n" + " " * (indent + _CONTINUATION)
        return separator.join(lay_out(link, indent + _CONTINUATION) for link in item.links)
    if not item.items:
        return item.flat()
    if item.prefix == "{":  # the items stand below each other, right behind the brace
        return "{" + _lines(item, indent + 1)
    inner = indent + _CONTINUATION
    new_line = "\n" + " " * inner
    if item.prefix.endswith(" = {"):
        return item.prefix[:-2] + new_line + lay_out(Bracketed("{", item.items, item.suffix), inner)
    merged = _merged(item)
    for broken in (item, merged):
        all_items = ", ".join(map(flat, broken.items)) + broken.suffix
        if fits(all_items, inner):
            return broken.prefix + new_line + all_items
    return merged.prefix + new_line + _lines(merged, inner)


def _merged(item: Bracketed) -> Bracketed:
    """Calls that are each other's only argument, `run(set(…))`, as one pair of brackets."""
    outer = innermost = item
    while len(outer.items) == 1 and isinstance(outer.items[0], Bracketed):
        inner = outer.items[0]
        outer = Bracketed(outer.prefix + inner.prefix, inner.items, inner.suffix + outer.suffix)
        if outer.prefix.endswith("("):
            innermost = outer
    return innermost


def _lines(item: Bracketed, indent: int) -> str:
    """The items and the closing bracket, one item per line."""
    tails = [","] * (len(item.items) - 1) + [item.suffix]
    lines = [lay_out(_with_tail(element, tail), indent) for element, tail in zip(item.items, tails)]
    return ("\n" + " " * indent).join(lines)


def one_per_line(prefix: str, items: Sequence[Item], suffix: str, indent: int = 0) -> str:
    """A braced list with a comma after the last item, which makes clang-format keep one item per line."""
    inner = indent + _CONTINUATION
    lines = [" " * inner + lay_out(_with_tail(item, ","), inner) for item in items]
    return "\n".join([prefix, *lines, " " * indent + suffix])


def _with_tail(item: Item, tail: str) -> Item:
    if isinstance(item, str):
        return item + tail
    if isinstance(item, Chain):
        return Chain([*item.links[:-1], _with_tail(item.links[-1], tail)])
    return Bracketed(item.prefix, item.items, item.suffix + tail)


def comment(text: str, indent: int, marker: str = "///") -> str:
    """The text as comment lines; an empty line separates paragraphs. The first line is not indented."""
    lead = " " * indent + marker
    lines: list[str] = []
    for paragraph in text.strip().split("\n"):
        wrapped = textwrap.wrap(
            paragraph,
            width=WIDTH - len(lead) - 1,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [f"{lead} {line}" for line in wrapped] or [lead]
    return "\n".join(lines).lstrip(" ")
