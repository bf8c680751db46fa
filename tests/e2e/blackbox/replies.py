#!/usr/bin/python3
"""What agents write in a channel with an outbox reaches the outer world: a foreign adapter brings customers in and a
courier (tests/integration/foreign_adapter/courier.py) carries the answers out, both in Python over ipc. The courier is
killed three times and the daemon twice, once while no courier is there. Every acknowledged line of an agent is carried
exactly once, in its order; nothing is left in the outbox; one that the world refuses is told to its agent. Control: a
daemon whose store forgets jobs.

Usage: replies.py FRONTDESKD FAULTY_DAEMON
"""
import asyncio, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support"), os.path.join(HERE, "../../../deploy/demo")]
from client import DeskClient
from running_site import PASSWORD, SOURCE, Site, wait_for

ADAPTERS = os.path.join(SOURCE, "tests/integration/foreign_adapter")
LINES, REFUSED = 12, "to nobody"


def with_outbox(text, site):
    text = text.replace("endpoint: inproc  ", f"endpoint: ipc:{site.dir}/bus.ipc  ", 1)
    text = text.replace("\nchannels:  ", "\nchannels:\n  qq: {connect: instant, can_reply: true, outbox: true, cost: 25}\n  #", 1)
    # whatever is not a call or a ticket goes to the online team; the foreign customers, too
    return text


def carried(world):
    return [line.rstrip("\n").split(" ", 2) for line in open(world) if line.endswith("\n")] if os.path.exists(world) else []


class Courier:
    def __init__(self, site, world):
        self.command = ["/usr/bin/python3", os.path.join(ADAPTERS, "courier.py"), f"ipc://{site.dir}/bus.ipc", "qq", world, REFUSED]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Desk(DeskClient):
    events = ()

    def delta(self, kind, frame):
        super().delta(kind, frame)
        if kind == "msg" and frame["kind"] == "event":
            self.events += (frame["event"]["name"],)


async def until(what, test, seconds=30):
    for _ in range(int(seconds / 0.05)):
        if test():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never: {what}")


async def talk(site, world, courier, forgets):
    """What is wrong; empty: all held."""
    sent = subprocess.run(["/usr/bin/python3", os.path.join(ADAPTERS, "adapter.py"), f"ipc://{site.dir}/bus.ipc", "qq", "1",
                           f"{world}.journal", f"{world}.ledger", "7"], timeout=60)
    assert sent.returncode == 0, "the adapter gave up"
    contact = open(f"{world}.ledger").readline().split()[1]
    desk = Desk(f"http://127.0.0.1:{site.internal}", "1024", PASSWORD, "replies").start()
    try:
        await until("the desk is there", lambda: desk.ready)
        await desk.go("available")
        await until("the offer", lambda: desk.offers)
        await desk.accept(next(iter(desk.offers.values())))
        told = []

        async def write(count, text=None):
            for _ in range(count):
                line = text or f"answer {len(told) + 1}"
                await desk.say(contact, line)
                told.append(line)

        courier.start()
        await until("the courier is at work", lambda: carried(world))
        await write(LINES)
        courier.kill()  # somewhere among them
        await write(LINES)
        site.kill()  # nobody carries anything, and the daemon dies
        site.start()
        if not forgets:
            courier.start()
            await until("half is out", lambda: len(carried(world)) > LINES)
        await write(LINES)
        if not forgets:
            courier.kill()
            courier.start()
            site.kill()  # under way
            site.start()
            await write(LINES)
        await write(1, REFUSED)
        courier.kill()
        courier.start()
        wrong = []
        try:
            await until("the outbox is empty", lambda: site.redis("HLEN", "fd:{main}:outbox:deliver") == "0")
        except AssertionError as e:
            wrong.append(str(e))
        if not forgets:
            await until("the agent is told what could not be delivered", lambda: "undelivered" in desk.events)
        out = [text for _, _, text in carried(world) if text.startswith("answer")]
        expected = [line for line in told if line != REFUSED]
        if out != expected:
            lost = [line for line in expected if line not in out]
            wrong.append(f"{len(out)} carried of {len(expected)}: lost {lost[:3]}, twice {len(out) - len(set(out))}, in order {out == sorted(out, key=lambda t: int(t.split()[1]))}")
        ids = [id_ for id_, _, _ in carried(world)]
        if len(ids) != len(set(ids)):
            wrong.append("a job was done twice")
        if any(text == REFUSED for _, _, text in carried(world)):
            wrong.append("the world took what it refused")
        print(f"{len(told)} lines written, {len(out)} carried", flush=True)
        return wrong
    finally:
        await desk.stop()


def run(daemon, env=None):
    site, world = Site(daemon, change=with_outbox, env=env), os.path.join(tempfile.mkdtemp(prefix="fdr"), "world")
    courier = Courier(site, world)
    try:
        site.start()
        return asyncio.run(talk(site, world, courier, bool(env)))
    finally:
        courier.kill()
        site.close()


def main(daemon, faulty):
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(daemon)), "frontdesk")
    wrong = run(daemon)
    if wrong:
        sys.exit("FAILED: " + "\n".join(wrong))
    wrong = run(faulty, {"FD_TEST_FAULT": "forgetful"})
    print("control, jobs forgotten:", "; ".join(w[:160] for w in wrong))
    if not any("lost ['" in w for w in wrong):
        sys.exit("FAILED: the control was not noticed")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
