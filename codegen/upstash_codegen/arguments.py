"""Reads the arguments of commands and of operations."""

from __future__ import annotations

from upstash_codegen import cpp
from upstash_codegen.model import Argument, ArgumentType
from upstash_codegen.problems import Location, Problems
from upstash_codegen.source import Mapping, Sequence, one_line
from upstash_codegen.type_table import Types

# Names that generated functions use themselves: a parameter of that name would hide them.
_TAKEN = frozenset(
    "append_operation at_least_one begin_operations build counted counted_option operations option options reads"
    " push require target".split()
)


class ArgumentReader:
    """Reads the arguments of one command."""

    def __init__(self, command: str, types: Types, problems: Problems) -> None:
        self._command = command
        self._types = types
        self._problems = problems

    def read(self, raw: Sequence) -> list[Argument]:
        arguments = [argument for argument in map(self._argument, raw) if argument]
        names = [entry.get("name") for entry in raw]
        for i, name in enumerate(names):
            if name and name in names[:i]:
                self._wrong(raw.at(i), f"two arguments are named {name}")
        required = [argument for argument in arguments if argument.type and not argument.optional]
        for argument, following in zip(required, required[1:]):
            if argument.default is not None and following.default_value is None:
                message = f"{argument.name} has a default, but {following.name} behind it has none"
                self._wrong(raw.location, message)
        return arguments

    def single(self, raw: Mapping, pair: Argument, others: list[Argument]) -> list[Argument]:
        """The two arguments that stand for an argument of pairs when there is only one."""
        assert pair.type
        halves = [
            Argument(name, half, half.doc or "", None, optional=False)
            for name, half in zip(raw["single"], pair.type.pair)
        ]
        names = [argument.name for argument in others]
        for half in halves:
            self._check_name(half.name, None, raw.at("single"))
            if half.name in names:
                self._wrong(raw.at("single"), f"two arguments are named {half.name}")
            names.append(half.name)
        return halves

    def _wrong(self, location: Location, message: str) -> None:
        self._problems.add(location, f"{self._command}: {message}")

    def _argument(self, raw: Mapping) -> Argument | None:
        if "type" not in raw:
            return self._fixed_word(raw)
        name = raw.get("name")
        if name is None:
            self._wrong(raw.location, 'an argument with a type needs a "name"')
            return None
        found = self._types.argument(raw["type"], raw.at("type"))
        if found is None:
            return None
        optional = raw.get("optional", False) or found.data == "flag"
        self._check_name(name, found, raw.at("name"))
        self._check_form(raw, found, optional)
        self._check_list(raw, found, optional)
        doc = raw.get("doc", found.doc)
        if doc is None:
            self._wrong(raw.location, f'the argument {name} needs a "doc"')
        return Argument(
            name=name,
            type=found,
            doc=one_line(doc or ""),
            token=raw.get("token"),
            optional=optional,
            at_least_one=found.many and raw.get("min", 1) == 1,
            counted=raw.get("counted", False),
            since=raw.get("since"),
            unsafe="retry" in raw,
            default=raw.get("default"),
            pair_names=tuple(raw.get("single", ())),
        )

    def _fixed_word(self, raw: Mapping) -> Argument | None:
        if set(raw) != {"token"}:
            self._wrong(raw.location, 'an argument needs "name" and "type", or only "token" for a fixed word')
            return None
        return Argument("", None, "", raw["token"], optional=False)

    def _check_name(self, name: str, found: ArgumentType | None, location: Location) -> None:
        converter = found.convert if found else None
        if name in cpp.KEYWORDS:
            why = "has a C++ keyword for a name"
        elif name in _TAKEN or name == converter:
            why = "has a name that generated code needs"
        else:
            return
        self._wrong(location, f'the argument {name} {why}; use another such as "{name}_value"')

    def _check_form(self, raw: Mapping, found: ArgumentType, optional: bool) -> None:
        """Whether it may be required or optional as it is."""

        def wrong(key: str, message: str) -> None:
            self._wrong(raw.at(key), f"the argument {raw['name']} {message}")

        if found.data == "flag" and "token" not in raw:
            wrong("type", 'is a flag, so it needs a "token"')
        if found.data == "flag" and "optional" in raw:
            wrong("optional", "is a flag, which is optional anyway; remove the key")
        if optional and found.option is None:
            wrong("optional", f"cannot be optional: the type {found.name} has no form for an options struct")
        if not optional and found.parameter is None:
            wrong("type", f'must be "optional: true": the type {found.name} has no form for a parameter')
        for key in ("since", "retry"):
            if key in raw and not optional:
                wrong(key, f'is required, so it cannot have "{key}"')
        if "default" in raw and (optional or found.data != "text"):
            wrong("default", 'is no required text, so it cannot have "default"')

    def _check_list(self, raw: Mapping, found: ArgumentType, optional: bool) -> None:
        """What only lists may have."""

        def wrong(key: str, message: str) -> None:
            self._wrong(raw.at(key), f"the argument {raw['name']} {message}")

        for key in ("min", "counted"):
            if key in raw and not found.many:
                wrong(key, f'is no list, so it cannot have "{key}"')
            elif key in raw and found.convert:
                wrong(key, f'cannot have "{key}": the type {found.name} has a wire form of its own')
        if "min" in raw and optional:
            wrong("min", 'is optional, so it cannot have "min"')
        if optional and found.many and "token" not in raw:
            wrong("optional", 'is an optional list, so it needs a "token"')
        if "single" in raw and found.data != "pairs":
            wrong("single", 'holds no pairs, so it cannot have "single"')
        elif "single" in raw and (found.wire or found.convert):
            wrong("single", f'cannot have "single": the type {found.name} has a wire form of its own')
        if "single" in raw and ("token" in raw or "counted" in raw):
            wrong("single", 'cannot have "single" together with "token" or "counted"')
