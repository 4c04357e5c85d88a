"""Checks the structure of the catalogue's files against spec/schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import copy
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
        self._check("types_file", data, data.location, problems)

    def check_group_file(self, data: Mapping, problems: Problems) -> None:
        """Reports the first mistake of the file's head, and the first one of each command."""
        head = copy(data)
        commands = data.get("commands")
        if isinstance(commands, Sequence):
            head["commands"] = []
            for i, command in enumerate(commands):
                self._check("command", command, commands.at(i), problems)
        self._check("group_file", head, data.location, problems)

    def _check(self, definition: str, data: Any, location: Location, problems: Problems) -> None:
        if definition not in self._validators:
            schema = {**self._definitions[definition], "definitions": self._definitions}
            self._validators[definition] = fastjsonschema.compile(schema, use_default=False)
        try:
            self._validators[definition](data)
        except fastjsonschema.JsonSchemaValueException as error:
            problems.add(*_explain(data, location, error))


def _explain(
    data: Any, location: Location, error: fastjsonschema.JsonSchemaValueException
) -> tuple[Location, str]:
    """Where the mistake is and what to write instead."""
    location, label, value = _find(data, location, [str(part) for part in error.path[1:]])
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


def _find(data: Any, location: Location, path: list[str]) -> tuple[Location, str, Any]:
    """Follows the path to the value, and names it by its nearest key: `arguments[2]`, `since`."""
    label = _entry_label(data)
    value = data
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


def _entry_label(data: Any) -> str:
    if isinstance(data, Mapping) and ("group" in data or "replies" in data):
        return "the file"
    return str(data["name"]) if isinstance(data, Mapping) and "name" in data else "the command"


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return json.dumps(value, ensure_ascii=False)
