"""Reads the operations of commands that are made of them."""

from __future__ import annotations

from upstash_codegen import cpp
from upstash_codegen.arguments import ArgumentReader
from upstash_codegen.model import Argument, Builder, Operation
from upstash_codegen.problems import Location, Problems
from upstash_codegen.source import Mapping, Sequence, one_line

# What every builder has: an operation of that name would hide it.
_TAKEN = frozenset({"command", "execute", "operations"})


def read_builder(
    command: str,
    function: str,
    struct: str,
    arguments: list[Argument],
    raw: Sequence,
    reader: ArgumentReader,
    problems: Problems,
) -> Builder:
    """The builder of a command; its functions begin with `function`, `struct` is its type."""
    if any(argument.optional for argument in arguments):
        problems.add(raw.location, f"{command}: a command with operations cannot have options")
    operations = [_operation(command, operation, reader, problems) for operation in raw]
    methods = [operation.method for operation in operations]
    for i, method in enumerate(methods):
        if method in methods[:i]:
            problems.add(raw.at(i), f"{command}: two operations are named {method}")
    return Builder(struct, function, tuple(operations))


def _operation(command: str, raw: Mapping, reader: ArgumentReader, problems: Problems) -> Operation:
    method = raw["method"]
    _check_method(command, method, raw.at("method"), problems)
    arguments = reader.read(raw["arguments"])
    if any(argument.optional for argument in arguments):
        problems.add(raw.at("arguments"), f"{command}: an operation cannot have options")
    if not raw["summary"].strip().endswith("."):
        message = f"{command}: the summary must be a sentence with a full stop"
        problems.add(raw.at("summary"), message)
    return Operation(method, raw["token"], one_line(raw["summary"]), tuple(arguments))


def _check_method(command: str, method: str, location: Location, problems: Problems) -> None:
    if method in cpp.KEYWORDS:
        why = "is a C++ keyword"
    elif method in _TAKEN:
        why = "is a method of every builder"
    else:
        return
    problems.add(location, f'{command}: "{method}" {why}; name it "method: {method}_"')
