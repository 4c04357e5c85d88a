"""Reads the commands of one group file, and checks what the schema cannot."""

from __future__ import annotations

from typing import Any

from upstash_codegen import cpp
from upstash_codegen.arguments import ArgumentReader
from upstash_codegen.builders import read_builder
from upstash_codegen.examples import ExampleReader
from upstash_codegen.model import (
    Argument,
    Builder,
    Command,
    Example,
    Form,
    Group,
    Options,
    Reply,
    Signature,
)
from upstash_codegen.names import Names
from upstash_codegen.problems import Location, Problems
from upstash_codegen.rules import RuleReader
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
    "iterate",
)
# What Redis and Pipeline have besides commands: a method of that name would be hidden.
_TAKEN_METHODS = frozenset(
    "add batch clear empty exec execute from_env multi pipeline push script size sync_token transaction with".split()
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
        family = data.get("family")
        if family in cpp.KEYWORDS or family in _TAKEN_METHODS:
            self._problems.add(
                data.at("family"), f'the family "{family}" has a name that C++ or the client needs'
            )
        commands = [
            _CommandReader(raw, family, self._types, self._names, self._problems).read()
            for raw in data["commands"]
        ]
        return Group(
            data["group"], self._source, family, data["title"], one_line(data["summary"]), tuple(commands)
        )


class _CommandReader:
    def __init__(
        self, raw: Mapping, family: str | None, types: Types, names: Names, problems: Problems
    ) -> None:
        self._raw = raw
        self._name: str = raw["name"]
        self._family = family
        self._types = types
        self._names = names
        self._problems = problems
        self._arguments = ArgumentReader(self._name, types, problems)
        self._options: list[Options] = []
        self._examples: dict[str, int] = {}  # how many there are of each method

    def read(self) -> Command:
        raw = self._raw
        self._names.add_command(self._name, raw.at("name"))
        self._check_sentence(raw)
        if self._family and not self._name.startswith(f"{self._family.upper()}."):
            message = f'{self._name}: in the family "{self._family}" names start with {self._family.upper()}.'
            self._problems.add(raw.at("name"), message)
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
            since=raw.get("since", ""),
            complexity=raw["complexity"],
            access=raw["access"],
            own_request=raw.get("own_request", False),
            deprecated=raw.get("deprecated"),
            details=raw.get("details"),
            differences={aspect: one_line(reason) for aspect, reason in raw.get("differences", {}).items()},
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
        method = given["method"] or self._default_method()
        where = home["method"].at("method")
        self._check_method(method, where)
        reported = self._problems.reports
        arguments = self._arguments.read(given["arguments"] or Sequence(raw.location))
        returns: Mapping = given["returns"] or Mapping(raw.location)
        reply = self._types.reply(returns["type"], returns.at("type")) if "type" in returns else None
        errors: Sequence = given["errors"] or Sequence(raw.location)
        explained = [(code, self._types.error(code, errors.at(i))) for i, code in enumerate(errors)]
        idempotent = self._idempotent(given["idempotent"], given["access"], home["access"])
        builder = self._builder(method, arguments, where)
        if reply is None or self._problems.reports > reported:
            return None
        if reply.type.data != "status" and "doc" not in returns:
            self._problems.add(returns.location, f'{self._name}: returns needs "doc"')
        options = self._options_of(method, arguments, where)
        signatures = self._signatures(method, arguments, given["arguments"], options)
        for signature in signatures:
            self._names.add_signature(signature, where)
        rules = RuleReader(self._name, arguments, self._problems)
        iteration = None
        if given["iterate"]:
            iteration = self._iteration(home["iterate"].at("iterate"), signatures[0], reply, builder)
        examples = self._read_examples(given, raw, method, arguments, signatures, reply, builder)
        return Form(
            command=self._name,
            family=self._family,
            summary=one_line(given["summary"]),
            since=given["since"] or "",
            access=given["access"],
            idempotent=idempotent,
            own_request=self._raw.get("own_request", False),
            details=raw.get("details") if raw is not self._raw else None,
            rules=tuple(rule for rule in map(rules.read, given["rules"] or ()) if rule),
            reply=reply,
            returns=one_line(returns.get("doc", "")),
            errors=tuple(explained),
            signatures=signatures,
            examples=examples,
            builder=builder,
            iteration=iteration,
        )

    def _default_method(self) -> str:
        name = self._name.lower()
        if self._family:
            name = name.removeprefix(f"{self._family}.")
        return name.translate(str.maketrans(" .-", "___"))

    def _check_sentence(self, raw: Mapping) -> None:
        if "summary" in raw and not raw["summary"].strip().endswith("."):
            self._problems.add(
                raw.at("summary"), f"{self._name}: the summary must be a sentence with a full stop"
            )

    def _check_method(self, method: str, location: Location) -> None:
        if method in cpp.KEYWORDS:
            why = "is a C++ keyword"
        elif method in _TAKEN_METHODS and not self._family:
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

    def _options_of(self, method: str, arguments: list[Argument], location: Location) -> Options | None:
        """The struct of the optional arguments; forms with the same ones share it."""
        members = tuple(argument for argument in arguments if argument.optional)
        if not members:
            return None
        for known in self._options:
            if known.members == members:
                return known
        options = Options(cpp.pascal_case(f"{self._family or ''}_{method}") + "Options", self._name, members)
        self._names.add_struct(options.name, location)
        self._options.append(options)
        return options

    def _signatures(
        self, method: str, arguments: list[Argument], raw: Sequence, options: Options | None
    ) -> tuple[Signature, ...]:
        """The form itself, and its overload for a single pair."""
        signatures = [Signature(self._family, method, tuple(arguments), options)]
        for i, argument in enumerate(arguments):
            if argument.type and argument.type.pair and "single" in raw[i]:
                others = [*arguments[:i], *arguments[i + 1 :]]
                halves = self._arguments.single(raw[i], argument, others)
                alone = (*arguments[:i], *halves, *arguments[i + 1 :])
                signatures.append(Signature(self._family, method, alone, options))
        return tuple(signatures)

    def _builder(self, method: str, arguments: list[Argument], location: Location) -> Builder | None:
        if "operations" not in self._raw:
            return None
        name = cpp.pascal_case(f"{self._family or ''}_{method}") + "Builder"
        self._names.add_struct(name, location)
        raw: Sequence = self._raw["operations"]
        function = f"{self._family}_{method}" if self._family else method
        return read_builder(self._name, function, name, arguments, raw, self._arguments, self._problems)

    def _iteration(
        self, location: Location, signature: Signature, reply: Reply, builder: Builder | None
    ) -> Signature | None:
        """The method that goes through all pages: the form's own, without its cursor."""
        cursor = signature.cursor
        if reply.type.data != "page" or cursor is None or builder:
            message = '"iterate" needs a page as the reply, and an argument "cursor", a text'
        elif signature.cursor_place is None:
            message = '"iterate" needs a "cursor" with nothing before it but required arguments of one word'
        else:
            arguments = tuple(argument for argument in signature.arguments if argument is not cursor)
            all_pages = Signature(signature.family, f"{signature.method}_all", arguments, signature.options)
            self._names.add_signature(all_pages, location)
            return all_pages
        self._problems.add(location, f"{self._name}: {message}")
        return None

    # Examples

    def _read_examples(
        self,
        given: dict[str, Any],
        raw: Mapping,
        method: str,
        arguments: list[Argument],
        signatures: tuple[Signature, ...],
        reply: Reply,
        builder: Builder | None,
    ) -> tuple[Example, ...]:
        reader = ExampleReader(self._name, signatures, reply, builder, self._names, self._problems)
        examples: list[Example] = []
        for data in given["examples"] or ():
            number = self._examples.get(method, 0) + 1
            self._examples[method] = number
            name = f"{self._family}_{method}" if self._family else method
            example = reader.read(
                data, f"{name}_{number}", given["since"] or "", self._raw.get("scope") == "database"
            )
            if example:
                examples.append(example)
        if len(examples) == len(given["examples"] or ()) and given["examples"] is not None:
            self._check_coverage(examples, raw.location, method, arguments, signatures)
            for operation in builder.operations if builder else ():
                shown = {call.method for example in examples for call in example.operations}
                if operation.method not in shown:
                    message = f"{self._name}: no example shows {operation.method}(); add one"
                    self._problems.add(raw.location, message)
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
