"""The catalogue as the templates see it: checked, complete, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from upstash_codegen import cpp


@dataclass(frozen=True)
class Alternative:
    """One of a choice."""

    name: str
    token: str
    value: ArgumentType | None  # the type of the argument that it brings
    since: str | None
    doc: str


@dataclass(frozen=True)
class ArgumentType:
    """What types.yaml says of one type of argument, or of a choice."""

    name: str
    data: str
    parameter: str | None
    option: str | None
    headers: tuple[str, ...]
    doc: str | None
    convert: str | None = None
    units: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    wire: str | None = None
    element: ArgumentType | None = None
    pair: tuple[ArgumentType, ...] = ()
    unit: str | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def has_values(self) -> bool:
        """For a choice: whether an alternative brings an argument."""
        return any(alternative.value for alternative in self.alternatives)


@dataclass(frozen=True)
class ReplyType:
    """What types.yaml says of one type of reply."""

    name: str
    of: str | None
    cpp_type: str
    method_type: str | None
    item: str | None
    shape: str
    headers: tuple[str, ...]
    data: str
    doc: str


@dataclass(frozen=True)
class Reply:
    """A reply as a command names it, such as list<optional<string>>."""

    type: ReplyType
    of: Reply | None

    @cached_property
    def cpp_type(self) -> str:
        return self._filled(self.type.cpp_type)

    @cached_property
    def method_type(self) -> str:
        return self.type.method_type or self.cpp_type

    @cached_property
    def item(self) -> str:
        return self._filled(self.type.item or "")

    @cached_property
    def shape(self) -> str:
        inner = self.of.shape if self.of else ""
        return "shape::" + self.type.shape.replace("{of}", inner)

    @cached_property
    def headers(self) -> tuple[str, ...]:
        return self.type.headers + (self.of.headers if self.of else ())

    def _filled(self, template: str) -> str:
        if self.of is None:
            return template
        return template.replace("{of}", self.of.cpp_type).replace("{item}", self.of.item)


@dataclass(frozen=True)
class Argument:
    """An argument of a command; without a type it is a fixed word."""

    name: str
    type: ArgumentType | None
    doc: str
    token: str | None
    optional: bool
    at_least_one: bool
    counted: bool
    since: str | None
    unsafe: bool  # when given, the command must not be retried

    @property
    def noun(self) -> str:
        """What one element of a list is called."""
        return self.name[:-1] if self.name.endswith("s") else self.name


@dataclass(frozen=True)
class Rule:
    """What types cannot say about options."""

    option: str
    needs: tuple[str, ...]
    excludes: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class CallArgument:
    """Data for an argument in an example."""

    name: str
    type: ArgumentType
    optional: bool
    data: Any


@dataclass(frozen=True)
class Example:
    """A call with all that happens."""

    name: str  # of the tests: set_2
    method: str
    about: str | None
    since: str
    keys: tuple[str, ...]
    setup: tuple[tuple[str, ...], ...]
    call: tuple[CallArgument, ...]  # in the order of the C++ parameters and members
    wire: tuple[str, ...]
    raw_reply: Any
    result: Any
    match: str
    tolerance: float | None
    live: bool
    database_wide: bool


@dataclass(frozen=True)
class Options:
    """The struct of a method's optional arguments."""

    name: str
    command: str
    members: tuple[Argument, ...]


@dataclass(frozen=True)
class Signature:
    """One C++ method: a form, or its overload that takes a single pair."""

    method: str
    arguments: tuple[Argument, ...]  # in wire order, fixed words included
    options: Options | None

    @cached_property
    def required(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if argument.type and not argument.optional)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        declared = [
            f"{argument.type.parameter} {argument.name}" for argument in self.required if argument.type
        ]
        return tuple(declared + ([f"const {self.options.name}& options"] if self.options else []))

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple([argument.name for argument in self.required] + (["options"] if self.options else []))


@dataclass(frozen=True)
class Form:
    """One return type of a command, with the methods that return it."""

    command: str
    summary: str
    since: str
    access: str
    idempotent: bool
    details: str | None
    rules: tuple[Rule, ...]
    reply: Reply
    returns: str
    errors: tuple[tuple[str, str], ...]  # code and explanation
    signatures: tuple[Signature, ...]
    examples: tuple[Example, ...]

    @property
    def method(self) -> str:
        return self.signatures[0].method

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """Those that a caller gives, for the reference."""
        return tuple(argument for argument in self.signatures[0].arguments if argument.type)

    @cached_property
    def unsafe_options(self) -> tuple[str, ...]:
        return tuple(argument.name for argument in self.arguments if argument.unsafe)


@dataclass(frozen=True)
class Command:
    """An entry of the catalogue."""

    name: str
    summary: str
    since: str
    complexity: str
    deprecated: str | None
    details: str | None
    forms: tuple[Form, ...]
    options: tuple[Options, ...]

    @property
    def anchor(self) -> str:
        """Of its heading in the reference."""
        return self.name.lower().replace(" ", "-").replace(".", "")


@dataclass(frozen=True)
class Group:
    """A file of commands."""

    name: str
    source: str
    title: str
    summary: str
    commands: tuple[Command, ...]

    @property
    def pascal_name(self) -> str:
        return cpp.pascal_case(self.name)


@dataclass(frozen=True)
class Catalogue:
    types_source: str
    choices: tuple[ArgumentType, ...]
    replies: tuple[ReplyType, ...]
    groups: tuple[Group, ...]
