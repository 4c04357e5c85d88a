"""Reads the commands of one group file, and checks what the schema cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from upstash_codegen import cpp
from upstash_codegen.examples import ExampleReader
from upstash_codegen.model import (
    Argument,
    ArgumentType,
    Builder,
    Command,
    Example,
    Form,
    Group,
    Operation,
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
    "iterate",
)
# Names that generated functions use themselves: a parameter of that name would hide them.
_TAKEN_PARAMETERS = frozenset(
    "options build option counted at_least_one require begin_operations append_operation cmd shape".split()
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
        arguments = self._arguments(given["arguments"] or Sequence(raw.location))
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
        rules = self._rules(given["rules"] or (), arguments)
        iteration = (
            self._iteration(home["iterate"].at("iterate"), signatures[0], reply) if given["iterate"] else None
        )
        examples = self._read_examples(given, raw, method, arguments, signatures, reply, builder)
        return Form(
            command=self._name,
            family=self._family,
            summary=one_line(given["summary"]),
            since=given["since"] or "",
            access=given["access"],
            idempotent=idempotent,
            details=raw.get("details") if raw is not self._raw else None,
            rules=rules,
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

    def _arguments(self, raw: Sequence) -> list[Argument]:
        arguments = [argument for argument in map(self._argument, raw) if argument]
        names = [argument.name for argument in arguments]
        for i, name in enumerate(names):
            if name and name in names[:i]:
                self._problems.add(raw.at(i), f"{self._name}: two arguments are named {name}")
        required = [argument for argument in arguments if argument.type and not argument.optional]
        for argument, following in zip(required, required[1:]):
            if argument.default is not None and following.default_value is None:
                message = f"{argument.name} has a default, but {following.name} behind it has none"
                self._problems.add(raw.location, f"{self._name}: {message}")
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
            at_least_one=found.many and raw.get("min", 1) == 1,
            counted=raw.get("counted", False),
            since=raw.get("since"),
            unsafe="retry" in raw,
            default=raw.get("default"),
            pair_names=tuple(raw.get("single", ())),
        )

    def _fixed_word(self, raw: Mapping) -> Argument | None:
        if set(raw) != {"token"}:
            message = f'{self._name}: an argument needs "name" and "type", or only "token" for a fixed word'
            self._problems.add(raw.location, message)
            return None
        return Argument("", None, "", raw["token"], optional=False)

    def _check_argument(self, raw: Mapping, name: str, found: ArgumentType, optional: bool) -> None:
        def wrong(key: str, message: str) -> None:
            self._problems.add(raw.at(key), f"{self._name}: the argument {name} {message}")

        many = found.many
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
        if "default" in raw and (optional or found.data != "text"):
            wrong("default", 'is no required text, so it cannot have "default"')
        if "min" in raw and optional:
            wrong("min", 'is optional, so it cannot have "min"')
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
        options = Options(cpp.pascal_case(f"{self._family or ''}_{method}") + "Options", self._name, members)
        self._names.add_options(options.name, location)
        self._options.append(options)
        return options

    def _signatures(
        self, method: str, arguments: list[Argument], raw: Sequence, options: Options | None
    ) -> tuple[Signature, ...]:
        """The form itself, and its overload for a single pair."""
        signatures = [Signature(self._family, method, tuple(arguments), options)]
        for i, argument in enumerate(arguments):
            if argument.type and argument.type.pair and "single" in raw[i]:
                halves = [
                    Argument(name, half, half.doc or "", None, optional=False)
                    for name, half in zip(raw[i]["single"], argument.type.pair)
                ]
                alone = (*arguments[:i], *halves, *arguments[i + 1 :])
                signatures.append(Signature(self._family, method, alone, options))
        return tuple(signatures)

    def _builder(self, method: str, arguments: list[Argument], location: Location) -> Builder | None:
        if "operations" not in self._raw:
            return None
        if any(argument.optional for argument in arguments):
            self._problems.add(location, f"{self._name}: a command with operations cannot have options")
        operations = []
        for raw in self._raw["operations"]:
            taken = self._arguments(raw["arguments"])
            if any(argument.optional for argument in taken):
                message = f"{self._name}: an operation cannot have options"
                self._problems.add(raw.at("arguments"), message)
            operations.append(Operation(raw["method"], raw["token"], one_line(raw["summary"]), tuple(taken)))
        name = cpp.pascal_case(f"{self._family or ''}_{method}") + "Builder"
        self._names.add_options(name, location)
        return Builder(name, method, tuple(operations))

    def _iteration(self, location: Location, signature: Signature, reply: Reply) -> Signature | None:
        """The method that goes through all pages: the form's own, without its cursor."""
        cursor = [argument for argument in signature.required if argument.name == "cursor"]
        if reply.type.data != "page" or not cursor:
            message = f'{self._name}: "iterate" needs an argument "cursor" and a page as its reply'
            self._problems.add(location, message)
            return None
        arguments = tuple(argument for argument in signature.arguments if argument is not cursor[0])
        all_pages = Signature(signature.family, f"{signature.method}_all", arguments, signature.options)
        self._names.add_signature(all_pages, location)
        return all_pages

    def _rules(self, raw: Iterable[Mapping], arguments: list[Argument]) -> tuple[Rule, ...]:
        rules = [self._rule(rule, arguments) for rule in raw]
        return tuple(rule for rule in rules if rule)

    def _rule(self, raw: Mapping, arguments: list[Argument]) -> Rule | None:
        reported = self._problems.reports
        optional = {argument.name: argument for argument in arguments if argument.optional}
        lists = {a.name: a for a in arguments if a.type and a.type.many and not a.optional}
        values: Sequence | tuple[()] = raw.get("is", ())
        about = {a.name: a for a in arguments if a.type and a.type.alternatives} if values else optional

        def named(key: str, name: str, allowed: dict[str, Argument], what: str) -> Argument | None:
            if name in allowed:
                return allowed[name]
            message = f'a rule names "{name}", which is no {what}; {one_of(allowed)}'
            self._problems.add(raw.at(key), f"{self._name}: {message}")
            return None

        option = named("option", raw["option"], about, "choice" if values else "optional argument")
        if option and option.type:
            if values and option.type.has_values:
                message = (
                    f'{self._name}: "is" goes with a choice without values, which {option.type.name} is not'
                )
                self._problems.add(raw.at("is"), message)
            for value in values:
                if option.type.alternative(value) is None:
                    names = [alternative.name for alternative in option.type.alternatives]
                    message = f'{self._name}: {option.type.name} has no "{value}"; {one_of(names)}'
                    self._problems.add(raw.at("is"), message)
        others = {
            key: [named(key, name, optional, "optional argument") for name in raw.get(key, ())]
            for key in ("needs", "excludes")
        }
        sizes = [
            (named(key, name, lists, "list"), comparison, size)
            for key, comparison in (("min", ">="), ("max", "<="))
            for name, size in raw.get(key, {}).items()
        ]
        same = named("same_size", raw["same_size"], lists, "list") if "same_size" in raw else None
        if not values and not any(key in raw for key in ("needs", "excludes", "min", "max", "same_size")):
            message = 'a rule needs "needs", "excludes", "min", "max", "same_size" or "is"'
            self._problems.add(raw.location, f"{self._name}: {message}")
        if option is None or self._problems.reports > reported:
            return None
        return Rule(
            option=option,
            values=tuple(values),
            needs=tuple(other for other in others["needs"] if other),
            excludes=tuple(other for other in others["excludes"] if other),
            sizes=tuple((sized, comparison, size) for sized, comparison, size in sizes if sized),
            same_size=same,
            message=raw["message"],
        )

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
                shown = {call.method for example in examples for call in example.operations or ()}
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
