"""The texts of the reference pages that need more than putting in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from upstash_codegen import cpp, cpp_code, grammar, layout, result_data, wording
from upstash_codegen.links import Links, form_heading
from upstash_codegen.model import (
    Alternative,
    Argument,
    ArgumentType,
    Command,
    Example,
    Form,
    Group,
    Operation,
    Reply,
    ReplyType,
    Structure,
)

_PLAIN_WORD = re.compile(r"[^\s\"'\\]+")
_ACCESS = {"read": "reads", "write": "writes", "other": "other"}
_FEW_MEMBERS = 4


@dataclass(frozen=True)
class Entry:
    """A method in the alphabetical table."""

    method: str
    returned: str
    form: Form
    command: Command
    group: Group


def methods(groups: tuple[Group, ...]) -> list[Entry]:
    """All methods by name; overloads that return the same are one entry."""
    entries: dict[tuple[str, str], Entry] = {}

    def add(method: str, returned: str, form: Form, command: Command, group: Group) -> None:
        name = f"{_family(form)}{method}"
        entries.setdefault((name, returned), Entry(name, returned, form, command, group))

    for group in groups:
        for command in group.commands:
            for form in command.forms:
                add(form.method, form.reply.method_type, form, command, group)
                if form.iteration:
                    add(form.iteration.method, cpp_code.iteration_type(form), form, command, group)
    return [entries[key] for key in sorted(entries)]


def method_names(command: Command) -> str:
    """The command's methods as a cell of a table."""
    names: dict[str, None] = {}
    for form in command.forms:
        names[form.method] = None
        if form.iteration:
            names[form.iteration.method] = None
    return ", ".join(f"`{name}`" for name in names)


def reply_types(replies: tuple[ReplyType, ...]) -> dict[str, str]:
    """C++ types, with T for what they hold, and what they are."""
    found: dict[str, str] = {}
    for reply in replies:
        shown = (reply.method_type or reply.cpp_type).replace("{of}", "T").replace("{item}", "T")
        found.setdefault(shown, reply.doc)
    return found


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!]) ", text, maxsplit=1)[0]


def since(version: str) -> str:
    return version or "Upstash"


# A command and its forms


def heading(form: Form) -> str:
    return form_heading(form)


def glance_method(form: Form) -> str:
    """How the form is called, in short: `set(key, value, options)`."""
    called = [f"{form.method}({', '.join(form.signatures[0].parameter_names)})"]
    if form.iteration:
        called.append(f"{form.iteration.method}({', '.join(form.iteration.parameter_names)})")
    return "<br>".join(f"`{call}`" for call in called)


def glance_returns(form: Form) -> str:
    returned = [form.reply.method_type]
    if form.iteration:
        returned.append(cpp_code.iteration_type(form))
    return "<br>".join(f"`{cpp_type}`" for cpp_type in returned)


def access(form: Form) -> str:
    return _ACCESS[form.access]


def retry(form: Form) -> str:
    """Whether a lost reply may be answered by sending the command again, in short."""
    if not form.idempotent:
        return "not safe"
    return "safe" + "".join(
        f"{' without' if i == 0 else ' and'} `.{name}`" for i, name in enumerate(form.unsafe_options)
    )


def signatures(form: Form) -> str:
    """The form's methods, as the classes have them; the parameters once."""
    family = _family(form)
    namespace = f"{form.family}::" if form.family else ""
    parameters = "(…);" if form.signatures[0].parameters else "();"
    redis = f"{_builder_or(form, form.reply.method_type)} Redis::{family}"
    declared = [cpp_code.declaration(redis, signature) for signature in form.signatures]
    for returned, owner in (
        (f"Future<{form.reply.method_type}>", f"AsyncRedis::{family}"),
        ("Pipeline&", f"Pipeline::{family}"),
        ("AsyncPipeline&", f"AsyncPipeline::{family}"),
        (f"Command<{form.reply.cpp_type}>", f"cmd::{namespace}"),
    ):
        declared.append(f"{_builder_or(form, returned)} {owner}{form.method}{parameters}")
    if form.iteration:
        iterated = f"{cpp_code.iteration_type(form)} Redis::{family}"
        declared.append(cpp_code.declaration(iterated, form.iteration))
        iterated = f"{cpp_code.iteration_type(form, 'AsyncScan')} AsyncRedis::{family}"
        parameters = "(…);" if form.iteration.parameters else "();"
        declared.append(f"{iterated}{form.iteration.method}{parameters}")
    return "\n".join(declared)


def _builder_or(form: Form, other: str) -> str:
    return f"{form.builder.name}<…>" if form.builder else other


def _family(form: Form) -> str:
    return f"{form.family}()." if form.family else ""


def operation_signature(operation: Operation) -> str:
    parameters = [f"{a.type.parameter} {a.name}" for a in operation.arguments if a.type]
    return f"`.{operation.method}({', '.join(parameters)})`"


def operation_wire(operation: Operation) -> str:
    return _code_cell(grammar.operation(operation))


def operation_meaning(operation: Operation, links: Links) -> str:
    """What it does and what its arguments mean."""
    arguments = [
        f"<br>`{argument.name}`: {_meaning(argument, links)}"
        for argument in operation.arguments
        if argument.type
    ]
    return cell(links.in_text(operation.summary) + " ".join(["", *arguments]).rstrip())


def like_another(command: Command, form: Form) -> Form | None:
    """The first form of the command that takes the very same arguments, if it is not this one."""
    for other in command.forms:
        if other is form or not form.arguments:
            return None
        if other.arguments == form.arguments:
            return other
    return None


# Arguments


def in_cpp_order(form: Form) -> list[Argument]:
    """The arguments, options last as in C++."""
    return sorted(form.arguments, key=lambda argument: argument.optional)


def argument_name(argument: Argument) -> str:
    return f"`.{argument.name}`" if argument.optional else f"`{argument.name}`"


def argument_type(argument: Argument, links: Links) -> str:
    """The C++ type, without what every option or parameter has around it."""
    assert argument.type
    declared = (argument.type.option if argument.optional else argument.type.parameter) or ""
    bare = re.fullmatch(r"std::optional<(.*)>|const (.*)&", declared)
    return links.type_name((bare[1] or bare[2]) if bare else declared)


def argument_wire(argument: Argument) -> str:
    """How the argument looks among the words that are sent."""
    return _code_cell(grammar.words_of(argument))


def argument_meaning(argument: Argument, links: Links) -> str:
    """What it means, its unit, its alternatives and since when it is there."""
    return cell(_meaning(argument, links))


def _meaning(argument: Argument, links: Links) -> str:
    assert argument.type
    parts = [wording.sentence(argument.doc)]
    if argument.type.unit:
        parts.append(wording.sentence(argument.type.unit))
    if argument.type.many and not argument.optional:
        parts.append("At least one." if argument.at_least_one else "May be empty.")
    if argument.default is not None:
        parts.append(f"By default `{cpp.string_literal(argument.default)}`.")
    if argument.since:
        parts.append(f"Since {argument.since}.")
    linked = links.in_text(" ".join(parts))
    return " ".join([linked, *(_short(argument.type, other, links) for other in argument.type.alternatives)])


def _short(choice: ArgumentType, alternative: Alternative, links: Links) -> str:
    version = f" (since {alternative.since})" if alternative.since else ""
    return f"<br>{alternative_name(choice, alternative)}: {links.in_text(alternative.doc)}{version}."


def alternative_name(choice: ArgumentType, alternative: Alternative) -> str:
    value = f"({alternative.value.name})" if alternative.value else ""
    return f"`{choice.name}::{alternative.name}{value}`"


def alternative_wire(alternative: Alternative) -> str:
    return _code_cell(grammar.alternative(alternative))


# Results


def returns(form: Form, links: Links, command: Command) -> str:
    """The type with its structures, and what it holds when."""
    doc = links.in_text(f": {form.returns}", command) if form.returns else ""
    found = "".join(f" {_outline(structure, links)}" for structure in _held(form.reply))
    return wording.sentence(f"`{form.reply.method_type}`{doc}") + found


def _outline(structure: Structure, links: Links) -> str:
    if len(structure.members) > _FEW_MEMBERS:
        return f"See {links.to_type(structure)}."
    return f"{links.to_type(structure)} has {_listed([f'`.{member.name}`' for member in structure.members])}."


def _held(reply: Reply) -> Iterator[Structure]:
    """The structures that a reply names itself."""
    if reply.type.structure:
        yield reply.type.structure
    if reply.of:
        yield from _held(reply.of)


def member_type(reply: Reply, links: Links) -> str:
    """A member's type; the structure that it holds behind it, as code cannot be a link."""
    if reply.type.structure:
        return links.type_name(reply.cpp_type)
    held = "".join(f" ({links.to_type(structure)})" for structure in _held(reply))
    return f"`{reply.cpp_type}`{held}"


def errors(form: Form) -> str:
    return wording.sentence("; ".join(f"`{code}`: {explanation}" for code, explanation in form.errors))


def refused(form: Form) -> str:
    """The combinations of arguments that are not sent."""
    return " ".join(wording.sentence(rule.message) for rule in form.rules)


def differences(command: Command) -> str:
    return " ".join(wording.sentence(reason) for reason in dict.fromkeys(command.differences.values()))


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# Who uses a type


def takers(choice: ArgumentType, groups: tuple[Group, ...], links: Links) -> str:
    """The commands that take a choice."""

    def takes(form: Form) -> bool:
        operations = form.builder.operations if form.builder else ()
        arguments = [*form.arguments, *(a for operation in operations for a in operation.arguments)]
        return any(argument.type == choice for argument in arguments)

    return _commands_where(takes, groups, links)


def returners(structure: Structure, groups: tuple[Group, ...], links: Links) -> str:
    """The commands that return a structure, possibly inside of others."""

    def holds(reply: Reply) -> bool:
        return any(
            held == structure or any(holds(member.reply) for member in held.members) for held in _held(reply)
        )

    return _commands_where(lambda form: holds(form.reply), groups, links)


def _commands_where(holds: Callable[[Form], bool], groups: tuple[Group, ...], links: Links) -> str:
    found = [command for group in groups for command in group.commands if any(map(holds, command.forms))]
    return ", ".join(map(links.to_command, found))


# Examples


def example_title(example: Example) -> str:
    return (example.about[:1].upper() + example.about[1:] if example.about else "For example") + ":"


def example_code(form: Form, example: Example) -> str:
    """What was done before, the call with its result, and what was sent."""
    lines = [f"// before: {shell_line(command)}" for command in example.setup]
    call = cpp_code.snippet(example)
    result: layout.Item | None = None
    if example.error:
        result = f"throws ServerError: {example.error}"
    elif form.reply.type.data != "status":
        result = layout.mapped(result_data.show(form.reply, example.result), cpp.with_raw_strings)
    if result and "\n" not in call and layout.fits(f"{call}  // {layout.flat(result)}", 0):
        call += f"  // {layout.flat(result)}"
    elif result:
        call += "\n// " + layout.lay_out(result, 3).replace("\n   ", "\n// ")
    return "\n".join([*lines, call, f"// sent: {shell_line(example.wire)}"])


def iteration_code(form: Form) -> str:
    """A loop over all pages, with the arguments of an example that the tests run that way."""
    example = next(example for example in form.examples if example.is_last_page)
    return f"for (auto& item : {cpp_code.iteration_snippet(example)}) use(item);"


def shows_iteration(form: Form) -> bool:
    return form.iteration is not None and any(example.is_last_page for example in form.examples)


def shell_line(words: tuple[str, ...]) -> str:
    """Words as they would be typed: `SET user:1 "two words"`."""
    return " ".join(
        word if _PLAIN_WORD.fullmatch(word) and word.isprintable() else _quoted(word) for word in words
    )


def _quoted(word: str) -> str:
    if '"' in word and "'" not in word and "\\" not in word and word.isprintable():
        return f"'{word}'"
    return cpp.string_literal(word).removesuffix("s")


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _code_cell(text: str) -> str:
    return f"`{cell(text)}`" if text else ""
