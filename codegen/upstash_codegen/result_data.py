"""The data of results in examples: what may be written, and how tests and reference show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.argument_data import is_number, shown
from upstash_codegen.layout import Assigned, Bracketed, Item
from upstash_codegen.model import Member, Reply
from upstash_codegen.problems import did_you_mean, one_of
from upstash_codegen.source import Mapping, Sequence


# The kinds of data of types that hold another type.
GENERIC = frozenset({"optional", "list", "map", "page", "first", "optionals"})

_DURATION = re.compile(r"(-?\d+)ms")
_INSTANT = re.compile(r"at (\d+)us")

# What a member of a structure is when a reply lacks it; others are nullptr.
_EMPTY: dict[str, Item] = {
    "bool": "false",
    "integer": "0",
    "duration": "0",
    "instant": "0",
    "double": "0.0",
    "string": '""',
    "list": "list({})",
    "optionals": "list({})",
    "words": "list({})",
    "map": "map({})",
}


def raw_mistake(data: Any) -> str | None:
    """What is wrong with a raw reply: Redis' own protocol has these four types only."""
    if isinstance(data, Sequence):
        return next((found for found in map(raw_mistake, data) if found), None)
    if data is None or isinstance(data, str) or cpp.is_int64(data):
        return None
    return f"{shown(data)} cannot stand in a raw reply; allowed: null, integers of 64 bits, strings, lists"


def render_raw(data: Any) -> Item:
    """A raw reply as the tests' Data."""
    if isinstance(data, Sequence):
        return _call("list", [render_raw(element) for element in data])
    return _render_leaf(data)


def mistake(reply: Reply, data: Any) -> str | None:
    """What is wrong with the data for a result of that type."""
    return _MISTAKES[reply.type.data](reply, data)


def render(reply: Reply, data: Any) -> Item:
    """Checked data as the tests' Data."""
    return _RENDERERS[reply.type.data](reply, data)


def show(reply: Reply, data: Any) -> Item:
    """Checked data as a comment in an example shows it."""
    kind = reply.type.data
    if data is None:
        return "std::nullopt" if kind in ("optional", "first") else "nil"
    if kind == "optional" and reply.of:
        return show(reply.of, data)
    if kind == "map" and reply.of:
        of = reply.of
        return _braced([_braced([cpp.string_literal(key), show(of, value)]) for key, value in data.items()])
    if kind == "list" and reply.of:
        return _braced([show(reply.of, element) for element in data])
    if kind == "page" and reply.of:
        cursor = ".cursor = " + cpp.string_literal(data["cursor"])
        return _braced([cursor, Assigned(".items", show(reply.of, data["items"]))])
    if kind == "optionals" and reply.of:
        of = reply.of
        return _braced(["std::nullopt" if element is None else show(of, element) for element in data])
    if kind == "first" and reply.of and reply.of.of:
        return show(reply.of.of, data)
    if kind == "structure" and reply.type.structure and isinstance(data, Sequence):
        members_and_data = zip(reply.type.structure.members, data)
        return _braced([show(member.reply, part) for member, part in members_and_data])
    if kind == "structure" and reply.type.structure:
        members = [member for member in reply.type.structure.members if member.name in data]
        return _braced(
            [Assigned(f".{member.name}", show(member.reply, data[member.name])) for member in members]
        )
    if kind in ("duration", "instant"):
        return str(data)
    if kind == "words":
        return _braced([cpp.string_literal(word) for word in data])
    if isinstance(data, Sequence):  # of any
        return Bracketed("[", [show(reply, element) for element in data], "]")
    return _render_double(reply, data) if kind == "double" else _render_leaf(data)


def _braced(items: list[Item]) -> Item:
    return Bracketed("{", items, "}")


def _status_mistake(reply: Reply, data: Any) -> str | None:
    return None if data is None else f"{shown(data)}, but {reply.type.name} has no result; leave it out"


def _bool_mistake(reply: Reply, data: Any) -> str | None:
    return None if isinstance(data, bool) else f"{shown(data)} is neither true nor false"


def _integer_mistake(reply: Reply, data: Any) -> str | None:
    return None if cpp.is_int64(data) else f"{shown(data)} is no integer of 64 bits"


def _double_mistake(reply: Reply, data: Any) -> str | None:
    return None if is_number(data) else f"{shown(data)} is no number"


def _string_mistake(reply: Reply, data: Any) -> str | None:
    return None if isinstance(data, str) else f"{shown(data)} is no string; quote what looks like a number"


def _any_mistake(reply: Reply, data: Any) -> str | None:
    return raw_mistake(data)


def _duration_mistake(reply: Reply, data: Any) -> str | None:
    if isinstance(data, str) and _DURATION.fullmatch(data):
        return None
    return f"{shown(data)} is no duration; allowed: 1500ms"


def _instant_mistake(reply: Reply, data: Any) -> str | None:
    if isinstance(data, str) and _INSTANT.fullmatch(data):
        return None
    return f'{shown(data)} is no instant; allowed: "at 1893456000123456us"'


def _structure_mistake(reply: Reply, data: Any) -> str | None:
    structure = reply.type.structure
    assert structure
    names = [member.name for member in structure.members]
    if isinstance(data, Sequence) and structure.layout == "list" and len(data) <= len(names):
        data = dict(zip(names, data))
    elif not isinstance(data, Mapping):
        return f"{shown(data)} is no {structure.name}; write its members as a mapping"
    for name in data:
        if name not in names:
            return f'{structure.name} has no member "{name}"{did_you_mean(name, names)}; {one_of(names)}'
    for member in structure.members:
        found = mistake(member.reply, data[member.name]) if member.name in data else None
        if found:
            return f"{member.name}: {found}"
    return None


def _optional_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    return None if data is None else mistake(reply.of, data)


def _list_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    if not isinstance(data, Sequence):
        return f"{shown(data)} is no list"
    return next((found for found in (mistake(reply.of, element) for element in data) if found), None)


def _words_mistake(reply: Reply, data: Any) -> str | None:
    if isinstance(data, Sequence) and all(isinstance(word, str) for word in data):
        return None
    return f"{shown(data)} is no list of words"


def _first_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of and reply.of.of
    return None if data is None else mistake(reply.of.of, data)


def _optionals_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    if not isinstance(data, Sequence):
        return f"{shown(data)} is no list"
    given = (element for element in data if element is not None)
    return next((found for found in (mistake(reply.of, element) for element in given) if found), None)


def _map_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    if not isinstance(data, Mapping):
        return f"{shown(data)} is no mapping"
    return next((found for found in (mistake(reply.of, value) for value in data.values()) if found), None)


def _page_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    if (
        not isinstance(data, Mapping)
        or set(data) != {"cursor", "items"}
        or not isinstance(data["cursor"], str)
    ):
        return f'{shown(data)} is no page; allowed: {{cursor: "0", items: […]}}'
    return mistake(reply.of, data["items"])


def _call(function: str, items: list[Item]) -> Item:
    """A function of the tests that takes a braced list."""
    return Bracketed(function + "(", [Bracketed("{", items, "}")], ")")


def _render_status(reply: Reply, data: Any) -> Item:
    return "Ok{}"


def _render_leaf(data: Any) -> Item:
    if data is None:
        return "nullptr"
    if isinstance(data, bool):
        return cpp.bool_literal(data)
    return cpp.string_literal(data) if isinstance(data, str) else cpp.integer_literal(data)


def _render_plain(reply: Reply, data: Any) -> Item:
    return _render_leaf(data)


def _render_double(reply: Reply, data: Any) -> Item:
    return cpp.double_literal(data)


def _render_any(reply: Reply, data: Any) -> Item:
    return render_raw(data)


def _render_duration(reply: Reply, data: Any) -> Item:
    return str(data).removesuffix("ms")


def _render_instant(reply: Reply, data: Any) -> Item:
    match = _INSTANT.fullmatch(data)
    assert match
    return match[1]


def _render_structure(reply: Reply, data: Any) -> Item:
    structure = reply.type.structure
    assert structure
    if isinstance(data, Sequence):
        data = dict(zip((member.name for member in structure.members), data))
    return _call("record", [_render_member(member, data) for member in structure.members])


def _render_member(member: Member, data: dict[str, Any]) -> Item:
    """A member as given, or as it is when a reply lacks it."""
    if member.name in data:
        return render(member.reply, data[member.name])
    if member.reply.type.structure:
        return _render_structure(member.reply, {})
    return _EMPTY.get(member.reply.type.data, "nullptr")


def _render_optional(reply: Reply, data: Any) -> Item:
    assert reply.of
    return "nullptr" if data is None else render(reply.of, data)


def _render_list(reply: Reply, data: Any) -> Item:
    assert reply.of
    return _call("list", [render(reply.of, element) for element in data])


def _render_first(reply: Reply, data: Any) -> Item:
    assert reply.of and reply.of.of
    return "nullptr" if data is None else render(reply.of.of, data)


def _render_optionals(reply: Reply, data: Any) -> Item:
    assert reply.of
    of = reply.of
    return _call("list", ["nullptr" if element is None else render(of, element) for element in data])


def _render_words(reply: Reply, data: Any) -> Item:
    return render_raw(data)


def _render_map(reply: Reply, data: Any) -> Item:
    assert reply.of
    of = reply.of
    entries = [_call("record", [cpp.string_literal(k), render(of, v)]) for k, v in data.items()]
    return _call("map", entries)


def _render_page(reply: Reply, data: Any) -> Item:
    assert reply.of
    return _call("record", [cpp.string_literal(data["cursor"]), render(reply.of, data["items"])])


_MISTAKES: dict[str, Callable[[Reply, Any], str | None]] = {
    "status": _status_mistake,
    "bool": _bool_mistake,
    "integer": _integer_mistake,
    "double": _double_mistake,
    "string": _string_mistake,
    "any": _any_mistake,
    "duration": _duration_mistake,
    "instant": _instant_mistake,
    "structure": _structure_mistake,
    "first": _first_mistake,
    "optionals": _optionals_mistake,
    "words": _words_mistake,
    "optional": _optional_mistake,
    "list": _list_mistake,
    "map": _map_mistake,
    "page": _page_mistake,
}

_RENDERERS: dict[str, Callable[[Reply, Any], Item]] = {
    "status": _render_status,
    "bool": _render_plain,
    "integer": _render_plain,
    "double": _render_double,
    "string": _render_plain,
    "any": _render_any,
    "duration": _render_duration,
    "instant": _render_instant,
    "structure": _render_structure,
    "first": _render_first,
    "optionals": _render_optionals,
    "words": _render_words,
    "optional": _render_optional,
    "list": _render_list,
    "map": _render_map,
    "page": _render_page,
}
