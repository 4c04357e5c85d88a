"""tls_server.py FOLDER [--http1]: a TLS server on a free port of 127.0.0.1 that speaks HTTP/2, or only HTTP/1.1.

It puts its certificate into FOLDER/ca.pem and one that it has nothing to do with into FOLDER/other.pem, and prints its
port. Commands:

PROTOCOL         what this connection speaks
CONNECTIONS      how many were accepted
SEEN key         how many other commands had this as their first argument
anything else    1; but the first time that the argument is one of `Connection.accidents`, that happens instead

"""

import asyncio
import collections
import contextlib
import json
import ssl
import subprocess
import sys
from pathlib import Path

import h2.config
import h2.connection
import h2.errors
import h2.events


def make_certificate(folder: Path, name: str) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-days", "2"]
        + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")],
        check=True,
        capture_output=True,
    )


class Counts:
    def __init__(self) -> None:
        self.connections = 0
        self.seen: collections.Counter[str] = collections.Counter()


class Connection:
    def __init__(self, counts: Counts, writer: asyncio.StreamWriter) -> None:
        self.counts = counts
        self.bodies: dict[int, bytearray] = {}
        self.unread = bytearray()
        self.transport = writer.transport
        self.protocol = writer.get_extra_info("ssl_object").selected_alpn_protocol() or "http/1.1"
        counts.connections += 1
        if self.protocol == "h2":
            self.http2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
            self.http2.initiate_connection()
            self.flush()

    def read(self, data: bytes) -> None:
        if self.protocol != "h2":
            return self.read_http1(data)
        for event in self.http2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self.bodies[event.stream_id] = bytearray()
            elif isinstance(event, h2.events.DataReceived):
                body = self.bodies[event.stream_id]
                body += event.data
                if len(body) > 100_000:  # a long one is not waited for
                    return self.transport.abort()
                self.http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.answer(event.stream_id, bytes(self.bodies.pop(event.stream_id)))
            elif isinstance(event, h2.events.StreamReset):
                self.bodies.pop(event.stream_id, None)
            if self.transport.is_closing():
                return None
        return self.flush()

    def read_http1(self, data: bytes) -> None:
        self.unread += data
        if len(self.unread) > 100_000:
            return self.transport.abort()
        while (end := self.unread.find(b"\r\n\r\n")) >= 0:
            lines = bytes(self.unread[:end]).lower().split(b"\r\n")
            size = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))
            if len(self.unread) < end + 4 + size:
                return None
            body = bytes(self.unread[end + 4 : end + 4 + size])
            del self.unread[: end + 4 + size]
            reply = self.reply_to(body)
            if reply is None:
                return self.transport.abort()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(reply), reply))
        return None

    def answer(self, stream: int, body: bytes) -> None:
        reply = self.reply_to(body)
        if reply is None:
            return self.accident(stream, json.loads(body)[1])
        self.http2.send_headers(stream, [(":status", "200"), ("content-length", str(len(reply)))])
        self.http2.send_data(stream, reply, end_stream=True)
        return None

    def reply_to(self, body: bytes) -> bytes | None:
        """Nothing when there is to be an accident."""
        commands = json.loads(body)
        if commands and isinstance(commands[0], list):
            return json.dumps([self.result_of(command) for command in commands]).encode()
        name, *arguments = commands
        if arguments and name != "SEEN":
            self.counts.seen[arguments[0]] += 1
            if arguments[0] in self.accidents and self.counts.seen[arguments[0]] == 1:
                return None
        return json.dumps(self.result_of(commands)).encode()

    def result_of(self, command: list[str]) -> dict[str, str | int]:
        match command:
            case ["PROTOCOL"]:
                return {"result": self.protocol}
            case ["CONNECTIONS"]:
                return {"result": self.counts.connections}
            case ["SEEN", key]:
                return {"result": self.counts.seen[key]}
            case _:
                return {"result": 1}

    accidents = ("refused", "reset", "goaway", "vanish")

    def accident(self, stream: int, kind: str) -> None:
        match kind:
            case "refused":
                self.http2.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
            case "reset":
                self.http2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            case "goaway":  # as if it had not been seen
                self.http2.close_connection(last_stream_id=stream - 2)
                self.flush()
                self.transport.close()
            case _:
                self.transport.abort()

    def flush(self) -> None:
        self.transport.write(self.http2.data_to_send())


async def serve(folder: Path, protocols: list[str]) -> None:
    make_certificate(folder, "ca")
    make_certificate(folder, "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "ca.key")
    context.set_alpn_protocols(protocols)
    counts = Counts()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(counts, writer)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                connection.read(data)
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve(Path(sys.argv[1]), ["http/1.1"] if "--http1" in sys.argv else ["h2", "http/1.1"]))
