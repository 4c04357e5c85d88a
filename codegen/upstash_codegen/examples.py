"""Reads and checks examples: data for calls, wire arguments, replies and results."""

from __future__ import annotations

from upstash_codegen import argument_data, result_data
from upstash_codegen.model import Argument, ArgumentType, CallArgument, Example, Reply, Signature
from upstash_codegen.names import Names
from upstash_codegen.problems import Location, Problems, did_you_mean, one_of
from upstash_codegen.source import Mapping


class ExampleReader:
    """Reads the examples of one form."""

    def __init__(
        self, command: str, signatures: tuple[Signature, ...], reply: Reply, names: Names, problems: Problems
    ) -> None:
        self._command = command
        self._signatures = signatures
        self._reply = reply
        self._names = names
        self._problems = problems

    def read(self, raw: Mapping, name: str, since: str, database_wide: bool) -> Example | None:
        """The example; None when its call is wrong."""
        self._check_wire(raw)
        self._check_replies(raw)
        self._check_match(raw)
        call = self._call(raw)
        if call is None:
            return None
        keys = [key for argument in call for key in argument_data.keys(argument.type, argument.data)]
        keys = list(dict.fromkeys([*keys, *raw.get("keys", ())]))
        self._check_setup(raw, keys)
        return Example(
            name=name,
            method=self._signatures[0].method,
            about=raw.get("about"),
            since=max([since, *self._versions(call)], key=_version),
            keys=tuple(keys),
            setup=tuple(tuple(command) for command in raw.get("setup", ())),
            call=call,
            wire=tuple(raw["wire"]),
            raw_reply=raw["reply"],
            result=raw.get("result"),
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
            if given not in by_name:
                message = f'the call has an unknown argument "{given}"{did_you_mean(given, by_name)}'
                self._wrong(data.at(given), f"{message}; {one_of(by_name)}")
                complete = False
        for required in signature.required:
            if required.name not in data:
                self._wrong(raw.at("call"), f'the call lacks the argument "{required.name}"')
                complete = False
        optional = [argument for argument in by_name.values() if argument.optional]
        call = []
        for argument in [*signature.required, *optional]:
            if argument.name in data and argument.type:
                complete = self._check_data(argument, argument.type, data) and complete
                call.append(
                    CallArgument(argument.name, argument.type, argument.optional, data[argument.name])
                )
        return tuple(call) if complete else None

    def _signature_for(self, data: Mapping) -> Signature:
        """The overload that the call means: the one with the most of its names."""
        return max(self._signatures, key=lambda signature: sum(a.name in data for a in signature.required))

    def _check_data(self, argument: Argument, argument_type: ArgumentType, data: Mapping) -> bool:
        mistake = argument_data.mistake(argument_type, data[argument.name])
        if mistake is None and argument.at_least_one and not data[argument.name]:
            mistake = "must not be empty"
        if mistake is not None:
            self._wrong(data.at(argument.name), f"{argument.name}: {mistake}")
        return mistake is None

    def _check_wire(self, raw: Mapping) -> None:
        words = self._command.split()
        if raw["wire"][: len(words)] != words:
            self._wrong(raw.at("wire"), "the wire must start with " + " ".join(words))

    def _check_replies(self, raw: Mapping) -> None:
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
            if len(command) < 2 or command[1] not in keys:
                shown = " ".join(command)
                message = f'setup "{shown}": its second word must be a key of the example; {one_of(keys)}'
                self._wrong(raw["setup"].at(i), message + '; declare others with "keys"')

    def _versions(self, call: tuple[CallArgument, ...]) -> list[str]:
        """The versions that brought what the call uses."""
        arguments = {argument.name: argument for argument in self._signatures[0].arguments}
        versions = []
        for given in call:
            declared = arguments.get(given.name)
            versions.append(declared.since if declared else None)
            if given.type.alternatives:
                alternative, _ = argument_data.alternative_of(given.type, given.data)
                assert alternative
                self._names.show_alternative(given.type.name, alternative.name)
                versions.append(alternative.since)
        return [version for version in versions if version]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
