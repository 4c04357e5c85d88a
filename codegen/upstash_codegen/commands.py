"""Reads the commands of one group file, and checks what the schema cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.examples import ExampleReader
from upstash_codegen.model import (
    Argument,
    ArgumentType,
    Command,
    Example,
    Form,
    Group,
    Options,
    Reply,
    Rule,
    Signature,
)
from upstash_codegen.names import Names
from upstash_codegen.problems import Location, Problems, one_of
from upstash_codegen.source import Mapping, Sequence, one_line
from upstash_codegen.type_table import Types

# What a form takes over from its command.
_INHERITED = (
    "method",
    "summary",
    "since",
    "access",
    "idempotent",
    "arguments",
    "returns",
    "errors",
    "rules",
    "examples",
)
# Names that generated functions use themselves: a parameter of that name would hide them.
_TAKEN_PARAMETERS = frozenset(
    {"options", "build", "option", "counted", "at_least_one", "require", "cmd", "shape"}
)
# What Redis and Pipeline have besides commands: a method of that name would be hidden.
_TAKEN_METHODS = frozenset(
    "add batch clear empty exec execute from_env multi pipeline push size sync_token transaction with".split()
)


class GroupReader:
    def __init__(self, source: str, types: Types, names: Names, problems: Problems) -> None:
        self._source = source
        self._types = types
        self._names = names
        self._problems = problems

    def read(self, data: Mapping, file_stem: str) -> Group:
        if data["group"] != file_stem:
            self._problems.add(
                data.at("group"), f'group is "{data["group"]}", but the file is {file_stem}.yaml'
            )
        if not data["commands"]:
            self._problems.add(data.at("commands"), "the group has no commands")
        commands = [
            _CommandReader(raw, self._types, self._names, self._problems).read() for raw in data["commands"]
        ]
        return Group(data["group"], self._source, data["title"], one_line(data["summary"]), tuple(commands))


class _CommandReader:
    def __init__(self, raw: Mapping, types: Types, names: Names, problems: Problems) -> None:
        self._raw = raw
        self._name: str = raw["name"]
        self._types = types
        self._names = names
        self._problems = problems
        self._options: list[Options] = []
        self._examples: dict[str, int] = {}  # how many there are of each method

    def read(self) -> Command:
        raw = self._raw
        self._names.add_command(self._name, raw.at("name"))
        self._check_sentence(raw)
        forms = [form for form in map(self._form, raw.get("forms", [raw])) if form]
        if (
            forms
            and not any(form.idempotent for form in forms)
            and any(form.unsafe_options for form in forms)
        ):
            message = f'{self._name}: "retry: unsafe" says nothing: the command is not idempotent'
            self._problems.add(raw.at("idempotent"), message)
        return Command(
            name=self._name,
            summary=one_line(raw["summary"]),
            since=raw["since"],
            complexity=raw["complexity"],
            deprecated=raw.get("deprecated"),
            details=raw.get("details"),
            forms=tuple(forms),
            options=tuple(self._options),
        )

    def _form(self, raw: Mapping) -> Form | None:
        """Reads a form; a command without forms is its own only form."""
        given = {key: raw.get(key, self._raw.get(key)) for key in _INHERITED}
        home = {key: raw if key in raw else self._raw for key in _INHERITED}
        for key in ("arguments", "returns", "examples"):
            if given[key] is None:
                self._problems.add(raw.location, f'{self._name}: needs "{key}"')
        if raw is not self._raw:
            self._check_sentence(raw)
        method = given["method"] or self._name.lower().translate(str.maketrans(" .-", "___"))
        where = home["method"].at("method")
        self._check_method(method, where)
        reported = self._problems.reports
        arguments = self._arguments(given["arguments"] or Sequence(raw.location))
        returns: Mapping = given["returns"] or Mapping(raw.location)
        reply = self._types.reply(returns["type"], returns.at("type")) if "type" in returns else None
        errors: Sequence = given["errors"] or Sequence(raw.location)
        explained = [(code, self._types.error(code, errors.at(i))) for i, code in enumerate(errors)]
        idempotent = self._idempotent(given["idempotent"], given["access"], home["access"])
        if reply is None or self._problems.reports > reported:
            return None
        if reply.type.data != "status" and "doc" not in returns:
            self._problems.add(returns.location, f'{self._name}: returns needs "doc"')
        options = self._options_of(method, arguments, where)
        signatures = self._signatures(method, arguments, given["arguments"], options)
        for signature in signatures:
            self._names.add_signature(signature, where)
        rules = self._rules(given["rules"] or (), arguments)
        examples = self._read_examples(given, raw, method, arguments, signatures, reply)
        return Form(
            command=self._name,
            summary=one_line(given["summary"]),
            since=given["since"],
            access=given["access"],
            idempotent=idempotent,
            details=raw.get("details") if raw is not self._raw else None,
            rules=rules,
            reply=reply,
            returns=one_line(returns.get("doc", "")),
            errors=tuple(explained),
            signatures=signatures,
            examples=examples,
        )

    def _check_sentence(self, raw: Mapping) -> None:
        if "summary" in raw and not raw["summary"].strip().endswith("."):
            self._problems.add(
                raw.at("summary"), f"{self._name}: the summary must be a sentence with a full stop"
            )

    def _check_method(self, method: str, location: Location) -> None:
        if method in cpp.KEYWORDS:
            why = "is a C++ keyword"
        elif method in _TAKEN_METHODS:
            why = "is a method of the client itself"
        else:
            return
        self._problems.add(location, f'{self._name}: "{method}" {why}; name it "method: {method}_"')

    def _idempotent(self, idempotent: bool | None, access: str, home: Mapping) -> bool:
        if idempotent is None and access != "read":
            message = f'{self._name}: access is "{access}", so say "idempotent: true" or "idempotent: false"'
            self._problems.add(home.at("access"), message)
        return True if idempotent is None else idempotent

    # Arguments

    def _arguments(self, raw: Sequence) -> list[Argument]:
        arguments = [argument for argument in map(self._argument, raw) if argument]
        names = [argument.name for argument in arguments]
        for i, name in enumerate(names):
            if name and name in names[:i]:
                self._problems.add(raw.at(i), f"{self._name}: two arguments are named {name}")
        return arguments

    def _argument(self, raw: Mapping) -> Argument | None:
        if "type" not in raw:
            return self._fixed_word(raw)
        name = raw.get("name")
        if name is None:
            self._problems.add(raw.location, f'{self._name}: an argument with a type needs a "name"')
            return None
        found = self._types.argument(raw["type"], raw.at("type"))
        if found is None:
            return None
        optional = raw.get("optional", False) or found.data == "flag"
        self._check_argument(raw, name, found, optional)
        doc = raw.get("doc", found.doc)
        if doc is None:
            self._problems.add(raw.location, f'{self._name}: the argument {name} needs a "doc"')
        return Argument(
            name=name,
            type=found,
            doc=one_line(doc or ""),
            token=raw.get("token"),
            optional=optional,
            at_least_one=found.data in ("list", "pairs") and raw.get("min", 1) == 1,
            counted=raw.get("counted", False),
            since=raw.get("since"),
            unsafe="retry" in raw,
        )

    def _fixed_word(self, raw: Mapping) -> Argument | None:
        if set(raw) != {"token"}:
            message = f'{self._name}: an argument needs "name" and "type", or only "token" for a fixed word'
            self._problems.add(raw.location, message)
            return None
        return Argument("", None, "", raw["token"], False, False, False, None, False)

    def _check_argument(self, raw: Mapping, name: str, found: ArgumentType, optional: bool) -> None:
        def wrong(key: str, message: str) -> None:
            self._problems.add(raw.at(key), f"{self._name}: the argument {name} {message}")

        many = found.data in ("list", "pairs")
        taken = _TAKEN_PARAMETERS | ({found.convert} if found.convert else set())
        if name in cpp.KEYWORDS:
            wrong("name", f'has a C++ keyword for a name; use another such as "{name}_value"')
        elif name in taken:
            wrong("name", f'has a name that generated code needs; use another such as "{name}_value"')
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
        for key in ("min", "counted"):
            if key in raw and not many:
                wrong(key, f'is no list, so it cannot have "{key}"')
        if raw.get("counted") and raw.get("min") == 0:
            wrong("min", 'is counted, so it cannot have "min: 0"')
        if "single" in raw and found.data != "pairs":
            wrong("single", 'holds no pairs, so it cannot have "single"')
        if "single" in raw and ("token" in raw or "counted" in raw):
            wrong("single", 'cannot have "single" together with "token" or "counted"')

    def _options_of(self, method: str, arguments: list[Argument], location: Location) -> Options | None:
        """The struct of the optional arguments; forms with the same ones share it."""
        members = tuple(argument for argument in arguments if argument.optional)
        if not members:
            return None
        for known in self._options:
            if known.members == members:
                return known
        options = Options(cpp.pascal_case(method) + "Options", self._name, members)
        self._names.add_options(options.name, location)
        self._options.append(options)
        return options

    def _signatures(
        self, method: str, arguments: list[Argument], raw: Sequence, options: Options | None
    ) -> tuple[Signature, ...]:
        """The form itself, and its overload for a single pair."""
        signatures = [Signature(method, tuple(arguments), options)]
        for i, argument in enumerate(arguments):
            if argument.type and argument.type.pair and "single" in raw[i]:
                halves = [
                    Argument(name, half, half.doc or "", None, False, False, False, None, False)
                    for name, half in zip(raw[i]["single"], argument.type.pair)
                ]
                alone = (*arguments[:i], *halves, *arguments[i + 1 :])
                signatures.append(Signature(method, alone, options))
        return tuple(signatures)

    def _rules(self, raw: Iterable[Mapping], arguments: list[Argument]) -> tuple[Rule, ...]:
        optional = [argument.name for argument in arguments if argument.optional]
        rules = []
        for rule in raw:
            named = [(rule.at("option"), rule["option"])]
            for key in ("needs", "excludes"):
                named += [(rule.at(key), name) for name in rule.get(key, ())]
            for location, name in named:
                if name not in optional:
                    message = f'a rule names "{name}", which is no optional argument; {one_of(optional)}'
                    self._problems.add(location, f"{self._name}: {message}")
            if "needs" not in rule and "excludes" not in rule:
                self._problems.add(rule.location, f'{self._name}: a rule needs "needs" or "excludes"')
            rules.append(
                Rule(
                    rule["option"],
                    tuple(rule.get("needs", ())),
                    tuple(rule.get("excludes", ())),
                    rule["message"],
                )
            )
        return tuple(rules)

    # Examples

    def _read_examples(
        self,
        given: dict[str, Any],
        raw: Mapping,
        method: str,
        arguments: list[Argument],
        signatures: tuple[Signature, ...],
        reply: Reply,
    ) -> tuple[Example, ...]:
        reader = ExampleReader(self._name, signatures, reply, self._names, self._problems)
        examples: list[Example] = []
        for data in given["examples"] or ():
            number = self._examples.get(method, 0) + 1
            self._examples[method] = number
            example = reader.read(
                data, f"{method}_{number}", given["since"], self._raw.get("scope") == "database"
            )
            if example:
                examples.append(example)
        if len(examples) == len(given["examples"] or ()) and given["examples"] is not None:
            self._check_coverage(examples, raw.location, method, arguments, signatures)
        return tuple(examples)

    def _check_coverage(
        self,
        examples: list[Example],
        location: Location,
        method: str,
        arguments: list[Argument],
        signatures: tuple[Signature, ...],
    ) -> None:
        if not examples:
            self._problems.add(location, f"{self._name}: the method {method} needs an example")
            return
        given = {argument.name for example in examples for argument in example.call}
        for argument in arguments:
            if argument.optional and argument.name not in given:
                self._problems.add(
                    location, f"{self._name}: no example of {method} shows {argument.name}; add one"
                )
        for signature in signatures:
            missing = [argument.name for argument in signature.required if argument.name not in given]
            if missing:
                parameters = ", ".join(argument.name for argument in signature.required)
                self._problems.add(
                    location, f"{self._name}: no example shows {method}({parameters}); add one"
                )
