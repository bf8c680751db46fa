#!/usr/bin/python3
"""Two routers on one Redis: the second takes the lead; the first one's next commit is refused, nothing of it leaves, and
it stays up and says so. Control: the same with a first router that writes without the fence.

Usage: fence.py FRONTDESKD FAULTY_DAEMON
"""
import asyncio, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of
from running_site import Redis, Site, request, wait_for


async def run(old, new, redis):
    """What is wrong; empty: all held."""
    chat, _ = await customer(old, "p1")
    await chat.send(type="msg", cid="p1:1", text="您好")
    await chat.until("ack", of("ack"))
    await asyncio.to_thread(new.start)
    router = redis("HGET", "fd:{main}:leader", "router")
    assert redis("HGET", "fd:{main}:leader", "epoch") == "2"
    before = redis("DEBUG", "DIGEST")
    heard = len(chat.heard)
    wrong = []
    await chat.send(type="msg", cid="p1:2", text="还在吗？")
    kiosk = old.device("kiosk-1")
    ticket = await asyncio.to_thread(request, f"http://127.0.0.1:{old.public}/v1/walkin/tickets", {"service": "repair"},
                                     {**kiosk, "Idempotency-Key": "k1"}, 20)
    if ticket[0] != 503:
        wrong.append(f"a ticket was given: {ticket[0]} {ticket[2]}")
    try:
        # at once; or, when a decision of before was refused first, as soon as the edge has waited for another leader
        await chat.until("the customer is told to wait", of("slow_down"), 25)
    except AssertionError as e:
        wrong.append(str(e)[:300])
    left = [f["type"] for _, f in chat.heard[heard:] if f["type"] in ("ack", "msg", "state", "place")]
    if left:
        wrong.append(f"effects left the fenced router: {left}")
    if redis("DEBUG", "DIGEST") != before:
        wrong.append("the store changed")
    try:
        _, text = await asyncio.to_thread(wait_for, "the old router is not ready",
                                          lambda: (lambda r: r if r[0] == 503 else None)(old.ready()), 5)
        if not re.search(rf"leader: fenced by router {router}, epoch 2", str(text)):
            wrong.append(f"/readyz does not say it: {text}")
    except AssertionError as e:
        wrong.append(str(e))
    status = request(f"http://127.0.0.1:{old.internal}/healthz")[0]
    if old.process.poll() is not None or status != 200:
        wrong.append(f"it does not stay up: {old.process.poll()} {status}")
    try:
        other, _ = await customer(new, "p9")
        await other.send(type="msg", cid="p9:1", text="您好")
        await other.until("the new router serves", of("ack"), 5)
    except AssertionError as e:  # the control's writes poison it: an event with this number is there already
        wrong.append(str(e))
    for _ in range(3):  # it never takes the lead back
        await chat.send(type="ping")
        await chat.until("pong", of("pong"))
    if redis("HGET", "fd:{main}:leader", "epoch") != "2":
        wrong.append("the old router took the lead back")
    return wrong


def once(first, second, fault=None):
    redis = Redis()
    env = {"FD_TEST_FAULT": fault, "FD_TEST_REDIS": redis.address} if fault else None
    old, new = Site(first, redis=redis, env=env), Site(second, redis=redis)
    try:
        old.start()
        wrong = asyncio.run(run(old, new, redis))
        if not fault and "event=leader.lost" not in old.log():
            wrong.append("its log does not say it")
        if wrong and not fault:
            wrong.append("its log ends: " + old.log()[-1500:])
        return wrong
    finally:
        old.close()
        new.close()
        redis.stop()


def main(daemon, faulty):
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(daemon)), "frontdesk")
    wrong = once(daemon, daemon)
    if wrong:
        sys.exit("FAILED: " + "\n".join(wrong))
    wrong = once(faulty, daemon, "unfenced")
    print("control, without the fence:", "; ".join(w[:90] for w in wrong))
    if not any("effects left" in w for w in wrong) or "the store changed" not in wrong:
        sys.exit("FAILED: the control was not noticed")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
