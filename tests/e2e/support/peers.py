"""Customers and agents over the public sockets, each keeping all it heard with the time."""
import asyncio, json, time

import websockets

from running_site import PASSWORD, request


class Peer:
    def __init__(self, socket, name=""):
        self.socket, self.name, self.seen, self.news = socket, name, [], asyncio.Event()
        self.heard = []  # (time.time(), frame): everything ever
        self.reader = asyncio.ensure_future(self._read())

    async def _read(self):
        try:
            async for text in self.socket:
                frame = json.loads(text)
                self.heard.append((time.time(), frame))
                self.seen.append(frame)
                self.news.set()
        except websockets.ConnectionClosed:
            pass

    async def send(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def until(self, what, test, seconds=30):
        """The first frame not yet taken that passes; it is taken."""
        end = time.monotonic() + seconds
        while True:
            for i, frame in enumerate(self.seen):
                if test(frame):
                    return self.seen.pop(i)
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), max(0.01, end - time.monotonic()))
            except asyncio.TimeoutError:
                if time.monotonic() >= end:
                    raise AssertionError(f"{self.name}: never {what}; saw {json.dumps(self.seen, ensure_ascii=False)[-3000:]}") from None

    async def close(self):
        await self.socket.close()
        await self.reader


def of(type_, **fields):
    return lambda f: f["type"] == type_ and all(f.get(k) == v for k, v in fields.items())


async def opened(site, page, **hello):
    """A chat that has said hello."""
    socket = await websockets.connect(f"ws://127.0.0.1:{site.public}/chat?w=demo", subprotocols=["frontdesk.chat.v1"],
                                      origin="http://127.0.0.1:8080", ping_interval=None)
    peer = Peer(socket, page)
    await peer.send(type="hello", v=1, page=page, locale="zh-CN", **hello)
    return peer


async def customer(site, page, **hello):
    peer = await opened(site, page, **hello)
    return peer, await peer.until("welcome", of("welcome"))


async def agent(site, no, page, wall=False):
    base = f"http://127.0.0.1:{site.internal}"
    status, headers, body = await asyncio.to_thread(
        request, f"{base}/desk/login", {"staff_no": no, "password": PASSWORD}, {"Origin": base})
    assert status == 200, (status, body)
    socket = await websockets.connect(f"ws://127.0.0.1:{site.internal}/desk", subprotocols=["frontdesk.desk.v1"],
                                      origin=base, extra_headers={"Cookie": headers["Set-Cookie"].split(";")[0]},
                                      max_size=None, ping_interval=None)
    peer = Peer(socket, page)
    await peer.send(type="hello", v=1, page=page, **({"wall": True} if wall else {}))
    await peer.until("welcome", of("welcome"))
    await peer.until("snapshot", of("snapshot"))
    return peer


async def display(site, token):
    socket = await websockets.connect(f"ws://127.0.0.1:{site.public}/v1/walkin/display", extra_headers=token,
                                      subprotocols=["frontdesk.display.v1"], origin=f"http://127.0.0.1:{site.public}",
                                      ping_interval=None)
    peer = Peer(socket, "display")
    await peer.send(type="hello", v=1)
    await peer.until("welcome", of("welcome"))
    return peer
