"""The server process of a simulated web: it answers for all hosts and logs each request.

Started by ``tests.support.simulated_web.SimulatedWeb``. It prints its two ports as JSON, and ends when its standard
input does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any

from tests.support.simulated_sites import Answer, Sites
from tests.support.simulated_web import plan_hosts

IDLE_S = 1.0


class _Connection(asyncio.Protocol):
    """One connection: reads requests one by one, answers after the latency, notes when."""

    def __init__(self, servers: "_Servers") -> None:
        self._servers = servers
        self._buffer = b""
        self._row: dict[str, Any] | None = None  # of the request under way
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        transport.set_write_buffer_limits(high=0)
        self._host: str = transport.get_extra_info("sockname")[0]
        self._held = {"host": self._host, "connection": len(self._servers.held), "opened": time.monotonic()}
        self._held["closed"] = None
        self._servers.held.append(self._held)
        if not self._host.startswith("127."):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._held["closed"] = time.monotonic()
        self._stop_timer()
        if self._row is not None:
            self._end()

    def data_received(self, data: bytes) -> None:
        arrived = time.monotonic()
        self._buffer += data
        if self._row is None and b"\r\n\r\n" in self._buffer:
            self._begin(arrived)

    def _begin(self, arrived: float) -> None:
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        asked = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        answer = self._servers.sites.answer(self._host, path, asked)
        self._row = {
            "host": self._host,
            "path": path,
            "received": arrived,
            "ended": None,
            "wall_ended": 0.0,
            "status": None,
            "is_whole": False,
            "sent_bytes": 0,
            "retry_after": dict(answer.headers).get("Retry-After"),
            "location": dict(answer.headers).get("Location"),
            "text": answer.text,
            "agent": asked.get("user-agent", ""),
            "is_conditional": "if-none-match" in asked or "if-modified-since" in asked,
            "connection": self._held["connection"],
            "round": self._servers.sites.round,
            "purpose": answer.purpose,
            "owner": answer.owner,
            "version": answer.version,
        }
        self._servers.rows.append(self._row)
        self._stop_timer()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(answer.latency_s, self._reply, answer)

    def _reply(self, answer: Answer) -> None:
        row = self._row
        if row is None or self._transport.is_closing():
            return
        if answer.status is None:
            self._end()
            self._transport.abort()
            return
        host = self._servers.sites.by_address.get(self._host)
        keeping = host.keeping if host else "close"
        body = answer.body if answer.status != 304 else b""
        head = [f"HTTP/1.1 {answer.status} Simulated", *(f"{name}: {value}" for name, value in answer.headers)]
        if answer.status != 304:
            head.append(f"Content-Length: {len(body)}")
        if keeping == "close":
            head.append("Connection: close")
        sent = body[: len(body) // 2] if answer.is_cut else body
        row.update(status=answer.status, is_whole=not answer.is_cut, sent_bytes=len(sent))
        # Noted before the last byte goes: whatever the client measures from comes later, so a pause is never
        # found shorter than it was, however long this process has to wait for its turn after the write.
        self._note_end(row)
        self._transport.write(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + sent)
        if answer.is_cut or keeping == "close":
            self._row = None
            self._transport.close()
        elif self._transport.get_write_buffer_size() == 0:
            self._ready()

    def resume_writing(self) -> None:
        if self._row is not None:
            self._note_end(self._row)
            self._ready()

    def _ready(self) -> None:
        """The answer is out: take the next request, or wait for it."""
        self._row = None
        if b"\r\n\r\n" in self._buffer:
            self._begin(time.monotonic())
            return
        host = self._servers.sites.by_address.get(self._host)
        if host and host.keeping == "idle":
            self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._transport.close)

    def _note_end(self, row: dict[str, Any]) -> None:
        row["ended"], row["wall_ended"] = time.monotonic(), time.time()

    def _end(self) -> None:
        if self._row is not None and self._row["ended"] is None:
            self._note_end(self._row)
        self._row = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Servers:
    """The process: all hosts at one port, and the control port."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.held: list[dict[str, Any]] = []
        self.sites: Sites
        self._lags_s = [0.0]

    async def serve(self, words: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        hosts = plan_hosts(words.pop("hosts"), words["seed"], slowest_s=words["slowest_s"])
        # All of 127.0.0.0/8 needs 0.0.0.0; connections from elsewhere are refused when they are made.
        server = await loop.create_server(lambda: _Connection(self), "0.0.0.0", 0, backlog=4096)
        port = server.sockets[0].getsockname()[1]
        self.sites = Sites(hosts, port=port, **words)
        control = await asyncio.start_server(self._control, "127.0.0.1", 0)
        print(json.dumps({"port": port, "control": control.sockets[0].getsockname()[1]}), flush=True)
        watch = asyncio.create_task(self._watch())
        await loop.run_in_executor(None, sys.stdin.read)
        watch.cancel()

    async def _watch(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            self._lags_s.append(time.monotonic() - before - 0.02)

    async def _control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(self._obey(json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    def _obey(self, order: dict[str, Any]) -> dict[str, Any]:
        if order["do"] == "advance":
            return {"changed": self.sites.advance(order["share"], order["only"])}
        if order["do"] == "log":
            return {"requests": self.rows, "connections": self.held}
        lags = sorted(self._lags_s)
        return {"cpu_s": time.process_time(), "lag_s": lags[-1], "lag_p99_s": lags[len(lags) * 99 // 100]}


def main() -> None:
    """Serve until standard input ends."""
    with contextlib.suppress(OSError):
        os.nice(-10)  # where that is permitted: a witness must be awake
    parser = argparse.ArgumentParser()
    for name in ("hosts", "seed", "crawl_delay_s", "patience_s"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--slowest_s", type=float, required=True)
    asyncio.run(_Servers().serve(vars(parser.parse_args())))


if __name__ == "__main__":
    main()
