"""The pages of the reference, and links between them."""

from __future__ import annotations

import re

from upstash_codegen.model import ArgumentType, Catalogue, Command, Form, Group, Structure

TYPES_PAGE = "types.md"
PARAMETERS = "What parameters take"  # the heading of the section on their types


def anchor(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def command_anchor(command: Command, group: Group) -> str:
    """A command's anchor; GitHub counts headings that are alike, and the page's title comes first."""
    return anchor(command.name) + ("-1" if anchor(command.name) == anchor(group.title) else "")


def form_heading(form: Form) -> str:
    """`redis.json().get(key, paths)`, which no two forms of a page share."""
    family = f"{form.family}()." if form.family else ""
    return f"redis.{family}{form.method}({', '.join(form.signatures[0].parameter_names)})"


class Links:
    """Turns the names of commands, methods and types into links to what is said of them."""

    def __init__(self, catalogue: Catalogue, page: str) -> None:
        self._page = page
        self._commands: dict[str, str] = {}
        named_types: list[ArgumentType | Structure] = [*catalogue.choices, *catalogue.structures]
        self._spans = {named.name: f"{TYPES_PAGE}#{anchor(named.name)}" for named in named_types}
        self._parameters = {name: f"{TYPES_PAGE}#{anchor(PARAMETERS)}" for name in catalogue.parameters}
        for group in catalogue.groups:
            for command in group.commands:
                self._commands[command.name] = f"{group.name}.md#{command_anchor(command, group)}"
                for form in command.forms:
                    self._add_methods(form, self._form_place(form, command, group))
        names = "|".join(re.escape(name) for name in sorted(self._commands, key=len, reverse=True))
        self._name = re.compile(rf"`(?P<code>[^`]*)`|\[[^]]*\]\([^)]*\)|\b(?P<word>{names})\b(?!\.\w)")

    def in_text(self, text: str, of: Command | None = None) -> str:
        """The text with links, but for the command that it describes."""

        def link(match: re.Match[str]) -> str:
            code, word = match["code"], match["word"]
            if code is None and word is None or (of and of.name in (code, word)):
                return match[0]
            if word or code in self._commands:
                return self.to(word or code, self._commands[word or code])
            span = self._spans.get(code.partition("::")[0])
            is_own = of is not None and span == self._commands[of.name]
            return self.to(match[0], span) if span and not is_own else match[0]

        return self._name.sub(link, text)

    def to_command(self, command: Command) -> str:
        return self.to(command.name, self._commands[command.name])

    def to_form(self, form: Form, command: Command, group: Group, text: str) -> str:
        """The text as a link to what is said of the form."""
        return self.to(text, self._form_place(form, command, group))

    def to_type(self, named: ArgumentType | Structure) -> str:
        return self.to(f"`{named.name}`", f"{TYPES_PAGE}#{anchor(named.name)}")

    def type_name(self, cpp_type: str) -> str:
        """A C++ type as code, with a link when something is said of it."""
        place = self._spans.get(cpp_type) or self._parameters.get(cpp_type)
        return self.to(f"`{cpp_type}`", place) if place else f"`{cpp_type}`"

    def to(self, text: str, place: str) -> str:
        """The text as a link to a place of a page."""
        page, _, fragment = place.partition("#")
        return f"[{text}]({'' if page == self._page else page}#{fragment})"

    def _form_place(self, form: Form, command: Command, group: Group) -> str:
        alone = len(command.forms) == 1
        return f"{group.name}.md#{command_anchor(command, group) if alone else anchor(form_heading(form))}"

    def _add_methods(self, form: Form, place: str) -> None:
        """Names with a `_` are certainly no arguments."""
        names = [form.method, *([form.iteration.method] if form.iteration else [])]
        for name in names:
            if "_" in name and not form.family:
                self._spans.setdefault(name, place)
