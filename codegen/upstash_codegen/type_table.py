"""Reads types.yaml: what arguments and replies are made of."""

from __future__ import annotations

import re
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.argument_data import CHOICE_VALUES, ELEMENTS
from upstash_codegen.model import Alternative, ArgumentType, Reply, ReplyType
from upstash_codegen.problems import Location, Problems, did_you_mean, one_of
from upstash_codegen.result_data import GENERIC
from upstash_codegen.source import Mapping, one_line
from upstash_codegen.structures import StructureReader

_TOKEN_CHOICE_MEMBERS = frozenset({"token", "value", "write"})


class Types:
    """All types by name. Remembers which were used: one that nothing uses is a mistake."""

    def __init__(self, data: Mapping, problems: Problems) -> None:
        self._problems = problems
        self._data = data
        self._used: set[tuple[str, str]] = set()
        self._raw_choices: Mapping = data.get("choices") or Mapping(data.location)
        self._raw_errors: Mapping = data.get("errors") or Mapping(data.location)
        raw_structures: Mapping = data.get("structures") or Mapping(data.location)
        self._arguments: dict[str, ArgumentType] = {}
        for name in data["arguments"]:
            self._argument_type(name)
        self.choices = tuple(self._choice(name) for name in self._raw_choices)
        self.parameters = self._read_parameters()
        self.errors = {code: one_line(explanation) for code, explanation in self._raw_errors.items()}
        self._by_name = {**self._arguments, **{choice.name: choice for choice in self.choices}}
        self.replies = tuple(self._reply_type(name) for name in data["replies"])
        self._replies_by_name = {reply.name: reply for reply in self.replies}
        self._structures = StructureReader(raw_structures, self.reply, problems)
        for name in raw_structures:
            self._structures.reply_type(name, raw_structures.at(name))
        self.structures = self._structures.structures

    def argument(self, name: str, location: Location) -> ArgumentType | None:
        """The argument type or choice of that name; reports an unknown one."""
        found = self._by_name.get(name)
        if found is None:
            self._unknown("argument type", name, self._by_name, location)
            return None
        self._mark_used(found)
        return found

    def reply(self, text: str, location: Location) -> Reply | None:
        """Parses `optional<list<string>>`; reports what is wrong with it."""
        names = re.findall(r"\w+|\S", text)
        reply = self._parse_reply(names, location)
        if reply is not None and names:
            self._problems.add(location, f'reply type "{text}": nothing may follow "{_written(reply)}"')
            return None
        return reply

    def error(self, code: str, location: Location) -> str:
        """The explanation of an error code; reports an unknown one."""
        if code not in self._raw_errors:
            self._unknown("error code", code, self._raw_errors, location)
            return ""
        self._used.add(("errors", code))
        return one_line(self._raw_errors[code])

    def is_used(self, choice: ArgumentType) -> bool:
        return ("choices", choice.name) in self._used

    def report_unused(self) -> None:
        for section in ("arguments", "choices", "replies", "structures", "errors"):
            raw: Mapping | None = self._data.get(section)
            for name in raw or ():
                if raw and (section, name) not in self._used:
                    self._problems.add(raw.at(name), f"{name}: nothing uses it; remove it")

    def choice_location(self, choice: str) -> Location:
        return self._raw_choices.at(choice)

    def alternative_location(self, choice: str, alternative: str) -> Location:
        alternatives: Mapping = self._raw_choices[choice]["alternatives"]
        return alternatives.at(alternative)

    def structure_location(self, structure: str) -> Location:
        return self._structures.location(structure)

    def _mark_used(self, used: ArgumentType) -> None:
        self._used.add(("choices" if used.alternatives else "arguments", used.name))
        values = (alternative.value for alternative in used.alternatives)
        parts = [used.element, *used.pair, *used.parts, *values]
        for part in parts:
            if part is not None:
                self._mark_used(part)

    def _argument_type(self, name: str) -> ArgumentType | None:
        """Reads a type, and those that it is made of before it."""
        if name in self._arguments:
            return self._arguments[name]
        section: Mapping = self._data["arguments"]
        raw: Mapping = section[name]
        if "parameter" not in raw and "option" not in raw:
            self._problems.add(section.at(name), f'{name}: needs a "parameter", an "option", or both')
        if "option" in raw and "convert" in raw:
            self._problems.add(raw.at("option"), f'{name}: cannot have an "option" together with "convert"')
        self._check_keys_of_kind(name, raw)
        element = self._part(name, raw, "element", raw.get("element"))
        pair = [self._part(name, raw, "pair", half) for half in raw.get("pair", ())]
        parts = [self._part(name, raw, "parts", part) for part in raw.get("parts", ())]
        read = ArgumentType(
            name=name,
            data=raw["data"],
            parameter=raw.get("parameter"),
            option=raw.get("option"),
            headers=tuple(raw.get("headers", ())),
            doc=one_line(raw["doc"]) if "doc" in raw else None,
            convert=raw.get("convert"),
            units=tuple(raw.get("units", ())),
            words=tuple(raw.get("words", ())),
            wire=raw.get("wire"),
            element=element,
            pair=tuple(half for half in pair if half),
            parts=tuple(part for part in parts if part),
            unit=raw.get("unit"),
        )
        self._arguments[name] = read
        return read

    def _read_parameters(self) -> dict[str, str]:
        """What callers may give for C++ types that are written by hand."""
        section: Mapping = self._data.get("parameters") or Mapping(self._data.location)
        types = [(read.parameter or "") + " " + (read.option or "") for read in self._arguments.values()]
        for name in section:
            if not any(re.search(rf"\b{name}\b", declared) for declared in types):
                message = f"{name}: no type of an argument is made of it; remove it"
                self._problems.add(section.at(name), message)
        return {name: one_line(section[name]) for name in section}

    def _part(self, name: str, raw: Mapping, key: str, part: str | None) -> ArgumentType | None:
        if part is None:
            return None
        section: Mapping = self._data["arguments"]
        kinds = CHOICE_VALUES if key == "value" else ELEMENTS
        simple = [other for other in section if section[other]["data"] in kinds]
        if part not in simple:
            self._problems.add(raw.at(key), f'{name}: {key} cannot be "{part}"; {one_of(simple)}')
            return None
        return self._argument_type(part)

    def _check_keys_of_kind(self, name: str, raw: Mapping) -> None:
        """Each kind of data has keys that it needs and others that mean nothing to it."""
        kind = raw["data"]
        needs = {
            "list": "element",
            "pairs": "pair",
            "duration": "units",
            "instant": "units",
            "expiry": "words",
            "tuple": "parts",
            "tuples": "parts",
        }
        for key in ("element", "pair", "units", "words", "parts"):
            if key in raw and needs.get(kind) != key:
                self._problems.add(raw.at(key), f'{name}: "{key}" means nothing for {kind} data')
        if kind in needs and needs[kind] not in raw:
            self._problems.add(raw.location, f'{name}: {kind} data needs "{needs[kind]}"')

    def _choice(self, name: str) -> ArgumentType:
        raw: Mapping = self._raw_choices[name]
        if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
            message = f"{name}: the name of a choice must be a C++ type name such as SetCondition"
            self._problems.add(self._raw_choices.at(name), message)
        alternatives = tuple(
            self._alternative(name, raw["alternatives"], other) for other in raw["alternatives"]
        )
        has_values = any(alternative.value for alternative in alternatives)
        for alternative in alternatives:
            if has_values and alternative.name in _TOKEN_CHOICE_MEMBERS:
                message = (
                    f'{name}: an alternative cannot be named "{alternative.name}"; use "{alternative.name}_"'
                )
                self._problems.add(raw["alternatives"].at(alternative.name), message)
        return ArgumentType(
            name=name,
            data="choice",
            parameter=f"const {name}&" if has_values else name,
            option=f"OptionalArgument<{name}>",
            headers=("upstash/argument_types.hpp", "upstash/optional_argument.hpp"),
            doc=_sentence_to_phrase(raw["doc"]),
            alternatives=alternatives,
        )

    def _alternative(self, choice: str, raw: Mapping, name: str) -> Alternative:
        data: Mapping = raw[name]
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*_?", name):
            message = f'{choice}: "{name}" must be a name in lower case such as max_length'
            self._problems.add(raw.at(name), message)
        if name in cpp.KEYWORDS:
            message = f'{choice}: "{name}" is a C++ keyword; name the alternative "{name}_"'
            self._problems.add(raw.at(name), message)
        value = self._part(f"{choice}::{name}", data, "value", data.get("value"))
        return Alternative(name, data["token"], value, data.get("since"), one_line(data["doc"]))

    def _reply_type(self, name: str) -> ReplyType:
        raw: Mapping = self._data["replies"][name]
        holds = raw.get("of")
        for key in ("type", "item", "shape"):
            for placeholder in re.findall(r"\{(.*?)\}", raw.get(key, "")):
                allowed = [] if holds is None else ["of", "item"] if holds == "items" else ["of"]
                if placeholder not in allowed:
                    message = f'{name}: {key} cannot use "{{{placeholder}}}"; {one_of(allowed)}'
                    self._problems.add(raw.at(key), message)
        generic_data = raw["data"] in GENERIC
        if generic_data != (holds is not None):
            message = f'{name}: {raw["data"]} data ' + ('needs "of"' if generic_data else 'cannot have "of"')
            self._problems.add(raw.at("data"), message)
        return ReplyType(
            name=name,
            of=holds,
            cpp_type=raw["type"],
            method_type=raw.get("method_type"),
            item=raw.get("item"),
            shape=raw["shape"],
            headers=tuple(raw.get("headers", ())),
            data=raw["data"],
            doc=one_line(raw["doc"]),
        )

    def _parse_reply(self, names: list[str], location: Location) -> Reply | None:
        name = names.pop(0) if names else ""
        if name in self._structures.names:
            found = self._structures.reply_type(name, location)
            if found is None:
                return None
        elif name in self._replies_by_name:
            found = self._replies_by_name[name]
        else:
            self._unknown("reply type", name, [*self._replies_by_name, *self._structures.names], location)
            return None
        self._used.add(("structures" if found.structure else "replies", name))
        if found.of is None:
            return Reply(found, None)
        if names[:1] != ["<"]:
            self._problems.add(location, f"reply type {name}: say of what, as in {name}<string>")
            return None
        names.pop(0)
        inner = self._parse_reply(names, location)
        if inner is None:
            return None
        if names[:1] != [">"]:
            self._problems.add(location, f'reply type {name}: ">" is missing after "{_written(inner)}"')
            return None
        names.pop(0)
        mistake = self._cannot_hold(found, inner)
        if mistake:
            self._problems.add(location, f"reply type {name}<{_written(inner)}>: {mistake}")
            return None
        return Reply(found, inner)

    def _cannot_hold(self, generic: ReplyType, inner: Reply) -> str | None:
        """What is wrong with the type of reply that another one is to hold."""
        structure = inner.type.structure
        if inner.type.data == "status":
            return f"{inner.type.name} stands alone"
        if generic.of == "items" and inner.type.item is None:
            return f"{inner.type.name} has no items; {one_of(reply.name for reply in self.replies if reply.item)}"
        if generic.of == "structure" and not (structure and structure.layout == "list"):
            flat = [structure.name for structure in self._structures.structures if structure.layout == "list"]
            return f"{inner.type.name} cannot lie flat; {one_of(flat)}"
        return None

    def _unknown(self, what: str, name: str, known: Any, location: Location) -> None:
        self._problems.add(location, f'unknown {what} "{name}"{did_you_mean(name, known)}; {one_of(known)}')


def _written(reply: Reply) -> str:
    return f"{reply.type.name}<{_written(reply.of)}>" if reply.of else reply.type.name


def _sentence_to_phrase(sentence: str) -> str:
    text = one_line(sentence).rstrip(".")
    return text[:1].lower() + text[1:]
