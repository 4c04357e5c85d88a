"""The texts of the reference pages that need more than putting in place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upstash_codegen import cpp, cpp_code, layout, result_data, wording
from upstash_codegen.model import Argument, Command, Example, Form, Group, Operation, ReplyType

_PLAIN_WORD = re.compile(r"[^\s\"'\\]+")
_ACCESS = {"read": "Reads", "write": "Writes", "other": "Counts for Redis neither as reading nor as writing"}


class Links:
    """Turns the names of commands in texts into links to their descriptions."""

    def __init__(self, groups: tuple[Group, ...], page: str | None = None) -> None:
        self._page = page
        self._places = {
            command.name: (group.name, command.anchor) for group in groups for command in group.commands
        }
        names = "|".join(re.escape(name) for name in sorted(self._places, key=len, reverse=True))
        self._name = re.compile(rf"(?P<code>`(?:{names})`)|`[^`]*`|\[[^]]*\]\([^)]*\)|\b(?P<word>{names})\b")

    def in_text(self, text: str, of: Command | None = None) -> str:
        """The text with links, but for the command that it describes."""

        def link(match: re.Match[str]) -> str:
            name = match["code"] or match["word"]
            if name is None or (of and name.strip("`") == of.name):
                return match[0]
            group, anchor = self._places[name.strip("`")]
            return f"[{name}]({'' if group == self._page else group + '.md'}#{anchor})"

        return self._name.sub(link, text)


@dataclass(frozen=True)
class Entry:
    """A method in the alphabetical table."""

    method: str
    since: str
    command: Command
    group: Group


def methods(groups: tuple[Group, ...]) -> list[Entry]:
    """All methods by name, those of a family behind it; overloads are one entry."""
    entries: dict[str, Entry] = {}
    for group in groups:
        family = f"{group.family}()." if group.family else ""
        for command in group.commands:
            for form in command.forms:
                for signature in (form.signatures[0], form.iteration):
                    if signature:
                        name = family + signature.method
                        entries.setdefault(name, Entry(name, form.since, command, group))
    return [entries[method] for method in sorted(entries)]


def type_name(reply: ReplyType) -> str:
    """A reply's C++ type, with T for what it holds."""
    shown = reply.method_type or reply.cpp_type
    return f"`{shown.replace('{of}', 'T').replace('{item}', 'T')}`"


def signatures(form: Form) -> str:
    """The form's methods, as the three classes have them."""
    family = f"{form.family}()." if form.family else ""
    namespace = f"{form.family}::" if form.family else ""
    prefixes = (
        f"{cpp_code.method_type(form, 'Redis')} Redis::{family}",
        f"{cpp_code.pipeline_type(form)} Pipeline::{family}",
        f"{cpp_code.command_type(form)} cmd::{namespace}",
    )
    declared = [
        cpp_code.declaration(prefix, signature) for prefix in prefixes for signature in form.signatures
    ]
    if form.iteration:
        declared.insert(
            len(form.signatures),
            cpp_code.declaration(f"{cpp_code.iteration_type(form)} Redis::{family}", form.iteration),
        )
    return "\n".join(declared)


def argument_name(argument: Argument) -> str:
    return f"`.{argument.name}`" if argument.optional else f"`{argument.name}`"


def argument_wire(argument: Argument) -> str:
    """How the argument looks among the words that are sent."""
    assert argument.type
    words = [argument.token] if argument.token else []
    words += ["count"] if argument.counted else []
    if argument.type.wire:
        words.append(argument.type.wire.replace("|", "\\|"))
    elif argument.type.alternatives:
        words.append("\\|".join(alternative.token for alternative in argument.type.alternatives))
    elif argument.type.data != "flag":
        words.append(argument.name + ("…" if argument.type.many else ""))
    return f"`{' '.join(words)}`"


def operation_call(operation: Operation) -> str:
    return f"`.{operation.method}({', '.join(argument.name for argument in operation.arguments)})`"


def operation_wire(operation: Operation) -> str:
    words = [operation.token, *(argument_wire(argument).strip("`") for argument in operation.arguments)]
    return f"`{' '.join(words)}`"


def operation_meaning(operation: Operation) -> str:
    """What it does, and what its arguments mean."""
    named = [f"<br>`{argument.name}`: {argument_meaning(argument)}" for argument in operation.arguments]
    return " ".join([cell(operation.summary), *named])


def argument_meaning(argument: Argument) -> str:
    """What it means, its unit, its alternatives and since when it is there."""
    assert argument.type
    parts = [wording.sentence(argument.doc)]
    if argument.type.unit:
        parts.append(wording.sentence(argument.type.unit))
    if argument.since:
        parts.append(f"Since {argument.since}.")
    for alternative in argument.type.alternatives:
        value = "(…)" if alternative.value else ""
        since = f" (since {alternative.since})" if alternative.since else ""
        name = f"{argument.type.name}::{alternative.name}{value}"
        parts.append(f"<br>`{name}`: {alternative.doc}{since}.")
    return cell(" ".join(parts))


def returns(form: Form) -> str:
    doc = f": {form.returns}" if form.returns else ""
    return wording.sentence(f"`{form.reply.method_type}`{doc}")


def errors(form: Form) -> str:
    return wording.sentence("; ".join(f"`{code}`: {explanation}" for code, explanation in form.errors))


def traits(form: Form) -> str:
    return f"{_ACCESS[form.access]}; {wording.retry(form)}."


def example_title(example: Example) -> str:
    return (example.about[:1].upper() + example.about[1:] if example.about else "For example") + ":"


def example_code(form: Form, example: Example) -> str:
    """What was done before, the call with its result, and what was sent."""
    lines = [f"// before: {shell_line(command)}" for command in example.setup]
    call = cpp_code.snippet(example)
    result = "" if form.reply.type.data == "status" else result_data.show(form.reply, example.result)
    if result and "\n" not in call and layout.fits(f"{call}  // {result}", 0):
        call += f"  // {result}"
    elif result:
        call += f"\n// {result}"
    return "\n".join([*lines, call, f"// sent: {shell_line(example.wire)}"])


def shell_line(words: tuple[str, ...]) -> str:
    """Words as they would be typed: `SET user:1 "two words"`."""
    return " ".join(
        word if _PLAIN_WORD.fullmatch(word) and word.isprintable() else _quoted(word) for word in words
    )


def _quoted(word: str) -> str:
    return cpp.string_literal(word).removesuffix("s")


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")
