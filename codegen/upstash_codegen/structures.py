"""Reads the structures of types.yaml, which replies are made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from upstash_codegen import cpp
from upstash_codegen.model import Member, Reply, ReplyType, Structure
from upstash_codegen.problems import Location, Problems
from upstash_codegen.source import Mapping, one_line

_HEADER = "upstash/reply_structures.hpp"
# What is empty when it comes as nil, even if its member is not marked as optional.
_EMPTY_WHEN_NIL = frozenset({"optional", "list_or_nil"})

ReplyParser = Callable[[str, Location], Reply | None]


class StructureReader:
    """Reads each structure after those that it holds; `parse_reply` may ask for them."""

    def __init__(self, raw: Mapping, parse_reply: ReplyParser, problems: Problems) -> None:
        self._raw = raw
        self._parse_reply = parse_reply
        self._problems = problems
        self._being_read: list[str] = []
        self._read: dict[str, ReplyType] = {}

    @property
    def names(self) -> list[str]:
        return list(self._raw)

    @property
    def structures(self) -> tuple[Structure, ...]:
        """Those read so far."""
        return tuple(reply.structure for reply in self._read.values() if reply.structure)

    def location(self, name: str) -> Location:
        return self._raw.at(name)

    def reply_type(self, name: str, used_at: Location) -> ReplyType | None:
        """The structure of that name as a reply type; reports a wrong one where it stands."""
        if name in self._read:
            return self._read[name]
        if name in self._being_read:
            self._problems.add(used_at, f"{name}: a structure cannot hold itself")
            return None
        self._being_read.append(name)
        structure = self._structure(name, self._raw[name])
        self._being_read.remove(name)
        self._read[name] = ReplyType(
            name=name,
            of=None,
            cpp_type=name,
            method_type=None,
            item=None,
            shape=structure.own_shape or name,
            headers=(structure.header or _HEADER,),
            data="structure",
            doc=structure.doc,
            structure=structure,
        )
        return self._read[name]

    def _structure(self, name: str, raw: Mapping) -> Structure:
        if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
            message = f"{name}: the name of a structure must be a C++ type name such as StreamEntry"
            self._problems.add(self._raw.at(name), message)
        if ("layout" in raw) == ("shape" in raw):
            message = f'{name}: needs either a "layout", or the "shape" that parses it'
            self._problems.add(self._raw.at(name), message)
        layout = raw.get("layout", "")
        read = [self._member(name, layout, raw["members"], member) for member in raw["members"]]
        members = tuple(member for member in read if member)
        if layout == "list":
            self._check_optional_last(name, members, raw["members"])
        return Structure(
            name=name,
            doc=one_line(raw["doc"]),
            layout=layout,
            header=raw.get("header"),
            own_shape=raw.get("shape"),
            members=members,
        )

    def _member(self, structure: str, layout: str, raw: Mapping, name: str) -> Member | None:
        data: Mapping = raw[name]
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*_?", name) or name in cpp.KEYWORDS:
            message = f'{structure}: "{name}" must be a C++ name in lower case such as max_length'
            self._problems.add(raw.at(name), message)
        if "field" in data and layout != "map":
            message = f'{structure}: the member {name} can have a "field" only in the layout map'
            self._problems.add(data.at("field"), message)
        if "optional" in data and layout != "list":
            message = f'{structure}: the member {name} can be "optional" only in the layout list'
            self._problems.add(data.at("optional"), message)
        reply = self._parse_reply(data["type"], data.at("type"))
        if reply is None:
            return None
        if reply.type.data == "status":
            message = f"{structure}: the member {name} cannot be a {reply.type.name}, which says nothing"
            self._problems.add(data.at("type"), message)
        return Member(
            name=name,
            field=data.get("field", name.replace("_", "-")),
            reply=reply,
            doc=one_line(data["doc"]),
            optional=data.get("optional", False) or reply.type.name in _EMPTY_WHEN_NIL,
        )

    def _check_optional_last(self, structure: str, members: tuple[Member, ...], raw: Mapping) -> None:
        """Members by position can be missing only from the end."""
        for member, following in zip(members, members[1:]):
            if member.optional and not following.optional:
                message = (
                    f"{structure}: {following.name} must be there, so {member.name} before it must be, too"
                )
                self._problems.add(raw.at(member.name), message)
