"""Makes the generator importable from the tests, and gives them a small catalogue to change."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "codegen"))

TYPES = """\
arguments:
  key: {parameter: std::string_view, headers: [string_view], data: key, doc: the key}
  text: {parameter: std::string_view, option: std::optional<std::string_view>, headers: [optional, string_view], data: text}
  integer: {option: std::optional<std::int64_t>, headers: [cstdint, optional], data: integer}
  value: {parameter: const Value&, headers: [upstash/value.hpp], data: value, doc: the value}
  seconds: {option: std::optional<std::chrono::seconds>, headers: [chrono, optional], data: duration, units: [s, min]}
  instant: {option: std::optional<Instant>, headers: [optional], data: instant, units: [s, ms]}
  expiry: {option: std::optional<SetExpiry>, headers: [optional], data: expiry, words: [keep_ttl]}
  flag: {option: bool, data: flag}
  texts: {parameter: const StringList&, headers: [upstash/argument_list.hpp], data: list, element: text}
  pairs: {parameter: const PairList&, headers: [upstash/argument_list.hpp], data: pairs, pair: [text, value]}
choices:
  Mode:
    doc: How it is done.
    alternatives:
      fast: {token: FAST, doc: quickly}
      like: {token: LIKE, value: text, doc: as this one}
replies:
  status: {type: Ok, method_type: void, shape: Status, headers: [upstash/reply_types.hpp], data: status, doc: nothing}
  integer: {type: std::int64_t, shape: Integer, headers: [cstdint], data: integer, doc: a number}
  string: {type: std::string, shape: String, headers: [string], data: string, doc: a text}
  optional: {of: any, type: "std::optional<{of}>", shape: "Optional<{of}>", headers: [optional], data: optional, doc: maybe}
  list: {of: any, type: "std::vector<{of}>", item: "{of}", shape: "List<{of}>", headers: [vector], data: list, doc: all}
  page: {of: items, type: "ScanPage<{item}>", shape: "Page<{of}>", headers: [upstash/reply_types.hpp], data: page, doc: some}
errors:
  WRONGTYPE: the key holds a value of another type
"""

COMMANDS = """\
group: demo
title: Demo
summary: A small catalogue.
commands:
- name: PUT
  summary: Puts a value.
  since: 1.0.0
  complexity: O(1)
  access: write
  idempotent: true
  arguments:
  - {name: key, type: key}
  - {name: value, type: value}
  - {name: mode, type: Mode, optional: true, retry: unsafe, doc: how}
  - {name: count, type: integer, optional: true, token: COUNT, doc: how many}
  - {name: wait, type: seconds, optional: true, token: WAIT, doc: how long}
  - {name: at, type: instant, optional: true, token: AT, doc: when}
  - {name: expiry, type: expiry, optional: true, doc: until when}
  - {name: all, type: flag, token: ALL, doc: all of it}
  rules:
  - {option: all, needs: [count], message: ALL needs COUNT}
  returns: {type: optional<string>, doc: the old value}
  errors: [WRONGTYPE]
  examples:
  - setup:
    - [SET, a, b]
    call: {key: a, value: 1, mode: fast, count: 2, wait: 10s, at: at 5s, expiry: keep_ttl, all: true}
    wire: [PUT, a, "1", FAST, COUNT, "2", WAIT, "10", AT, "5", KEEPTTL, ALL]
    reply: b
    result: b
  - call: {key: a, value: 1, mode: {like: b}}
    wire: [PUT, a, "1", LIKE, b]
    reply: null
    result: null
- name: LOOK
  summary: Looks around.
  since: 1.2.0
  complexity: O(N)
  access: read
  arguments:
  - {name: key, type: key}
  forms:
  - method: look
    returns: {type: page<list<string>>, doc: a page}
    examples:
    - call: {key: a}
      wire: [LOOK, a]
      reply: ["0", [b]]
      result: {cursor: "0", items: [b]}
      match: unordered
  - method: look_at
    arguments:
    - {name: fields, type: texts, token: FIELDS, counted: true, doc: the fields}
    - {name: pairs, type: pairs, single: [field, value], doc: the pairs}
    returns: {type: integer, doc: how many}
    examples:
    - call: {fields: [f], pairs: {a: 1}}
      wire: [LOOK, FIELDS, "1", f, a, "1"]
      reply: 1
      result: 1
    - call: {fields: [f], field: a, value: 1}
      wire: [LOOK, FIELDS, "1", f, a, "1"]
      reply: 1
      result: 1
  - method: look_away
    arguments: []
    returns: {type: status}
    examples:
    - call: {}
      wire: [LOOK]
      reply: OK
"""


@pytest.fixture()
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, also the current one, with a small correct catalogue in spec/."""
    (tmp_path / "spec" / "commands").mkdir(parents=True)
    (tmp_path / "spec" / "types.yaml").write_text(TYPES, encoding="utf-8")
    (tmp_path / "spec" / "commands" / "demo.yaml").write_text(COMMANDS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
