"""What has to be known of C++ itself: its reserved words, literals and the look of names."""

from __future__ import annotations

import re

KEYWORDS = frozenset(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t
    char32_t char8_t class co_await co_return co_yield compl concept const const_cast
    consteval constexpr constinit continue decltype default delete do double dynamic_cast
    else enum explicit export extern false float for friend goto if inline int long mutable
    namespace new noexcept not not_eq nullptr operator or or_eq private protected public
    register reinterpret_cast requires return short signed sizeof static static_assert
    static_cast struct switch template this thread_local throw true try typedef typeid
    typename union unsigned using virtual void volatile wchar_t while xor xor_eq
    """.split()
)

_STRING_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def string_literal(text: str) -> str:
    """A string literal; one with a NUL inside is a std::string, a plain literal would end there."""
    escaped = "".join(_ESCAPES.get(c, c if c.isprintable() else _octal(c)) for c in text)
    return f'"{escaped}"' + ("s" if "\0" in text else "")


def with_raw_strings(code: str) -> str:
    """The code with raw strings for those literals that only escape quotes: JSON is easier to read so."""

    def raw(match: re.Match[str]) -> str:
        text = match[1].replace('\\"', '"')
        return match[0] if text == match[1] or "\\" in text or ')"' in text else f'R"({text})"'

    return _STRING_LITERAL.sub(raw, code)


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode())


def bool_literal(truth: bool) -> str:
    return "true" if truth else "false"


def is_int64(data: object) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and -(2**63) <= data < 2**63


def integer_literal(number: int) -> str:
    """A literal; C++ has none for the smallest integer."""
    return "std::numeric_limits<std::int64_t>::min()" if number == -(2**63) else str(number)


def double_literal(number: float) -> str:
    if number in (float("inf"), float("-inf")):
        sign = "-" if number < 0 else ""
        return f"{sign}std::numeric_limits<double>::infinity()"
    return repr(float(number))


def pascal_case(snake_case: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in snake_case.split("_"))
