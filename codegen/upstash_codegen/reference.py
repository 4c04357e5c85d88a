"""The texts of the reference pages that need more than putting in place."""

from __future__ import annotations

import re

from upstash_codegen import cpp, cpp_code, layout, result_data, wording
from upstash_codegen.model import Argument, Command, Example, Form

_PLAIN_WORD = re.compile(r"[^\s\"'\\]+")


def shell_line(words: tuple[str, ...]) -> str:
    """Words as they would be typed: `SET user:1 "two words"`."""
    return " ".join(word if _PLAIN_WORD.fullmatch(word) and word.isprintable() else _quoted(word) for word in words)


def _quoted(word: str) -> str:
    literal = cpp.string_literal(word)
    return literal[:-1] if literal.endswith("s") else literal


def signatures(form: Form) -> str:
    """The form's methods, as the three classes have them."""
    lines = []
    for prefix, result, suffix in (
        ("redis.", form.reply.method_type, ""),
        ("pipeline.", "Pipeline&", ""),
        ("cmd::", f"Command<{form.reply.cpp_type}>", ""),
    ):
        for signature in form.signatures:
            lines.append(cpp_code.declaration(f"{result} {prefix}", signature, suffix))
    return "\n".join(lines)


def example_code(form: Form, example: Example) -> str:
    """The example: what was done before, the call, its result, what went over the wire."""
    lines = [f"// {shell_line(command)}" for command in example.setup]
    call = cpp_code.snippet(example)
    result = "" if form.reply.type.data == "status" else result_data.show(form.reply, example.result)
    if result and "\n" not in call and layout.fits(f"{call}  // {result}", 0):
        call += f"  // {result}"
    elif result:
        call += f"\n// {result}"
    return "\n".join([*lines, call])


def argument_name(argument: Argument) -> str:
    return f"`options.{argument.name}`" if argument.optional else f"`{argument.name}`"


def argument_meaning(argument: Argument) -> str:
    """The cell of the table: meaning, unit, words, since."""
    assert argument.type
    parts = [wording.sentence(argument.doc)]
    if argument.type.unit:
        parts.append(wording.sentence(argument.type.unit))
    for alternative in argument.type.alternatives:
        value = "(…)" if alternative.value else ""
        since = f" (since {alternative.since})" if alternative.since else ""
        parts.append(f"<br>`{argument.type.name}::{alternative.name}{value}` {alternative.token}: {alternative.doc}{since}")
    if argument.since:
        parts.append(f"Since {argument.since}.")
    return cell(" ".join(parts))


def argument_words(argument: Argument) -> str:
    """How the argument looks on the wire."""
    return f"`{argument.token}`" if argument.token else ""


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def linked(text: str, own_group: str, places: dict[str, tuple[str, str]]) -> str:
    """Names of other commands in back quotes become links."""

    def link(match: re.Match[str]) -> str:
        group, anchor = places[match[1]]
        page = "" if group == own_group else f"{group}.md"
        return f"[{match[0]}]({page}#{anchor})"

    names = "|".join(re.escape(name) for name in sorted(places, key=len, reverse=True))
    return re.sub(f"`({names})`(?!\\])", link, text) if names else text


def retry(form: Form) -> str:
    return wording.retry(form)


def access(form: Form) -> str:
    return {"read": "reads", "write": "writes", "other": "neither reads nor writes keys"}[form.access]


def errors(form: Form) -> str:
    return "; ".join(f"`{code}`: {explanation}" for code, explanation in form.errors)


def entries(commands: list[Command]) -> list[Command]:
    return sorted(commands, key=lambda command: command.name)
