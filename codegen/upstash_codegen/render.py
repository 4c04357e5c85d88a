"""Renders the templates over the catalogue: from paths below the output folder to contents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from upstash_codegen import cpp, cpp_code, grammar, layout, links, reference, wording
from upstash_codegen.links import TYPES_PAGE, Links
from upstash_codegen.model import ArgumentType, Catalogue, Group, Structure
from upstash_codegen.output import BANNER_START

TEMPLATES = Path(__file__).parent / "templates"
_OWN_HEADERS = "upstash/"


def render(catalogue: Catalogue) -> dict[str, str]:
    """All generated files."""
    templates = environment()
    files: dict[str, str] = {}

    def add(path: str, template: str, sources: str, **variables: Any) -> None:
        banner = f"{BANNER_START}{sources}. Do not edit: change the catalogue and run ./dev generate."
        files[path] = templates.get_template(template).render(banner=banner, **variables)

    types = catalogue.types_source
    commands = f"{Path(types).parent.as_posix()}/commands/"
    groups = catalogue.groups
    choices = catalogue.choices
    choice_headers = include_blocks(
        {"string_view", "cstdint", *(h for c in choices for h in _choice_headers(c))}
    )
    add(
        "include/upstash/argument_types.hpp",
        "argument_types.hpp.j2",
        types,
        choices=choices,
        includes=choice_headers,
    )
    add("src/argument_types.hpp", "argument_tokens.hpp.j2", types, choices=choices)
    add("src/argument_types.cpp", "argument_tokens.cpp.j2", types, choices=choices)
    structures = catalogue.structures
    add(
        "include/upstash/reply_structures.hpp",
        "reply_structures.hpp.j2",
        types,
        structures=structures,
        includes=include_blocks(_structure_headers(structures)),
    )
    own_headers = {structure.header for structure in structures if structure.header}
    add(
        "src/reply_structures.hpp",
        "structure_shapes.hpp.j2",
        types,
        structures=structures,
        headers=sorted({"upstash/reply_structures.hpp", *own_headers}),
    )
    add("src/reply_structures.cpp", "structure_shapes.cpp.j2", types, structures=structures)
    add("include/upstash/commands.hpp", "commands.hpp.j2", commands, groups=groups)
    for name in ("redis_commands", "async_commands"):
        add(f"include/upstash/{name}.hpp", f"{name}.hpp.j2", commands, families=catalogue.families)
    for prefix, pipeline in (("", "Pipeline"), ("async_", "AsyncPipeline")):
        header = f"include/upstash/{prefix}pipeline_commands.hpp"
        families = catalogue.families
        add(header, "pipeline_commands.hpp.j2", commands, families=families, pipeline=pipeline)
    add("docs/README.md", "index.md.j2", commands, groups=groups, links=Links(catalogue, "README.md"))
    add("docs/types.md", "types.md.j2", types, catalogue=catalogue, links=Links(catalogue, TYPES_PAGE))
    add("sources.cmake", "sources.cmake.j2", commands, groups=groups)
    for group in groups:
        name = group.name
        includes = include_blocks(_headers(group) | {"upstash/command.hpp"})
        add(
            f"include/upstash/commands/{name}.hpp",
            "group.hpp.j2",
            group.source,
            group=group,
            includes=includes,
        )
        add(f"src/{name}.cpp", "group.cpp.j2", group.source, group=group)
        add(f"src/async_{name}.cpp", "async_group.cpp.j2", group.source, group=group)
        linked = Links(catalogue, f"{name}.md")
        add(f"docs/{name}.md", "group.md.j2", group.source, group=group, links=linked)
        add(f"tests/{name}_test.cpp", "group_test.cpp.j2", group.source, group=group)
    return files


def environment() -> jinja2.Environment:
    """The templates with the functions they may call."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.globals = {
        "cpp": cpp,
        "code": cpp_code,
        "layout": layout,
        "grammar": grammar,
        "pages": links,
        "wording": wording,
        "reference": reference,
    }
    return made


def include_blocks(headers: Iterable[str]) -> list[list[str]]:
    """Standard headers, then the library's own, each block in order."""
    ordered = sorted(set(headers))
    blocks = [
        [header for header in ordered if not header.startswith(_OWN_HEADERS)],
        [header for header in ordered if header.startswith(_OWN_HEADERS)],
    ]
    return [block for block in blocks if block]


def _headers(group: Group) -> set[str]:
    """What the declarations of the group's commands and options need."""
    headers: set[str] = set()
    if group.builders:
        headers.add("upstash/detail/operation_builder.hpp")
    for command in group.commands:
        for form in command.forms:
            for operation in form.builder.operations if form.builder else ():
                for argument in operation.arguments:
                    headers.update(argument.type.headers if argument.type else ())
            headers.update(form.reply.headers)
            for signature in form.signatures:
                for argument in signature.arguments:
                    headers.update(argument.type.headers if argument.type else ())
    return headers


def _structure_headers(structures: Iterable[Structure]) -> set[str]:
    """What the declarations of structures need, but for each other."""
    declared = [structure for structure in structures if not structure.header]
    members = [member for structure in declared for member in structure.members]
    return {header for member in members for header in member.reply.headers} - {
        "upstash/reply_structures.hpp"
    }


def _choice_headers(choice: ArgumentType) -> set[str]:
    if not choice.has_values:
        return set()
    values = (alternative.value for alternative in choice.alternatives)
    return {
        "upstash/detail/token_choice.hpp",
        *(header for value in values if value for header in value.headers),
    }
