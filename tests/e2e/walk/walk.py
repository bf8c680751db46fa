#!/usr/bin/python3
"""The product walks: a customer writes and takes a ticket, the right team's agent answers, what was accepted is kept.

Real daemon, managed Redis, public protocols (python3-websockets). Usage: walk.py FRONTDESKD. Exit 0 = every step held.
"""
import asyncio, base64, hashlib, hmac, json, os, re, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import peers
from peers import of
from running_site import Site, request, wait_for

SECRET = "a secret of the demo website, for this test"
steps = 0


def identity(secret, **who):
    body = base64.urlsafe_b64encode(json.dumps({"exp": int(time.time()) + 600, **who}).encode()).decode().rstrip("=")
    return body + "." + hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def held(what, ok, seen=None):
    global steps
    if not ok:
        sys.exit(f"FAILED: {what}: saw {json.dumps(seen, ensure_ascii=False)}")
    steps += 1
    print(f"held: {what}", flush=True)


def with_identities(text, site):
    with open(os.open(f"{site.dir}/website-demo.secret", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(SECRET)
    text = text.replace("      # secret: {file: website-demo.secret}", "      secret: {file: website-demo.secret}", 1)
    text = text.replace("  level: info  #", "  level: debug  #", 1)
    return re.sub(r"^  vip: \[\]", "  vip: [C1001]", text, count=1, flags=re.M)


class Step(peers.Peer):
    """Each thing waited for is a step that held."""

    async def until(self, what, test, seconds=30):
        frame = await super().until(what, test, seconds)
        held(what, True)
        return frame


peers.Peer = Step
customer, agent = peers.customer, peers.agent


async def walk(site):
    desk = await agent(site, "1024", "d1")
    await desk.send(type="presence", id="d1:1", state="available", counter="3")
    await desk.until("presence is kept", of("done", id="d1:1"))
    chat, _ = await customer(site, "p1")
    await chat.send(type="msg", cid="p1:1", text="您好，洗衣机不转了")
    ack = await chat.until("the message is acknowledged", of("ack", cid="p1:1"))
    held("under a case number", re.fullmatch(r"\d{8}-000001", ack["case"]) and ack["seq"] == 1, ack)
    offer = await desk.until("the agent is offered it", of("offer"))
    held("from the online queue", offer["queue"] == "online", offer)
    await desk.send(type="accept", id="d1:2", contact=offer["contact"], offer=offer["offer"])
    await desk.until("the accept is kept", of("done", id="d1:2"))
    await chat.until("the customer sees the agent", of("state", state="active"))
    await chat.until("and the greeting", of("msg", kind="greeting"))
    await desk.send(type="msg", id="d1:3", contact=offer["contact"], text="请问型号？")
    await chat.until("the answer arrives", lambda f: f["type"] == "msg" and f.get("text") == "请问型号？")
    await desk.send(type="note", id="d1:4", contact=offer["contact"], text="第二次报修")
    await desk.until("a note is kept", of("done", id="d1:4"))
    await chat.send(type="msg", cid="p1:1", text="您好，洗衣机不转了")
    again = await chat.until("a repeated message gets the first answer", of("ack", cid="p1:1"))
    held("with the first's contact and seq", (again["contact"], again["seq"]) == (ack["contact"], 1), again)

    complaint, _ = await customer(site, "p2")
    zhao = await agent(site, "1031", "z1")
    await zhao.send(type="presence", id="z1:1", state="available")
    await zhao.until("the second agent is online", of("done", id="z1:1"))
    await complaint.send(type="msg", cid="p2:1", text="我要投诉你们的服务")
    sad = await complaint.until("a complaint is taken", of("ack"))
    info = json.loads(site.cli("contact", sad["contact"], "--json").stdout)
    held("it waits in complaints", info.get("queue") == "complaints", info)

    # VIP by list: the signed id counts, an unlisted one and a forged one do not (the controls)
    for page, who, secret, queue in (("p3", "C1001", SECRET, "vip"), ("p4", "C2002", SECRET, "online"), ("p5", "C1001", "forged", "online")):
        signed, _ = await customer(site, page, identity=identity(secret, id=who, name="欧阳明月", phone=f"1390000{who[1:]}"))
        await signed.send(type="msg", cid=f"{page}:1", text="您好")
        kept = await signed.until(f"{who} writes", of("ack"))
        info = json.loads(site.cli("contact", kept["contact"], "--json").stdout)
        held(f"{who} signed with {'the' if secret == SECRET else 'a forged'} secret goes to {queue}", info.get("queue") == queue, info)

    code, _, body = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair", "lang": "zh"},
                            {"Idempotency-Key": "k1"})
    held("a ticket without a device is refused", (code, body["error"]["code"]) == (401, "no_device"), (code, body))
    code, _, body = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair", "lang": "zh"},
                            {**site.device("kiosk-1"), "Idempotency-Key": "k1"})
    held("with one it is given", code == 201 and re.fullmatch(r"[A-Z]\d{3}", body.get("number", "")), (code, body))

    site.kill()  # everything, in mid-flight
    site.start()
    chat, welcome = await customer(site, "p1", contact=ack["contact"], last_seq=0)
    held("an unknown visitor sees nothing of it", welcome["contact"] is None, welcome)
    info = json.loads(site.cli("contact", ack["contact"], "--json").stdout)
    held("after kill -9 the conversation is still there", info["state"] == "active" and info["case"] == ack["case"], info)
    held("explain names the rule", "online at rules.d/50-online.yaml:" in site.cli("explain", ack["case"]).stdout, site.cli("explain", ack["case"]).stdout)
    desk = await agent(site, "1024", "d2")
    await desk.send(type="history", id="h", contact=ack["contact"])
    history = await desk.until("the desk reads its history", of("history", id="h"))
    held("every line once, in order", [l["seq"] for l in history["lines"]] == list(range(1, len(history["lines"]) + 1)) and
         history["lines"][0]["text"] == "您好，洗衣机不转了", history)
    held("and its note", [n["text"] for n in history["notes"]] == ["第二次报修"], history["notes"])
    await desk.send(type="find", id="f", case=ack["case"])
    found = await desk.until("a case is found by its number", of("find", id="f"))
    held("with its contact", found["contacts"] == [ack["contact"]] and found["state"] == "open", found)
    await desk.send(type="find", id="g", case="20000101-000001")
    await desk.until("another number is not", of("refused", id="g", code="not_found"))
    await desk.send(type="customer", id=info["customer"]["id"] if isinstance(info.get("customer"), dict) else info["customer"])
    earlier = await desk.until("a customer's contacts are listed", lambda f: f["type"] == "customer" or f.get("ask") == "customer")
    held("this one among them", ack["contact"] in [c["contact"] for c in earlier.get("contacts", [])], earlier)
    await desk.send(type="resync")
    shot = await desk.until("the desk's picture", of("snapshot"))
    v = next(c["v"] for c in shot["contacts"] if c["id"] == ack["contact"])
    await desk.send(type="resolve", id="d2:1", contact=ack["contact"], v=v, seq=info["seq"], disposition="answered")
    refused = await desk.until("resolve without a kind is refused", lambda f: f["type"] in ("refused", "error"))
    held("and says what is missing", refused.get("code") == "kind_missing", refused)
    await desk.send(type="classify", id="d2:1", contact=ack["contact"], v=v, kind="repair")
    await desk.until("the agent says the kind", of("done", id="d2:1"))
    await desk.send(type="classify", id="d2:2", contact=ack["contact"], v=v + 1, kind="other")
    await desk.until("the agent corrects the kind", of("done", id="d2:2"))
    await desk.send(type="resolve", id="d2:3", contact=ack["contact"], v=v + 2, seq=info["seq"], disposition="answered")
    await desk.until("with a disposition it is resolved", of("done", id="d2:3"))
    counted = lambda: json.loads(site.cli("status", "--json").stdout)["kinds"]
    wait_for("counted by the corrected kind, no other", lambda: counted() == {"other": 1})
    held("TERM ends it well", site.stop() == 0, site.log()[-800:])
    said = ("洗衣机", "请问型号", "第二次报修", "投诉你们", "欧阳明月", "13900001001", "C1001")
    log = site.log()
    held("the log, at debug, says nothing that was said, and nobody's name", not [w for w in said if w in log] and "event=" in log, log[-800:])


site = Site(sys.argv[1], change=with_identities)
try:
    site.start()
    asyncio.run(walk(site))
except AssertionError as e:
    sys.exit(f"FAILED: {e}")
finally:
    site.close()
print(f"{steps} passed, 0 failed")
