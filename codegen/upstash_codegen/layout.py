"""Breaks long lines of C++ and of comments as clang-format does with this repository's settings."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Union

WIDTH = 110
_CONTINUATION = 4
# From so many elements on, clang-format lays braced lists out in columns.
_COLUMNS_FROM = 20
_MAX_COLUMN_SLACK = 10


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


@dataclass(frozen=True)
class Assigned:
    """`target = value`."""

    target: str
    value: "Item"

    def flat(self) -> str:
        return f"{self.target} = {flat(self.value)}"


@dataclass(frozen=True)
class Joined:
    """Terms with a binary operator between them."""

    operator: str
    terms: Sequence["Item"]

    def flat(self) -> str:
        return f" {self.operator} ".join(map(flat, self.terms))


Item = Union[str, Bracketed, Chain, Assigned, Joined]


def flat(item: Item) -> str:
    """The item on one line."""
    return item if isinstance(item, str) else item.flat()


def mapped(item: Item, change: Callable[[str], str]) -> Item:
    """The item with all its texts changed."""
    if isinstance(item, str):
        return change(item)
    if isinstance(item, Chain):
        return Chain([mapped(link, change) for link in item.links])
    if isinstance(item, Assigned):
        return Assigned(item.target, mapped(item.value, change))
    if isinstance(item, Joined):
        return Joined(item.operator, [mapped(term, change) for term in item.terms])
    return Bracketed(change(item.prefix), [mapped(i, change) for i in item.items], change(item.suffix))


def expression(text: str) -> Item:
    """An expression as far as it can be broken: `f(a, T{.b = c})`."""
    target, assigned, value = text.partition(" = ")
    if assigned and re.fullmatch(r"\.\w+", target):
        return Assigned(target, expression(value))
    commas, depth, opened = [], 0, None
    for match in re.finditer(r'"(?:\\.|[^"\\])*"|[][(){},]', text):
        if match[0] in "([{":
            opened = match.end() if opened is None else opened
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
            if depth == 0 and match.end() < len(text):
                return text
        elif match[0] == "," and depth == 1:
            commas.append(match.start())
    if opened is None or opened == len(text) - 1:
        return text
    starts = [opened, *(comma + 1 for comma in commas)]
    items = [text[start:end].strip() for start, end in zip(starts, [*commas, len(text) - 1])]
    return Bracketed(text[:opened], [expression(item) for item in items], text[-1])


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
    if isinstance(item, Assigned):
        return _assigned(item, indent)
    if isinstance(item, Joined):
        return _joined(item, "", indent, _CONTINUATION)
    if not item.items:
        return item.flat()
    if item.prefix == "{":
        return _in_columns(item, indent) or "{" + _lines(item, indent + 1)
    only = item.items[0] if len(item.items) == 1 else None
    if item.prefix == "(" and isinstance(only, Joined):
        return "(" + _joined(only, item.suffix, indent + 1, 0)
    inner = indent + _CONTINUATION
    new_line = "\n" + " " * inner
    merged = _merged(item)
    for broken in (item, merged):
        all_items = ", ".join(map(flat, broken.items)) + broken.suffix
        if fits(all_items, inner):
            return broken.prefix + new_line + all_items
    return merged.prefix + new_line + _lines(merged, inner)


def _assigned(item: Assigned, indent: int) -> str:
    start = item.target + " = "
    value = item.value
    if isinstance(value, Bracketed):
        columns_behind = value.prefix == "{" and _in_columns(value, indent + len(start))
        if columns_behind:
            return start + columns_behind
        if value.prefix != "{" and not fits(value.flat(), indent + _CONTINUATION):
            return lay_out(Bracketed(start + value.prefix, value.items, value.suffix), indent)
    inner = indent + _CONTINUATION
    return start.rstrip() + "\n" + " " * inner + lay_out(value, inner)


def _joined(item: Joined, tail: str, indent: int, continuation: int) -> str:
    """As many terms on each line as there is room for, and the tail behind the last."""
    inner = indent + continuation
    lines: list[str] = []
    for i, term in enumerate(item.terms):
        ended = _with_tail(term, f" {item.operator}" if i + 1 < len(item.terms) else tail)
        line = f"{lines[-1]} {flat(ended)}" if lines else ""
        if lines and "\n" not in line and fits(line, inner if lines[1:] else indent):
            lines[-1] = line
        else:
            lines.append(lay_out(ended, inner if lines else indent))
    return ("\n" + " " * inner).join(lines)


def _in_columns(item: Bracketed, indent: int) -> str | None:
    """A long list in columns, as few as lead to the fewest lines; None when it does not get more than one."""
    texts = [flat(element) + "," for element in item.items[:-1]] + [flat(item.items[-1]) + item.suffix]
    if len(texts) < _COLUMNS_FROM:
        return None
    best: list[int] = []  # the widths of the columns
    fewest_rows = len(texts)
    for count in range(2, len(texts) + 1):
        sizes = [[columns(text) for text in texts[i::count]] for i in range(count)]
        widths = [max(column) for column in sizes]
        slack = max(max(column) - min(column) for column in sizes[:-1])
        rows = -(-len(texts) // count)
        fitting = sum(widths) + count - 1 <= WIDTH - indent and slack <= _MAX_COLUMN_SLACK
        if fitting and rows < fewest_rows:
            best, fewest_rows = widths, rows
    if not best:
        return None
    rows_of_text = [
        " ".join(
            text.ljust(len(text) + width - columns(text)) for text, width in zip(texts[i:], best)
        ).rstrip()
        for i in range(0, len(texts), len(best))
    ]
    return "{" + ("\n" + " " * (indent + 1)).join(rows_of_text)


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
    if isinstance(item, Assigned):
        return Assigned(item.target, _with_tail(item.value, tail))
    if isinstance(item, Joined):
        return Joined(item.operator, [*item.terms[:-1], _with_tail(item.terms[-1], tail)])
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
