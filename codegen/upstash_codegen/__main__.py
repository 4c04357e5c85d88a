"""Generates C++, reference pages and tests from the command catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from upstash_codegen import output
from upstash_codegen.catalogue import read_catalogue
from upstash_codegen.problems import CatalogueError
from upstash_codegen.render import render


def main(command_line: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="upstash_codegen", description=__doc__)
    parser.add_argument("--spec", type=Path, required=True, help="the folder of the catalogue")
    parser.add_argument("--out", type=Path, required=True, help="the folder for what is generated")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if something is not up to date"
    )
    arguments = parser.parse_args(command_line)
    try:
        files = render(read_catalogue(arguments.spec))
    except CatalogueError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return 1
    if not arguments.check:
        output.write(files, arguments.out)
        return 0
    differences = output.compare(files, arguments.out).lines()
    for line in differences:
        print(f"{arguments.out}: {line}", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
