"""What commands look like on the wire: `SET key value [NX | XX] [EX seconds | KEEPTTL]`."""

from __future__ import annotations

import re

from upstash_codegen.layout import WIDTH
from upstash_codegen.model import Alternative, Argument, ArgumentType, Form, Operation

_INDENT = "    "


def form(of: Form) -> str:
    """The form's words, broken between arguments where a line is full."""
    parts = [of.command, *(argument(a) for a in of.signatures[0].arguments)]
    if of.builder:
        operations = " | ".join(map(operation, of.builder.operations))
        parts.append(f"{operations} …" if len(of.builder.operations) == 1 else f"<{operations}> …")
    lines = [""]
    for part in parts:
        for piece in _pieces(part):
            if lines[-1].strip() and len(f"{lines[-1]} {piece}") > WIDTH:
                lines.append(_INDENT)
            lines[-1] += piece if not lines[-1].strip() else f" {piece}"
    return "\n".join(lines)


def operation(of: Operation) -> str:
    """The words of one of a builder's operations."""
    return " ".join([of.token, *map(argument, of.arguments)])


def argument(of: Argument) -> str:
    """The words of an argument, in square brackets when it may be left out."""
    words = words_of(of)
    if of.optional:
        return f"[{words}]"
    return f"<{words}>" if _is_choice(words) and not of.token else words


def words_of(of: Argument) -> str:
    """The words of an argument that is given."""
    if of.type is None or of.type.data == "flag":
        return of.token or ""
    words = [of.token] if of.token else []
    if of.counted:
        words.append(f"num{_pair(of, of.type)[0]}s" if of.type.pair else f"num{of.name}")
    content = _content(of, of.type)
    words.append(f"<{content}>" if words and _is_choice(content) else content)
    return " ".join(words)


def alternative(of: Alternative) -> str:
    """The words of one of a choice."""
    if of.value is None:
        return of.token
    return f"{of.token} {_placeholder(of.value)}"


def _content(of: Argument, kind: ArgumentType) -> str:
    if kind.alternatives:
        return " | ".join(map(alternative, kind.alternatives))
    if kind.wire and kind.many:
        return _repeated(kind.wire, of.at_least_one)
    if kind.wire:
        return re.sub(r"\s*\|\s*", " | ", kind.wire)
    if kind.data == "list":
        return _repeated(f"{of.noun}…", of.at_least_one or of.optional)
    if kind.data == "pairs":
        return _repeated(" ".join(_pair(of, kind)) + "…", of.at_least_one)
    return of.name


def _pair(of: Argument, kind: ArgumentType) -> tuple[str, ...]:
    """What the halves of a pair are called: `field value`."""
    return of.pair_names or tuple(kind.name.removesuffix("s").split("_"))


def _repeated(words: str, at_least_one: bool) -> str:
    """`score member…` as `score member [score member …]`."""
    made: list[str] = []
    group: list[str] = []
    for word in words.split():
        group.append(word.removesuffix("…"))
        if word.endswith("…"):
            once = " ".join(group)
            made.append(f"{once} [{once} …]" if at_least_one else f"[{once} …]")
            group = []
    return " ".join([*made, *group])


def _placeholder(kind: ArgumentType) -> str:
    """What stands for a value of that type."""
    return kind.name.replace("_", "-")


def _is_choice(words: str) -> bool:
    """Whether there is a `|` outside of brackets."""
    depth = 0
    for character in words:
        depth += (character in "[<") - (character in "]>")
        if character == "|" and depth == 0:
            return True
    return False


def _pieces(part: str) -> list[str]:
    """The part whole or, when it fills a line alone, its alternatives."""
    if len(part) + len(_INDENT) <= WIDTH:
        return [part]
    first, *others = part.split(" | ")
    return [first, *(f"| {other}" for other in others)]
