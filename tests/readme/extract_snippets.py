"""Turns the C++ of README.md into sources that the tests compile and run.

usage: extract_snippets.py README.md PROGRAM.cpp SNIPPETS.cpp
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"(?:<!-- (?P<mark>[a-z]+) -->\n)?```cpp\n(?P<code>.*?)```", re.DOTALL)
HEADER = """\
#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include <iostream>

#include "task.hpp"

using namespace std::chrono_literals;
"""
# What stands around a block, by its mark; `{number}` keeps their names apart.
SURROUNDINGS = {
    None: ("void snippet_{number}(upstash::Redis& redis) {{", "}}"),
    "async": ("void snippet_{number}(upstash::AsyncRedis& redis) {{", "}}"),
    "functions": ("namespace snippet_{number} {{", "}}  // namespace snippet_{number}"),
}


def main(readme: Path, program: Path, snippets: Path) -> None:
    programs: list[str] = []
    parts: list[str] = [HEADER]
    for block in BLOCK.finditer(readme.read_text()):
        if block["mark"] == "program":
            programs.append(block["code"])
        elif block["mark"] in SURROUNDINGS:
            before, after = (text.format(number=len(parts)) for text in SURROUNDINGS[block["mark"]])
            parts.append(f"{before}\n{block['code']}{after}\n")
        else:
            sys.exit(f"{readme}: unknown mark '{block['mark']}'")
    if len(programs) != 1 or len(parts) == 1:
        sys.exit(
            f"{readme}: expected one program and some snippets, found {len(programs)} and {len(parts) - 1}"
        )
    program.write_text(programs[0])
    snippets.write_text("\n".join(parts))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*(Path(argument) for argument in sys.argv[1:]))
