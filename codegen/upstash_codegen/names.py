"""What may be there only once in the whole catalogue, and what must be there at least once."""

from __future__ import annotations

from upstash_codegen.model import Signature
from upstash_codegen.problems import Location, Problems
from upstash_codegen.type_table import Types


class Names:
    def __init__(self, types: Types, problems: Problems) -> None:
        self._types = types
        self._problems = problems
        self._seen: dict[str, Location] = {}
        self._shown: set[tuple[str, str]] = set()
        for choice in types.choices:
            self._seen[_struct(choice.name)] = types.choice_location(choice.name)
        for structure in types.structures:
            self._once(_struct(structure.name), types.structure_location(structure.name))

    def add_command(self, name: str, location: Location) -> None:
        self._once(f"the command {name}", location)

    def add_struct(self, name: str, location: Location) -> None:
        self._once(_struct(name), location, '; give one of the forms another name with "method"')

    def add_signature(self, signature: Signature, location: Location) -> None:
        """Methods of one name must differ in what a caller has to write: options and defaults may be left out."""
        parameters = [argument.type.parameter or "" for argument in signature.required if argument.type]
        name = f"{signature.family}().{signature.method}" if signature.family else signature.method
        for count in range(signature.fewest_arguments, len(parameters) + 1):
            method = f"the method {name}({', '.join(parameters[:count])})"
            self._once(method, location, '; give one of the forms another name with "method"')

    def show_alternative(self, choice: str, alternative: str) -> None:
        """An example uses it."""
        self._shown.add((choice, alternative))

    def report_unshown(self) -> None:
        for choice in self._types.choices:
            for alternative in choice.alternatives:
                if self._types.is_used(choice) and (choice.name, alternative.name) not in self._shown:
                    location = self._types.alternative_location(choice.name, alternative.name)
                    self._problems.add(
                        location, f"{choice.name}::{alternative.name}: no example shows it; add one"
                    )

    def _once(self, what: str, location: Location, hint: str = "") -> None:
        if what in self._seen:
            first = self._seen[what]
            self._problems.add(location, f"{what} is there twice, first in {first.file}:{first.line}{hint}")
        else:
            self._seen[what] = location


def _struct(name: str) -> str:
    return f"the C++ type {name}"
