#!/usr/bin/python3
"""A customer who comes back after 60 long lines gets them all on one socket: once, in order, and far more than the 256 KiB
the server keeps for a reader. Control: a few lines come in one share.

Usage: backlog.py FRONTDESKD
"""
import asyncio, json, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of
from running_site import Site

LINES, TEXT = 60, "好" * 4000


async def back(site, page, lines):
    """A customer writes so many lines and comes back: the share in which each came."""
    writer, welcome = await customer(site, page)
    for n in range(1, lines + 1):
        frame = {"type": "msg", "cid": f"{page}:{n}", "text": TEXT}
        await writer.socket.send(json.dumps(frame, ensure_ascii=False))  # escaped it would be above 16 KiB
        ack = await writer.until("ack", of("ack", cid=f"{page}:{n}"))
    await writer.close()
    reader, _ = await customer(site, f"{page}again", token=welcome["token"], contact=ack["contact"], last_seq=0)
    await reader.until("the last line", of("msg", seq=ack["seq"]), 30)
    await reader.send(type="ping")
    await reader.until("pong on the same socket", of("pong"))
    seqs = [frame["seq"] for _, frame in reader.heard if frame["type"] == "msg"]
    assert seqs == list(range(1, ack["seq"] + 1)) and len(seqs) >= lines, seqs
    froms = [frame["from"] for _, frame in reader.heard if frame["type"] == "welcome"]
    assert froms[0] == 1 and froms == sorted(froms), froms
    await reader.close()
    print(f"{len(seqs)} lines, {len(seqs) * len(TEXT.encode()) // 1024} KiB in {len(froms)} shares on one socket")
    return froms


async def run(site):
    assert len(await back(site, "p1", LINES)) > 1, "so many lines came at once"
    assert len(await back(site, "p2", 3)) == 1, "control: a few lines came in shares"


def main(daemon):
    site = Site(daemon, change=lambda text, _: text.replace("  rate_burst: 20", "  rate_burst: 200", 1))
    try:
        site.start()
        asyncio.run(run(site))
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
