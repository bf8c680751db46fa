#!/usr/bin/python3
"""Only one writer: with MONITOR on the site's Redis, every write to fd:* comes from the address of the leader's commit
connection, between its MULTI and EXEC. Controls: an HSET by hand, one in a MULTI of its own, and the leader's own writes
without their MULTI; each must be seen.

Usage: one_writer.py FRONTDESKD
"""
import asyncio, os, re, subprocess, sys, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import agent, customer, of
from running_site import Redis, Site, request, wait_for

LINE = re.compile(r"^\d+\.\d+ \[\d+ (?P<from>[^\]]+)\] (?P<words>.*)$")


class Monitor:
    def __init__(self, redis):
        self.lines = []
        self.process = subprocess.Popen(["redis-cli", "-p", str(redis.port), "MONITOR"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip() == "OK"
        self.thread = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.thread.start()

    def stop(self, redis):
        redis("ECHO", "the end")
        wait_for("MONITOR shows the end", lambda: any("the end" in line for line in self.lines[-5:]))
        self.process.kill()
        self.process.wait()
        self.thread.join()
        return list(self.lines)


def judge(lines, writing):
    """(strangers: writes to fd:* outside the leader's MULTI … EXEC, writes inside)."""
    commands = []
    for line in lines:
        found = LINE.match(line)
        if found:
            words = re.findall(r'"((?:[^"\\]|\\.)*)"', found["words"])
            commands.append((found["from"], words[0].lower(), words[1:]))
    leaders = {who for who, name, words in commands
               if name == "hset" and words and words[0] == "fd:{main}:leader" and "batch" in words}
    strangers, inside, open_ = [], 0, set()
    for who, name, words in commands:
        if name == "multi":
            open_.add(who)
        elif name in ("exec", "discard"):
            open_.discard(who)
        elif name in writing and any(word.startswith("fd:") for word in words[:4]):
            if len(leaders) == 1 and who in leaders and who in open_:
                inside += 1
            else:
                strangers.append((who, name, words[:2]))
    return strangers, inside


async def drive(site):
    """Every kind of request: chat, tickets, presence, offers, notes, transfer, resolve, sign-in, pause of a queue."""
    desk = await agent(site, "1024", "d1", wall=True)
    number = 0

    async def say(type_, **fields):
        nonlocal number
        number += 1
        await desk.send(type=type_, id=f"d1:{number}", **fields)
        answer = await desk.until(f"{type_} answered", lambda f: f["type"] in ("done", "refused") and f["id"] == f"d1:{number}")
        assert answer["type"] == "done", answer  # what is refused writes nothing

    async def ticket(key):
        status, _, given = await asyncio.to_thread(request, f"http://127.0.0.1:{site.public}/v1/walkin/tickets",
                                                   {"service": "repair"}, {**kiosk, "Idempotency-Key": key})
        assert status == 201, given
        return given["token"]

    await say("presence", state="available", counter="3")
    kiosk = site.device("kiosk-1")
    await ticket("first")
    await say("next", queue="counter")
    called = (await desk.until("the called number", of("contact", state="connecting")))["id"]
    for verb, fields in (("recall", {}), ("serve", {}), ("done", {"kind": "repair", "disposition": "repair_booked"})):
        await say(verb, contact=called, **fields)
    for i in range(8):
        chat, _ = await customer(site, f"p{i}")
        await chat.send(type="msg", cid=f"p{i}:1", text="我要投诉" if i % 2 else "您好")
        await chat.until("ack", of("ack"))
        token = await ticket(f"k{i}")
        if i == 7:
            cancel = f"http://127.0.0.1:{site.public}/v1/walkin/tickets/{token}/cancel"
            status, _, answer = await asyncio.to_thread(request, cancel, {})
            assert status == 200, (status, answer)
        if i > 1:
            continue
        offer = await desk.until("offer", of("offer"))
        await say("accept", contact=offer["contact"], offer=offer["offer"])
        await say("msg", contact=offer["contact"], text="请问型号？")
        await say("note", contact=offer["contact"], text="第二次报修")
        await chat.send(type="read", contact=offer["contact"], seq=2)
        row = (await desk.until("row", lambda f: f["type"] == "contact" and f["id"] == offer["contact"] and f["state"] == "active"))
        if i == 0:
            await say("transfer", contact=row["id"], v=row["v"], to={"queue": "complaints"}, reason="skill")
        else:
            await say("resolve", contact=row["id"], v=row["v"], seq=99, kind="complaint", disposition="apologised")
    await say("queue", queue="vip", pause=True, reason="line test")


def main(daemon):
    redis = Redis()
    writing = {w.lower() for w in redis("COMMAND", "LIST", "FILTERBY", "ACLCAT", "write").split()}
    assert {"hset", "xadd", "zadd", "rpush", "set"} <= writing
    site = Site(daemon, redis=redis)
    try:
        monitor = Monitor(redis)
        site.start()
        asyncio.run(drive(site))
        for rogue in ("HSET fd:{main}:contact:rogue state closed", "MULTI\nHSET fd:{main}:contact:rogue state open\nEXEC"):
            subprocess.run(["redis-cli", "-p", str(redis.port)], input=rogue, text=True, check=True, stdout=subprocess.DEVNULL)
        lines = monitor.stop(redis)
    finally:
        site.close()
        redis.stop()
    honest = [line for line in lines if "contact:rogue" not in line]
    strangers, inside = judge(honest, writing)
    print(f"{inside} writes inside the leader's MULTI … EXEC, {len(strangers)} outside")
    if strangers or inside < 100:
        sys.exit(f"FAILED: {strangers[:10]}")
    caught, _ = judge(lines, writing)
    bare, left = judge([line for line in honest if not line.rstrip().lower().endswith('"multi"')], writing)
    print(f"controls: by hand {caught}; without MULTI {len(bare)} writes")
    if len(caught) != 2 or len(bare) != inside or left:
        sys.exit("FAILED: a control was not noticed")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
