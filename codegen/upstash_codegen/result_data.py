"""The data of results in examples: what may be written, and how tests and reference show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.argument_data import is_number, shown
from upstash_codegen.layout import Bracketed, Item, flat
from upstash_codegen.model import Reply
from upstash_codegen.source import Mapping, Sequence


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


def show(reply: Reply, data: Any) -> str:
    """Checked data as a comment in an example shows it."""
    kind = reply.type.data
    if data is None:
        return "std::nullopt" if kind == "optional" else "nil"
    if kind == "optional" and reply.of:
        return show(reply.of, data)
    if kind == "map" and reply.of:
        return _braced(
            [f"{{{cpp.string_literal(key)}, {show(reply.of, value)}}}" for key, value in data.items()]
        )
    if kind == "list" and reply.of:
        return _braced([show(reply.of, element) for element in data])
    if kind == "page" and reply.of:
        return _braced(
            [".cursor = " + cpp.string_literal(data["cursor"]), ".items = " + show(reply.of, data["items"])]
        )
    if kind == "records":
        return _braced([_braced([cpp.string_literal(part) for part in record]) for record in data])
    if isinstance(data, Sequence):  # of any
        return "[" + ", ".join(show(reply, element) for element in data) + "]"
    return flat(_render_double(reply, data)) if kind == "double" else flat(_render_leaf(data))


def _braced(items: list[str]) -> str:
    return "{" + ", ".join(items) + "}"


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


def _records_mistake(reply: Reply, data: Any) -> str | None:
    if isinstance(data, Sequence):
        for record in data:
            if not (
                isinstance(record, Sequence) and len(record) == 2 and all(isinstance(p, str) for p in record)
            ):
                return f"{shown(record)} is no record; allowed: a list of two strings"
        return None
    return f"{shown(data)} is no list"


def _optional_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    return None if data is None else mistake(reply.of, data)


def _list_mistake(reply: Reply, data: Any) -> str | None:
    assert reply.of
    if not isinstance(data, Sequence):
        return f"{shown(data)} is no list"
    return next((found for found in (mistake(reply.of, element) for element in data) if found), None)


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


def _render_records(reply: Reply, data: Any) -> Item:
    records = [_call("record", [cpp.string_literal(part) for part in record]) for record in data]
    return _call("list", records)


def _render_optional(reply: Reply, data: Any) -> Item:
    assert reply.of
    return "nullptr" if data is None else render(reply.of, data)


def _render_list(reply: Reply, data: Any) -> Item:
    assert reply.of
    return _call("list", [render(reply.of, element) for element in data])


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
    "records": _records_mistake,
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
    "records": _render_records,
    "optional": _render_optional,
    "list": _render_list,
    "map": _render_map,
    "page": _render_page,
}
