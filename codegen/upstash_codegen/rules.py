"""Reads the rules of commands: what types cannot say about their arguments."""

from __future__ import annotations

from upstash_codegen.model import Argument, Rule
from upstash_codegen.problems import Location, Problems, one_of
from upstash_codegen.source import Mapping, Sequence

_DEMANDS = ("needs", "excludes", "min", "max", "same_size")


class RuleReader:
    """Reads the rules of one form."""

    def __init__(self, command: str, arguments: list[Argument], problems: Problems) -> None:
        self._command = command
        self._problems = problems
        typed = [argument for argument in arguments if argument.type]
        self._optional = {argument.name: argument for argument in typed if argument.optional}
        self._lists = {a.name: a for a in typed if not a.optional and a.type and a.type.many}
        self._choices = {a.name: a for a in typed if a.type and a.type.alternatives}

    def read(self, raw: Mapping) -> Rule | None:
        reported = self._problems.reports
        option = self._option(raw)
        needs = self._named_in(raw, "needs")
        excludes = self._named_in(raw, "excludes")
        sizes = [
            (self._named(raw.at(key), name, self._lists, "list"), comparison, size)
            for key, comparison in (("min", ">="), ("max", "<="))
            for name, size in raw.get(key, {}).items()
        ]
        same_size = self._same_size(raw, option) if "same_size" in raw else None
        if "is" not in raw and not any(key in raw for key in _DEMANDS):
            demands = ", ".join(f'"{key}"' for key in _DEMANDS)
            self._wrong(raw.location, f'a rule needs {demands} or "is"')
        if option is None or self._problems.reports > reported:
            return None
        return Rule(
            option=option,
            values=tuple(raw.get("is", ())),
            needs=tuple(other for other in needs if other),
            excludes=tuple(other for other in excludes if other),
            sizes=tuple((sized, comparison, size) for sized, comparison, size in sizes if sized),
            same_size=same_size,
            message=raw["message"],
        )

    def _wrong(self, location: Location, message: str) -> None:
        self._problems.add(location, f"{self._command}: {message}")

    def _named(
        self, location: Location, name: str, allowed: dict[str, Argument], what: str
    ) -> Argument | None:
        if name not in allowed:
            self._wrong(location, f'a rule names "{name}", which is no {what}; {one_of(allowed)}')
        return allowed.get(name)

    def _named_in(self, raw: Mapping, key: str) -> list[Argument | None]:
        named = [
            self._named(raw.at(key), name, self._optional, "optional argument") for name in raw.get(key, ())
        ]
        if raw["option"] in raw.get(key, ()):
            self._wrong(raw.at(key), f'a rule about "{raw["option"]}" names it in "{key}", too')
        return named

    def _option(self, raw: Mapping) -> Argument | None:
        """What the rule is about: an optional argument, or any choice of which it names alternatives."""
        if "is" not in raw:
            return self._named(raw.at("option"), raw["option"], self._optional, "optional argument")
        option = self._named(raw.at("option"), raw["option"], self._choices, "choice")
        if option and option.type:
            if option.type.has_values:
                message = f'"is" goes with a choice without values, which {option.type.name} is not'
                self._wrong(raw.at("is"), message)
            self._check_alternatives(option, raw["is"], raw.at("is"))
        return option

    def _check_alternatives(self, option: Argument, names: Sequence, location: Location) -> None:
        assert option.type
        for name in names:
            if option.type.alternative(name) is None:
                known = [alternative.name for alternative in option.type.alternatives]
                self._wrong(location, f'{option.type.name} has no "{name}"; {one_of(known)}')

    def _same_size(self, raw: Mapping, option: Argument | None) -> Argument | None:
        if option and option.type and not option.type.many:
            self._wrong(raw.at("same_size"), f'"same_size" is about a list, which {option.name} is not')
        return self._named(raw.at("same_size"), raw["same_size"], self._lists, "list")
