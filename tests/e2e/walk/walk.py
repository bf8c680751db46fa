#!/usr/bin/python3
"""The product walks: a customer writes and takes a ticket, the right team's agent answers, what was accepted is kept.

Real daemon, managed Redis, public protocols (python3-websockets). Usage: walk.py FRONTDESKD. Exit 0 = every step held.
"""
import asyncio, base64, hashlib, hmac, json, os, re, shutil, signal, subprocess, sys, tempfile, time, urllib.request

import websockets

DAEMON = os.path.abspath(sys.argv[1])
CLI = os.path.join(os.path.dirname(DAEMON), "frontdesk")
SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
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


class Site:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="fdw")
        os.chmod(self.dir, 0o700)
        shutil.copytree(os.path.join(SOURCE, "config/rules.d"), f"{self.dir}/rules.d")
        text = open(os.path.join(SOURCE, "config/frontdesk.yaml"), encoding="utf-8").read()
        text = re.sub(r"127\.0\.0\.1:8080\b(?=\s*(#|$))", "127.0.0.1:0", text, count=1, flags=re.M)
        text = re.sub(r"127\.0\.0\.1:8081\b(?=\s*(#|$))", "127.0.0.1:0", text, count=1, flags=re.M)
        text = text.replace("      # secret: {file: website-demo.secret}", "      secret: {file: website-demo.secret}", 1)
        text = re.sub(r"^  vip: \[\]", "  vip: [C1001]", text, count=1, flags=re.M)
        with open(os.open(f"{self.dir}/website-demo.secret", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(SECRET)
        open(f"{self.dir}/frontdesk.yaml", "w", encoding="utf-8").write(text)
        open(f"{self.dir}/pw", "w").write("correct horse\n")
        for no, name, teams in (("1024", "陈静", ["online", "complaints", "vip", "counter:2"]), ("1031", "赵敏", ["complaints"])):
            self.cli("agent", "add", f"a{no}", "--staff-no", no, "--name", name, "--role", "supervisor", "--password-file",
                     f"{self.dir}/pw", "--agents-file", f"{self.dir}/agents.yaml", *[x for t in teams for x in ("--team", t)])
        self.process = None

    def cli(self, *args):
        return subprocess.run([CLI, "--socket", f"{self.dir}/run/control.sock", *args], capture_output=True, text=True)

    def start(self):
        self.log = open(f"{self.dir}/log", "w+")
        self.process = subprocess.Popen([DAEMON, "--config", f"{self.dir}/frontdesk.yaml", "--state", f"{self.dir}/state",
                                         "--run", f"{self.dir}/run"], stderr=self.log)
        for _ in range(600):
            found = re.search(r"public=(\d+) internal=(\d+)", open(f"{self.dir}/log").read())
            if found:
                self.public, self.internal = found.groups()
                break
            if self.process.poll() is not None:
                sys.exit("daemon ended: " + open(f"{self.dir}/log").read())
            time.sleep(0.05)
        for _ in range(200):
            if status(f"http://127.0.0.1:{self.internal}/readyz") == 200:
                return
            time.sleep(0.05)
        sys.exit("never ready: " + open(f"{self.dir}/log").read())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def running():
    try:
        asyncio.get_running_loop()
        return True
    except RuntimeError:
        return False


def status(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as e:
        return e.code


def post(url, body, headers):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    try:
        answer = urllib.request.urlopen(request, timeout=15)
    except urllib.error.HTTPError as e:
        answer = e
    return answer.status, dict(answer.headers), json.loads(answer.read() or b"{}")


class Peer:
    def __init__(self, socket):
        self.socket, self.seen = socket, []

    async def send(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def until(self, what, test, seconds=10):
        async def look():
            while True:
                for i, frame in enumerate(self.seen):
                    if test(frame):
                        return self.seen.pop(i)
                self.seen.append(json.loads(await self.socket.recv()))
        try:
            frame = await asyncio.wait_for(look(), seconds)
        except asyncio.TimeoutError:
            held(what, False, self.seen)
        held(what, True)
        return frame


def of(type_, **fields):
    return lambda f: f["type"] == type_ and all(f.get(k) == v for k, v in fields.items())


async def customer(site, page, **hello):
    socket = await websockets.connect(f"ws://127.0.0.1:{site.public}/chat?w=demo", subprotocols=["frontdesk.chat.v1"],
                                      origin="http://127.0.0.1:8080")
    peer = Peer(socket)
    await peer.send(type="hello", v=1, page=page, locale="zh-CN", **hello)
    return peer, await peer.until("the customer is welcomed", of("welcome"))


async def agent(site, no, page):
    code, headers, body = post(f"http://127.0.0.1:{site.internal}/desk/login", {"staff_no": no, "password": "correct horse"},
                               {"Origin": f"http://127.0.0.1:{site.internal}"})
    held(f"agent {no} signs in", code == 200, body)
    socket = await websockets.connect(f"ws://127.0.0.1:{site.internal}/desk", subprotocols=["frontdesk.desk.v1"],
                                      origin=f"http://127.0.0.1:{site.internal}",
                                      extra_headers={"Cookie": headers["Set-Cookie"].split(";")[0]}, max_size=None)
    peer = Peer(socket)
    await peer.send(type="hello", v=1, page=page)
    await peer.until("the desk is welcomed", of("welcome"))
    await peer.until("and gets its picture", of("snapshot"))
    return peer


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
        signed, _ = await customer(site, page, identity=identity(secret, id=who))
        await signed.send(type="msg", cid=f"{page}:1", text="您好")
        kept = await signed.until(f"{who} writes", of("ack"))
        info = json.loads(site.cli("contact", kept["contact"], "--json").stdout)
        held(f"{who} signed with {'the' if secret == SECRET else 'a forged'} secret goes to {queue}", info.get("queue") == queue, info)

    code, _, body = post(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair", "lang": "zh"}, {"Idempotency-Key": "k1"})
    held("a ticket without a device is refused", code in (401, 403, 404), (code, body))

    site.kill()  # everything, in mid-flight
    site.start()
    chat, welcome = await customer(site, "p1", contact=ack["contact"], last_seq=0)
    held("an unknown visitor sees nothing of it", welcome["contact"] is None, welcome)
    info = json.loads(site.cli("contact", ack["contact"], "--json").stdout)
    held("after kill -9 the conversation is still there", info["state"] == "active" and info["case"] == ack["case"], info)
    held("explain names the rule", "online" in site.cli("explain", ack["case"]).stdout, site.cli("explain", ack["case"]).stdout)
    desk = await agent(site, "1024", "d2")
    await desk.send(type="history", id="h", contact=ack["contact"])
    history = await desk.until("the desk reads its history", of("history", id="h"))
    held("every line once, in order", [l["seq"] for l in history["lines"]] == list(range(1, len(history["lines"]) + 1)) and
         history["lines"][0]["text"] == "您好，洗衣机不转了", history)
    await desk.send(type="resolve", id="d2:1", contact=ack["contact"], v=info["v"], seq=info["seq"], disposition="")
    refused = await desk.until("resolve without a kind or disposition is refused", lambda f: f["type"] in ("refused", "error"))
    held("and says what is missing", refused.get("code") in ("kind_missing", "disposition_missing", "bad_frame", "bad_request"), refused)
    held("TERM ends it well", site.stop() == 0, open(f"{site.dir}/log").read()[-800:])


site = Site()
site.start()
try:
    asyncio.run(walk(site))
finally:
    if site.process.poll() is None:
        site.kill()
shutil.rmtree(site.dir, ignore_errors=True)
print(f"{steps} passed, 0 failed")
