#!/usr/bin/python3
"""Nothing leaves before it is durable: CLIENT PAUSE 1500 WRITE under load, and not one frame that shows new state comes
inside the pause; all of it comes afterwards, in order. Control: the same with a store that gives its receipt early.

Usage: output_commit.py FRONTDESKD FAULTY_DAEMON
"""
import asyncio, os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import agent, customer, display, of
from running_site import Redis, Site, request

PAUSE = 1.5  # longer than the second between two frames of the wall
IN_FLIGHT = 0.08  # what was durable when the pause began may still be on its way
ALLOWED = {"typing", "pong", "history"}
PLACES = 5.0  # places in line are told so often
# seen after the pause, or it proves nothing; and inside it when the receipt is early
MUST = {"ack", "msg", "state", "place", "offer", "contact", "snapshot", "done", "display", "ticket", "wall"}


async def ticket(site, token, n, heard):
    headers = {**token, "Idempotency-Key": f"t{n}"}
    status, _, body = await asyncio.to_thread(request, f"http://127.0.0.1:{site.public}/v1/walkin/tickets",
                                              {"service": "repair"}, headers)
    heard.append((time.time(), {"type": "ticket", "status": status, "n": n, **body}))


def disorder(name, frames):
    """Acknowledgements, lines of a contact and numbered changes that are not in their order, or twice."""
    acks = [f["seq"] for f in frames if f["type"] == "ack"]
    wrong = [(name, "ack", acks)] if acks != sorted(set(acks)) else []
    lines = {}
    for f in frames:
        if f["type"] == "msg":
            lines.setdefault(f["contact"], []).append(f["seq"])
    wrong += [(name, "msg", seqs) for seqs in lines.values() if seqs != sorted(set(seqs))]
    numbers = [f["n"] for f in frames if "n" in f]
    return wrong + ([(name, "delta", numbers)] if numbers != list(range(1, len(numbers) + 1)) else [])


def swapped(frames, kind):
    """The same with the last two of a kind in each other's place."""
    at = [i for i, f in enumerate(frames) if (kind == "delta" and "n" in f) or f["type"] == kind][-2:]
    frames = list(frames)
    if len(at) == 2:
        frames[at[0]], frames[at[1]] = frames[at[1]], frames[at[0]]
    return frames


async def run(site, redis):
    """(frames inside the pause that should not be, kinds seen afterwards, faults of order)."""
    kiosk, screen = site.device("kiosk-1"), site.device("display-1")
    chen, zhao = await agent(site, "1024", "d1", wall=True), await agent(site, "1031", "d2")
    show = await display(site, screen)
    for desk, number in ((chen, "3"), (zhao, "4")):
        await desk.send(type="presence", id=f"{desk.name}:1", state="available", counter=number)
        await desk.until("online", of("done", id=f"{desk.name}:1"))
    people = [(await customer(site, f"p{i}"))[0] for i in range(12)]
    tickets = []
    await people[0].send(type="msg", cid="p0:1", text="您好")
    await people[0].until("ack", of("ack"))
    offer = await chen.until("offer", of("offer"))
    await chen.send(type="accept", id="d1:2", contact=offer["contact"], offer=offer["offer"])
    await chen.until("accepted", of("done", id="d1:2"))
    await ticket(site, kiosk, 0, tickets)
    await show.until("a waiting ticket", of("display"))
    await chen.until("a wall", of("wall"))
    await people[1].send(type="msg", cid="p1:1", text="排队")
    await people[1].until("its place", of("place"))
    second = await chen.until("an offer to accept in the pause", of("offer"))
    await asyncio.sleep(PLACES - PAUSE / 3)  # the next places fall into the pause

    assert redis("CLIENT", "PAUSE", str(int(PAUSE * 1000)), "WRITE") == "OK"
    began = time.time()
    asked, n = [], [1] * len(people)
    n[0] = n[1] = 2
    command, k = 3, 0
    while time.time() < began + PAUSE * 0.85:
        for i, one in enumerate(people):
            await one.send(type="msg", cid=f"p{i}:{n[i]}", text=("我要投诉 " if i % 3 == 0 else "问题 ") + str(n[i]))
            n[i] += 1
        await people[0].send(type="ping")
        await people[0].send(type="typing", on=k % 2 == 0)
        answer = f"答复 {command}"
        await chen.send(type="msg", id=f"d1:{command}", contact=offer["contact"], text=answer)
        command += 1
        await chen.send(type="history", id=f"h{k + 1}", contact=offer["contact"])
        await zhao.send(type="presence", id=f"d2:{2 + k}", state="away" if k % 2 == 0 else "available",
                        **({"reason": "meal"} if k % 2 == 0 else {"counter": "4"}))
        if k == 3:  # p1 is told its state
            await chen.send(type="accept", id=f"d1:{command}", contact=second["contact"], offer=second["offer"])
            command += 1
        k += 1
        await zhao.send(type="resync")
        asked.append(asyncio.ensure_future(ticket(site, kiosk, k, tickets)))
        await asyncio.sleep(0.1)
    await asyncio.gather(*asked)
    for i, one in enumerate(people):
        await one.until("the last ack", of("ack", cid=f"p{i}:{n[i] - 1}"))
    await people[0].until("the last answer", of("msg", by="agent", text=answer))
    await people[1].until("it is taken", of("state", state="active"))
    await chen.until("the last answer is kept", of("done", id=f"d1:{command - 1}"))
    await chen.until("the last line of its customer", of("msg", contact=offer["contact"], text=f"我要投诉 {n[0] - 1}"))
    await chen.until("the last history", of("history", id=f"h{k}"))
    await zhao.until("the last presence is kept", of("done", id=f"d2:{k + 1}"))
    await zhao.until("a picture", of("snapshot"))  # one answers all who asked while it was under way
    await show.until("the last ticket on the display", lambda f: f["type"] == "display" and
                     any(w["id"] == "repair" and w["waiting"] == k + 1 for w in f["waiting"]))
    await people[-1].until("its place", of("place"))
    await chen.until("a wall afterwards", lambda f: f["type"] == "wall" and f["at"] / 1000 > began + PAUSE)

    heard = [(at, peer.name, frame) for peer in (*people, chen, zhao, show) for at, frame in peer.heard]
    heard += [(at, "kiosk", frame) for at, frame in tickets]
    early = [(round(at - began, 3), who, f["type"]) for at, who, f in heard
             if began + IN_FLIGHT < at < began + PAUSE - 0.02 and f["type"] not in ALLOWED]
    inside = {f["type"] for at, _, f in heard if began + IN_FLIGHT < at < began + PAUSE - 0.02}
    after = {f["type"] for at, _, f in heard if at >= began + PAUSE - 0.02}
    wrong = [fault for peer in (*people, chen) for fault in disorder(peer.name, [f for _, f in peer.heard])]
    wrong += [("kiosk", "status", f["status"]) for _, f in tickets if f["status"] != 201]
    unseen = {kind for kind in ("ack", "msg", "delta")
              if not any(disorder(p.name, swapped([f for _, f in p.heard], kind)) for p in (*people, chen))}
    assert not unseen, f"control: {unseen} in another order are not noticed"
    return early, inside, after, wrong


def once(daemon, env=None):
    redis = Redis()
    site = Site(daemon, redis=redis, env=env)
    try:
        site.start()
        return asyncio.run(run(site, redis))
    except AssertionError as e:
        sys.exit(f"FAILED: {e}\n{site.log()[-2000:]}")
    finally:
        site.close()
        redis.stop()


def main(daemon, faulty):
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(daemon)), "frontdesk")
    early, inside, after, disorder = once(daemon)
    print(f"inside the pause: {sorted(inside)}; after it: {sorted(after)}")
    if early or disorder:
        sys.exit(f"FAILED: {len(early)} frames inside the pause {early[:12]}; disorder {disorder[:5]}")
    if "pong" not in inside:
        sys.exit(f"FAILED: the daemon was not alive inside the pause: {inside}")
    if not MUST <= after:
        sys.exit(f"FAILED: never came: {MUST - after}")
    early, _, _, _ = once(faulty, {"FD_TEST_FAULT": "early"})
    kinds = {kind for _, _, kind in early}
    print(f"control, an early receipt: {len(early)} frames inside the pause, of kinds {sorted(kinds)}")
    if not MUST <= kinds:
        sys.exit(f"FAILED: the control was not noticed in every kind: {sorted(MUST - kinds)}")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
