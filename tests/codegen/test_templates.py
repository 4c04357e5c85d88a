"""The generated text as such: formatted, without filler, from templates that use all they are given."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import pytest

from conftest import REPOSITORY
from upstash_codegen import render as rendering
from upstash_codegen.catalogue import read_catalogue

SPECS = [REPOSITORY / "tests" / "codegen" / "kitchen_sink", REPOSITORY / "spec"]


@pytest.fixture(params=SPECS, ids=[spec.name for spec in SPECS])
def files(request: pytest.FixtureRequest) -> dict[str, str]:
    return rendering.render(read_catalogue(request.param))


def cpp_files(files: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, content) for name, content in files.items() if name.endswith((".hpp", ".cpp")))


def test_cpp_is_formatted(files: dict[str, str], tmp_path: Path) -> None:
    clang_format = shutil.which("clang-format-16")
    if clang_format is None:
        pytest.skip("clang-format-16 is not installed")
    shutil.copy(REPOSITORY / ".clang-format", tmp_path)
    paths = []
    for name, content in cpp_files(files):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        paths.append(str(path))
    command = [clang_format, "--dry-run", "-Werror", *paths]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stderr == ""


def test_blank_lines_and_spaces(files: dict[str, str]) -> None:
    for name, content in files.items():
        assert not re.search(r"\n\n\n", content), f"{name}: two blank lines"
        assert not re.search(r"[ \t]\n", content), f"{name}: space at a line's end"
        assert not content.endswith("\n\n"), f"{name}: a blank line at the end"


def test_links_of_the_reference_lead_somewhere(files: dict[str, str]) -> None:
    pages = {name.removeprefix("docs/"): text for name, text in files.items() if name.endswith(".md")}
    pages["../../README.md"] = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    anchors = {page: headings(text) for page, text in pages.items()}
    del pages["../../README.md"]
    for page, text in pages.items():
        for target in re.findall(r"\]\(([^)]*)\)", text):
            file, _, fragment = target.partition("#")
            assert (file or page) in anchors, f"{page}: {target}"
            assert not fragment or fragment in anchors[file or page], f"{page}: {target}"


def test_the_index_leads_to_the_headings_of_commands(files: dict[str, str]) -> None:
    """Not to a page's title that is spelled alike."""
    for name, text in files.items():
        if name.startswith("docs/") and name not in ("docs/README.md", "docs/types.md"):
            commands = re.findall(r"^## (.*)$", text, re.M)
            targets = dict(re.findall(r"^\| \[([^]]*)\]\(#([^)]*)\)", text, re.M))
            shown = dict(zip(re.findall(r"^#+ (.*)$", without_code(text), re.M), headings(text)))
            assert [targets[command] for command in commands] == [shown[command] for command in commands]


def headings(markdown: str) -> list[str]:
    """The anchors of a page; GitHub counts headings that are alike."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.*)$", without_code(markdown), re.M):
        number = sum(other == anchor(heading) for other in found)
        found.append(anchor(heading) + (f"-{number}" if number else ""))
    return found


def without_code(markdown: str) -> str:
    return re.sub(r"^```.*?^```", "", markdown, flags=re.M | re.S)


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_templates_use_all_variables_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = rendering.environment()
    given: dict[str, set[str]] = {}
    render_template = jinja2.Template.render

    def record(template: jinja2.Template, *arguments: Any, **variables: Any) -> str:
        given[str(template.name)] = set(variables)
        return render_template(template, *arguments, **variables)

    monkeypatch.setattr(jinja2.Template, "render", record)
    rendering.render(read_catalogue(SPECS[0]))

    used = {}
    for path in rendering.TEMPLATES.glob("*.j2"):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        used[path.name] = jinja2.meta.find_undeclared_variables(tree) - set(environment.globals)
    del used["macros.j2"]
    assert given == used
