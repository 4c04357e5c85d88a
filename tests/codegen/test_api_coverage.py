"""The catalogue has every command of the API, and no other."""

from __future__ import annotations

from api_commands import SPEC, api_commands

from upstash_codegen.catalogue import read_catalogue


def report(listed: set[str], present: set[str]) -> tuple[bool, str]:
    """Whether the two are the same, and a line that says so or what is wrong."""
    missing, unknown = sorted(listed - present), sorted(present - listed)
    text = f"{len(listed & present)}/{len(listed)}"
    if missing:
        text += ", missing: " + ", ".join(missing)
    if unknown:
        text += ", not in api_commands.txt: " + ", ".join(unknown)
    return not missing and not unknown, text


def test_the_catalogue_has_every_command_of_the_api() -> None:
    groups = read_catalogue(SPEC).groups
    present = {command.name for group in groups for command in group.commands}
    complete, text = report(set(api_commands()), present)
    assert complete, text
    print(text)


def test_the_list_is_sorted_and_has_no_duplicates() -> None:
    listed = api_commands()
    assert listed == sorted(set(listed))


def test_what_is_missing_or_unknown_is_named() -> None:
    assert report({"GET", "SET"}, {"GET", "SET"}) == (True, "2/2")
    assert report({"DEL", "GET", "SET"}, {"GET"}) == (False, "1/3, missing: DEL, SET")
    assert report({"GET"}, {"GET", "GRAB"}) == (False, "1/1, not in api_commands.txt: GRAB")
