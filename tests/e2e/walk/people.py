#!/usr/bin/python3
"""Accounts change under a running daemon: what `frontdesk agent` writes takes effect at once, and what it refuses is not written.

Real daemon, managed Redis, public protocols. Usage: people.py FRONTDESKD. Exit 0 = every step held.
"""
import asyncio, json, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import agent, customer, of
from running_site import PASSWORD, Site, request

steps = 0


def held(what, ok, seen=None):
    global steps
    if not ok:
        sys.exit(f"FAILED: {what}: saw {seen if isinstance(seen, str) else json.dumps(seen, ensure_ascii=False)}")
    steps += 1
    print(f"held: {what}", flush=True)


async def cli(site, *args):
    """`frontdesk agent`, while the sockets go on."""
    return await asyncio.to_thread(site.cli, "agent", *args, "--agents-file", f"{site.dir}/agents.yaml")


def sign_in(site, no, password):
    base = f"http://127.0.0.1:{site.internal}"
    return request(f"{base}/desk/login", {"staff_no": no, "password": password}, {"Origin": base})[0]


async def closed(peer):
    """The code with which the daemon closed this socket."""
    await asyncio.wait_for(peer.reader, 30)
    return peer.socket.close_code


async def added(site):
    new = ("add", "a2001", "--staff-no", "2001", "--name", "新来", "--password-file", f"{site.dir}/pw")
    done = await cli(site, *new, "--team", "online")
    held("an account is added to the running daemon", done.returncode == 0, done.stderr)
    desk = await agent(site, "2001", "n1")
    await desk.send(type="presence", id="n1:1", state="available")
    await desk.until("the new agent is online", of("done", id="n1:1"))
    chat, _ = await customer(site, "p1")
    await chat.send(type="msg", cid="p1:1", text="您好")
    offer = await desk.until("the new agent is offered a contact", of("offer"))
    await desk.send(type="accept", id="n1:2", contact=offer["contact"], offer=offer["offer"])
    await chat.until("the customer sees the new agent", of("state", state="active"))
    held("without a restart", True)
    return desk, chat


async def demoted(site):
    wall, other = await agent(site, "1024", "w1", wall=True), await agent(site, "1031", "w2", wall=True)
    await wall.until("a supervisor has the wall", of("wall"))
    done = await cli(site, "set", "a1024", "--role", "agent")
    held("a role is changed", done.returncode == 0, done.stderr)
    await wall.send(type="find", id="f", case="20000101-000001")  # what left before is read before this answer
    await wall.until("an answer", of("refused", id="f"))
    wall.seen.clear()
    other.seen.clear()
    for _ in range(2):
        await other.until("another supervisor still has the wall", of("wall"))
    held("who is no supervisor any more gets no wall", not [f for f in wall.seen if f["type"] == "wall"], wall.seen)
    await wall.close()
    await other.close()


async def disabled(site, desk, chat):
    done = await cli(site, "disable", "a2001")
    held("an account is disabled", done.returncode == 0, done.stderr)
    await desk.until("its page hears why", of("error", code="disabled"))
    code = await closed(desk)
    held("and its socket is closed with 4403", code == 4403, code)
    await chat.until("the customer waits again", of("state", state="queued"))
    held("it cannot sign in", sign_in(site, "2001", PASSWORD) == 401)
    done = await cli(site, "enable", "a2001")
    held("enabled it can", done.returncode == 0 and sign_in(site, "2001", PASSWORD) == 200, done.stderr)
    with open(f"{site.dir}/pw2", "w") as file:
        file.write("another horse\n")
    done = await cli(site, "passwd", "a2001", "--password-file", f"{site.dir}/pw2")
    held("its password is changed", done.returncode == 0, done.stderr)
    held("the old one is refused", sign_in(site, "2001", PASSWORD) == 401)
    held("the new one counts", sign_in(site, "2001", "another horse") == 200)
    done = await cli(site, "disable", "a9999")
    held("an id that is not there is told by the exit code", done.returncode == 5 and "a9999" in done.stderr, done.stderr)


async def refused(site):
    def text():
        return open(f"{site.dir}/agents.yaml", encoding="utf-8").read()
    before = text()
    good = ("a3", "--staff-no", "3003", "--name", "三", "--password-file", f"{site.dir}/pw")
    for what, args, names in (("a team", ("--team", "onlin"), '"online"'), ("a channel", ("--channel", "caht"), '"chat"'),
                              ("a delay", ("--team", "online:1:7200"), "1h"), ("a rank", ("--team", "online:0"), "1 …"),
                              ("a level", ("--skill", "zh:10"), "9"), ("a capacity", ("--capacity", "0"), "1 …"),
                              ("an id", ("--staff-no", "1024"), "1024")):
        given = [a for a in good if what != "an id" or a not in ("--staff-no", "3003")]
        done = await cli(site, "add", *given, *args)
        held(f"{what} that cannot be is refused and named", done.returncode == 1 and names in done.stderr, done.stderr)
        held("and nothing is written", text() == before)
    done = await cli(site, "set", "a2001", "--team", "onlin")
    held("so is a change", done.returncode == 1 and "a2001" in done.stderr and text() == before, done.stderr)


async def walk(site):
    desk, chat = await added(site)
    await demoted(site)
    await disabled(site, desk, chat)
    await refused(site)
    await chat.close()


site = Site(sys.argv[1])
try:
    site.start()
    asyncio.run(walk(site))
    held("TERM ends it well", site.stop() == 0, site.log()[-800:])
    site.start()
    held("and it starts again with what was written", sign_in(site, "2001", "another horse") == 200)
except AssertionError as e:
    sys.exit(f"FAILED: {e}")
finally:
    site.close()
print(f"{steps} passed, 0 failed")
