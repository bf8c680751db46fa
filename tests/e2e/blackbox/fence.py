#!/usr/bin/python3
"""Two routers on one Redis: the second takes the lead; the first one's next commit is refused, nothing of it leaves, and
it stays up and says so. Control: the same with a first router that writes without the fence.

Usage: fence.py FRONTDESKD FAULTY_DAEMON
"""
import asyncio, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import agent, customer, display, of
from running_site import Redis, Site, request, wait_for

ALLOWED = {"slow_down", "pong"}  # what a fenced router's edge says by itself
EFFECTS = {"ack", "msg", "done", "offer", "contact", "capacity", "snapshot", "wall", "display"}  # the control lets them all out


async def people(old):
    """A customer in a conversation, one who has not written yet, the agent with the wall, a call display."""
    desk, show = await agent(old, "1024", "d1", wall=True), await display(old, old.device("display-1"))
    await desk.send(type="presence", id="d1:1", state="available", counter="3")
    await desk.until("online", of("done", id="d1:1"))
    chat, guest = (await customer(old, "p1"))[0], (await customer(old, "p2"))[0]
    await chat.send(type="msg", cid="p1:1", text="您好")
    await chat.until("ack", of("ack"))
    offer = await desk.until("offer", of("offer"))
    await desk.send(type="accept", id="d1:2", contact=offer["contact"], offer=offer["offer"])
    await desk.until("accepted", of("done", id="d1:2"))
    await chat.until("active", of("state", state="active"))
    await desk.until("a wall", of("wall"))
    return chat, guest, desk, show, offer["contact"]


async def still_told(desk):
    """Asks for the picture; the pictures and walls that come all the same."""
    await desk.send(type="ping")
    await desk.until("pong", of("pong"))  # whatever was on its way before has come
    desk.seen.clear()
    await desk.send(type="resync")
    told = []
    for kind in ("snapshot", "wall"):
        try:
            told.append((await desk.until(kind, of(kind), 2.5))["type"])  # a wall comes every second
        except AssertionError:
            pass
    return told


async def run(old, new, redis, patience):
    """(what is wrong, kinds of effects that left the fenced router); empty: all held. `patience`: for what must come."""
    chat, guest, desk, show, contact = await people(old)
    await asyncio.to_thread(new.start)
    router = redis("HGET", "fd:{main}:leader", "router")
    assert redis("HGET", "fd:{main}:leader", "epoch") == "2"
    before = redis("DEBUG", "DIGEST")
    heard = [(peer, len(peer.heard)) for peer in (chat, guest, desk, show)]
    wrong = []
    await chat.send(type="msg", cid="p1:2", text="还在吗？")
    await guest.send(type="msg", cid="p2:1", text="有人吗？")
    await desk.send(type="msg", id="d1:3", contact=contact, text="在")
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
    told = await still_told(desk)
    # until its commit is refused it takes itself for the leader, and shows what is durable on the wall
    left = {f["type"] for peer, n in heard for _, f in peer.heard[n:]} - ALLOWED - {"wall"} | set(told)
    if left:
        wrong.append(f"effects left the fenced router: {sorted(left)}")
    if redis("DEBUG", "DIGEST") != before:
        wrong.append("the store changed")
    try:
        _, text = await asyncio.to_thread(wait_for, "the old router is not ready",
                                          lambda: (lambda r: r if r[0] == 503 else None)(old.ready()), patience)
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
        await other.until("the new router serves", of("ack"), patience)
    except AssertionError as e:  # the control's writes poison it: an event with this number is there already
        wrong.append(str(e))
    for _ in range(3):  # it never takes the lead back
        await chat.send(type="ping")
        await chat.until("pong", of("pong"))
    if redis("HGET", "fd:{main}:leader", "epoch") != "2":
        wrong.append("the old router took the lead back")
    return wrong, left


def once(first, second, fault=None):
    redis = Redis()
    env = {"FD_TEST_FAULT": fault, "FD_TEST_REDIS": redis.address} if fault else None
    # the new router must not change the store by itself while we look
    patient = lambda text, _: text.replace("load_grace: 30s", "load_grace: 10m", 1)
    old, new = Site(first, redis=redis, env=env, change=patient), Site(second, redis=redis, change=patient)
    try:
        old.start()
        wrong, left = asyncio.run(run(old, new, redis, 5 if fault else 30))
        if not fault and "event=leader.lost" not in old.log():
            wrong.append("its log does not say it")
        if wrong and not fault:
            wrong.append("its log ends: " + old.log()[-1500:])
        return wrong, left
    finally:
        old.close()
        new.close()
        redis.stop()


def main(daemon, faulty):
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(daemon)), "frontdesk")
    wrong, _ = once(daemon, daemon)
    if wrong:
        sys.exit("FAILED: " + "\n".join(wrong))
    wrong, left = once(faulty, daemon, "unfenced")
    print("control, without the fence:", "; ".join(w[:160] for w in wrong))
    if not EFFECTS <= left or "the store changed" not in wrong:
        sys.exit(f"FAILED: the control was not noticed: {sorted(EFFECTS - left)}")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
