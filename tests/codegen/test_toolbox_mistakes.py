"""Mistakes in what only the toolbox has: families, structures, builders, iterations, rules about lists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import REPOSITORY
from mistake import Mistake, expect_report
from upstash_codegen.__main__ import main

TYPES = "types.yaml"
TOOLBOX = "commands/toolbox.yaml"

MISTAKES = {
    # Families and commands
    "name outside of the family": Mistake(
        TOOLBOX,
        "name: BOX.TIME",
        "name: TIME",
        [
            'spec/commands/toolbox.yaml:93: TIME: in the family "box" names start with BOX.',
            "spec/commands/toolbox.yaml:101: TIME: the wire must start with TIME",
            "spec/commands/toolbox.yaml:105: TIME: the wire must start with TIME",
        ],
    ),
    "family that is a keyword": Mistake(
        TOOLBOX,
        "family: box",
        "family: class",
        [
            'spec/commands/toolbox.yaml:4: the family "class" has a name that C++ or the client needs',
            'spec/commands/toolbox.yaml:6: BOX.GET: in the family "class" names start with CLASS.',
            'spec/commands/toolbox.yaml:21: BOX.SORT: in the family "class" names start with CLASS.',
            'spec/commands/toolbox.yaml:46: BOX.PUT: in the family "class" names start with CLASS.',
            'spec/commands/toolbox.yaml:63: BOX.SCAN: in the family "class" names start with CLASS.',
            'spec/commands/toolbox.yaml:77: BOX.WORK: in the family "class" names start with CLASS.',
            'spec/commands/toolbox.yaml:93: BOX.TIME: in the family "class" names start with CLASS.',
        ],
    ),
    "family like a client's method": Mistake(
        TOOLBOX,
        "family: box",
        "family: exec",
        [
            'spec/commands/toolbox.yaml:4: the family "exec" has a name that C++ or the client needs',
            'spec/commands/toolbox.yaml:6: BOX.GET: in the family "exec" names start with EXEC.',
            'spec/commands/toolbox.yaml:21: BOX.SORT: in the family "exec" names start with EXEC.',
            'spec/commands/toolbox.yaml:46: BOX.PUT: in the family "exec" names start with EXEC.',
            'spec/commands/toolbox.yaml:63: BOX.SCAN: in the family "exec" names start with EXEC.',
            'spec/commands/toolbox.yaml:77: BOX.WORK: in the family "exec" names start with EXEC.',
            'spec/commands/toolbox.yaml:93: BOX.TIME: in the family "exec" names start with EXEC.',
        ],
    ),
    "difference without a known aspect": Mistake(
        TOOLBOX,
        "{arity: the path",
        "{arty: the path",
        [
            'spec/commands/toolbox.yaml:10: unknown key "arty" (did you mean "arity"?); allowed: access, arity, exists, since, tokens'
        ],
    ),
    "differences without any": Mistake(
        TOOLBOX,
        "{arity: the path may be left out}",
        "{}",
        ["spec/commands/toolbox.yaml:10: differences must not be empty"],
    ),
    "method that ends with two underscores": Mistake(
        TOOLBOX,
        "method: time_left",
        "method: time__left",
        [
            'spec/commands/toolbox.yaml:102: method is "time__left", but must be a name in lower case such as object_encoding'
        ],
    ),
    # Defaults and lists
    "default on a list": Mistake(
        TOOLBOX,
        "words, type: texts, min: 0,",
        "words, type: texts, default: x,",
        [
            'spec/commands/toolbox.yaml:14: BOX.GET: the argument words is no required text, so it cannot have "default"'
        ],
    ),
    "default on an option": Mistake(
        TOOLBOX,
        "token: WEIGHTS,",
        "token: WEIGHTS, default: x,",
        [
            'spec/commands/toolbox.yaml:29: BOX.SORT: the argument weights is no required text, so it cannot have "default"'
        ],
    ),
    "default before a required argument": Mistake(
        TOOLBOX,
        "type: texts, min: 0, doc: words",
        "type: texts, doc: words",
        ["spec/commands/toolbox.yaml:12: BOX.GET: path has a default, but words behind it has none"],
    ),
    "left out before a given one": Mistake(
        TOOLBOX,
        "call: {key: a, path: b, words: [c]}",
        "call: {key: a, words: [c]}",
        [
            'spec/commands/toolbox.yaml:17: BOX.GET: the call lacks the argument "path", which stands before "words"'
        ],
    ),
    "default that no example gives": Mistake(
        TOOLBOX,
        "call: {key: a, path: b, words: [c]}",
        "call: {key: a}",
        ["spec/commands/toolbox.yaml:6: BOX.GET: no example shows get(key, path, words); add one"],
    ),
    "forms that defaults make alike": Mistake(
        TOOLBOX,
        "  - method: time_left\n",
        "  - arguments: [{name: words, type: texts, min: 0, doc: w}]\n",
        [
            'spec/commands/toolbox.yaml:93: the method box().time() is there twice, first in spec/commands/toolbox.yaml:93; give one of the forms another name with "method"',
            "spec/commands/toolbox.yaml:102: BOX.TIME: no example shows time(words); add one",
        ],
    ),
    "min on an option": Mistake(
        TOOLBOX,
        "token: WEIGHTS,",
        "token: WEIGHTS, min: 0,",
        [
            'spec/commands/toolbox.yaml:29: BOX.SORT: the argument weights is optional, so it cannot have "min"'
        ],
    ),
    "optional list without a token": Mistake(
        TOOLBOX,
        "token: WEIGHTS, ",
        "",
        [
            'spec/commands/toolbox.yaml:29: BOX.SORT: the argument weights is an optional list, so it needs a "token"'
        ],
    ),
    "counted list with a form of its own": Mistake(
        TOOLBOX,
        "type: ids,",
        "type: ids, counted: true,",
        [
            'spec/commands/toolbox.yaml:52: BOX.PUT: the argument ids cannot have "counted": the type ids has a wire form of its own'
        ],
    ),
    "min of a list with a form of its own": Mistake(
        TOOLBOX,
        "type: ids,",
        "type: ids, min: 0,",
        [
            'spec/commands/toolbox.yaml:52: BOX.PUT: the argument ids cannot have "min": the type ids has a wire form of its own'
        ],
    ),
    "single of pairs in another order": Mistake(
        TOOLBOX,
        "type: scores,",
        "type: scores, single: [score, member],",
        [
            'spec/commands/toolbox.yaml:53: BOX.PUT: the argument scores cannot have "single": the type scores has a wire form of its own'
        ],
    ),
    "single with a form of its own": Mistake(
        TOOLBOX,
        "type: ids,",
        "type: ids, single: [key, id],",
        [
            'spec/commands/toolbox.yaml:52: BOX.PUT: the argument ids cannot have "single": the type ids has a wire form of its own'
        ],
    ),
    "argument named as its converter": Mistake(
        TOOLBOX,
        "name: at, type: instant",
        "name: unix_seconds, type: instant",
        [
            'spec/commands/toolbox.yaml:56: BOX.PUT: the argument unix_seconds has a name that generated code needs; use another such as "unix_seconds_value"'
        ],
    ),
    "argument that hides what pipelines need": Mistake(
        TOOLBOX,
        "name: at, type: instant",
        "name: push, type: instant",
        [
            'spec/commands/toolbox.yaml:56: BOX.PUT: the argument push has a name that generated code needs; use another such as "push_value"'
        ],
    ),
    # Data of calls
    "tuple too long": Mistake(
        TOOLBOX,
        "limit: [0, 1]",
        "limit: [0, 1, 2]",
        ["spec/commands/toolbox.yaml:38: BOX.SORT: limit: a list is no tuple; allowed: [integer, integer]"],
    ),
    "tuple with a wrong part": Mistake(
        TOOLBOX,
        "limit: [0, 1]",
        "limit: [0, x]",
        ['spec/commands/toolbox.yaml:38: BOX.SORT: limit: "x" is no integer of 64 bits'],
    ),
    "no tuple": Mistake(
        TOOLBOX,
        "limit: [0, 1]",
        "limit: 1",
        ["spec/commands/toolbox.yaml:38: BOX.SORT: limit: 1 is no tuple; allowed: [integer, integer]"],
    ),
    "no list of tuples": Mistake(
        TOOLBOX,
        "places: [[1, d]]",
        "places: d",
        ['spec/commands/toolbox.yaml:59: BOX.PUT: places: "d" is no list of tuples'],
    ),
    "tuples with a wrong one": Mistake(
        TOOLBOX,
        "places: [[1, d]]",
        "places: [[1, d], [2]]",
        ["spec/commands/toolbox.yaml:59: BOX.PUT: places: a list is no tuple; allowed: [integer, text]"],
    ),
    "no C++ expression": Mistake(
        TOOLBOX,
        "area: circle(1)",
        "area: [1]",
        [
            "spec/commands/toolbox.yaml:59: BOX.PUT: area: a list is no C++ expression; write it as text or as a number"
        ],
    ),
    "empty list option": Mistake(
        TOOLBOX,
        'weights: ["1"]',
        "weights: []",
        ["spec/commands/toolbox.yaml:38: BOX.SORT: weights: must not be empty"],
    ),
    # Rules
    "rule about an unknown choice": Mistake(
        TOOLBOX,
        "{option: side, is",
        "{option: sid, is",
        [
            'spec/commands/toolbox.yaml:34: BOX.SORT: a rule names "sid", which is no choice; allowed: mode, side'
        ],
    ),
    "rule about alternatives of no choice": Mistake(
        TOOLBOX,
        "{option: side, is",
        "{option: weights, is",
        [
            'spec/commands/toolbox.yaml:34: BOX.SORT: a rule names "weights", which is no choice; allowed: mode, side'
        ],
    ),
    "rule about a required argument": Mistake(
        TOOLBOX,
        "{option: side, is: [left],",
        "{option: side,",
        [
            'spec/commands/toolbox.yaml:34: BOX.SORT: a rule names "side", which is no optional argument; allowed: limit, mode, weights'
        ],
    ),
    "rule about a choice with values": Mistake(
        TOOLBOX,
        "{option: side, is: [left],",
        "{option: mode, is: [fast],",
        [
            'spec/commands/toolbox.yaml:34: BOX.SORT: "is" goes with a choice without values, which Mode is not'
        ],
    ),
    "rule about an unknown alternative": Mistake(
        TOOLBOX,
        "is: [left]",
        "is: [left, lef]",
        ['spec/commands/toolbox.yaml:34: BOX.SORT: Side has no "lef"; allowed: left, right'],
    ),
    "rule about alternatives without a list": Mistake(
        TOOLBOX,
        "is: [left]",
        "is: left",
        [
            'spec/commands/toolbox.yaml:34: is is "left", but must be a list (names of alternatives, such as [nx, xx])'
        ],
    ),
    "rule without a demand": Mistake(
        TOOLBOX,
        "{option: limit, min: {words: 2},",
        "{option: limit,",
        [
            'spec/commands/toolbox.yaml:35: BOX.SORT: a rule needs "needs", "excludes", "min", "max", "same_size" or "is"'
        ],
    ),
    "rule that demands itself": Mistake(
        TOOLBOX,
        "is: [left], excludes: [limit]",
        "is: [left], excludes: [limit], needs: [side]",
        [
            'spec/commands/toolbox.yaml:34: BOX.SORT: a rule about "side" names it in "needs", too',
            'spec/commands/toolbox.yaml:34: BOX.SORT: a rule names "side", which is no optional argument; allowed: limit, mode, weights',
        ],
    ),
    "rule that excludes itself": Mistake(
        TOOLBOX,
        "{option: limit, min: {words: 2},",
        "{option: limit, excludes: [limit],",
        ['spec/commands/toolbox.yaml:35: BOX.SORT: a rule about "limit" names it in "excludes", too'],
    ),
    "rule about the size of no list": Mistake(
        TOOLBOX,
        "min: {words: 2}",
        "min: {side: 2}",
        ['spec/commands/toolbox.yaml:35: BOX.SORT: a rule names "side", which is no list; allowed: words'],
    ),
    "rule about the size of an optional list": Mistake(
        TOOLBOX,
        "min: {words: 2}",
        "max: {weights: 2}",
        ['spec/commands/toolbox.yaml:35: BOX.SORT: a rule names "weights", which is no list; allowed: words'],
    ),
    "rule about a size of nothing": Mistake(
        TOOLBOX,
        "min: {words: 2}",
        "min: {words: 0}",
        ["spec/commands/toolbox.yaml:35: words is 0, but must be more than 0"],
    ),
    "rule about a size that is no number": Mistake(
        TOOLBOX,
        "min: {words: 2}",
        "min: {words: two}",
        ['spec/commands/toolbox.yaml:35: words is "two", but must be a whole number'],
    ),
    "same size of no list": Mistake(
        TOOLBOX,
        "{option: weights, same_size: words",
        "{option: limit, same_size: words",
        ['spec/commands/toolbox.yaml:33: BOX.SORT: "same_size" is about a list, which limit is not'],
    ),
    "same size as an option": Mistake(
        TOOLBOX,
        "same_size: words",
        "same_size: weights",
        ['spec/commands/toolbox.yaml:33: BOX.SORT: a rule names "weights", which is no list; allowed: words'],
    ),
    # Iterations
    "iteration without a cursor": Mistake(
        TOOLBOX,
        "{name: cursor, type: text,",
        "{name: place, type: text,",
        [
            'spec/commands/toolbox.yaml:67: BOX.SCAN: "iterate" needs a page as the reply, and an argument "cursor", a text',
            'spec/commands/toolbox.yaml:73: BOX.SCAN: the call has an unknown argument "cursor"; allowed: key, place',
            'spec/commands/toolbox.yaml:73: BOX.SCAN: the call lacks the argument "place"',
        ],
    ),
    "iteration with a cursor that is no text": Mistake(
        TOOLBOX,
        "{name: cursor, type: text,",
        "{name: cursor, type: integer,",
        [
            'spec/commands/toolbox.yaml:67: BOX.SCAN: "iterate" needs a page as the reply, and an argument "cursor", a text',
            'spec/commands/toolbox.yaml:73: BOX.SCAN: cursor: "0" is no integer of 64 bits',
        ],
    ),
    "iteration of no page": Mistake(
        TOOLBOX,
        "type: page<list<string>>",
        "type: list<string>",
        [
            'spec/commands/toolbox.yaml:67: BOX.SCAN: "iterate" needs a page as the reply, and an argument "cursor", a text',
            "spec/commands/toolbox.yaml:76: BOX.SCAN: result: a mapping is no list",
        ],
    ),
    "cursor behind a list": Mistake(
        TOOLBOX,
        "  - {name: key, type: key}\n  - {name: cursor,",
        "  - {name: key, type: texts, doc: k}\n  - {name: cursor,",
        [
            'spec/commands/toolbox.yaml:67: BOX.SCAN: "iterate" needs a "cursor" with nothing before it but required arguments of one word',
            'spec/commands/toolbox.yaml:73: BOX.SCAN: key: "a" is no list',
        ],
    ),
    "cursor behind an option": Mistake(
        TOOLBOX,
        "  - {name: key, type: key}\n  - {name: cursor,",
        "  - {name: key, type: text, optional: true, doc: k}\n  - {name: cursor,",
        [
            'spec/commands/toolbox.yaml:67: BOX.SCAN: "iterate" needs a "cursor" with nothing before it but required arguments of one word'
        ],
    ),
    "iteration that has a namesake": Mistake(
        TOOLBOX,
        "method: time_left",
        "method: scan_all\n    arguments: [{name: key, type: key}]",
        [
            'spec/commands/toolbox.yaml:102: the method box().scan_all(std::string_view) is there twice, first in spec/commands/toolbox.yaml:67; give one of the forms another name with "method"',
            'spec/commands/toolbox.yaml:106: BOX.TIME: the call lacks the argument "key"',
        ],
    ),
    "iterate: false": Mistake(
        TOOLBOX,
        "iterate: true",
        "iterate: false",
        ["spec/commands/toolbox.yaml:67: iterate is false; allowed: true"],
    ),
    # Builders
    "builder with an option": Mistake(
        TOOLBOX,
        "  - {name: key, type: key}\n  operations",
        "  - {name: key, type: key}\n  - {name: side, type: Side, optional: true, doc: s}\n  operations",
        ["spec/commands/toolbox.yaml:86: BOX.WORK: a command with operations cannot have options"],
    ),
    "operation with an option": Mistake(
        TOOLBOX,
        "arguments: [{name: force, type: integer,",
        "arguments: [{name: force, type: integer, optional: true,",
        ["spec/commands/toolbox.yaml:85: BOX.WORK: an operation cannot have options"],
    ),
    "operation that is a keyword": Mistake(
        TOOLBOX,
        "method: turn",
        "method: switch",
        ['spec/commands/toolbox.yaml:86: BOX.WORK: "switch" is a C++ keyword; name it "method: switch_"'],
    ),
    "operation that every builder has": Mistake(
        TOOLBOX,
        "method: turn",
        "method: execute",
        [
            'spec/commands/toolbox.yaml:86: BOX.WORK: "execute" is a method of every builder; name it "method: execute_"'
        ],
    ),
    "operation that is there twice": Mistake(
        TOOLBOX,
        "method: turn",
        "method: hit",
        ["spec/commands/toolbox.yaml:86: BOX.WORK: two operations are named hit"],
    ),
    "operation without a full stop": Mistake(
        TOOLBOX,
        "summary: Turns it.,",
        "summary: Turns it,",
        ["spec/commands/toolbox.yaml:86: BOX.WORK: the summary must be a sentence with a full stop"],
    ),
    "operation that lacks a key": Mistake(
        TOOLBOX,
        "token: TURN, ",
        "",
        ['spec/commands/toolbox.yaml:86: operations[2] lacks "token"'],
    ),
    "operations without any": Mistake(
        TOOLBOX,
        "  operations:\n  - {method: hit, token: HIT, summary: Hits it., arguments: [{name: force, type: integer, doc: how hard}]}\n  - {method: turn, token: TURN, summary: Turns it., arguments: [{name: sides, type: texts, doc: where}]}",
        "  operations: []",
        ["spec/commands/toolbox.yaml:84: operations must not be empty"],
    ),
    "builder named as a structure": Mistake(
        TYPES,
        "  Box:",
        "  BoxWorkBuilder: {doc: A., layout: map, members: {a: {type: string, doc: a}}}\n  Box:",
        [
            'spec/commands/toolbox.yaml:77: the C++ type BoxWorkBuilder is there twice, first in spec/types.yaml:46; give one of the forms another name with "method"'
        ],
    ),
    "builder that iterates": Mistake(
        TOOLBOX,
        "  summary: Works in a box.",
        "  summary: Works in a box.\n  iterate: true",
        [
            'spec/commands/toolbox.yaml:79: BOX.WORK: "iterate" needs a page as the reply, and an argument "cursor", a text'
        ],
    ),
    "example without operations": Mistake(
        TOOLBOX,
        "call: {key: a, operations: [[hit, 5], [turn, [left]]]}",
        "call: {key: a}",
        ['spec/commands/toolbox.yaml:89: BOX.WORK: the call needs "operations", such as [[get, u8, 0]]'],
    ),
    "example with no operation": Mistake(
        TOOLBOX,
        "operations: [[hit, 5], [turn, [left]]]",
        "operations: []",
        ['spec/commands/toolbox.yaml:89: BOX.WORK: the call needs "operations", such as [[get, u8, 0]]'],
    ),
    "unknown operation": Mistake(
        TOOLBOX,
        "[[hit, 5]",
        "[[hot, 5]",
        [
            "spec/commands/toolbox.yaml:89: BOX.WORK: an operation is none of the command's; allowed: [hit, force], [turn, sides]"
        ],
    ),
    "operation with too many arguments": Mistake(
        TOOLBOX,
        "[[hit, 5]",
        "[[hit, 5, 6]",
        ["spec/commands/toolbox.yaml:89: BOX.WORK: an operation must be written as [hit, force]"],
    ),
    "operation that is no list": Mistake(
        TOOLBOX,
        "[[hit, 5]",
        "[hit",
        [
            "spec/commands/toolbox.yaml:89: BOX.WORK: an operation is none of the command's; allowed: [hit, force], [turn, sides]"
        ],
    ),
    "operation named by a list": Mistake(
        TOOLBOX,
        "[[hit, 5]",
        "[[[hit], 5]",
        [
            "spec/commands/toolbox.yaml:89: BOX.WORK: an operation is none of the command's; allowed: [hit, force], [turn, sides]"
        ],
    ),
    "operation with a wrong argument": Mistake(
        TOOLBOX,
        "[[hit, 5]",
        "[[hit, x]",
        ['spec/commands/toolbox.yaml:89: BOX.WORK: force: "x" is no integer of 64 bits'],
    ),
    "operation with an empty list": Mistake(
        TOOLBOX,
        "[turn, [left]]",
        "[turn, []]",
        ["spec/commands/toolbox.yaml:89: BOX.WORK: sides: must not be empty"],
    ),
    "operation without an example": Mistake(
        TOOLBOX,
        ", [turn, [left]]",
        "",
        ["spec/commands/toolbox.yaml:77: BOX.WORK: no example shows turn(); add one"],
    ),
    "operations of a command that has none": Mistake(
        TOOLBOX,
        'call: {key: a, cursor: "0"}',
        'call: {key: a, cursor: "0", operations: []}',
        [
            'spec/commands/toolbox.yaml:73: BOX.SCAN: the call has an unknown argument "operations"; allowed: cursor, key'
        ],
    ),
    # Types of arguments
    "tuple without parts": Mistake(
        TYPES,
        "data: tuple, parts: [integer, integer]}",
        "data: tuple}",
        ['spec/types.yaml:10: limit: tuple data needs "parts"'],
    ),
    "tuple of one part": Mistake(
        TYPES,
        "parts: [integer, integer]",
        "parts: [integer]",
        ["spec/types.yaml:10: parts must not be shorter"],
    ),
    "tuple with a list in it": Mistake(
        TYPES,
        "parts: [integer, text]",
        "parts: [integer, texts]",
        ['spec/types.yaml:11: places: parts cannot be "texts"; allowed: integer, key, text'],
    ),
    "parts of a list": Mistake(
        TYPES,
        "data: list, element: text}",
        "data: list, element: text, parts: [text, text]}",
        ['spec/types.yaml:6: texts: "parts" means nothing for list data'],
    ),
    "converted option": Mistake(
        TYPES,
        "parameter: Instant,",
        "parameter: Instant, option: Instant,",
        ['spec/types.yaml:7: instant: cannot have an "option" together with "convert"'],
    ),
    # Structures
    "structure that holds itself": Mistake(
        TYPES,
        "type: list<Nail>",
        "type: list<Box>",
        ["spec/types.yaml:51: Box: a structure cannot hold itself"],
    ),
    "structures that hold each other": Mistake(
        TYPES,
        "size: {type: integer,",
        "size: {type: optional<Box>,",
        ["spec/types.yaml:51: Nail: a structure cannot hold itself"],
    ),
    "structure with a layout and a shape": Mistake(
        TYPES,
        "layout: map\n",
        "layout: map\n    shape: Box\n",
        ['spec/types.yaml:46: Box: needs either a "layout", or the "shape" that parses it'],
    ),
    "structure without a layout": Mistake(
        TYPES,
        "    layout: map\n",
        "",
        ['spec/types.yaml:46: Box: needs either a "layout", or the "shape" that parses it'],
    ),
    "unknown layout": Mistake(
        TYPES,
        "layout: map",
        "layout: maps",
        ['spec/types.yaml:48: layout is "maps"; allowed: list, map'],
    ),
    "structure with a bad name": Mistake(
        TYPES,
        "  Nail:",
        "  nail:",
        [
            "spec/types.yaml:39: nail: the name of a structure must be a C++ type name such as StreamEntry",
            'spec/types.yaml:51: unknown reply type "Nail" (did you mean "nail"?); allowed: Box, duration, first, flat, integer, list, map, nail, optional, page, per_path, status, string, time, words',
        ],
    ),
    "structure named as a choice": Mistake(
        TYPES,
        "  Box:",
        "  Mode:\n    doc: A.\n    layout: map\n    members: {a: {type: string, doc: a}}\n  Box:",
        ["spec/types.yaml:46: the C++ type Mode is there twice, first in spec/types.yaml:19"],
    ),
    "structure named as options": Mistake(
        TYPES,
        "  Box:",
        "  BoxSortOptions:\n    doc: A.\n    layout: map\n    members: {a: {type: string, doc: a}}\n  Box:",
        [
            'spec/commands/toolbox.yaml:21: the C++ type BoxSortOptions is there twice, first in spec/types.yaml:46; give one of the forms another name with "method"'
        ],
    ),
    "structure without members": Mistake(
        TYPES,
        "    members:\n      label: {type: string, doc: what it says}\n      nails: {type: list<Nail>, doc: what it holds}",
        "    members: {}",
        ["spec/types.yaml:49: members must not be empty"],
    ),
    "member that is a keyword": Mistake(
        TYPES,
        "label:",
        "class:",
        ['spec/types.yaml:50: Box: "class" must be a C++ name in lower case such as max_length'],
    ),
    "member with a bad name": Mistake(
        TYPES,
        "label:",
        "Label:",
        ['spec/types.yaml:50: Box: "Label" must be a C++ name in lower case such as max_length'],
    ),
    "member of an unknown type": Mistake(
        TYPES,
        "label: {type: string",
        "label: {type: strng",
        [
            'spec/types.yaml:50: unknown reply type "strng" (did you mean "string"?); allowed: Box, Nail, duration, first, flat, integer, list, map, optional, page, per_path, status, string, time, words'
        ],
    ),
    "member that is a status": Mistake(
        TYPES,
        "label: {type: string",
        "label: {type: status",
        ["spec/types.yaml:50: Box: the member label cannot be a status, which says nothing"],
    ),
    "member without a doc": Mistake(
        TYPES,
        "label: {type: string, doc: what it says}",
        "label: {type: string}",
        ['spec/types.yaml:50: label lacks "doc"'],
    ),
    "field by position": Mistake(
        TYPES,
        "size: {type: integer,",
        "size: {type: integer, field: SIZE,",
        ['spec/types.yaml:44: Nail: the member size can have a "field" only in the layout map'],
    ),
    "optional by name": Mistake(
        TYPES,
        "label: {type: string,",
        "label: {type: string, optional: true,",
        ['spec/types.yaml:50: Box: the member label can be "optional" only in the layout list'],
    ),
    "optional before required": Mistake(
        TYPES,
        "name: {type: string,",
        "name: {type: optional<string>,",
        ["spec/types.yaml:43: Nail: size must be there, so name before it must be, too"],
    ),
    # Replies
    "flat of no structure": Mistake(
        TOOLBOX,
        "type: first<flat<Nail>>",
        "type: first<flat<string>>",
        ["spec/commands/toolbox.yaml:36: reply type flat<string>: string cannot lie flat; allowed: Nail"],
    ),
    "flat of a structure by name": Mistake(
        TOOLBOX,
        "type: first<flat<Nail>>",
        "type: first<flat<Box>>",
        ["spec/commands/toolbox.yaml:36: reply type flat<Box>: Box cannot lie flat; allowed: Nail"],
    ),
    "first of no list": Mistake(
        TOOLBOX,
        "type: first<flat<Nail>>",
        "type: first<Nail>",
        ["spec/commands/toolbox.yaml:36: reply type first<Nail>: Nail has no items; allowed: flat, list"],
    ),
    "structure of something": Mistake(
        TOOLBOX,
        "returns: {type: Box,",
        "returns: {type: Box<string>,",
        ['spec/commands/toolbox.yaml:15: reply type "Box<string>": nothing may follow "Box"'],
    ),
    "unknown structure": Mistake(
        TOOLBOX,
        "returns: {type: Box,",
        "returns: {type: Bax,",
        [
            'spec/commands/toolbox.yaml:15: unknown reply type "Bax" (did you mean "Box"?); allowed: Box, Nail, duration, first, flat, integer, list, map, optional, page, per_path, status, string, time, words'
        ],
    ),
    "per path of what": Mistake(
        TOOLBOX,
        "type: per_path<integer>",
        "type: per_path",
        ["spec/commands/toolbox.yaml:57: reply type per_path: say of what, as in per_path<string>"],
    ),
    "status in a map": Mistake(
        TOOLBOX,
        "type: map<words>",
        "type: map<status>",
        ["spec/commands/toolbox.yaml:87: reply type map<status>: status stands alone"],
    ),
    # Results
    "unknown member in a result": Mistake(
        TOOLBOX,
        "result: {label: x,",
        "result: {lable: x,",
        [
            'spec/commands/toolbox.yaml:20: BOX.GET: result: Box has no member "lable" (did you mean "label"?); allowed: label, nails'
        ],
    ),
    "unknown member deep in a result": Mistake(
        TOOLBOX,
        "nails: [{name: n, size: 1}]",
        "nails: [{name: n, sice: 1}]",
        [
            'spec/commands/toolbox.yaml:20: BOX.GET: result: nails: Nail has no member "sice" (did you mean "size"?); allowed: name, size, used'
        ],
    ),
    "wrong member in a result": Mistake(
        TOOLBOX,
        "result: {label: x,",
        "result: {label: 1,",
        [
            "spec/commands/toolbox.yaml:20: BOX.GET: result: label: 1 is no string; quote what looks like a number"
        ],
    ),
    "result that is no structure": Mistake(
        TOOLBOX,
        "result: {label: x, nails: [{name: n, size: 1}]}",
        "result: x",
        ['spec/commands/toolbox.yaml:20: BOX.GET: result: "x" is no Box; write its members as a mapping'],
    ),
    "structure by name written as a list": Mistake(
        TOOLBOX,
        "result: {label: x, nails: [{name: n, size: 1}]}",
        "result: [x, []]",
        ["spec/commands/toolbox.yaml:20: BOX.GET: result: a list is no Box; write its members as a mapping"],
    ),
    "structure by position that is too long": Mistake(
        TOOLBOX,
        "    result: {name: n, size: 1}",
        "    result: [n, 1, null, 4]",
        [
            "spec/commands/toolbox.yaml:41: BOX.SORT: result: a list is no Nail; write its members as a mapping"
        ],
    ),
    "nothing for a structure": Mistake(
        TOOLBOX,
        "result: {label: x, nails: [{name: n, size: 1}]}",
        "result: null",
        ["spec/commands/toolbox.yaml:20: BOX.GET: result: null is no Box; write its members as a mapping"],
    ),
    "wrong first": Mistake(
        TOOLBOX,
        "    result: {name: n, size: 1}",
        "    result: [[n, 1]]",
        [
            "spec/commands/toolbox.yaml:41: BOX.SORT: result: name: a list is no string; quote what looks like a number"
        ],
    ),
    "wrong result of a path": Mistake(
        TOOLBOX,
        "    result: [1, null]",
        "    result: [1, x]",
        ['spec/commands/toolbox.yaml:62: BOX.PUT: result: "x" is no integer of 64 bits'],
    ),
    "results of paths that are no list": Mistake(
        TOOLBOX,
        "    result: [1, null]",
        "    result: 1",
        ["spec/commands/toolbox.yaml:62: BOX.PUT: result: 1 is no list"],
    ),
    "wrong instant": Mistake(
        TOOLBOX,
        "at 1000002us",
        "at 1000002s",
        [
            'spec/commands/toolbox.yaml:101: BOX.TIME: result: "at 1000002s" is no instant; allowed: "at 1893456000123456us"'
        ],
    ),
    "wrong duration": Mistake(
        TOOLBOX,
        "result: 5ms",
        "result: 5s",
        ['spec/commands/toolbox.yaml:105: BOX.TIME: result: "5s" is no duration; allowed: 1500ms'],
    ),
    "wrong words": Mistake(
        TOOLBOX,
        "result: {x: [y]}",
        "result: {x: y}",
        ['spec/commands/toolbox.yaml:92: BOX.WORK: result: "y" is no list of words'],
    ),
    "wrong map": Mistake(
        TOOLBOX,
        "result: {x: [y]}",
        "result: [x]",
        ["spec/commands/toolbox.yaml:92: BOX.WORK: result: a list is no mapping"],
    ),
    "result of a page with no page": Mistake(
        TOOLBOX,
        '    result: {cursor: "0", items: [b]}',
        "    result: null",
        [
            'spec/commands/toolbox.yaml:76: BOX.SCAN: result: null is no page; allowed: {cursor: "0", items: […]}'
        ],
    ),
}


@pytest.fixture()
def toolbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, also the current one, with the toolbox in spec/."""
    shutil.copytree(REPOSITORY / "tests" / "codegen" / "toolbox", tmp_path / "spec")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(mistake: Mistake, toolbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expect_report(mistake, toolbox, capsys)


def test_the_unchanged_toolbox_is_correct(toolbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec", "spec", "--out", "out"]) == 0
    assert capsys.readouterr().err == ""
