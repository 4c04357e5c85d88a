"""Functions and calls of the generated C++, as text that only has to be put in place."""

from __future__ import annotations

from collections.abc import Sequence

from upstash_codegen import argument_data, cpp, layout, result_data, wording
from upstash_codegen.layout import Bracketed, Item
from upstash_codegen.model import Alternative, Argument, ArgumentType, Example, Form, Rule, Signature


def declaration(prefix: str, signature: Signature, suffix: str = "", indent: int = 0) -> str:
    """A function's declaration: `prefix get(std::string_view key)suffix;`"""
    parameters = [
        name + (" = {}" if signature.options and name.endswith("& options") else "")
        for name in signature.parameters
    ]
    return layout.lay_out(Bracketed(f"{prefix}{signature.method}(", parameters, f"){suffix};"), indent)


def definition(prefix: str, signature: Signature, suffix: str, statements: Sequence[Item]) -> str:
    """A function's definition, on one line if it fits there."""
    return _function(
        Bracketed(f"{prefix}{signature.method}(", signature.parameters, f"){suffix}"), statements
    )


def _function(head: Bracketed, statements: Sequence[Item], tail: str = "", indent: int = 0) -> str:
    one_line = f"{head.flat()} {{ {layout.flat(statements[0])} }}{tail}"
    if len(statements) == 1 and layout.fits(one_line, indent):
        return one_line
    inner = indent + 2
    body = [" " * inner + layout.lay_out(statement, inner) for statement in statements]
    opened = layout.lay_out(Bracketed(head.prefix, head.items, head.suffix + " {"), indent)
    return "\n".join([opened, *body, " " * indent + "}" + tail])


def builder(form: Form, signature: Signature) -> str:
    """The function of upstash::cmd that makes the command."""
    statements: list[Item] = [_requirement(form.command, rule) for rule in form.rules]
    traits = [f".name = {cpp.string_literal(form.command)}"]
    if form.access == "read":
        traits.append(".read_only = true")
    if form.idempotent and form.unsafe_options:
        traits.append(".idempotent = " + " && ".join(f"!options.{name}" for name in form.unsafe_options))
    elif form.idempotent:
        traits.append(".idempotent = true")
    sent = [part for argument in signature.arguments for part in _sent(argument)]
    made = Bracketed(f"return build<{form.reply.shape}>(", [Bracketed("{", traits, "}"), *sent], ");")
    return definition(f"Command<{form.reply.cpp_type}> ", signature, "", [*statements, made])


def redis_method(form: Form, signature: Signature) -> str:
    """The method of the synchronous client."""
    made = Bracketed(f"cmd::{signature.method}(", signature.parameter_names, ")")
    start = "" if form.reply.method_type == "void" else "return "
    run = Bracketed(start + "session_.run(", [made], ");")
    return definition(f"{form.reply.method_type} RedisCommands::", signature, " const", [run])


def pipeline_method(signature: Signature) -> str:
    """The method of pipelines."""
    made = Bracketed(f"cmd::{signature.method}(", signature.parameter_names, ")")
    return definition(
        "Pipeline& PipelineCommands::", signature, "", [Bracketed("return push(", [made], ");")]
    )


def _sent(argument: Argument) -> list[Item]:
    """What one argument puts on the wire."""
    token = cpp.string_literal(argument.token) if argument.token else ""
    if argument.type is None:
        return [f"Token{{{token}}}"]
    if argument.type.data == "flag":
        return [f"Flag{{{token}, options.{argument.name}}}"]
    if argument.optional:
        return [f"option({token}, options.{argument.name})" if token else f"options.{argument.name}"]
    sent: list[Item] = [f"Token{{{token}}}"] if token else []
    if argument.counted or argument.at_least_one:
        function = "counted" if argument.counted else "at_least_one"
        sent.append(f"{function}({cpp.string_literal(argument.noun)}, {argument.name})")
    elif argument.type.convert:
        sent.append(f"{argument.type.convert}({argument.name})")
    else:
        sent.append(argument.name)
    return sent


def _requirement(command: str, rule: Rule) -> Item:
    needed = " && ".join(f"options.{name}" for name in rule.needs)
    terms = [f"!options.{rule.option}"]
    if rule.needs:
        terms.append(f"({needed})" if len(rule.needs) > 1 else needed)
    conditions = [" || ".join(terms)] if rule.needs else []
    conditions += [f"!(options.{rule.option} && options.{name})" for name in rule.excludes]
    holds = " && ".join(f"({c})" if " || " in c and len(conditions) > 1 else c for c in conditions)
    return Bracketed("require(", [holds, cpp.string_literal(command), cpp.string_literal(rule.message)], ");")


# Examples


def snippet(example: Example) -> str:
    """The call as the reference shows it."""
    return layout.lay_out(_call(example, cpp.string_literal, ";"))


def test_call(example: Example) -> str:
    """The call as the tests make it, of a Redis or a Pipeline, with keys that may get a prefix."""
    keys: list[str] = []

    def render_key(key: str) -> str:
        keys.append(key)
        return f"key({cpp.string_literal(key)})"

    call = _call(example, render_key, ";")
    parameters = ["auto& redis", "const Keys& key" if keys else "const Keys&"]
    returned = Bracketed("return " + call.prefix, call.items, call.suffix)
    return _function(
        Bracketed(f"const auto call_{example.name} = [](", parameters, ") -> decltype(auto)"), [returned], ";"
    )


def _call(example: Example, key: argument_data.KeyRenderer, tail: str) -> Bracketed:
    required = [argument for argument in example.call if not argument.optional]
    items = [argument_data.render(argument.type, argument.data, key) for argument in required]
    members: list[Item] = []
    for argument in example.call:
        if argument.optional:
            rendered = argument_data.render(argument.type, argument.data, key)
            members.append(_prefixed(f".{argument.name} = ", rendered))
    if members:
        items.append(Bracketed("{", members, "}"))
    return Bracketed(f"redis.{example.method}(", items, ")" + tail)


def _words(texts: Sequence[str]) -> Bracketed:
    return Bracketed("{", [cpp.string_literal(text) for text in texts], "}")


def example_object(form: Form, example: Example) -> str:
    """The example as the tests' constant."""
    members: list[Item] = [
        f".command = {cpp.string_literal(form.command)}",
        f".since = {cpp.string_literal(example.since)}",
    ]
    if example.keys:
        members.append(_prefixed(".keys = ", _words(example.keys)))
    if example.setup:
        members.append(Bracketed(".setup = {", [_words(command) for command in example.setup], "}"))
    members.append(_prefixed(".wire = ", _words(example.wire)))
    members.append(_prefixed(".reply = ", result_data.render_raw(example.raw_reply)))
    members.append(_prefixed(".result = ", result_data.render(form.reply, example.result)))
    if example.match != "exact":
        members.append(f".match = Match::{example.match}")
    if example.tolerance is not None:
        members.append(f".tolerance = {cpp.double_literal(example.tolerance)}")
    if example.database_wide:
        members.append(".database_wide = true")
    return layout.one_per_line(f"const Example {example.name}{{", members, "};")


def test_case(macro: str, suite: str, example: Example, function: str) -> str:
    statement = f"{function}({example.name}, call_{example.name});"
    return _function(Bracketed(f"{macro}(", [suite, example.name], ")"), [statement])


def _prefixed(prefix: str, item: Item) -> Item:
    if isinstance(item, str):
        return prefix + item
    return Bracketed(prefix + item.prefix, item.items, item.suffix)


# Choices


def enumerators(choice: ArgumentType) -> str:
    """The alternatives of a choice without values, with their comments behind or, if too long, above."""
    comments = {f"{a.name},": wording.alternative_comment(a) for a in choice.alternatives}
    width = max(map(len, comments))
    lines = [f"  {name:<{width}}  ///< {comment}" for name, comment in comments.items()]
    if not all(layout.fits(line, 0) for line in lines):
        lines = [f"  {layout.comment(comment, 2)}\n  {name}" for name, comment in comments.items()]
    return "\n".join(lines)


def choice_factory(choice: ArgumentType, alternative: Alternative) -> str:
    """The function of a choice's class that makes an alternative with its value."""
    assert alternative.value
    head = Bracketed(
        f"static {choice.name} {alternative.name}(", [f"{alternative.value.parameter} value"], ")"
    )
    value = "value.count()" if alternative.value.data == "duration" else "value"
    made = Bracketed(f"return {choice.name}(", [cpp.string_literal(alternative.token), value], ");")
    return _function(head, [made], indent=2)


def choice_constant(choice: ArgumentType, alternative: Alternative) -> str:
    """The definition of an alternative without value."""
    token = cpp.string_literal(alternative.token)
    return f"inline constexpr {choice.name} {choice.name}::{alternative.name}{{{token}}};"
