"""What the clients of frontdesk have in common: a WebSocket that comes back, numbered requests that are sent again until
they are answered (docs/chat.md, docs/desk.md say how), and one plain HTTP exchange.

`log(who, way, frame)` is called for all that crosses the line:
  sent  a frame or an HTTP request on its way      got   a frame or an HTTP answer
  up    a connection opened                        down  it was lost; {"why": text}
A request without a `got` that answers it is unanswered, whatever happened to it.
"""
import asyncio
import json
import random
import time
import urllib.parse

import websockets


def silent(who, way, frame):
    pass


class Refused(Exception):
    """The server's final no. `frame` is its answer."""

    def __init__(self, frame):
        super().__init__(f"{frame.get('code')}: {frame.get('why') or frame.get('text')}")
        self.frame, self.code = frame, frame.get("code")


async def end_all(tasks):
    """Cancels until each has ended: a cancellation is lost when it meets a wait_for whose time has just come."""
    tasks = set(tasks)
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=0.5)


class Pause:
    """Grows from 0.1 s to `most`, spread by a seeded generator, so that many clients do not come back at once."""

    def __init__(self, rng, most=5.0):
        self.rng, self.most, self.tries = rng, most, 0

    def next(self):
        self.tries += 1
        return min(self.most, 0.1 * 2 ** min(self.tries, 10)) * self.rng.uniform(0.5, 1.0)

    def reset(self):
        self.tries = 0


async def http(base, method, path, body=None, headers=None, seconds=20.0):
    """One HTTP/1.1 exchange on a connection of its own: (status, headers, JSON body or None)."""
    url = urllib.parse.urlsplit(base)
    payload = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {url.netloc}", "Connection: close", f"Content-Length: {len(payload)}"]
    if body is not None:
        lines.append("Content-Type: application/json")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]

    async def exchange():
        reader, writer = await asyncio.open_connection(url.hostname, url.port or 80)
        try:
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            got = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in head[1:] if ":" in line)}
            length = int(got.get("content-length", 0))
            return int(head[0].split()[1]), got, await reader.readexactly(length)
        finally:
            writer.close()

    async with asyncio.timeout(seconds):
        status, got, raw = await exchange()
    return status, got, json.loads(raw) if raw and "json" in got.get("content-type", "") else None


class Pending:
    def __init__(self, n, frame, future):
        self.n, self.frame, self.future = n, frame, future


class Link:
    """One page: a WebSocket that comes back, and an outbox of numbered requests in order."""

    number_key = "id"  # names a request: PAGE:N
    at_once = 1000  # requests on the wire without an answer

    def __init__(self, who, page, rng, log):
        self.who, self.page, self.rng, self.log = who, page, rng, log or silent
        self.socket, self.ready, self.stopping = None, False, False
        self.pending, self.sent, self.consumed, self.hold_until = [], 0, 0, 0.0
        self.changed, self.wake, self.task, self.opened = asyncio.Event(), asyncio.Event(), None, 0

    # --- what a subclass says ---
    async def address(self):
        """(uri, arguments of websockets.connect)"""
        raise NotImplementedError

    def hello(self):
        raise NotImplementedError

    def take(self, frame):
        """Any frame that is no answer to a numbered request."""
        raise NotImplementedError

    # --- life ---
    def start(self):
        self.task = asyncio.create_task(self.live(), name=self.who)
        return self

    async def stop(self):
        self.stopping = True
        if self.task is None:
            return
        await end_all([self.task])
        for entry in self.pending:
            entry.future.cancel()

    async def live(self):
        pause = Pause(self.rng)
        while not self.stopping:
            why, opened = "", self.opened
            try:
                uri, more = await self.address()
                async with websockets.connect(uri, open_timeout=10, close_timeout=1, max_size=None, **more) as socket:
                    await self.converse(socket)
                why = f"closed {socket.close_code}"
            except (OSError, EOFError, ValueError, TimeoutError, websockets.WebSocketException) as e:
                why = f"{type(e).__name__}: {e}"
            finally:
                self.socket, self.ready = None, False
            self.log(self.who, "down", {"why": why})
            self.lost()
            self.changed.set()
            if self.opened > opened:
                pause.reset()
            await asyncio.sleep(pause.next())

    async def converse(self, socket):
        self.socket = socket
        self.log(self.who, "up", {})
        await self.put(self.hello())
        writer = asyncio.create_task(self.write())
        try:
            async for text in socket:
                frame = json.loads(text)
                self.log(self.who, "got", frame)
                self.dispatch(frame)
                self.changed.set()
        finally:
            await end_all([writer])

    def lost(self):
        """The line is gone; subclasses forget what only lived on it."""

    async def put(self, frame):
        if self.socket is None:
            return
        self.log(self.who, "sent", frame)
        try:
            await self.socket.send(json.dumps(frame, ensure_ascii=False))
        except websockets.ConnectionClosed:
            pass  # live() sees it too and comes back

    async def write(self):
        loop = asyncio.get_running_loop()
        while True:
            self.wake.clear()
            wait = self.hold_until - loop.time()
            if self.ready and wait <= 0 and self.sent < min(len(self.pending), self.at_once):
                entry = self.pending[self.sent]
                self.sent += 1
                await self.put({**entry.frame, self.number_key: f"{self.page}:{entry.n}"})
                continue
            try:
                async with asyncio.timeout(wait if wait > 0 else None):
                    await self.wake.wait()
            except TimeoutError:
                pass

    # --- numbered requests ---
    def post(self, frame):
        """Queues a request; the future holds its answer, or Refused. It survives any loss of the line."""
        n = (self.pending[-1].n if self.pending else self.consumed) + 1
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda f: f.cancelled() or f.exception())  # nobody has to look at a refusal
        self.pending.append(Pending(n, frame, future))
        self.wake.set()
        return future

    def answer(self, name, frame, refused):
        """True when `frame` answers the request `name`."""
        page, _, n = str(name).rpartition(":")
        at = next((i for i, e in enumerate(self.pending) if page == self.page and str(e.n) == n), None)
        if at is None:
            return False
        entry = self.pending.pop(at)
        self.sent -= at < self.sent
        self.wake.set()
        if not refused:
            self.consumed = max(self.consumed, entry.n)
        if not entry.future.done():
            entry.future.set_exception(Refused(frame)) if refused else entry.future.set_result(frame)
        return True

    def welcomed(self, frame):
        """`last` was taken of this page. Everything unanswered goes out again: what was taken is only answered again."""
        self.consumed = max(self.consumed, frame.get("last", 0))
        self.ready, self.sent, self.hold_until, self.opened = True, 0, 0.0, self.opened + 1
        self.wake.set()

    def slow_down(self, frame):
        if frame.get("reason") == "gap" and frame.get("next", 0) > 0:
            free = frame["next"]
            for entry in self.pending:
                if entry.n >= frame["next"]:
                    entry.n, free = free, free + 1
        self.hold_until = asyncio.get_running_loop().time() + frame.get("retry_ms", 1000) / 1000
        self.sent = 0
        self.wake.set()

    def dispatch(self, frame):
        kind = frame.get("type")
        if kind == "welcome":
            self.take(frame)
            self.welcomed(frame)
        elif kind == "slow_down":
            self.slow_down(frame)
        else:
            self.take(frame)

    async def until(self, test, seconds=None):
        """Waits until test() is true; its value, or None when the time is over."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            self.changed.clear()
            value = test()
            if value:
                return value
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return None
            try:
                async with asyncio.timeout(left):
                    await self.changed.wait()
            except TimeoutError:
                pass
