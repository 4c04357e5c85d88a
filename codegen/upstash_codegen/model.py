"""The catalogue as the templates see it: checked, complete, immutable."""

from __future__ import annotations

from collections.abc import Mapping
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
    parts: tuple[ArgumentType, ...] = ()
    unit: str | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def has_values(self) -> bool:
        """For a choice: whether an alternative brings an argument."""
        return any(alternative.value for alternative in self.alternatives)

    @property
    def many(self) -> bool:
        """Whether it holds any number of elements."""
        return self.data in ("list", "pairs", "tuples")

    @property
    def is_one_word(self) -> bool:
        """Whether it is always a single word on the wire."""
        single = ("key", "text", "value", "integer", "double", "duration", "instant")
        return self.data in single or (self.data == "choice" and not self.has_values)

    def alternative(self, name: str) -> Alternative | None:
        """The alternative of that name."""
        return next((alternative for alternative in self.alternatives if alternative.name == name), None)


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
    structure: Structure | None = None


@dataclass(frozen=True)
class Member:
    """A member of a structure."""

    name: str
    field: str  # its name on the wire
    reply: Reply
    doc: str
    optional: bool  # may be missing or nil


@dataclass(frozen=True)
class Structure:
    """A C++ struct that replies are made of."""

    name: str
    doc: str
    layout: str  # list: members by position; map: by name
    header: str | None  # of a struct written by hand
    own_shape: str | None  # a parser written by hand
    members: tuple[Member, ...]


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
    def inner_shape(self) -> str:
        """The shape as code in its own namespace names it."""
        return self.shape.replace("shape::", "")

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
    at_least_one: bool = False
    counted: bool = False
    since: str | None = None
    unsafe: bool = False  # when given, the command must not be retried
    default: str | None = None  # of a required text
    pair_names: tuple[str, ...] = ()  # what the halves of a single pair are called

    @property
    def noun(self) -> str:
        """What one element of a list is called."""
        return self.name.removesuffix("es" if self.name.endswith("xes") else "s")

    @property
    def expression(self) -> str:
        """The argument as generated functions name it."""
        return f"options.{self.name}" if self.optional else self.name

    @property
    def default_value(self) -> str | None:
        """What a required argument is when a caller leaves it out."""
        if self.default is not None:
            return cpp.string_literal(self.default)
        return "{}" if self.type and self.type.many and not self.at_least_one else None


@dataclass(frozen=True)
class Rule:
    """What types cannot say about arguments."""

    option: Argument
    values: tuple[str, ...]  # the alternatives of the option that the rule is about; without them, any
    needs: tuple[Argument, ...]
    excludes: tuple[Argument, ...]
    sizes: tuple[tuple[Argument, str, int], ...]  # a list, its comparison, the number of its elements
    same_size: Argument | None
    message: str


@dataclass(frozen=True)
class CallArgument:
    """Data for an argument in an example."""

    name: str
    type: ArgumentType
    optional: bool
    data: Any


@dataclass(frozen=True)
class CallOperation:
    """One operation in an example of a builder."""

    method: str
    arguments: tuple[CallArgument, ...]


@dataclass(frozen=True)
class Example:
    """A call with all that happens."""

    name: str  # of the tests: set_2
    family: str | None
    method: str
    about: str | None
    since: str  # empty: Redis does not have it
    keys: tuple[str, ...]
    setup: tuple[tuple[str, ...], ...]
    call: tuple[CallArgument, ...]  # in the order of the C++ parameters and members
    operations: tuple[CallOperation, ...]  # of a builder
    wire: tuple[str, ...]
    raw_reply: Any
    result: Any
    error: str | None  # what the server answers instead
    match: str
    tolerance: float | None
    live: bool
    database_wide: bool

    @property
    def is_last_page(self) -> bool:
        """Whether the example shows the only page of an iteration."""
        cursors = [argument.data for argument in self.call if argument.name == "cursor"]
        return cursors == ["0"] and self.error is None and self.result["cursor"] == "0"


@dataclass(frozen=True)
class Options:
    """The struct of a method's optional arguments."""

    name: str
    command: str
    members: tuple[Argument, ...]


@dataclass(frozen=True)
class Signature:
    """One C++ method: a form, or its overload that takes a single pair."""

    family: str | None
    method: str
    arguments: tuple[Argument, ...]  # in wire order, fixed words included
    options: Options | None

    @cached_property
    def required(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if argument.type and not argument.optional)

    @cached_property
    def fewest_arguments(self) -> int:
        """How many arguments a call needs: the last ones may have defaults."""
        needed = [i + 1 for i, argument in enumerate(self.required) if argument.default_value is None]
        return max(needed, default=0)

    @cached_property
    def cursor(self) -> Argument | None:
        """Where an iteration goes on."""
        named = (argument for argument in self.required if argument.name == "cursor")
        return next((argument for argument in named if argument.type and argument.type.data == "text"), None)

    @cached_property
    def cursor_place(self) -> int | None:
        """How many words the arguments up to the cursor are; None when that depends on the call."""
        words = 0
        for argument in self.arguments:
            words += 1 if argument.token else 0
            if argument is self.cursor:
                return words
            if argument.type and (argument.optional or not argument.type.is_one_word):
                return None
            words += 1 if argument.type else 0
        return None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        declared = [
            f"{argument.type.parameter} {argument.name}" for argument in self.required if argument.type
        ]
        return tuple(declared + ([f"const {self.options.name}& options"] if self.options else []))

    @cached_property
    def declared_parameters(self) -> tuple[str, ...]:
        """The parameters with their default values."""
        defaults = [argument.default_value for argument in self.required] + (["{}"] if self.options else [])
        return tuple(
            parameter if i < self.fewest_arguments else f"{parameter} = {default}"
            for i, (parameter, default) in enumerate(zip(self.parameters, defaults))
        )

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple([argument.name for argument in self.required] + (["options"] if self.options else []))


@dataclass(frozen=True)
class Operation:
    """A method of a builder."""

    method: str
    token: str
    summary: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Builder:
    """A command that is made of operations, one method call after the other."""

    name: str
    function: str  # what the names of its functions start with
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Form:
    """One return type of a command, with the methods that return it."""

    command: str
    family: str | None
    summary: str
    since: str
    access: str
    idempotent: bool
    own_request: bool
    details: str | None
    rules: tuple[Rule, ...]
    reply: Reply
    returns: str
    errors: tuple[tuple[str, str], ...]  # code and explanation
    signatures: tuple[Signature, ...]
    examples: tuple[Example, ...]
    builder: Builder | None
    iteration: Signature | None  # of the method that goes through all pages

    @property
    def method(self) -> str:
        return self.signatures[0].method

    @property
    def cursor_index(self) -> int:
        """The cursor's place among the words of a command that iterates."""
        place = self.signatures[0].cursor_place
        assert place is not None
        return len(self.command.split()) + place

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
    access: str
    own_request: bool  # AsyncRedis does not put it into one request with others
    deprecated: str | None
    details: str | None
    differences: Mapping[str, str]  # from what a server says of it, each with its reason
    forms: tuple[Form, ...]
    options: tuple[Options, ...]


@dataclass(frozen=True)
class Group:
    """A file of commands."""

    name: str
    source: str
    family: str | None
    title: str
    summary: str
    commands: tuple[Command, ...]

    @property
    def pascal_name(self) -> str:
        return cpp.pascal_case(self.name)

    @property
    def redis_class(self) -> str:
        """The class of the synchronous client's methods."""
        return f"{cpp.pascal_case(self.family or 'redis')}Commands"

    @property
    def async_class(self) -> str:
        """The class of the asynchronous client's methods."""
        return f"Async{cpp.pascal_case(self.family or 'redis')}Commands"

    def pipeline_class(self, pipeline: str) -> str:
        """The class of the methods of `Pipeline` or `AsyncPipeline`."""
        return f"{pipeline.removesuffix('Pipeline')}{cpp.pascal_case(self.family or '')}PipelineCommands"

    @property
    def declares_types(self) -> bool:
        """Whether there are options or builders."""
        return bool(self.builders) or any(command.options for command in self.commands)

    @cached_property
    def builders(self) -> tuple[Form, ...]:
        """The forms that are made of operations."""
        return tuple(form for command in self.commands for form in command.forms if form.builder)


@dataclass(frozen=True)
class Catalogue:
    """All there is."""

    types_source: str
    parameters: Mapping[str, str]  # C++ types written by hand, each with what a caller may give
    choices: tuple[ArgumentType, ...]
    replies: tuple[ReplyType, ...]
    structures: tuple[Structure, ...]  # each after those that it holds
    errors: Mapping[str, str]  # codes of the server with their explanations
    groups: tuple[Group, ...]

    @cached_property
    def families(self) -> tuple[tuple[str | None, tuple[Group, ...]], ...]:
        """The groups by the namespace of their methods, those without one last."""
        names = sorted({group.family for group in self.groups if group.family})
        return tuple(
            (family, tuple(group for group in self.groups if group.family == family))
            for family in (*names, None)
        )
