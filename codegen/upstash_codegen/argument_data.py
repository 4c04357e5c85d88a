"""The data of arguments in examples: what may be written, and the C++ that it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.layout import Bracketed, Item, expression
from upstash_codegen.model import Alternative, ArgumentType
from upstash_codegen.problems import did_you_mean, one_of
from upstash_codegen.source import Mapping, Sequence

KeyRenderer = Callable[[str], str]

# The kinds of data that may stand in lists and pairs, and after an alternative's word.
ELEMENTS = frozenset({"key", "text", "value", "integer", "double"})
CHOICE_VALUES = ELEMENTS | {"duration", "instant"}

_DURATION = re.compile(r"(\d+)(ms|s|min|h)")
_INSTANT = re.compile(r"at (\d+)(ms|s)")


def mistake(argument_type: ArgumentType, data: Any) -> str | None:
    """What is wrong with the data for an argument of that type."""
    return _MISTAKES[argument_type.data](argument_type, data)


def render(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    """Checked data as C++; `key` renders the name of a key."""
    return _RENDERERS[argument_type.data](argument_type, data, key)


def keys(argument_type: ArgumentType, data: Any) -> Iterator[str]:
    """The keys that checked data names."""
    if argument_type.data == "key":
        yield data
    elif argument_type.element:
        for element in data:
            yield from keys(argument_type.element, element)
    elif argument_type.pair:
        for pair in pairs(data):
            for half_type, half in zip(argument_type.pair, pair):
                yield from keys(half_type, half)
    elif argument_type.parts:
        for entry in data if argument_type.many else [data]:
            for part_type, part in zip(argument_type.parts, entry):
                yield from keys(part_type, part)
    elif argument_type.alternatives:
        alternative, value = alternative_of(argument_type, data)
        if alternative and alternative.value:
            yield from keys(alternative.value, value)


def pairs(data: Any) -> list[tuple[Any, Any]]:
    """Pairs, written as a mapping or as a list of two-element lists."""
    return list(data.items()) if isinstance(data, Mapping) else [(pair[0], pair[1]) for pair in data]


def alternative_of(argument_type: ArgumentType, data: Any) -> tuple[Alternative | None, Any]:
    """The alternative that `xx` or `{ifeq: old}` names, with its value."""
    name, value = next(iter(data.items())) if isinstance(data, Mapping) and len(data) == 1 else (data, None)
    return (argument_type.alternative(name) if isinstance(name, str) else None), value


def shown(data: Any) -> str:
    """Data as a message shows it."""
    if isinstance(data, Mapping):
        return "a mapping"
    if isinstance(data, Sequence):
        return "a list"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    return cpp.string_literal(data) if isinstance(data, str) else repr(data)


def _text_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    return None if isinstance(data, str) else f"{shown(data)} is no string; quote what looks like a number"


def _value_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    if isinstance(data, (str, bool, float)) or cpp.is_int64(data):
        return None
    return f"{shown(data)} is no value; allowed: a string, a number of 64 bits, true, false"


def _integer_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    return None if cpp.is_int64(data) else f"{shown(data)} is no integer of 64 bits"


def _double_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    return None if is_number(data) else f"{shown(data)} is no number"


def is_number(data: Any) -> bool:
    return isinstance(data, (int, float)) and not isinstance(data, bool)


def _duration_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    match = _DURATION.fullmatch(data) if isinstance(data, str) else None
    if match and match[2] in argument_type.units:
        return None
    return f"{shown(data)} is no duration; allowed: " + ", ".join(f"10{unit}" for unit in argument_type.units)


def _instant_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    match = _INSTANT.fullmatch(data) if isinstance(data, str) else None
    if match and match[2] in argument_type.units:
        return None
    instants = {"s": '"at 1893456000s"', "ms": '"at 1893456000123ms"'}
    return f"{shown(data)} is no instant; allowed: " + ", ".join(
        instants[unit] for unit in argument_type.units
    )


def _expiry_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    words = argument_type.words
    if isinstance(data, str) and (data in words or _DURATION.fullmatch(data) or _INSTANT.fullmatch(data)):
        return None
    allowed = ["10s", "1500ms", "2min", "1h", '"at 1893456000s"', '"at 1893456000123ms"', *words]
    return f"{shown(data)} is no expiry; allowed: " + ", ".join(allowed)


def _flag_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    return None if data is True else f"{shown(data)} says nothing; write true, or leave the flag out"


def _list_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    assert argument_type.element
    if not isinstance(data, Sequence):
        return f"{shown(data)} is no list"
    mistakes = (mistake(argument_type.element, element) for element in data)
    return next((found for found in mistakes if found), None)


def _pairs_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    if not isinstance(data, Mapping) and not (
        isinstance(data, Sequence) and all(isinstance(pair, Sequence) and len(pair) == 2 for pair in data)
    ):
        return f"{shown(data)} is no pairs; allowed: a mapping, or a list of lists of two"
    for pair in pairs(data):
        for half_type, half in zip(argument_type.pair, pair):
            found = mistake(half_type, half)
            if found:
                return found
    return None


def _tuple_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    if not isinstance(data, Sequence) or len(data) != len(argument_type.parts):
        parts = ", ".join(part.name for part in argument_type.parts)
        return f"{shown(data)} is no tuple; allowed: [{parts}]"
    mistakes = (mistake(part_type, part) for part_type, part in zip(argument_type.parts, data))
    return next((found for found in mistakes if found), None)


def _tuples_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    if not isinstance(data, Sequence):
        return f"{shown(data)} is no list of tuples"
    return next((found for found in (_tuple_mistake(argument_type, entry) for entry in data) if found), None)


def _cpp_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    if isinstance(data, str) or is_number(data):
        return None
    return f"{shown(data)} is no C++ expression; write it as text or as a number"


def _choice_mistake(argument_type: ArgumentType, data: Any) -> str | None:
    alternative, value = alternative_of(argument_type, data)
    if alternative is None:
        names = [f"{{{a.name}: …}}" if a.value else a.name for a in argument_type.alternatives]
        hint = did_you_mean(data, names) if isinstance(data, str) else ""
        return f"{shown(data)} is no {argument_type.name}{hint}; {one_of(names)}"
    if alternative.value is None:
        return f"{alternative.name} takes no value" if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping):
        return f"{alternative.name} needs a value: {{{alternative.name}: …}}"
    return mistake(alternative.value, value)


def _render_key(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    return key(data)


def _render_literal(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    if isinstance(data, str):
        return cpp.string_literal(data)
    if isinstance(data, bool):
        return cpp.bool_literal(data)
    return cpp.double_literal(data) if isinstance(data, float) else cpp.integer_literal(data)


def _render_time(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    instant = _INSTANT.fullmatch(data)
    return f"std::chrono::system_clock::time_point{{{data[3:]}}}" if instant else str(data)


def _render_list(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    assert argument_type.element
    return Bracketed("{", [render(argument_type.element, element, key) for element in data], "}")


def _render_pairs(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    rendered = [
        [render(half_type, half, key) for half_type, half in zip(argument_type.pair, pair)]
        for pair in pairs(data)
    ]
    return Bracketed("{", [Bracketed("{", halves, "}") for halves in rendered], "}")


def _render_tuple(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    parts = [render(part_type, part, key) for part_type, part in zip(argument_type.parts, data)]
    return Bracketed("{", [Bracketed("{", parts, "}")], "}")


def _render_tuples(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    rendered = [
        [render(part_type, part, key) for part_type, part in zip(argument_type.parts, entry)]
        for entry in data
    ]
    return Bracketed("{", [Bracketed("{", parts, "}") for parts in rendered], "}")


def _render_cpp(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    return expression(str(data))


def _render_choice(argument_type: ArgumentType, data: Any, key: KeyRenderer) -> Item:
    alternative, value = alternative_of(argument_type, data)
    assert alternative
    name = f"{argument_type.name}::{alternative.name}"
    if alternative.value is None:
        return name
    return Bracketed(f"{name}(", [render(alternative.value, value, key)], ")")


_MISTAKES: dict[str, Callable[[ArgumentType, Any], str | None]] = {
    "key": _text_mistake,
    "text": _text_mistake,
    "value": _value_mistake,
    "integer": _integer_mistake,
    "double": _double_mistake,
    "duration": _duration_mistake,
    "instant": _instant_mistake,
    "expiry": _expiry_mistake,
    "flag": _flag_mistake,
    "list": _list_mistake,
    "pairs": _pairs_mistake,
    "tuple": _tuple_mistake,
    "tuples": _tuples_mistake,
    "cpp": _cpp_mistake,
    "choice": _choice_mistake,
}

_RENDERERS: dict[str, Callable[[ArgumentType, Any, KeyRenderer], Item]] = {
    "key": _render_key,
    "text": _render_literal,
    "value": _render_literal,
    "integer": _render_literal,
    "double": _render_literal,
    "duration": _render_time,
    "instant": _render_time,
    "expiry": _render_time,
    "flag": _render_literal,
    "list": _render_list,
    "pairs": _render_pairs,
    "tuple": _render_tuple,
    "tuples": _render_tuples,
    "cpp": _render_cpp,
    "choice": _render_choice,
}
