"""The README's walk-through of adding a command, done as a new contributor would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import REPOSITORY

from upstash_codegen.__main__ import main

PROGRAM = """\
#include <upstash/redis.hpp>

#include <iostream>
#include <type_traits>

std::optional<std::string> (upstash::Redis::*redis_method)(std::string_view) const = &upstash::Redis::object_encoding;
upstash::Pipeline& (upstash::Pipeline::*pipeline_method)(std::string_view) = &upstash::Pipeline::object_encoding;

int main() {
  for (const auto& argument : upstash::cmd::object_encoding("counter").arguments()) std::cout << argument << ' ';
}
"""


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """What is generated once the README's entry stands at the end of its file."""
    entry = re.search(
        r"<!-- catalogue entry -->\n```yaml\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.S
    )
    assert entry and len(entry[1].splitlines()) <= 20
    shutil.copytree(REPOSITORY / "spec", tmp_path / "spec")
    with (tmp_path / "spec/commands/generic.yaml").open("a") as group:
        group.write("\n" + entry[1])
    assert main(["--spec", str(tmp_path / "spec"), "--out", str(tmp_path / "generated")]) == 0
    return tmp_path / "generated"


def test_gives_methods_a_reference_entry_and_three_tests(generated: Path) -> None:
    declaration = "object_encoding(std::string_view key)"
    assert (
        f"std::optional<std::string> {declaration} const;"
        in (generated / "include/upstash/redis_commands.hpp").read_text()
    )
    assert f"Pipeline& {declaration};" in (generated / "include/upstash/pipeline_commands.hpp").read_text()
    assert "## OBJECT ENCODING\n" in (generated / "docs/generic.md").read_text()
    assert "(generic.md#object-encoding)" in (generated / "docs/README.md").read_text()
    tests = (generated / "tests/generic_test.cpp").read_text()
    for kind in ("TEST(GenericWire,", "TEST(GenericReply,", "TEST_F(GenericLive,"):
        assert f"{kind} object_encoding_1)" in tests


def test_the_new_method_can_be_called(generated: Path, tmp_path: Path) -> None:
    library = os.environ.get("UPSTASH_TEST_LIBRARY")
    compiler = os.environ.get("UPSTASH_TEST_COMPILER", "c++")
    if library is None:
        pytest.skip("UPSTASH_TEST_LIBRARY does not name the built library")
    program = tmp_path / "program.cpp"
    program.write_text(PROGRAM)
    includes = [
        f"-I{path}"
        for path in (REPOSITORY / "include", generated / "include", REPOSITORY / "src", generated / "src")
    ]
    subprocess.run(
        [
            compiler,
            "-std=c++20",
            *includes,
            program,
            generated / "src/generic.cpp",
            library,
            "-lcurl",
            "-o",
            tmp_path / "program",
        ],
        check=True,
    )
    output = subprocess.run([tmp_path / "program"], check=True, capture_output=True, text=True).stdout
    assert output == "OBJECT ENCODING counter "
