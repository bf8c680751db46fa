#!/usr/bin/python3
"""Every later release opens what this one wrote. tests/upgrade/NAME holds the append-only file of a site as a release
left it (killed, not stopped), its root secret, and expected.json: what was promised to customers and agents then.

Usage: upgrade.py FRONTDESKD            opens a copy of each and compares
       upgrade.py FRONTDESKD --write A  makes a new one with this release; done once a release, never again
"""
import asyncio, json, os, shutil, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e/support"))
from peers import agent, customer, of
from running_site import Site, request

KEPT = ("case", "channel", "kind", "priority", "ticket", "service", "name", "previous", "attributes", "served", "start",
        "head_start", "visitor", "customer")  # no timer may change these
CLOSED = ("state", "reason", "disposition", "owner")  # nor these, once it is closed


def with_outbox(text, site):
    """The chat's answers are jobs, too: some stay open."""
    return text.replace("\n  chat:\n", "\n  chat:\n    outbox: true\n", 1)


def hash_at(site, key):
    flat = site.redis("--raw", "HGETALL", key).split("\n")
    return dict(zip(flat[::2], flat[1::2]))


def contact_at(site, contact):
    """What must survive of a contact: its row, lines and notes."""
    key = f"fd:{{main}}:contact:{contact}"
    row = hash_at(site, key)
    kept = KEPT + (CLOSED if row.get("state") == "closed" else ())
    listed = {part: [json.loads(l)["b"] for l in site.redis("--raw", "LRANGE", f"{key}:{part}", "0", "-1").splitlines()]
              for part in ("messages", "notes")}
    return {"row": {k: row[k] for k in kept if k in row}, "lines": listed["messages"], "notes": listed["notes"]}


def kept(site):
    """Every contact and case as stored."""
    contacts = [key.rsplit(":", 1)[1] for key in site.redis("--raw", "KEYS", "fd:{main}:contact:*").split() if key.count(":") == 3]
    cases = site.redis("--raw", "KEYS", "fd:{main}:case:*").split()
    return {"contacts": {c: contact_at(site, c) for c in contacts}, "cases": {key: hash_at(site, key) for key in cases},
            "outbox": hash_at(site, "fd:{main}:outbox:deliver")}


async def fill(site):
    """A bit of everything the store knows; returns the ticket's token."""
    desk = await agent(site, "1024", "d1")
    number = 0

    async def say(type_, **fields):
        nonlocal number
        number += 1
        await desk.send(type=type_, id=f"d1:{number}", **fields)
        answer = await desk.until(type_, lambda f: f["type"] in ("done", "refused") and f["id"] == f"d1:{number}")
        assert answer["type"] == "done", answer
        return answer

    await say("presence", state="available", counter="3")
    people = []
    for i, text in enumerate(("您好，洗衣机不转了", "我要投诉你们的服务", "Where is my parcel?", "发票怎么开", "谢谢，解决了")):
        chat, _ = await customer(site, f"p{i}")
        await chat.send(type="msg", cid=f"p{i}:1", text=text)
        people.append(await chat.until("ack", of("ack")))
    for _ in range(3):
        offer = await desk.until("offer", of("offer"))
        await say("accept", contact=offer["contact"], offer=offer["offer"])
        await say("msg", contact=offer["contact"], text="请问您的订单号？")
    await say("note", contact=offer["contact"], text="第二次来电")
    row = await desk.until("row", lambda f: f["type"] == "contact" and f["id"] == offer["contact"] and f["seq"] >= 4)
    await say("resolve", contact=row["id"], v=row["v"], seq=99, kind="other", disposition="answered", text="已答复")
    tickets = []
    for i in range(3):
        status, _, ticket = await asyncio.to_thread(request, f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair"},
                                                    {**site.device("kiosk-1"), "Idempotency-Key": f"k{i}"})
        assert status == 201, ticket
        tickets.append(ticket["token"])
    await say("queue", queue="vip", pause=True, reason="线路检修")
    await say("reprioritise", contact=people[0]["contact"], v=(await row_of(desk, people[0]["contact"]))["v"], priority="high",
              reason="urgent")
    await say("transfer", contact=people[1]["contact"], v=(await row_of(desk, people[1]["contact"]))["v"], to={"queue": "vip"},
              reason="skill")
    return tickets[-1]


async def row_of(desk, contact):
    await desk.send(type="resync")
    shot = await desk.until("snapshot", of("snapshot"))
    return next(c for c in shot["contacts"] if c["id"] == contact)


def write(daemon, name):
    folder = os.path.join(HERE, name)
    assert not os.path.exists(folder), f"{folder} exists: what a release wrote is never written again"
    site = Site(daemon, change=with_outbox)
    try:
        site.start()
        token = asyncio.run(fill(site))
        expected = {**kept(site), "ticket": token, "epoch": int(site.redis("HGET", "fd:{main}:leader", "epoch")),
                    "paused": ["vip"]}
        rows = [c["row"] for c in expected["contacts"].values()]
        assert len(expected["outbox"]) > 3 and all(any(f in row for row in rows) for f in set(KEPT) - {"previous", "name"}), expected
        assert any(c["row"].get("state") == "closed" and c["notes"] for c in expected["contacts"].values()), expected
        site.kill()
        os.makedirs(folder)
        shutil.copytree(f"{site.dir}/state/redis/appendonlydir", f"{folder}/appendonlydir")
        shutil.copy(f"{site.dir}/state/root-secret", f"{folder}/root-secret")
        with open(f"{folder}/expected.json", "w", encoding="utf-8") as file:
            json.dump(expected, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.write("\n")
    finally:
        site.close()


def open_again(daemon, folder):
    """What is wrong; empty: all is there, and it serves."""
    expected = json.load(open(f"{folder}/expected.json", encoding="utf-8"))
    site = Site(daemon, change=with_outbox)
    try:
        os.makedirs(f"{site.dir}/state/redis", 0o700)
        shutil.copytree(f"{folder}/appendonlydir", f"{site.dir}/state/redis/appendonlydir")
        shutil.copy(f"{folder}/root-secret", f"{site.dir}/state/root-secret")
        os.chmod(f"{site.dir}/state", 0o700)
        os.chmod(f"{site.dir}/state/root-secret", 0o600)
        site.start()
        wrong = []
        for contact, was in expected["contacts"].items():
            now = contact_at(site, contact)
            now["lines"] = now["lines"][:len(was["lines"])]
            if now != was:
                wrong.append(f"{contact} was {was}, is {now}")
            told = site.cli("contact", was["row"]["case"], "--json")
            if told.returncode != 0 or json.loads(told.stdout).get("case") != was["row"]["case"]:
                wrong.append(f"contact {was['row']['case']}: {told.stdout} {told.stderr}")
        for key, was in expected["cases"].items():
            if (now := hash_at(site, key)) != was:
                wrong.append(f"{key} was {was}, is {now}")
        if (now := hash_at(site, "fd:{main}:outbox:deliver")) != expected["outbox"]:
            wrong.append(f"jobs were {expected['outbox']}, are {now}")
        if int(site.redis("HGET", "fd:{main}:leader", "epoch")) != expected["epoch"] + 1:
            wrong.append("the epoch was not raised by one")
        status, _, ticket = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets/{expected['ticket']}")
        if status != 200 or not ticket["number"].startswith("A"):
            wrong.append(f"the ticket's link: {status} {ticket}")
        queues = json.loads(site.cli("queues", "--json").stdout)["queues"]
        if sorted(q["id"] for q in queues if q["paused"]) != expected["paused"]:
            wrong.append(f"paused queues: {queues}")

        async def serve():
            chat, _ = await customer(site, "new")
            await chat.send(type="msg", cid="new:1", text="您好")
            await chat.until("a new customer is served", of("ack"))
        asyncio.run(serve())
        if site.stop() != 0:
            wrong.append("it did not stop well")
        return wrong
    except (AssertionError, SystemExit) as e:
        return [str(e)]
    finally:
        site.close()


def main(daemon, *more):
    if more:
        return write(daemon, more[1])
    releases = sorted(name for name in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, name)) and name != "__pycache__")
    assert releases, "no release has written anything"
    for name in releases:
        folder = os.path.join(HERE, name)
        wrong = open_again(daemon, folder)
        if wrong:
            sys.exit(f"FAILED: what release {name} wrote: " + "\n".join(wrong)[:4000])
        # the control: with a line of the oldest contact changed, the comparison must notice
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(folder, f"{copy}/x")
            text = open(f"{copy}/x/expected.json", encoding="utf-8").read()
            open(f"{copy}/x/expected.json", "w", encoding="utf-8").write(text.replace("洗衣机", "冰箱", 1))
            if not any("洗衣机" in w for w in open_again(daemon, f"{copy}/x")):
                sys.exit("FAILED: the control was not noticed")
        print(f"{name}: opened, all of it there, control noticed")


main(*sys.argv[1:])
