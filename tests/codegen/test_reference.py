"""The texts of the reference pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import REPOSITORY
from upstash_codegen import cpp, grammar, reference
from upstash_codegen import render as rendering
from upstash_codegen.catalogue import read_catalogue
from upstash_codegen.links import TYPES_PAGE, Links
from upstash_codegen.model import Catalogue, Form


GATE = (
    "OPEN | SAME value | NAMED text | KEPT key | WITHIN seconds | AFTER unix-seconds | EXACTLY unix-milliseconds"
    " | BRIEFLY milliseconds | ABOVE integer | OVER double | DELETE"
)


@pytest.fixture(scope="module")
def sink() -> Catalogue:
    return read_catalogue(REPOSITORY / "tests" / "codegen" / "kitchen_sink")


@pytest.fixture(scope="module")
def form(sink: Catalogue) -> Callable[[str], Form]:
    forms = {
        form.method: form for group in sink.groups for command in group.commands for form in command.forms
    }
    return forms.__getitem__


@pytest.mark.parametrize(
    ("method", "line"),
    [
        (
            "cook",
            "COOK key value [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | KEEPTTL]"
            f" [{GATE}]",
        ),
        (
            "cook_raw",
            "COOK RAW [WORD word] [MATCH match] [VALUE value] [COUNT count] [WEIGHT weight] [EX seconds]"
            " [PX milliseconds] [FAST | SLOW] [THEN <FAST | SLOW>] [ANY] [ALL]",
        ),
        (
            "stir",
            "STIR destination text number WEIGHT weight seconds milliseconds at AT exactly_at"
            " expiry <FAST | SLOW>"
            f" <{GATE}>"
            " numkeys key [key …] value [value …]",
        ),
        ("fill", "FILL key field value [field value …] [FAST | SLOW]"),
        ("fill_all", "FILL PAIRS numkeys key value [key value …] [field value …]"),
        ("dish_split", "DISH.SPLIT [number …]"),
    ],
)
def test_grammar(form: Callable[[str], Form], method: str, line: str) -> None:
    shown = grammar.form(form(method))
    assert " ".join(shown.split()) == line
    assert all(len(part) <= 110 for part in shown.split("\n"))


def test_signatures_have_the_parameters_once(form: Callable[[str], Form]) -> None:
    assert reference.signatures(form("fill")).split("\n") == [
        "std::int64_t Redis::fill(std::string_view key, const PairList& pairs, const FillOptions& options = {});",
        "std::int64_t Redis::fill(",
        "    std::string_view key, std::string_view field, const Value& value, const FillOptions& options = {});",
        "Future<std::int64_t> AsyncRedis::fill(…);",
        "Pipeline& Pipeline::fill(…);",
        "AsyncPipeline& AsyncPipeline::fill(…);",
        "Command<std::int64_t> cmd::fill(…);",
    ]


def test_links_in_text(sink: Catalogue) -> None:
    links = Links(sink, "kitchen.md")
    text = "COOK RAW, `cook_get`, `Mode::fast` and `RINSE`, but not `COOK it` nor COOKING"
    assert links.in_text(text) == (
        "[COOK RAW](#cook-raw), [`cook_get`](#rediscook_getkey-value-options),"
        f" [`Mode::fast`]({TYPES_PAGE}#mode) and [RINSE](sink.md#rinse), but not `COOK it` nor COOKING"
    )


def test_a_page(sink: Catalogue) -> None:
    page = rendering.render(sink)["docs/kitchen.md"]
    assert "| [`cook(key, value, options)`](#rediscookkey-value-options) | `bool` | 6.0.0 | writes |" in page
    assert "safe without `.gate`" in page
    assert "Takes the same as [`cook`](#rediscookkey-value-options)." in page
    assert "- **Refused** before anything is sent: ANY needs COUNT." in page


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (r'set("k", "{\"a\":1}")', r'set("k", R"({"a":1})")'),
        (r'set("k", "a b")', r'set("k", "a b")'),
        (r'"\"a\"\n"', r'"\"a\"\n"'),
        (r'"f(\"x\")"', r'R"(f("x"))"'),
        (r'"(\"x)\""', r'"(\"x)\""'),
    ],
)
def test_raw_strings(code: str, shown: str) -> None:
    assert cpp.with_raw_strings(code) == shown


def test_shell_lines() -> None:
    words = ("SET", "a b", '{"a":1}', "it's", 'it\'s "a"', "")
    assert reference.shell_line(words) == r"""SET "a b" '{"a":1}' "it's" "it's \"a\"" """ + '""'
