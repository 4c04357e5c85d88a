"""Every mistake in a catalogue ends as one line that says where it is, what is wrong and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mistake import Mistake, expect_report
from upstash_codegen.__main__ import main

TYPES = "types.yaml"
DEMO = "commands/demo.yaml"

MISTAKES = {
    "unknown key in command": Mistake(
        DEMO,
        "  access: write\n",
        "  acess: write\n",
        [
            'spec/commands/demo.yaml:9: unknown key "acess" (did you mean "access"?); allowed: access, arguments, complexity, deprecated, details, differences, errors, examples, forms, idempotent, iterate, method, name, operations, own_request, returns, rules, scope, since, summary'
        ],
    ),
    "unknown key deep": Mistake(
        DEMO,
        "doc: how many}",
        "dok: how many}",
        [
            'spec/commands/demo.yaml:15: unknown key "dok" (did you mean "doc"?); allowed: counted, default, doc, min, name, optional, retry, since, single, token, type'
        ],
    ),
    "unknown key in example": Mistake(
        DEMO,
        "    result: b\n",
        "    results: b\n",
        [
            'spec/commands/demo.yaml:30: unknown key "results" (did you mean "result"?); allowed: about, call, error, keys, live, live_reason, match, reply, result, setup, tolerance, wire'
        ],
    ),
    "reply and error": Mistake(
        DEMO,
        "    reply: b\n",
        "    reply: b\n    error: ERR no\n",
        [
            'spec/commands/demo.yaml:25: PUT: the example needs either "reply" and "result", or "error"',
        ],
    ),
    "result and error": Mistake(
        DEMO,
        "    reply: b\n",
        "    error: ERR no\n",
        [
            'spec/commands/demo.yaml:25: PUT: the example needs either "reply" and "result", or "error"',
        ],
    ),
    "neither reply nor error": Mistake(
        DEMO,
        "    reply: b\n    result: b\n",
        "",
        [
            'spec/commands/demo.yaml:25: PUT: the example needs either "reply" and "result", or "error"',
        ],
    ),
    "unknown top key": Mistake(
        DEMO,
        "title: Demo",
        "titel: Demo",
        [
            'spec/commands/demo.yaml:2: unknown key "titel" (did you mean "title"?); allowed: anchors, commands, family, group, summary, title'
        ],
    ),
    "missing key": Mistake(
        DEMO,
        "  complexity: O(1)\n",
        "",
        ['spec/commands/demo.yaml:5: PUT lacks "complexity"'],
    ),
    "bad enum": Mistake(
        DEMO,
        "access: write",
        "access: reed",
        ['spec/commands/demo.yaml:9: access is "reed"; allowed: other, read, write'],
    ),
    "bad version": Mistake(
        DEMO,
        "since: 1.0.0",
        "since: 1.0",
        ["spec/commands/demo.yaml:7: since is 1.0, but must be a string (a version such as 6.2.0)"],
    ),
    "bad version num": Mistake(
        DEMO,
        "since: 1.2.0",
        "since: v1.2.0",
        ['spec/commands/demo.yaml:37: since is "v1.2.0", but must be a version such as 6.2.0'],
    ),
    "bad name": Mistake(
        DEMO,
        "name: PUT",
        "name: put",
        [
            'spec/commands/demo.yaml:5: name is "put", but must be a command\'s name in capitals such as GET or OBJECT ENCODING'
        ],
    ),
    "bad arg name": Mistake(
        DEMO,
        "{name: count,",
        "{name: Count,",
        ['spec/commands/demo.yaml:15: name is "Count", but must be a name in lower case such as max_length'],
    ),
    "type must be list": Mistake(
        DEMO,
        "errors: [WRONGTYPE]",
        "errors: WRONGTYPE",
        ['spec/commands/demo.yaml:23: errors is "WRONGTYPE", but must be a list'],
    ),
    "wire number": Mistake(
        DEMO,
        'wire: [PUT, a, "1", FAST',
        "wire: [PUT, a, 1, FAST",
        [
            "spec/commands/demo.yaml:28: wire[3] is 1, but must be a string (quote what looks like a number, true, false or null)"
        ],
    ),
    "wire empty": Mistake(
        DEMO,
        "wire: [LOOK]\n",
        "wire: []\n",
        ["spec/commands/demo.yaml:70: wire must not be empty"],
    ),
    "group not mapping": Mistake(
        DEMO,
        None,
        "- a\n",
        ["spec/commands/demo.yaml:1: the file must be a mapping (key: value)"],
    ),
    "empty file": Mistake(
        DEMO,
        None,
        "",
        ["spec/commands/demo.yaml:1: the file must be a mapping (key: value)"],
    ),
    "yaml syntax": Mistake(
        DEMO,
        "title: Demo",
        "title: [Demo",
        [
            "spec/commands/demo.yaml:3: YAML syntax: did not find expected ',' or ']', while parsing a flow sequence"
        ],
    ),
    "yaml tab": Mistake(
        DEMO,
        "title: Demo",
        "\ttitle: Demo",
        [
            "spec/commands/demo.yaml:2: YAML syntax: found a tab character that violates indentation, while scanning a plain scalar"
        ],
    ),
    "yaml ctrl": Mistake(
        DEMO,
        "title: Demo",
        "title: De\x00mo",
        [
            "spec/commands/demo.yaml:1: YAML syntax: unacceptable character #x0000: control characters are not allowed"
        ],
    ),
    "undefined alias": Mistake(
        DEMO,
        "title: Demo",
        "title: *demo",
        ["spec/commands/demo.yaml:2: YAML syntax: found undefined alias"],
    ),
    "recursive alias": Mistake(
        DEMO,
        "title: Demo",
        "title: &x [*x]",
        [
            "spec/commands/demo.yaml:2: an alias (*name) inside of what it stands for",
            "spec/commands/demo.yaml:2: title is a list, but must be a string",
        ],
    ),
    "duplicate key": Mistake(
        DEMO,
        "title: Demo",
        "title: Demo\ntitle: Again",
        ['spec/commands/demo.yaml:3: the key "title" is there twice, first in line 2'],
    ),
    "complex key": Mistake(
        DEMO,
        "title: Demo",
        "title: Demo\n[a]: b",
        ["spec/commands/demo.yaml:3: a key must be a single word or string"],
    ),
    "unknown type": Mistake(
        DEMO,
        "type: integer, optional",
        "type: integr, optional",
        [
            'spec/commands/demo.yaml:15: unknown argument type "integr" (did you mean "integer"?); allowed: Mode, expiry, flag, instant, integer, key, pairs, seconds, text, texts, value'
        ],
    ),
    "unknown reply": Mistake(
        DEMO,
        "type: optional<string>",
        "type: optional<strng>",
        [
            'spec/commands/demo.yaml:22: unknown reply type "strng" (did you mean "string"?); allowed: integer, list, optional, page, status, string'
        ],
    ),
    "reply arg missing": Mistake(
        DEMO,
        "type: optional<string>",
        "type: optional",
        ["spec/commands/demo.yaml:22: reply type optional: say of what, as in optional<string>"],
    ),
    "reply unclosed": Mistake(
        DEMO,
        "type: optional<string>",
        "type: optional<string",
        ['spec/commands/demo.yaml:22: reply type optional: ">" is missing after "string"'],
    ),
    "reply trailing": Mistake(
        DEMO,
        "type: optional<string>",
        "type: optional<string>>",
        ['spec/commands/demo.yaml:22: reply type "optional<string>>": nothing may follow "optional<string>"'],
    ),
    "reply non generic": Mistake(
        DEMO,
        "type: optional<string>",
        "type: string<integer>",
        ['spec/commands/demo.yaml:22: reply type "string<integer>": nothing may follow "string"'],
    ),
    "reply page of no items": Mistake(
        DEMO,
        "type: page<list<string>>",
        "type: page<string>",
        ["spec/commands/demo.yaml:44: reply type page<string>: string has no items; allowed: list"],
    ),
    "reply of status": Mistake(
        DEMO,
        "type: optional<string>",
        "type: optional<status>",
        ["spec/commands/demo.yaml:22: reply type optional<status>: status stands alone"],
    ),
    "duplicate signature": Mistake(
        DEMO,
        "method: look_away\n    arguments: []",
        "method: look",
        [
            'spec/commands/demo.yaml:65: the method look(std::string_view) is there twice, first in spec/commands/demo.yaml:43; give one of the forms another name with "method"',
            'spec/commands/demo.yaml:68: LOOK: the call lacks the argument "key"',
        ],
    ),
    "duplicate command": Mistake(
        DEMO,
        "- name: LOOK",
        "- name: PUT",
        [
            "spec/commands/demo.yaml:35: the command PUT is there twice, first in spec/commands/demo.yaml:5",
            "spec/commands/demo.yaml:47: PUT: the wire must start with PUT",
            "spec/commands/demo.yaml:58: PUT: the wire must start with PUT",
            "spec/commands/demo.yaml:62: PUT: the wire must start with PUT",
            "spec/commands/demo.yaml:70: PUT: the wire must start with PUT",
        ],
    ),
    "same struct": Mistake(
        DEMO,
        "method: look\n",
        "method: put\n    arguments: [{name: a, type: texts, doc: x}, {name: mode, type: Mode, optional: true, doc: x}]\n",
        [
            'spec/commands/demo.yaml:43: the C++ type PutOptions is there twice, first in spec/commands/demo.yaml:5; give one of the forms another name with "method"',
            'spec/commands/demo.yaml:47: LOOK: the call has an unknown argument "key"; allowed: a, mode',
            'spec/commands/demo.yaml:47: LOOK: the call lacks the argument "a"',
        ],
    ),
    "missing examples key": Mistake(
        DEMO,
        "    examples:\n    - call: {}\n      wire: [LOOK]\n      reply: OK\n",
        "",
        ['spec/commands/demo.yaml:65: LOOK: needs "examples"'],
    ),
    "empty examples": Mistake(
        DEMO,
        "    examples:\n    - call: {}\n      wire: [LOOK]\n      reply: OK\n",
        "    examples: []\n",
        ["spec/commands/demo.yaml:65: LOOK: the method look_away needs an example"],
    ),
    "option without example": Mistake(
        DEMO,
        ", wait: 10s",
        "",
        ["spec/commands/demo.yaml:5: PUT: no example of put shows wait; add one"],
    ),
    "alternative without example": Mistake(
        DEMO,
        "mode: {like: b}",
        "mode: fast",
        ["spec/types.yaml:17: Mode::like: no example shows it; add one"],
    ),
    "single without example": Mistake(
        DEMO,
        "{fields: [f], field: a, value: 1}",
        "{fields: [f], pairs: {a: 1}}",
        ["spec/commands/demo.yaml:51: LOOK: no example shows look_at(fields, field, value); add one"],
    ),
    "call lacks": Mistake(
        DEMO,
        "call: {key: a, value: 1, mode: {like: b}}",
        "call: {key: a, mode: {like: b}}",
        ['spec/commands/demo.yaml:31: PUT: the call lacks the argument "value"'],
    ),
    "call unknown": Mistake(
        DEMO,
        "wait: 10s",
        "waiting: 10s",
        [
            'spec/commands/demo.yaml:27: PUT: the call has an unknown argument "waiting" (did you mean "wait"?); allowed: all, at, count, expiry, key, mode, value, wait'
        ],
    ),
    "bad text": Mistake(
        DEMO,
        "call: {key: a, value: 1, mode: {like: b}}",
        "call: {key: 5, value: 1, mode: {like: b}}",
        ["spec/commands/demo.yaml:31: PUT: key: 5 is no string; quote what looks like a number"],
    ),
    "bad value": Mistake(
        DEMO,
        "call: {key: a, value: 1, mode: {like: b}}",
        "call: {key: a, value: [1], mode: {like: b}}",
        [
            "spec/commands/demo.yaml:31: PUT: value: a list is no value; allowed: a string, a number of 64 bits, true, false"
        ],
    ),
    "bad value big": Mistake(
        DEMO,
        "call: {key: a, value: 1, mode: {like: b}}",
        "call: {key: a, value: 9223372036854775808, mode: {like: b}}",
        [
            "spec/commands/demo.yaml:31: PUT: value: 9223372036854775808 is no value; allowed: a string, a number of 64 bits, true, false"
        ],
    ),
    "bad integer": Mistake(
        DEMO,
        "count: 2",
        "count: two",
        ['spec/commands/demo.yaml:27: PUT: count: "two" is no integer of 64 bits'],
    ),
    "bad duration": Mistake(
        DEMO,
        "wait: 10s",
        "wait: 10ms",
        ['spec/commands/demo.yaml:27: PUT: wait: "10ms" is no duration; allowed: 10s, 10min'],
    ),
    "bad instant": Mistake(
        DEMO,
        "at: at 5s",
        "at: 5s",
        [
            'spec/commands/demo.yaml:27: PUT: at: "5s" is no instant; allowed: "at 1893456000s", "at 1893456000123ms"'
        ],
    ),
    "bad expiry": Mistake(
        DEMO,
        "expiry: keep_ttl",
        "expiry: persist",
        [
            'spec/commands/demo.yaml:27: PUT: expiry: "persist" is no expiry; allowed: 10s, 1500ms, 2min, 1h, "at 1893456000s", "at 1893456000123ms", keep_ttl'
        ],
    ),
    "bad flag": Mistake(
        DEMO,
        "all: true}",
        "all: false}",
        ["spec/commands/demo.yaml:27: PUT: all: false says nothing; write true, or leave the flag out"],
    ),
    "bad list": Mistake(
        DEMO,
        "{fields: [f], pairs: {a: 1}}",
        "{fields: f, pairs: {a: 1}}",
        ['spec/commands/demo.yaml:57: LOOK: fields: "f" is no list'],
    ),
    "bad list element": Mistake(
        DEMO,
        "{fields: [f], pairs: {a: 1}}",
        "{fields: [1], pairs: {a: 1}}",
        ["spec/commands/demo.yaml:57: LOOK: fields: 1 is no string; quote what looks like a number"],
    ),
    "empty list": Mistake(
        DEMO,
        "{fields: [f], pairs: {a: 1}}",
        "{fields: [], pairs: {a: 1}}",
        ["spec/commands/demo.yaml:57: LOOK: fields: must not be empty"],
    ),
    "bad pairs": Mistake(
        DEMO,
        "{fields: [f], pairs: {a: 1}}",
        "{fields: [f], pairs: [[a]]}",
        [
            "spec/commands/demo.yaml:57: LOOK: pairs: a list is no pairs; allowed: a mapping, or a list of lists of two"
        ],
    ),
    "bad pair value": Mistake(
        DEMO,
        "{fields: [f], pairs: {a: 1}}",
        "{fields: [f], pairs: {a: null}}",
        [
            "spec/commands/demo.yaml:57: LOOK: pairs: null is no value; allowed: a string, a number of 64 bits, true, false"
        ],
    ),
    "bad choice": Mistake(
        DEMO,
        "mode: fast",
        "mode: fsat",
        [
            'spec/commands/demo.yaml:27: PUT: mode: "fsat" is no Mode (did you mean "fast"?); allowed: fast, {like: …}'
        ],
    ),
    "choice needs value": Mistake(
        DEMO,
        "mode: fast",
        "mode: like",
        ["spec/commands/demo.yaml:27: PUT: mode: like needs a value: {like: …}"],
    ),
    "choice takes none": Mistake(
        DEMO,
        "mode: fast",
        "mode: {fast: 1}",
        ["spec/commands/demo.yaml:27: PUT: mode: fast takes no value"],
    ),
    "choice bad value": Mistake(
        DEMO,
        "mode: {like: b}",
        "mode: {like: 7}",
        ["spec/commands/demo.yaml:31: PUT: mode: 7 is no string; quote what looks like a number"],
    ),
    "wire start": Mistake(
        DEMO,
        "wire: [LOOK, a]",
        "wire: [LOCK, a]",
        ["spec/commands/demo.yaml:47: LOOK: the wire must start with LOOK"],
    ),
    "setup key": Mistake(
        DEMO,
        "- [SET, a, b]",
        "- [SET, c, b]",
        [
            'spec/commands/demo.yaml:26: PUT: setup "SET c b": none of its words is a key of the example; allowed: a; declare others with "keys"'
        ],
    ),
    "setup short": Mistake(
        DEMO,
        "- [SET, a, b]",
        "- [FLUSHALL]",
        [
            'spec/commands/demo.yaml:26: PUT: setup "FLUSHALL": none of its words is a key of the example; allowed: a; declare others with "keys"'
        ],
    ),
    "bad raw reply": Mistake(
        DEMO,
        "    reply: b\n",
        "    reply: 1.5\n",
        [
            "spec/commands/demo.yaml:29: PUT: reply: 1.5 cannot stand in a raw reply; allowed: null, integers of 64 bits, strings, lists"
        ],
    ),
    "bad result": Mistake(
        DEMO,
        "    result: b\n",
        "    result: 7\n",
        ["spec/commands/demo.yaml:30: PUT: result: 7 is no string; quote what looks like a number"],
    ),
    "missing result": Mistake(
        DEMO,
        "    result: b\n",
        "",
        ['spec/commands/demo.yaml:25: PUT: the example lacks "result"'],
    ),
    "status with result": Mistake(
        DEMO,
        "      reply: OK\n",
        "      reply: OK\n      result: OK\n",
        ['spec/commands/demo.yaml:72: LOOK: result: "OK", but status has no result; leave it out'],
    ),
    "bad page": Mistake(
        DEMO,
        'result: {cursor: "0", items: [b]}',
        "result: {cursor: 0, items: [b]}",
        [
            'spec/commands/demo.yaml:49: LOOK: result: a mapping is no page; allowed: {cursor: "0", items: […]}'
        ],
    ),
    "bad page items": Mistake(
        DEMO,
        'result: {cursor: "0", items: [b]}',
        'result: {cursor: "0", items: b}',
        ['spec/commands/demo.yaml:49: LOOK: result: "b" is no list'],
    ),
    "near without tolerance": Mistake(
        DEMO,
        "match: unordered",
        "match: near",
        ['spec/commands/demo.yaml:50: LOOK: "match: near" and "tolerance" go together'],
    ),
    "live without reason": Mistake(
        DEMO,
        "match: unordered",
        "live: false",
        ['spec/commands/demo.yaml:50: LOOK: "live: false" and "live_reason" go together'],
    ),
    "live true": Mistake(
        DEMO,
        "match: unordered",
        "live: true",
        ["spec/commands/demo.yaml:50: live is true; allowed: false"],
    ),
    "tolerance zero": Mistake(
        DEMO,
        "match: unordered",
        "match: near\n      tolerance: 0",
        ["spec/commands/demo.yaml:51: tolerance is 0, but must be more than 0"],
    ),
    "method keyword": Mistake(
        DEMO,
        "method: look_at",
        "method: delete",
        ['spec/commands/demo.yaml:51: LOOK: "delete" is a C++ keyword; name it "method: delete_"'],
    ),
    "method taken": Mistake(
        DEMO,
        "method: look_at",
        "method: exec",
        [
            'spec/commands/demo.yaml:51: LOOK: "exec" is a method of the client itself; name it "method: exec_"'
        ],
    ),
    "argument keyword": Mistake(
        DEMO,
        "name: fields, type",
        "name: class, type",
        [
            'spec/commands/demo.yaml:53: LOOK: the argument class has a C++ keyword for a name; use another such as "class_value"'
        ],
    ),
    "argument taken": Mistake(
        DEMO,
        "name: fields, type",
        "name: build, type",
        [
            'spec/commands/demo.yaml:53: LOOK: the argument build has a name that generated code needs; use another such as "build_value"'
        ],
    ),
    "alternative keyword": Mistake(
        TYPES,
        "fast: {token",
        "and: {token",
        ['spec/types.yaml:16: Mode: "and" is a C++ keyword; name the alternative "and_"'],
    ),
    "alternative taken": Mistake(
        TYPES,
        "fast: {token",
        "token: {token",
        ['spec/types.yaml:16: Mode: an alternative cannot be named "token"; use "token_"'],
    ),
    "alternative bad name": Mistake(
        TYPES,
        "fast: {token",
        "Fast: {token",
        ['spec/types.yaml:16: Mode: "Fast" must be a name in lower case such as max_length'],
    ),
    "choice bad name": Mistake(
        TYPES,
        "  Mode:",
        "  mode:",
        ["spec/types.yaml:13: mode: the name of a choice must be a C++ type name such as SetCondition"],
    ),
    "unused type": Mistake(
        TYPES,
        "  flag: {option",
        "  other: {option: bool, data: flag}\n  flag: {option",
        ["spec/types.yaml:9: other: nothing uses it; remove it"],
    ),
    "unused choice": Mistake(
        TYPES,
        "  Mode:",
        "  Other:\n    doc: Other.\n    alternatives: {a: {token: A, doc: x}}\n  Mode:",
        ["spec/types.yaml:13: Other: nothing uses it; remove it"],
    ),
    "unused reply": Mistake(
        TYPES,
        "replies:",
        "replies:\n  double: {type: double, shape: Double, data: double, doc: x}",
        ["spec/types.yaml:19: double: nothing uses it; remove it"],
    ),
    "unused error": Mistake(
        TYPES,
        "errors:",
        "errors:\n  ERR: x",
        ["spec/types.yaml:26: ERR: nothing uses it; remove it"],
    ),
    "unknown error code": Mistake(
        DEMO,
        "errors: [WRONGTYPE]",
        "errors: [WRONG]",
        [
            'spec/commands/demo.yaml:23: unknown error code "WRONG" (did you mean "WRONGTYPE"?); allowed: WRONGTYPE'
        ],
    ),
    "no idempotent": Mistake(
        DEMO,
        "  idempotent: true\n",
        "",
        [
            'spec/commands/demo.yaml:9: PUT: access is "write", so say "idempotent: true" or "idempotent: false"'
        ],
    ),
    "retry says nothing": Mistake(
        DEMO,
        "  idempotent: true\n",
        "  idempotent: false\n",
        ['spec/commands/demo.yaml:10: PUT: "retry: unsafe" says nothing: the command is not idempotent'],
    ),
    "summary no stop": Mistake(
        DEMO,
        "Puts a value.",
        "Puts a value",
        ["spec/commands/demo.yaml:6: PUT: the summary must be a sentence with a full stop"],
    ),
    "no returns": Mistake(
        DEMO,
        "    returns: {type: status}\n",
        "",
        ['spec/commands/demo.yaml:65: LOOK: needs "returns"'],
    ),
    "returns no doc": Mistake(
        DEMO,
        "{type: integer, doc: how many}",
        "{type: integer}",
        ['spec/commands/demo.yaml:55: LOOK: returns needs "doc"'],
    ),
    "arg no doc": Mistake(
        DEMO,
        ", counted: true, doc: the fields}",
        ", counted: true}",
        ['spec/commands/demo.yaml:53: LOOK: the argument fields needs a "doc"'],
    ),
    "arg no name": Mistake(
        DEMO,
        "{name: key, type: key}",
        "{type: key}",
        ['spec/commands/demo.yaml:12: PUT: an argument with a type needs a "name"'],
    ),
    "arg only name": Mistake(
        DEMO,
        "{name: key, type: key}",
        "{name: key}",
        [
            'spec/commands/demo.yaml:12: PUT: an argument needs "name" and "type", or only "token" for a fixed word'
        ],
    ),
    "arg twice": Mistake(
        DEMO,
        "- {name: value, type: value}",
        "- {name: key, type: value}",
        ["spec/commands/demo.yaml:13: PUT: two arguments are named key"],
    ),
    "flag without token": Mistake(
        DEMO,
        "type: flag, token: ALL,",
        "type: flag,",
        ['spec/commands/demo.yaml:19: PUT: the argument all is a flag, so it needs a "token"'],
    ),
    "flag optional": Mistake(
        DEMO,
        "type: flag, token: ALL,",
        "type: flag, token: ALL, optional: true,",
        [
            "spec/commands/demo.yaml:19: PUT: the argument all is a flag, which is optional anyway; remove the key"
        ],
    ),
    "cannot be optional": Mistake(
        DEMO,
        "{name: value, type: value}",
        "{name: value, type: value, optional: true}",
        [
            "spec/commands/demo.yaml:13: PUT: the argument value cannot be optional: the type value has no form for an options struct"
        ],
    ),
    "must be optional": Mistake(
        DEMO,
        "type: integer, optional: true,",
        "type: integer,",
        [
            'spec/commands/demo.yaml:15: PUT: the argument count must be "optional: true": the type integer has no form for a parameter'
        ],
    ),
    "since on required": Mistake(
        DEMO,
        "{name: value, type: value}",
        "{name: value, type: value, since: 1.0.0}",
        ['spec/commands/demo.yaml:13: PUT: the argument value is required, so it cannot have "since"'],
    ),
    "counted no list": Mistake(
        DEMO,
        "{name: value, type: value}",
        "{name: value, type: value, counted: true}",
        ['spec/commands/demo.yaml:13: PUT: the argument value is no list, so it cannot have "counted"'],
    ),
    "single no pairs": Mistake(
        DEMO,
        "{name: value, type: value}",
        "{name: value, type: value, single: [a, b]}",
        ['spec/commands/demo.yaml:13: PUT: the argument value holds no pairs, so it cannot have "single"'],
    ),
    "single with token": Mistake(
        DEMO,
        "single: [field, value],",
        "single: [field, value], token: X,",
        [
            'spec/commands/demo.yaml:54: LOOK: the argument pairs cannot have "single" together with "token" or "counted"'
        ],
    ),
    "single of three": Mistake(
        DEMO,
        "single: [field, value],",
        "single: [a, b, c],",
        ["spec/commands/demo.yaml:54: single must not be longer"],
    ),
    "single keyword": Mistake(
        DEMO,
        "single: [field, value],",
        "single: [class, value],",
        [
            'spec/commands/demo.yaml:54: LOOK: the argument class has a C++ keyword for a name; use another such as "class_value"',
            'spec/commands/demo.yaml:61: LOOK: the call has an unknown argument "field" (did you mean "fields"?); allowed: class, fields, value',
            'spec/commands/demo.yaml:61: LOOK: the call lacks the argument "class"',
        ],
    ),
    "single named as another": Mistake(
        DEMO,
        "single: [field, value],",
        "single: [fields, value],",
        [
            "spec/commands/demo.yaml:54: LOOK: two arguments are named fields",
            "spec/commands/demo.yaml:61: LOOK: fields: a list is no string; quote what looks like a number",
            'spec/commands/demo.yaml:61: LOOK: the call has an unknown argument "field" (did you mean "fields"?); allowed: fields, value',
        ],
    ),
    "rule unknown option": Mistake(
        DEMO,
        "{option: all, needs: [count]",
        "{option: any, needs: [key]",
        [
            'spec/commands/demo.yaml:21: PUT: a rule names "any", which is no optional argument; allowed: all, at, count, expiry, mode, wait',
            'spec/commands/demo.yaml:21: PUT: a rule names "key", which is no optional argument; allowed: all, at, count, expiry, mode, wait',
        ],
    ),
    "rule nothing": Mistake(
        DEMO,
        "{option: all, needs: [count],",
        "{option: all,",
        [
            'spec/commands/demo.yaml:21: PUT: a rule needs "needs", "excludes", "min", "max", "same_size" or "is"'
        ],
    ),
    "group name": Mistake(
        DEMO,
        "group: demo",
        "group: other",
        ['spec/commands/demo.yaml:1: group is "other", but the file is demo.yaml'],
    ),
    "no commands": Mistake(
        DEMO,
        None,
        "group: demo\ntitle: Demo\nsummary: x\ncommands: []\n",
        ["spec/commands/demo.yaml:4: the group has no commands"],
    ),
    "type without form": Mistake(
        TYPES,
        "  flag: {option: bool, data: flag}",
        "  flag: {data: flag}",
        ['spec/types.yaml:9: flag: needs a "parameter", an "option", or both'],
    ),
    "type key for other kind": Mistake(
        TYPES,
        "data: flag}",
        "data: flag, units: [s]}",
        ['spec/types.yaml:9: flag: "units" means nothing for flag data'],
    ),
    "type lacks key": Mistake(
        TYPES,
        "data: list, element: text}",
        "data: list}",
        ['spec/types.yaml:10: texts: list data needs "element"'],
    ),
    "bad element": Mistake(
        TYPES,
        "element: text}",
        "element: flag}",
        ['spec/types.yaml:10: texts: element cannot be "flag"; allowed: integer, key, text, value'],
    ),
    "bad pair": Mistake(
        TYPES,
        "pair: [text, value]}",
        "pair: [text, nothing]}",
        ['spec/types.yaml:11: pairs: pair cannot be "nothing"; allowed: integer, key, text, value'],
    ),
    "bad alt value": Mistake(
        TYPES,
        "value: text, doc: as",
        "value: flag, doc: as",
        [
            'spec/types.yaml:17: Mode::like: value cannot be "flag"; allowed: instant, integer, key, seconds, text, value'
        ],
    ),
    "bad placeholder": Mistake(
        TYPES,
        'type: "std::optional<{of}>"',
        'type: "std::optional<{item}>"',
        ['spec/types.yaml:22: optional: type cannot use "{item}"; allowed: of'],
    ),
    "generic without of": Mistake(
        TYPES,
        'optional: {of: any, type: "std::optional<{of}>", shape: "Optional<{of}>"',
        "optional: {type: Optional, shape: Optional",
        ['spec/types.yaml:22: optional: optional data needs "of"'],
    ),
    "of without generic": Mistake(
        TYPES,
        "integer: {type: std",
        "integer: {of: any, type: std",
        ['spec/types.yaml:20: integer: integer data cannot have "of"'],
    ),
    "types unknown key": Mistake(
        TYPES,
        "data: flag}",
        "date: flag}",
        [
            'spec/types.yaml:9: unknown key "date" (did you mean "data"?); allowed: convert, data, doc, element, headers, option, pair, parameter, parts, unit, units, wire, words'
        ],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(mistake: Mistake, catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expect_report(mistake, catalogue, capsys)


def test_the_unchanged_catalogue_is_correct(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec", "spec", "--out", "out"]) == 0
    assert capsys.readouterr().err == ""


def test_several_mistakes_are_reported_at_once(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = catalogue / "spec" / DEMO
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("access: ", "acess: ").replace("title: Demo", "title: 7"), encoding="utf-8")
    (catalogue / "spec" / "commands" / "other.yaml").write_text("{", encoding="utf-8")

    assert main(["--spec", "spec", "--out", "out"]) == 1
    places = [line.split(": ")[0] for line in capsys.readouterr().err.splitlines()]
    assert places == [
        "spec/commands/demo.yaml:2",
        "spec/commands/demo.yaml:9",
        "spec/commands/demo.yaml:39",
        "spec/commands/other.yaml:2",
    ]


def test_a_mistake_behind_an_alias_is_told_where_it_is_written(
    catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = catalogue / "spec" / DEMO
    text = path.read_text(encoding="utf-8")
    text = text.replace("  - {name: key, type: key}", "  - &key {name: key, type: kye}", 1)
    path.write_text(text.replace("  - {name: key, type: key}", "  - *key"), encoding="utf-8")

    assert main(["--spec", "spec", "--out", "out"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('spec/commands/demo.yaml:12: unknown argument type "kye" (did you mean "key"?)')


def test_files_that_cannot_be_read(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (catalogue / "spec" / DEMO).write_bytes(b"group: \xff")
    (catalogue / "spec" / TYPES).unlink()

    assert main(["--spec", "spec", "--out", "out"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "spec/commands/demo.yaml:1: the file is not UTF-8",
        "spec/types.yaml:1: the file cannot be read: No such file or directory",
    ]


def test_a_command_that_is_no_mapping(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = catalogue / "spec" / DEMO
    path.write_text(path.read_text(encoding="utf-8") + "- GET\n", encoding="utf-8")

    assert main(["--spec", "spec", "--out", "out"]) == 1
    line = 'spec/commands/demo.yaml:72: the command is "GET", but must be a mapping (key: value)\n'
    assert capsys.readouterr().err == line


def test_a_catalogue_without_commands(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (catalogue / "spec" / DEMO).unlink()

    assert main(["--spec", "spec", "--out", "out"]) == 1
    assert capsys.readouterr().err == "spec/commands:1: there is no <group>.yaml in this folder\n"
