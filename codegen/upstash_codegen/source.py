"""Loads YAML and remembers on which line each thing stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from upstash_codegen.problems import Location, Problems


class Mapping(dict[str, Any]):
    """A YAML mapping. Its keys are text as written, whatever they look like."""

    def __init__(self, location: Location) -> None:
        super().__init__()
        self.location = location
        self.locations: dict[str, Location] = {}

    def at(self, key: str) -> Location:
        """Where the key stands; for a key that is not there, where the mapping begins."""
        return self.locations.get(key, self.location)


class Sequence(list[Any]):
    """A YAML sequence."""

    def __init__(self, location: Location) -> None:
        super().__init__()
        self.location = location
        self.locations: list[Location] = []

    def at(self, index: int) -> Location:
        return self.locations[index]


def one_line(text: str) -> str:
    """The text of a block without its line breaks."""
    return " ".join(text.split())


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf")


def load(path: Path, problems: Problems) -> Mapping | None:
    """The mapping that the file holds; None when there was a problem."""
    file = str(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as error:
        problems.add(Location(file, 1), f"the file cannot be read: {error.strerror}")
        return None
    except UnicodeDecodeError:
        problems.add(Location(file, 1), "the file is not UTF-8")
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        parts = [part for part in (error.problem, error.context) if part]
        problems.add(Location(file, mark.line + 1 if mark else 1), "YAML syntax: " + ", ".join(parts))
        return None
    except yaml.YAMLError as error:
        problems.add(Location(file, 1), "YAML syntax: " + str(error).splitlines()[0])
        return None
    if not isinstance(root, yaml.MappingNode):
        problems.add(Location(file, 1), "the file must be a mapping (key: value)")
        return None
    mapping = _Converter(file, problems).convert(root)
    assert isinstance(mapping, Mapping)
    return mapping


class _Converter:
    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._done: dict[int, Any] = {}
        self._open: set[int] = set()

    def convert(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._done:  # an alias: the same object, so that mistakes are told where it is written
            return self._done[id(node)]
        if id(node) in self._open:
            self._problems.add(self._location(node), "an alias (*name) inside of what it stands for")
            return None
        self._open.add(id(node))
        converted = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        self._done[id(node)] = converted
        return converted

    def _mapping(self, node: yaml.MappingNode) -> Mapping:
        mapping = Mapping(self._location(node))
        for key_node, value_node in node.value:
            location = self._location(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._problems.add(location, "a key must be a single word or string")
                continue
            key = str(key_node.value)
            if key in mapping:
                first = mapping.at(key).line
                self._problems.add(location, f'the key "{key}" is there twice, first in line {first}')
            mapping[key] = self.convert(value_node)
            mapping.locations[key] = location
        return mapping

    def _sequence(self, node: yaml.SequenceNode) -> Sequence:
        sequence = Sequence(self._location(node))
        for element in node.value:
            sequence.append(self.convert(element))
            sequence.locations.append(self._location(element))
        return sequence

    def _location(self, node: yaml.Node) -> Location:
        return Location(self._file, node.start_mark.line + 1)


def _scalar(node: yaml.ScalarNode) -> Any:
    """As the core schema of YAML 1.2 has it: `no`, `on` and `12:30` are text."""
    text = str(node.value)
    if node.style:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace(".inf", "inf"))
    return text
