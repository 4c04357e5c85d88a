"""Functions and calls of the generated C++, as text that only has to be put in place."""

from __future__ import annotations

from collections.abc import Sequence

from upstash_codegen import argument_data, cpp, layout, result_data, wording
from upstash_codegen.layout import Assigned, Bracketed, Item, Joined
from upstash_codegen.model import (
    Alternative,
    Argument,
    ArgumentType,
    CallArgument,
    Example,
    Form,
    Member,
    Operation,
    Rule,
    Signature,
    Structure,
)


def declaration(prefix: str, signature: Signature, suffix: str = "", indent: int = 0) -> str:
    """A function's declaration: `prefix get(std::string_view key)suffix;`"""
    return layout.lay_out(
        Bracketed(f"{prefix}{signature.method}(", signature.declared_parameters, f"){suffix};"), indent
    )


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
    opened = _opened(Bracketed(head.prefix, head.items, head.suffix + " {"), indent)
    return "\n".join([opened, *body, " " * indent + "}" + tail])


def _opened(head: Bracketed, indent: int) -> str:
    """The head, with its return type on a line of its own where it leaves the name no room."""
    returned, _, name = head.prefix.rpartition(" ")
    if not returned or layout.fits(head.prefix, indent):
        return layout.lay_out(head, indent)
    return returned + "\n" + " " * indent + layout.lay_out(Bracketed(name, head.items, head.suffix), indent)


def command_type(form: Form) -> str:
    """What a function of upstash::cmd returns."""
    return f"{form.builder.name}<>" if form.builder else f"Command<{form.reply.cpp_type}>"


def method_type(form: Form) -> str:
    """What a method of a client returns."""
    return f"{form.builder.name}<detail::Session>" if form.builder else form.reply.method_type


def pipeline_type(form: Form, pipeline: str) -> str:
    """What a method of `Pipeline` or `AsyncPipeline` returns."""
    return f"{form.builder.name}<detail::PipelineTarget<{pipeline}>>" if form.builder else f"{pipeline}&"


def command_function(form: Form, signature: Signature) -> str:
    """The function of upstash::cmd that makes the command."""
    statements: list[Item] = [_requirement(form.command, rule) for rule in form.rules]
    sent = [part for argument in signature.arguments for part in _sent(argument)]
    parts = [_traits(form), *sent]
    if form.builder:
        begun = Bracketed(f"begin_operations<{form.reply.shape}>(", parts, ")")
        made = Bracketed("return {", ["{}", begun], "};")
    else:
        made = Bracketed(f"return build<{form.reply.shape}>(", parts, ");")
    return definition(f"{command_type(form)} ", signature, "", [*statements, made])


def _traits(form: Form) -> Item:
    """What the runtime knows of the command."""
    name = cpp.string_literal(form.command)
    if form.access == "read" and form.idempotent and not form.unsafe_options and not form.own_request:
        return f"reads({name})"
    traits = [f".name = {name}"]
    if form.access == "read":
        traits.append(".read_only = true")
    if form.idempotent and form.unsafe_options:
        traits.append(".idempotent = " + " && ".join(f"!options.{name}" for name in form.unsafe_options))
    elif form.idempotent:
        traits.append(".idempotent = true")
    if form.own_request:
        traits.append(".own_request = true")
    return Bracketed("{", traits, "}")


def _made(signature: Signature) -> Bracketed:
    """The call of the function that makes the command."""
    family = f"{signature.family}::" if signature.family else ""
    return Bracketed(f"cmd::{family}{signature.method}(", signature.parameter_names, ")")


def redis_method(form: Form, signature: Signature, owner: str) -> str:
    """The method of the synchronous client."""
    made = _made(signature)
    if form.builder:
        run = Bracketed("return {session_, ", [made], "};")
    else:
        start = "" if form.reply.method_type == "void" else "return "
        run = Bracketed(start + "session_.run(", [made], ");")
    return definition(f"{method_type(form)} {owner}::", signature, " const", [run])


def async_type(form: Form) -> str:
    """What a method of the asynchronous client returns."""
    if form.builder:
        return f"{form.builder.name}<detail::AsyncSession>"
    return f"Future<{form.reply.method_type}>"


def async_method(form: Form, signature: Signature, owner: str) -> str:
    """The method of the asynchronous client."""
    start = "return {session_, " if form.builder else "return session_.run("
    end = "};" if form.builder else ");"
    run = Bracketed(start, [_made(signature)], end)
    return definition(f"{async_type(form)} {owner}::", signature, " const", [run])


def pipeline_method(form: Form, signature: Signature, pipeline: str, owner: str) -> str:
    """The method of pipelines."""
    start = "return {target(), " if form.builder else "return target().run("
    end = "};" if form.builder else ");"
    run = Bracketed(start, [_made(signature)], end)
    return definition(f"{pipeline_type(form, pipeline)} {owner}::", signature, "", [run])


def iteration_type(form: Form, iteration: str = "ScanRange") -> str:
    """What the method of a client returns that goes through all pages: a `ScanRange` or an `AsyncScan`."""
    assert form.reply.of
    return f"{iteration}<{form.reply.of.item}>"


def iteration_method(form: Form, iteration: str, owner: str) -> str:
    """The method of a client that goes through all pages."""
    assert form.iteration
    first = form.signatures[0]
    names = ['"0"' if name == "cursor" else name for name in first.parameter_names]
    family = f"{first.family}::" if first.family else ""
    made = Bracketed(f"cmd::{family}{first.method}(", names, ")")
    returned = Bracketed("return {", ["session_", made, str(form.cursor_index)], "};")
    return definition(f"{iteration_type(form, iteration)} {owner}::", form.iteration, " const", [returned])


# Builders


def operation_method(form: Form, operation: Operation) -> str:
    """A builder's method."""
    assert form.builder
    names = [argument.name for argument in operation.arguments]
    add = Bracketed(f"detail::{_operation_function(form, operation)}(", ["this->operations()", *names], ");")
    head = Bracketed(f"{form.builder.name}& {operation.method}(", _parameters(operation.arguments), ")")
    return _function(head, [add, "return *this;"], indent=2)


def operation_declaration(form: Form, operation: Operation) -> str:
    return layout.lay_out(_operation_head(form, operation, ";"))


def operation_definition(form: Form, operation: Operation) -> str:
    sent = [part for argument in operation.arguments for part in _sent(argument)]
    token = f"Token{{{cpp.string_literal(operation.token)}}}"
    return _function(
        _operation_head(form, operation, ""),
        [Bracketed("append_operation(", ["operations", token, *sent], ");")],
    )


def _operation_head(form: Form, operation: Operation, tail: str) -> Bracketed:
    parameters = ["Operations& operations", *_parameters(operation.arguments)]
    return Bracketed(f"void {_operation_function(form, operation)}(", parameters, ")" + tail)


def _operation_function(form: Form, operation: Operation) -> str:
    assert form.builder
    return f"{form.builder.function}_{operation.method}"


def _parameters(arguments: Sequence[Argument]) -> list[str]:
    return [f"{argument.type.parameter} {argument.name}" for argument in arguments if argument.type]


def _sent(argument: Argument) -> list[Item]:
    """What one argument puts on the wire."""
    token = cpp.string_literal(argument.token) if argument.token else ""
    if argument.type is None:
        return [f"Token{{{token}}}"]
    if argument.type.data == "flag":
        return [f"Flag{{{token}, {argument.expression}}}"]
    if argument.optional and argument.counted:
        return [f"counted_option({token}, {argument.expression})"]
    if argument.optional:
        return [f"option({token}, {argument.expression})" if token else argument.expression]
    sent: list[Item] = [f"Token{{{token}}}"] if token else []
    noun = cpp.string_literal(argument.noun)
    if argument.type.convert:
        sent.append(f"{argument.type.convert}({noun + ', ' if argument.type.many else ''}{argument.name})")
    elif argument.counted and argument.at_least_one:
        sent.append(f"counted({noun}, {argument.name})")
    elif argument.counted:
        sent.append(f"counted({argument.name})")
    elif argument.at_least_one:
        sent.append(f"at_least_one({noun}, {argument.name})")
    else:
        sent.append(argument.name)
    return sent


def _requirement(command: str, rule: Rule) -> Item:
    """The check of a rule: the option is not what the rule is about, or all that it demands holds."""
    demands = [_given(other) for other in rule.needs]
    demands += [_not_given(other) for other in rule.excludes]
    demands += [f"{sized.expression}.size() {comparison} {size}" for sized, comparison, size in rule.sizes]
    if rule.same_size:
        demands.append(f"{rule.option.expression}.size() == {rule.same_size.expression}.size()")
    absent = [_differs(rule.option, value) for value in rule.values] or [_not_given(rule.option)]
    holds = Joined("||", [_all(absent), _all(demands)]) if demands else Joined("&&", absent)
    return Bracketed("require(", [holds, cpp.string_literal(command), cpp.string_literal(rule.message)], ");")


def _all(conditions: list[str]) -> Item:
    """That all of them hold, as a part of a condition."""
    return conditions[0] if len(conditions) == 1 else Bracketed("(", [Joined("&&", conditions)], ")")


def _given(argument: Argument) -> str:
    return f"!{argument.expression}.empty()" if _is_list(argument) else argument.expression


def _not_given(argument: Argument) -> str:
    return f"{argument.expression}.empty()" if _is_list(argument) else f"!{argument.expression}"


def _is_list(argument: Argument) -> bool:
    return argument.type is not None and argument.type.many


def _differs(argument: Argument, alternative: str) -> str:
    assert argument.type
    return f"{argument.expression} != {argument.type.name}::{alternative}"


# Structures


_CLASSES = frozenset({"string", "list", "optionals", "map", "optional", "first", "structure", "any"})


def member_declaration(member: Member) -> str:
    """A structure's member, which is empty when a reply lacks it."""
    # Classes are empty without `{}`, which would have every includer instantiate their constructors and destructors.
    is_class = member.reply.type.data in _CLASSES
    return f"{member.reply.cpp_type} {member.name}{'' if is_class else '{}'};"


def structure_parser(structure: Structure) -> str:
    """The definition of a shape's function that reads the structure."""
    members = [
        Assigned(f".{member.name}", _member(structure, i)) for i, member in enumerate(structure.members)
    ]
    returned = Bracketed("return {", members, "};")
    if structure.layout == "list":
        needed = sum(not member.optional for member in structure.members)
        head = Bracketed(
            f"upstash::{structure.name} {structure.name}::parse_members(",
            ["std::span<const ReplyNode> nodes"],
            ")",
        )
        reader = Bracketed("const ListMembers members(", [f'"{structure.name}"', "nodes", str(needed)], ");")
    else:
        head = Bracketed(
            f"upstash::{structure.name} {structure.name}::parse(", ["const ReplyNode& node"], ")"
        )
        reader = Bracketed("const MapMembers members(", [f'"{structure.name}"', "node"], ");")
    return _function(head, [reader, returned])


def _member(structure: Structure, index: int) -> Item:
    member = structure.members[index]
    name = cpp.string_literal(member.field if structure.layout == "map" else member.name)
    place = [str(index)] if structure.layout == "list" else []
    return Bracketed(f"members.get<{member.reply.inner_shape}>(", [*place, name], ")")


def structure_members(structure: Structure) -> str:
    """The function that shows all members of a structure, with their names, to what prints or compares them."""
    visits = [f'visit("{member.name}", structure.{member.name});' for member in structure.members]
    parameters = [f"const {structure.name}& structure", "Visitor&& visit"]
    head = Bracketed("void for_each_member(", parameters, ")")
    return (
        "template <class Visitor>\n"
        + layout.lay_out(Bracketed(head.prefix, head.items, head.suffix + " {"))
        + "".join(f"\n  {visit}" for visit in visits)
        + "\n}"
    )


# Examples


def snippet(example: Example) -> str:
    """The call as the reference shows it."""
    call = _call(example, cpp.string_literal, "", ";")
    return layout.lay_out(layout.mapped(call, cpp.with_raw_strings))


def iteration_snippet(example: Example) -> str:
    """The call of the method that goes through all pages, as the reference shows it."""
    return cpp.with_raw_strings(layout.flat(_iteration_call(example, cpp.string_literal)))


def test_call(example: Example) -> str:
    """The call as the tests make it, of a Redis or a Pipeline, with keys that may get a prefix."""
    keys: list[str] = []

    def render_key(key: str) -> str:
        keys.append(key)
        return f"key({cpp.string_literal(key)})"

    return _lambda(example.name, keys, _call(example, render_key, "return ", ";"))


def test_iteration(example: Example) -> str:
    """The call of the method that goes through all pages, of a Redis."""
    keys: list[str] = []

    def render_key(key: str) -> str:
        keys.append(key)
        return f"key({cpp.string_literal(key)})"

    call = _iteration_call(example, render_key)
    return _lambda(f"{example.name}_all", keys, Bracketed("return all_of(", [call], ");"))


def _iteration_call(example: Example, key: argument_data.KeyRenderer) -> Bracketed:
    arguments = [argument for argument in example.call if argument.name != "cursor"]
    return _call_of(f"{example.method}_all", example.family, arguments, key, "", "")


def _lambda(name: str, keys: list[str], statement: Item) -> str:
    parameters = ["auto& redis", "const Keys& key" if keys else "const Keys&"]
    head = Bracketed(f"const auto call_{name} = [](", parameters, ") -> decltype(auto)")
    return _function(head, [statement], ";")


def _call(example: Example, key: argument_data.KeyRenderer, start: str, end: str) -> Item:
    """The call of the example's method; of a builder with its operations."""
    if not example.operations:
        return _call_of(example.method, example.family, example.call, key, start, end)
    links: list[Item] = [_call_of(example.method, example.family, example.call, key, start, "")]
    for operation in example.operations:
        rendered = [argument_data.render(a.type, a.data, key) for a in operation.arguments]
        links.append(Bracketed(f".{operation.method}(", rendered, ")"))
    return layout.Chain([*links, ".execute()" + end])


def _call_of(
    method: str,
    family: str | None,
    call: Sequence[CallArgument],
    key: argument_data.KeyRenderer,
    start: str,
    end: str,
) -> Bracketed:
    required = [argument for argument in call if not argument.optional]
    items = [argument_data.render(argument.type, argument.data, key) for argument in required]
    members: list[Item] = []
    for argument in call:
        if argument.optional:
            rendered = argument_data.render(argument.type, argument.data, key)
            members.append(Assigned(f".{argument.name}", rendered))
    if members:
        items.append(Bracketed("{", members, "}"))
    target = f"redis.{family}()." if family else "redis."
    return Bracketed(f"{start}{target}{method}(", items, ")" + end)


def _words(texts: Sequence[str]) -> Bracketed:
    return Bracketed("{", [cpp.string_literal(text) for text in texts], "}")


def example_object(form: Form, example: Example) -> str:
    """The example as the tests' constant."""
    members: list[Item] = [
        f".command = {cpp.string_literal(form.command)}",
        f".since = {cpp.string_literal(example.since)}",
    ]
    if example.keys:
        members.append(Assigned(".keys", _words(example.keys)))
    if example.setup:
        members.append(
            Assigned(".setup", Bracketed("{", [_words(command) for command in example.setup], "}"))
        )
    members.append(Assigned(".wire", _words(example.wire)))
    if example.error:
        error = Bracketed("error(", [cpp.string_literal(example.error)], ")")
        members += [Assigned(".reply", error), Assigned(".result", error)]
    else:
        members.append(Assigned(".reply", result_data.render_raw(example.raw_reply)))
        members.append(Assigned(".result", result_data.render(form.reply, example.result)))
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


def iteration_test_case(suite: str, example: Example) -> str:
    statement = f"expect_all_items({example.name}, call_{example.name}_all);"
    return _function(Bracketed("TEST(", [suite, example.name], ")"), [statement])


# Choices


def enumerators(choice: ArgumentType) -> str:
    """The alternatives of a choice without values, with their comments behind or, if too long, above."""
    comments = {f"{a.name},": wording.alternative_comment(a) for a in choice.alternatives}
    width = max(map(len, comments))
    lines = [f"  {name:<{width}}  ///< {comment}" for name, comment in comments.items()]
    if not all(layout.fits(line, 0) for line in lines):
        lines = [f"  {layout.comment(comment, 2)}\n  {name}" for name, comment in comments.items()]
    return "\n".join(lines)


def choice_factory(choice: ArgumentType, alternative: Alternative, qualified: bool) -> Bracketed:
    """The head of the function of a choice's class that makes an alternative with its value."""
    assert alternative.value
    owner = f"{choice.name}::" if qualified else ""
    start = "" if qualified else "static "
    return Bracketed(
        f"{start}{choice.name} {owner}{alternative.name}(", [f"{alternative.value.parameter} value"], ")"
    )


def choice_factory_declaration(choice: ArgumentType, alternative: Alternative) -> str:
    head = choice_factory(choice, alternative, qualified=False)
    return layout.lay_out(Bracketed(head.prefix, head.items, head.suffix + ";"), 2)


def choice_factory_definition(choice: ArgumentType, alternative: Alternative) -> str:
    assert alternative.value
    kind = alternative.value
    if kind.data == "duration":
        value = "value.count()"
    else:
        value = f"detail::{kind.convert}(value)" if kind.convert else "value"
    made = Bracketed("return {", [cpp.string_literal(alternative.token), value], "};")
    return _function(choice_factory(choice, alternative, qualified=True), [made])


def choice_constant(choice: ArgumentType, alternative: Alternative) -> str:
    """The definition of an alternative without value."""
    token = cpp.string_literal(alternative.token)
    return f"inline constexpr {choice.name} {choice.name}::{alternative.name}{{{token}}};"
