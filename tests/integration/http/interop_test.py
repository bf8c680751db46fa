#!/usr/bin/python3
"""A foreign client library (python3-websockets) talks to the server that http_interop starts; exit code 0 when all holds."""

import asyncio
import sys

import websockets

LIMIT = 16384


async def main(port):
    url = f"ws://127.0.0.1:{port}/socket"
    async with websockets.connect(url, subprotocols=["frontdesk.test.v1"], compression="deflate") as socket:
        assert socket.subprotocol == "frontdesk.test.v1", socket.subprotocol
        assert not socket.extensions, "permessage-deflate is off"
        for text in ["您好", "", "x" * LIMIT, "😀" * 1000]:
            await socket.send(text)
            assert await socket.recv() == text
        await socket.send(part for part in ["in ", "three ", "parts"])
        assert await socket.recv() == "in three parts"
        await (await socket.ping())
    assert socket.close_code == 1000, socket.close_code

    async with websockets.connect(url) as socket:
        await socket.send("x" * (LIMIT + 1))
        try:
            await socket.recv()
            raise AssertionError("a message above the limit was taken")
        except websockets.ConnectionClosed as closed:
            assert closed.code == 1009, closed.code

    async with websockets.connect(url) as socket:
        await socket.send(b"binary")
        try:
            await socket.recv()
            raise AssertionError("a binary frame was taken")
        except websockets.ConnectionClosed as closed:
            assert closed.code == 1003, closed.code

    sockets = [await websockets.connect(url) for _ in range(50)]
    await asyncio.gather(*(socket.send(str(i)) for i, socket in enumerate(sockets)))
    assert await asyncio.gather(*(socket.recv() for socket in sockets)) == [str(i) for i in range(50)]
    await asyncio.gather(*(socket.close() for socket in sockets))

    try:
        await websockets.connect(f"ws://127.0.0.1:{port}/refused")
        raise AssertionError("a refused handshake was accepted")
    except websockets.InvalidStatusCode as refused:
        assert refused.status_code == 403, refused.status_code


asyncio.run(asyncio.wait_for(main(int(sys.argv[1])), 30))
