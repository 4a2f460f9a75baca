"""A TCP proxy on loopback that injects faults, drawn per piece of data from a seeded generator, in both directions.

    python chaos_proxy.py LISTEN_PORT TARGET_PORT [--delay-ms N] [--jitter-ms N] [--corrupt P] [--truncate P]
                          [--reset P] [--stall P:SECONDS] [--blackhole-after BYTES] [--seed N] [--control PORT]

``--control PORT`` opens a line protocol to change faults while it runs: ``set delay_ms 250``, ``set blackhole 1``,
``set reset 1``, ``kill``, ``show``. ``kill`` drops every live connection at once; ``set blackhole 1`` keeps sockets
open but swallows all bytes (a half-open peer). Each command is answered with one line of JSON.
"""

import argparse
import asyncio
import json
import random
from contextlib import suppress
from dataclasses import asdict, dataclass, field


@dataclass
class Faults:
    """What goes wrong: times in ms or s, probabilities 0..1 per piece of data."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    corrupt: float = 0.0
    truncate: float = 0.0
    reset: float = 0.0
    stall_p: float = 0.0
    stall_s: float = 0.0
    blackhole: float = 0.0
    blackhole_after: float = 0.0


@dataclass
class Count:
    """What has happened."""

    connections: int = 0
    chunks: int = 0
    faults: int = 0


@dataclass
class Proxy:
    """Everything the connections share."""

    target: int
    rng: random.Random
    faults: Faults = field(default_factory=Faults)
    count: Count = field(default_factory=Count)
    live: set[asyncio.StreamWriter] = field(default_factory=set)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to the target and back."""
        self.count.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.live |= {writer, far_writer}
        seen = [0]
        await asyncio.gather(self.pump(reader, far_writer, seen), self.pump(far_reader, writer, seen))
        self.live -= {writer, far_writer}

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: list[int]) -> None:
        """Carry one direction until it ends or is reset."""
        with suppress(OSError):
            while data := await reader.read(65536):
                self.count.chunks += 1
                seen[0] += len(data)
                if self.is_swallowed(seen[0]):
                    self.count.faults += 1
                    continue
                await self.dawdle()
                if self.strikes(self.faults.reset):
                    writer.transport.abort()
                    return
                writer.write(self.damaged(data))
                await writer.drain()
        writer.close()

    def is_swallowed(self, seen: int) -> bool:
        """Tell whether nothing goes through any more."""
        return bool(self.faults.blackhole or 0 < self.faults.blackhole_after < seen)

    async def dawdle(self) -> None:
        """Take the time that the faults ask for."""
        delay_ms = self.faults.delay_ms + self.rng.uniform(0.0, self.faults.jitter_ms)
        if delay_ms:
            await asyncio.sleep(delay_ms / 1000.0)
        if self.strikes(self.faults.stall_p):
            await asyncio.sleep(self.faults.stall_s)

    def damaged(self, data: bytes) -> bytes:
        """Return the data with a bit flipped, or its end cut off, or as it was."""
        if self.strikes(self.faults.corrupt):
            at = self.rng.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 1 << self.rng.randrange(8)]) + data[at + 1 :]
        if self.strikes(self.faults.truncate):
            data = data[: self.rng.randrange(len(data))]
        return data

    def strikes(self, probability: float) -> bool:
        """Draw whether a fault happens, and count it."""
        struck = self.rng.random() < probability
        self.count.faults += struck
        return struck

    async def controlled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Obey commands, a line each."""
        while words := (await reader.readline()).decode().split():
            if words[0] == "set" and len(words) == 3 and words[1] in asdict(self.faults):
                setattr(self.faults, words[1], float(words[2]))
            elif words[0] == "kill":
                for each in list(self.live):
                    each.transport.abort()
            writer.write((json.dumps({**asdict(self.faults), **asdict(self.count)}) + "\n").encode())
            await writer.drain()
        writer.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a TCP proxy that injects faults")
    parser.add_argument("listen", type=int)
    parser.add_argument("target", type=int)
    for name in ("delay-ms", "jitter-ms", "corrupt", "truncate", "reset", "blackhole-after"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--stall", default="0:0", metavar="P:SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", type=int, default=0)
    return parser.parse_args()


async def main() -> None:
    asked = arguments()
    proxy = Proxy(asked.target, random.Random(asked.seed))
    for name in ("delay_ms", "jitter_ms", "corrupt", "truncate", "reset", "blackhole_after"):
        setattr(proxy.faults, name, getattr(asked, name))
    proxy.faults.stall_p, proxy.faults.stall_s = (float(each) for each in asked.stall.split(":"))
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", asked.listen)
    if asked.control:
        await asyncio.start_server(proxy.controlled, "127.0.0.1", asked.control)
    print(f"listening {asked.listen} -> {asked.target}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
