"""The English of doc comments and reference pages."""

from __future__ import annotations

from upstash_codegen.model import Alternative, Argument, ArgumentType, Command, Form, Member


def sentence(phrase: str) -> str:
    """The phrase with a capital and a full stop."""
    text = phrase[:1].upper() + phrase[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def option_comment(argument: Argument) -> str:
    """Of a member of an options struct: `Only names that fit the pattern. MATCH, since 6.0.0.`"""
    facts = [argument.token] if argument.token else []
    if argument.since:
        facts.append(f"since {argument.since}" if facts else f"Since {argument.since}")
    parts = [argument.doc]
    if argument.type and argument.type.unit:
        parts.append(argument.type.unit)
    return " ".join(map(sentence, parts)) + (" " + ", ".join(facts) + "." if facts else "")


def choice_comment(choice: ArgumentType) -> str:
    """Of a choice, which may keep a view of a text that it was given."""
    values = [alternative.value.data for alternative in choice.alternatives if alternative.value]
    looks_at_text = any(data in ("key", "text", "value") for data in values)
    return sentence(choice.doc or "") + (" It looks at text and does not own it." if looks_at_text else "")


def method_comment(form: Form, command: Command) -> str:
    """Of a method: what it does, its parameters as far as needed, what comes back, the command's traits."""
    lines = [form.summary, ""]
    for argument in form.signatures[0].required:
        if argument.type and argument.doc != argument.type.doc and argument.name != argument.type.name:
            lines.append(sentence(f"`{argument.name}`: {argument.doc}"))
    outcome = [sentence(f"returns {form.returns}")] if form.returns else []
    if form.errors:
        outcome.append(f"Throws ServerError {', '.join(code for code, _ in form.errors)}.")
    if outcome:
        lines.append(" ".join(outcome))
    since = f"since {form.since}; " if form.since else ""
    lines.append(f"{form.command}{', ' if since else '; '}{since}{form.access}; {retry(form)}.")
    if command.deprecated:
        lines.append(sentence(f"deprecated: {command.deprecated}"))
    return "\n".join(lines)


def iteration_comment(form: Form) -> str:
    """Of a method that goes through all pages."""
    family = f"{form.family}()." if form.family else ""
    call = f"`for (auto& item : redis.{family}{form.method}_all(…))`"
    return (
        f"All items of {form.command} as an input range that fetches page after page: {call}."
        " Beginning and going on throw what the command throws."
    )


def async_iteration_comment(form: Form) -> str:
    """Of the asynchronous method that goes through all pages."""
    return f"All items of {form.command}, page after page."


def member_comment(member: Member) -> str:
    """Of a member of a structure."""
    return sentence(member.doc)


def retry(form: Form) -> str:
    """Whether a lost reply may be answered by sending the command again."""
    if not form.idempotent:
        return "not safe to retry"
    if not form.unsafe_options:
        return "safe to retry"
    return "safe to retry without " + " and ".join(f"`{name}`" for name in form.unsafe_options)


def alternative_comment(alternative: Alternative) -> str:
    """Of one of a choice: `Only when the key exists. XX, since 8.4.0.`"""
    since = f", since {alternative.since}" if alternative.since else ""
    return f"{sentence(alternative.doc)} {alternative.token}{since}."
