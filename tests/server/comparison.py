"""Compares a command of the catalogue with what a server says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from upstash_codegen.model import Argument, ArgumentType, Command, Form


@dataclass(frozen=True)
class ServerCommand:
    """What COMMAND INFO and COMMAND DOCS say of a command."""

    arity: int  # the number of words; -3 for three or more
    access: str
    since: str | None = None  # None: no documentation
    tokens: dict[str, str] = field(
        default_factory=dict
    )  # with the version that brought them, "" where the server does not say


def comparable(command: Command, known: bool, version: str) -> str | None:
    """None when the command can be held against a server of the version, or else why not."""
    if not command.since and not known:
        return "the server does not have it, and need not"
    if command.since and older(version, command.since):
        return f"since {command.since}, but the server is {version}"
    if " " in command.name and older(version, "7.0.0"):
        return "servers before 7.0.0 say nothing of subcommands"
    if command.name == "COMMAND GETKEYS" and older(version, "7.2.0"):
        return "servers before 7.2.0 want one word too many"
    return None


def disagreements(command: Command, server: ServerCommand | None, version: str) -> list[str]:
    """What the two disagree about, but for the differences that the catalogue states; and those that are none."""
    found = [] if server is None else _found(command, server, version)
    if server is None:
        found = [("exists", f"the catalogue has it since {command.since}, the server {version} does not")]
    stated = command.differences
    disagreeing = {aspect for aspect, _ in found}
    problems = [f"{command.name}: {aspect}: {text}" for aspect, text in found if aspect not in stated]
    if server is not None:
        if set(server.tokens) - set(_tokens(command)):
            # An option that the catalogue leaves out need not be stated, but it may be.
            disagreeing.add("tokens")
        checked = {"exists", "arity", "access"} | ({"since", "tokens"} if server.since else set())
        problems += [
            f"{command.name}: {aspect}: the catalogue states a difference ({stated[aspect]}), but there is none"
            for aspect in sorted(stated)
            if aspect in checked - disagreeing
        ]
    return problems


def _found(command: Command, server: ServerCommand, version: str) -> list[tuple[str, str]]:
    """Aspects with what is wrong about them."""
    found = [("arity", text) for text in _arity(command, server.arity, version)]
    if command.access != server.access:
        found.append(("access", f'the catalogue says "{command.access}", the server "{server.access}"'))
    if server.since is None:
        return found
    if command.since and command.since != server.since:
        found.append(("since", f"the catalogue says {command.since}, the server {server.since}"))
    for token, since in sorted(_tokens(command).items()):
        if since and older(version, since):
            continue
        if token not in server.tokens:
            known = ", ".join(sorted(server.tokens)) or "none"
            found.append(("tokens", f"the catalogue has {token}, the server only knows {known}"))
        elif since and command.since and server.tokens[token] not in ("", since):
            text = f"the catalogue has {token} since {since}, the server since {server.tokens[token]}"
            found.append(("since", text))
    return found


# Arity

# The kinds of data that are one word each.
_SINGLE_WORDS = frozenset({"key", "text", "value", "integer", "double", "duration", "instant"})


@dataclass(frozen=True)
class _Words:
    """How many words there are, at least and at most; None for any number."""

    least: int
    most: int | None

    def __add__(self, other: _Words) -> _Words:
        endless = self.most is None or other.most is None
        return _Words(self.least + other.least, None if endless else (self.most or 0) + (other.most or 0))

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"

    def within(self, allowed: _Words) -> bool:
        enough = self.least >= allowed.least
        return enough and (allowed.most is None or (self.most is not None and self.most <= allowed.most))


def _arity(command: Command, arity: int, version: str) -> Iterator[str]:
    allowed = _Words(abs(arity), arity if arity > 0 else None)
    for form in command.forms:
        if older(version, form.since):
            continue
        for signature in form.signatures:
            sent = _sent(command, signature.arguments)
            if sent and form.builder:
                sent += _Words(0, None)
            if sent and not sent.within(allowed):
                yield f"the method {signature.method} sends {sent} words, the server takes {allowed}"
        for example in form.examples:
            count = len(example.wire)
            if not older(version, example.since) and not _Words(count, count).within(allowed):
                yield f'the example "{" ".join(example.wire)}" has {count} words, the server takes {allowed}'


def _sent(command: Command, arguments: tuple[Argument, ...]) -> _Words | None:
    """None when one of the types does not tell; then the examples must do."""
    words = len(command.name.split())
    total = _Words(words, words)
    for argument in arguments:
        made = _made_by(argument)
        if made is None:
            return None
        total += made
    return total


def _made_by(argument: Argument) -> _Words | None:
    around = (1 if argument.token else 0) + (1 if argument.counted else 0)
    made = _Words(around, around)
    if argument.type:
        own = _made_by_type(argument.type, argument.at_least_one)
        if own is None:
            return None
        made += own
    return _Words(0, made.most) if argument.optional else made


def _made_by_type(kind: ArgumentType, at_least_one: bool) -> _Words | None:
    if kind.data in _SINGLE_WORDS:
        return _Words(1, 1)
    if kind.data == "flag":
        return _Words(0, 0)
    if kind.data == "tuple":
        return _Words(len(kind.parts), len(kind.parts))
    if kind.many:
        of_one = len(kind.pair) or len(kind.parts) or 1
        return _Words(of_one if at_least_one else 0, None)
    if kind.data == "expiry":
        return _Words(1, 2)
    if kind.data == "choice":
        sizes = [2 if alternative.value else 1 for alternative in kind.alternatives]
        return _Words(min(sizes), max(sizes))
    return None


# Tokens


def _tokens(command: Command) -> dict[str, str]:
    """The words of the command's grammar with the version that brought them, "" when the catalogue does not say."""
    tokens: dict[str, str] = {}
    for form in command.forms:
        arguments = list(form.signatures[0].arguments)
        found = []
        for operation in form.builder.operations if form.builder else ():
            found.append((operation.token, form.since))
            arguments += operation.arguments
        for argument in arguments:
            found += _tokens_of(form, argument)
        for token, since in found:
            known = tokens.get(token)
            tokens[token] = since if not known or (since and older(since, known)) else known
    return tokens


def _tokens_of(form: Form, argument: Argument) -> Iterator[tuple[str, str]]:
    since = _newest(form.since, argument.since)
    if argument.token:
        yield argument.token, since
    if argument.type:
        for alternative in argument.type.alternatives:
            yield alternative.token, _newest(since, alternative.since)
        for word in re.findall(r"\b[A-Z]+\b|[~=]", argument.type.wire or ""):
            yield word, ""


# Versions


def _newest(one: str, other: str | None) -> str:
    return other if other and older(one, other) else one


def older(version: str, than: str) -> bool:
    return _numbers(version) < _numbers(than)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
