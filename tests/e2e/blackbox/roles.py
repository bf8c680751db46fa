#!/usr/bin/python3
"""One product in two processes: --role router and --role edge over ipc. Either is killed in the middle of a
conversation; nothing is lost and both sides go on without being asked. Control: with no edge running, no customer comes in.

Usage: roles.py FRONTDESKD
"""
import asyncio, os, signal, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support"), os.path.join(HERE, "../../../deploy/demo")]
from client import ChatClient, DeskClient
from running_site import PASSWORD, Site, request, wait_for


class Split(Site):
    """The router is the site's process; the edge is another one, with a run directory of its own."""

    def __init__(self, daemon):
        super().__init__(daemon, change=lambda text, site: text.replace(
            "endpoint: inproc  ", f"endpoint: ipc:{site.dir}/bus.ipc  ", 1), flags=("--role", "router"))
        self.edge = None

    def start_edge(self):
        with open(f"{self.dir}/edge.log", "a") as log:
            self.edge = subprocess.Popen([self.daemon, "--config", f"{self.dir}/frontdesk.yaml", "--state", f"{self.dir}/state",
                                          "--run", f"{self.dir}/run-edge", "--role", "edge"], stderr=log)
        wait_for("the edge is ready", lambda: self.ready()[0] == 200, 30)

    def kill_edge(self):
        self.edge.send_signal(signal.SIGKILL)
        self.edge.wait()

    def close(self):
        if self.edge and self.edge.poll() is None:
            self.kill_edge()
        super().close()


async def talk(site):
    chat = ChatClient(f"http://127.0.0.1:{site.public}", "p1", origin="http://127.0.0.1:8080").start()
    desk = DeskClient(f"http://127.0.0.1:{site.internal}", "1024", PASSWORD, "d1").start()
    assert await desk.until(lambda: desk.ready, 30), "the desk never connected"
    await asyncio.wait_for(desk.go("available", counter="1"), 30)
    first = await asyncio.wait_for(chat.say("您好"), 30)
    await desk.until(lambda: desk.offers, 30)
    await asyncio.wait_for(desk.accept(next(iter(desk.offers.values()))), 30)

    async def exchange(n):
        ask, answer = chat.say(f"问题 {n}"), desk.say(first["contact"], f"答复 {n}")
        await asyncio.wait_for(asyncio.gather(ask, answer), 30)
        assert await chat.until(lambda: f"答复 {n}" in chat.from_agent(), 30), f"answer {n} never came"

    await exchange(1)
    chat.say("问题 在路上")
    site.kill_edge()
    await asyncio.to_thread(site.start_edge)
    await exchange(2)
    chat.say("问题 又在路上")
    site.kill()
    status = (await asyncio.to_thread(request, f"http://127.0.0.1:{site.internal}/healthz"))[0]
    assert status == 200, "an edge without a router is alive"
    site.start(ready=False)
    await exchange(3)
    await chat.until(lambda: not chat.pending, 30)
    lines = chat.lines[first["contact"]]
    assert sorted(lines) == list(range(1, len(lines) + 1)), f"holes: {sorted(lines)}"
    texts = [line.get("text") for _, line in sorted(lines.items()) if line.get("kind") == "text"]
    wanted = ["您好", "问题 在路上", "问题 又在路上"] + [f"{w} {n}" for n in (1, 2, 3) for w in ("问题", "答复")]
    assert sorted(texts) == sorted(wanted), texts
    asked = [line["text"] for _, line in sorted(lines.items()) if line.get("by") == "customer"]
    assert asked == ["您好", "问题 1", "问题 在路上", "问题 2", "问题 又在路上", "问题 3"], asked
    row = site.redis("HGET", f"fd:{{main}}:contact:{first['contact']}", "state")
    assert row == "active", row
    await asyncio.gather(chat.stop(), desk.stop())


def main(daemon):
    site = Split(daemon)
    try:
        site.start(ready=False)
        wait_for("the router leads", lambda: "event=leader.taken" in site.log())
        try:
            request(f"http://127.0.0.1:{site.public}/chat/settings?w=demo", timeout=2)
            sys.exit("FAILED: the router alone serves customers")
        except OSError:
            print("control: without an edge nobody answers customers")
        site.start_edge()
        asyncio.run(talk(site))
        site.edge.send_signal(signal.SIGTERM)
        assert site.edge.wait(30) == 0 and site.stop() == 0, "TERM ends both well"
    except AssertionError as e:
        sys.exit(f"FAILED: {e}\n--- router\n{site.log()[-1500:]}\n--- edge\n{open(f'{site.dir}/edge.log').read()[-1500:]}")
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
