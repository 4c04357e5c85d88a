"""Reads and checks examples: data for calls, wire arguments, replies and results."""

from __future__ import annotations

from upstash_codegen import argument_data, result_data
from upstash_codegen.model import (
    Argument,
    ArgumentType,
    Builder,
    CallArgument,
    CallOperation,
    Example,
    Operation,
    Reply,
    Signature,
)
from upstash_codegen.names import Names
from upstash_codegen.problems import Location, Problems, did_you_mean, one_of
from upstash_codegen.source import Mapping, Sequence


class ExampleReader:
    """Reads the examples of one form."""

    def __init__(
        self,
        command: str,
        signatures: tuple[Signature, ...],
        reply: Reply,
        builder: Builder | None,
        names: Names,
        problems: Problems,
    ) -> None:
        self._command = command
        self._signatures = signatures
        self._reply = reply
        self._builder = builder
        self._names = names
        self._problems = problems

    def read(self, raw: Mapping, name: str, since: str, database_wide: bool) -> Example | None:
        """The example; None when its call is wrong."""
        self._check_wire(raw)
        self._check_replies(raw)
        self._check_match(raw)
        call = self._call(raw)
        operations = self._operations(raw["call"])
        if call is None or operations is None:
            return None
        given = [*call, *(argument for operation in operations for argument in operation.arguments)]
        keys = [key for argument in given for key in argument_data.keys(argument.type, argument.data)]
        keys = list(dict.fromkeys([*keys, *raw.get("keys", ())]))
        if not database_wide:
            self._check_setup(raw, keys)
        versions = self._versions(call, given)
        return Example(
            name=name,
            family=self._signatures[0].family,
            method=self._signatures[0].method,
            about=raw.get("about"),
            since=max([since, *versions], key=_version) if since else "",
            keys=tuple(keys),
            setup=tuple(tuple(command) for command in raw.get("setup", ())),
            call=call,
            operations=operations,
            wire=tuple(raw["wire"]),
            raw_reply=raw.get("reply"),
            result=raw.get("result"),
            error=raw.get("error"),
            match=raw.get("match", "exact"),
            tolerance=raw.get("tolerance"),
            live=raw.get("live", True),
            database_wide=database_wide,
        )

    def _wrong(self, location: Location, message: str) -> None:
        self._problems.add(location, f"{self._command}: {message}")

    def _call(self, raw: Mapping) -> tuple[CallArgument, ...] | None:
        data: Mapping = raw["call"]
        signature = self._signature_for(data)
        by_name = {argument.name: argument for argument in signature.arguments if argument.type}
        complete = True
        for given in data:
            if given not in by_name and not (self._builder and given == "operations"):
                message = f'the call has an unknown argument "{given}"{did_you_mean(given, by_name)}'
                self._wrong(data.at(given), f"{message}; {one_of(by_name)}")
                complete = False
        for required in signature.required:
            if required.name not in data and required.default_value is None:
                self._wrong(raw.at("call"), f'the call lacks the argument "{required.name}"')
                complete = False
        optional = [argument for argument in by_name.values() if argument.optional]
        call = []
        for argument in [*signature.required, *optional]:
            if argument.name in data and argument.type:
                given = data[argument.name]
                fine = self._check_data(argument, argument.type, given, data.at(argument.name))
                complete = complete and fine
                call.append(CallArgument(argument.name, argument.type, argument.optional, given))
        return tuple(call) if complete and self._leaves_out_only_the_last(raw, signature) else None

    def _leaves_out_only_the_last(self, raw: Mapping, signature: Signature) -> bool:
        """C++ lets a caller leave out arguments only from the end, where the options are."""
        data: Mapping = raw["call"]
        left_out = None
        for argument in sorted(signature.arguments, key=lambda argument: argument.optional):
            if argument.name in data and left_out:
                message = f'the call lacks the argument "{left_out}", which stands before "{argument.name}"'
                self._wrong(raw.at("call"), message)
                return False
            if argument.type and not argument.optional and argument.name not in data:
                left_out = argument.name
        return True

    def _operations(self, data: Mapping) -> tuple[CallOperation, ...] | None:
        """The operations that the example calls, none when it is not of a builder; None when one is wrong."""
        if self._builder is None:
            return ()
        by_name = {operation.method: operation for operation in self._builder.operations}
        raw = data.get("operations")
        if not isinstance(raw, Sequence) or not raw:
            self._wrong(data.at("operations"), 'the call needs "operations", such as [[get, u8, 0]]')
            return None
        read = [self._operation(words, by_name, raw.at(i)) for i, words in enumerate(raw)]
        operations = tuple(operation for operation in read if operation)
        return operations if len(operations) == len(read) else None

    def _operation(
        self, words: object, by_name: dict[str, Operation], location: Location
    ) -> CallOperation | None:
        """Reads `[incrby, i8, 100, 1]`."""
        operation = None
        if isinstance(words, Sequence) and words and isinstance(words[0], str):
            operation = by_name.get(words[0])
        if operation is None or not isinstance(words, Sequence):
            known = [_operation_shown(operation) for operation in by_name.values()]
            self._wrong(location, f"an operation is none of the command's; {one_of(known)}")
            return None
        if len(words) != len(operation.arguments) + 1:
            self._wrong(location, f"an operation must be written as {_operation_shown(operation)}")
            return None
        arguments = []
        for argument, data in zip(operation.arguments, words[1:]):
            if argument.type and self._check_data(argument, argument.type, data, location):
                arguments.append(CallArgument(argument.name, argument.type, False, data))
        if len(arguments) < len(operation.arguments):
            return None
        return CallOperation(operation.method, tuple(arguments))

    def _signature_for(self, data: Mapping) -> Signature:
        """The overload that the call means: the one with the most of its names."""
        return max(self._signatures, key=lambda signature: sum(a.name in data for a in signature.required))

    def _check_data(
        self, argument: Argument, argument_type: ArgumentType, data: object, location: Location
    ) -> bool:
        mistake = argument_data.mistake(argument_type, data)
        if mistake is None and argument.at_least_one and not data:
            mistake = "must not be empty"
        if mistake is not None:
            self._wrong(location, f"{argument.name}: {mistake}")
        return mistake is None

    def _check_wire(self, raw: Mapping) -> None:
        words = self._command.split()
        if raw["wire"][: len(words)] != words:
            self._wrong(raw.at("wire"), "the wire must start with " + " ".join(words))

    def _check_replies(self, raw: Mapping) -> None:
        if ("error" in raw) == ("reply" in raw) or ("error" in raw and "result" in raw):
            self._wrong(raw.location, 'the example needs either "reply" and "result", or "error"')
        if "reply" not in raw:
            return
        mistake = result_data.raw_mistake(raw["reply"])
        if mistake:
            self._wrong(raw.at("reply"), f"reply: {mistake}")
        if "result" not in raw and self._reply.type.data != "status":
            self._wrong(raw.location, 'the example lacks "result"')
            return
        mistake = result_data.mistake(self._reply, raw.get("result"))
        if mistake:
            self._wrong(raw.at("result"), f"result: {mistake}")

    def _check_match(self, raw: Mapping) -> None:
        if ("tolerance" in raw) != (raw.get("match") == "near"):
            self._wrong(raw.at("match"), '"match: near" and "tolerance" go together')
        if ("live_reason" in raw) != ("live" in raw):
            self._wrong(raw.at("live"), '"live: false" and "live_reason" go together')

    def _check_setup(self, raw: Mapping, keys: list[str]) -> None:
        for i, command in enumerate(raw.get("setup", ())):
            if not any(word in keys for word in command[1:]):
                shown = " ".join(command)
                message = f'setup "{shown}": none of its words is a key of the example; {one_of(keys)}'
                self._wrong(raw["setup"].at(i), message + '; declare others with "keys"')

    def _versions(self, call: tuple[CallArgument, ...], given: list[CallArgument]) -> list[str]:
        """The versions that brought what the call and its operations use."""
        since = {argument.name: argument.since for argument in self._signatures[0].arguments}
        versions = [since.get(argument.name) for argument in call]
        versions += [self._show_alternative(argument.type, argument.data) for argument in given]
        return [version for version in versions if version]

    def _show_alternative(self, argument_type: ArgumentType, data: object) -> str | None:
        """Notes that an example shows an alternative; the version that brought it."""
        if not argument_type.alternatives:
            return None
        alternative, _ = argument_data.alternative_of(argument_type, data)
        assert alternative
        self._names.show_alternative(argument_type.name, alternative.name)
        return alternative.since


def _operation_shown(operation: Operation) -> str:
    return "[" + ", ".join([operation.method, *(argument.name for argument in operation.arguments)]) + "]"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
