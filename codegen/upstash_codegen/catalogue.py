"""Reads and checks the whole catalogue."""

from __future__ import annotations

from pathlib import Path

from upstash_codegen.commands import GroupReader
from upstash_codegen.model import Catalogue
from upstash_codegen.names import Names
from upstash_codegen.problems import Location, Problems
from upstash_codegen.schema import Schema
from upstash_codegen.source import Mapping, load
from upstash_codegen.type_table import Types


def read_catalogue(spec: Path) -> Catalogue:
    """The catalogue in the folder; raises CatalogueError with every mistake found."""
    problems = Problems()
    types_data, files = _load_files(spec, problems)
    problems.raise_if_any()
    assert types_data is not None

    types = Types(types_data, problems)
    problems.raise_if_any()
    names = Names(types, problems)
    groups = tuple(
        GroupReader(_source(spec, f"commands/{stem}.yaml"), types, names, problems).read(data, stem)
        for stem, data in files.items()
    )
    problems.raise_if_any()
    names.report_unshown()
    types.report_unused()
    problems.raise_if_any()
    return Catalogue(
        types_source=_source(spec, "types.yaml"),
        parameters=types.parameters,
        choices=types.choices,
        replies=types.replies,
        structures=types.structures,
        errors=types.errors,
        groups=groups,
    )


def _load_files(spec: Path, problems: Problems) -> tuple[Mapping | None, dict[str, Mapping]]:
    schema = Schema()
    types_data = load(spec / "types.yaml", problems)
    if types_data is not None:
        schema.check_types_file(types_data, problems)
    files: dict[str, Mapping] = {}
    paths = sorted((spec / "commands").glob("*.yaml"))
    if not paths:
        problems.add(Location(str(spec / "commands"), 1), "there is no <group>.yaml in this folder")
    for path in paths:
        data = load(path, problems)
        if data is not None:
            schema.check_group_file(data, problems)
            files[path.stem] = data
    return types_data, files


def _source(spec: Path, file: str) -> str:
    """As banners name it, wherever the generator is run."""
    return f"{spec.resolve().name}/{file}"
