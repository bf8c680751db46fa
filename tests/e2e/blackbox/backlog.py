#!/usr/bin/python3
"""A customer who comes back after 60 long lines gets them all on one socket: once, in order, and far more than the 256 KiB
the server keeps for a reader. Control: the lines are too many to be sent at once.

Usage: backlog.py FRONTDESKD
"""
import asyncio, json, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of
from running_site import Site

LINES, TEXT = 60, "好" * 4000


async def run(site):
    writer, welcome = await customer(site, "p1")
    for n in range(1, LINES + 1):
        frame = {"type": "msg", "cid": f"p1:{n}", "text": TEXT}
        await writer.socket.send(json.dumps(frame, ensure_ascii=False))  # escaped it would be above 16 KiB
        ack = await writer.until("ack", of("ack", cid=f"p1:{n}"))
    await writer.close()
    assert LINES * len(TEXT.encode()) > 2 * 256 * 1024, "the control"
    reader, _ = await customer(site, "p2", token=welcome["token"], contact=ack["contact"], last_seq=0)
    await reader.until("the last line", of("msg", seq=ack["seq"]), 30)
    await reader.send(type="ping")
    pong = await reader.until("pong on the same socket", of("pong"))
    assert abs(pong["at"] - ack["at"]) < 600_000, (pong, ack)
    seqs = [frame["seq"] for _, frame in reader.heard if frame["type"] == "msg"]
    assert seqs == list(range(1, ack["seq"] + 1)), seqs
    froms = [frame["from"] for _, frame in reader.heard if frame["type"] == "welcome"]
    assert froms[0] == 1 and len(froms) > 1 and froms == sorted(froms), froms
    await reader.close()
    print(f"{len(seqs)} lines, {len(seqs) * len(TEXT.encode()) // 1024} KiB in {len(froms)} shares on one socket")


def main(daemon):
    site = Site(daemon, change=lambda text, _: text.replace("  rate_burst: 20", "  rate_burst: 200", 1))
    try:
        site.start()
        asyncio.run(run(site))
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
