"""Turns the C++ of README.md into sources that the tests compile and run.

usage: extract_snippets.py README.md PROGRAM.cpp SNIPPETS.cpp
"""

import re
import sys
from pathlib import Path

PROGRAM_MARK = "<!-- program -->\n"
BLOCK = re.compile(r"(?P<mark><!-- program -->\n)?```cpp\n(?P<code>.*?)```", re.DOTALL)


def main(readme: Path, program: Path, snippets: Path) -> None:
    programs: list[str] = []
    functions: list[str] = []
    for block in BLOCK.finditer(readme.read_text()):
        code = block["code"]
        if block["mark"] == PROGRAM_MARK:
            programs.append(code)
        else:
            functions.append(f"void snippet_{len(functions) + 1}(upstash::Redis& redis) {{\n{code}}}\n")
    if len(programs) != 1 or not functions:
        sys.exit(
            f"{readme}: expected one program and some snippets, found {len(programs)} and {len(functions)}"
        )
    program.write_text(programs[0])
    header = (
        "#include <upstash/redis.hpp>\n\n#include <iostream>\n\nusing namespace std::chrono_literals;\n\n"
    )
    snippets.write_text(header + "\n".join(functions))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*(Path(argument) for argument in sys.argv[1:]))
