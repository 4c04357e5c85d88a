"""Checks the structure of the catalogue's files against spec/schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastjsonschema

from upstash_codegen.problems import Location, Problems, did_you_mean, one_of
from upstash_codegen.source import Mapping, Sequence

SCHEMA_PATH = Path(__file__).parents[2] / "spec" / "schema.json"

_JSON_TYPES = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class Schema:
    """The compiled schema."""

    def __init__(self) -> None:
        self._definitions = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))["definitions"]
        self._validators: dict[str, Callable[[Any], Any]] = {}

    def check_types_file(self, data: Mapping, problems: Problems) -> None:
        self._check("types_file", data, problems)

    def check_group_file(self, data: Mapping, problems: Problems) -> None:
        """Reports the first mistake of each command, or else the first one of the file."""
        commands = data.get("commands")
        whole_file = self._mistake("group_file", data)
        if whole_file is None:
            return
        found = False
        if isinstance(commands, Sequence):
            for command in commands:
                if isinstance(command, Mapping):
                    found = not self._check("command", command, problems) or found
        if not found:
            problems.add(*whole_file)

    def _check(self, definition: str, data: Mapping, problems: Problems) -> bool:
        mistake = self._mistake(definition, data)
        if mistake is not None:
            problems.add(*mistake)
        return mistake is None

    def _mistake(self, definition: str, data: Mapping) -> tuple[Location, str] | None:
        if definition not in self._validators:
            schema = {**self._definitions[definition], "definitions": self._definitions}
            self._validators[definition] = fastjsonschema.compile(schema, use_default=False)
        try:
            self._validators[definition](data)
        except fastjsonschema.JsonSchemaValueException as error:
            return _explain(data, error)
        return None


def _explain(data: Mapping, error: fastjsonschema.JsonSchemaValueException) -> tuple[Location, str]:
    """Where the mistake is and what to write instead."""
    location, label, value = _find(data, [str(part) for part in error.path[1:]])
    definition = error.definition
    if error.rule in ("additionalProperties", "required"):
        allowed = definition["properties"]
        unknown = next((key for key in value if key not in allowed), None)
        if unknown is not None:
            hint = did_you_mean(unknown, allowed)
            return value.at(unknown), f'unknown key "{unknown}"{hint}; {one_of(allowed)}'
        missing = ", ".join(f'"{key}"' for key in definition["required"] if key not in value)
        return location, f"{label} lacks {missing}"
    if error.rule == "enum":
        words = [word if isinstance(word, str) else _shown(word) for word in definition["enum"]]
        return location, f"{label} is {_shown(value)}; {one_of(words)}"
    wanted = definition.get("description")
    if error.rule == "type":
        kind = _JSON_TYPES[definition["type"]]
        hint = f" ({wanted})" if wanted else ""
        return location, f"{label} is {_shown(value)}, but must be {kind}{hint}"
    if error.rule == "pattern":
        return location, f"{label} is {_shown(value)}, but must be {wanted}"
    if error.rule in ("minItems", "minLength", "minProperties"):
        return location, f"{label} must not be " + (
            "shorter" if definition.get("minItems", 1) > 1 else "empty"
        )
    if error.rule == "maxItems":
        return location, f"{label} must not be longer"
    return (
        location,
        f"{label} is {_shown(value)}, but must be more than 0",
    )  # exclusiveMinimum, the last rule used


def _find(data: Mapping, path: list[str]) -> tuple[Location, str, Any]:
    """Follows the path to the value, and names it by its nearest key: `arguments[2]`, `since`."""
    location = data.location
    label = _entry_label(data)
    value: Any = data
    for part in path:
        index = re.fullmatch(r"\[?(\d+)\]?", part)
        if isinstance(value, Sequence) and index:
            location = value.at(int(index[1]))
            value = value[int(index[1])]
            label += f"[{int(index[1]) + 1}]"
        else:
            location = value.at(part)
            value = value[part]
            label = part
    return location, label, value


def _entry_label(data: Mapping) -> str:
    name = data.get("name")
    return str(name) if name else "the entry" if "summary" in data and "group" not in data else "the file"


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return json.dumps(value, ensure_ascii=False)
