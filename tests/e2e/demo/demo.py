#!/usr/bin/python3
"""The robots of deploy/demo: scripts that come to their end, the same customers for the same seed, work that goes on
after kill -9, and an end when the daemon goes. Usage: demo.py FRONTDESKD. Exit 0 = every step held."""
import collections, json, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support"), os.path.join(HERE, "../../../deploy/demo")]
from running_site import SOURCE, Site, request, wait_for
from script import Script, Texts

DEMO = os.path.join(SOURCE, "deploy/demo")
SECRET = "a secret of the robots, for this test"
steps = 0


def held(what, ok, seen=None):
    global steps
    if not ok:
        sys.exit(f"FAILED: {what}: saw {json.dumps(seen, ensure_ascii=False, default=str)}")
    steps += 1
    print(f"held: {what}", flush=True)


def play(script, silent_after=None):
    """Plays both parts without a server; how it ended, and the kinds of what agents did."""
    said, heard, kinds, parts = set(), 0, [], script.customer()
    for _ in range(100):
        what = script.agent_next(said, heard)
        if what == "wait":
            texts = len([k for k in kinds if k == "a"])
            if heard == len(parts) or heard == silent_after or parts[heard][0] > texts:
                return "stuck", kinds
            heard += 1
        elif what == "end":
            while heard < len(parts) and parts[heard][0] <= len([k for k in kinds if k == "a"]):
                heard += 1
            return ("end" if heard == len(parts) else "ended early"), kinds
        else:
            kinds.append(what[0])
            said.add(f"t:{what[1]}" if what[0] == "t" else what[1])
    return "no end", kinds


def scripts():
    texts = Texts()
    for script in texts.scripts:
        held(f"“{script.lines[0][1][:24]}” comes to its end", play(script)[0] == "end", play(script))
    held("control: it does not when the customer stays silent",
         all(play(s, 1)[0] == "stuck" for s in texts.scripts if len(s.customer()) > 1))
    broken = Script({"lang": "en", "kind": "other", "disposition": "answered", "lines": ["c:Hi", "t:vip"]})
    held("control: what an agent never answered is seen", play(broken)[1] == ["t"])
    held("no two begin alike", len(texts.by_first) == len(texts.scripts))
    held("both languages, complaints and VIP", {s.lang for s in texts.scripts} == {"zh", "en"} and
         any(s.vip for s in texts.scripts) and any(s.kind == "complaint" for s in texts.scripts))


def furnish(text, site):
    with open(os.open(f"{site.dir}/website-demo.secret", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(SECRET)
    text = text.replace("    # display-2: {token", "    robot: {}\n    # display-2: {token", 1)
    return text.replace("      # secret: {file: website-demo.secret}", "      secret: {file: website-demo.secret}", 1)


class Robots:
    def __init__(self, site, seed, name, *more):
        self.log, self.out, self.at, self.known = f"{site.dir}/{name}.log", f"{site.dir}/{name}.out", 0, []
        with open(self.out, "w") as out:
            self.process = subprocess.Popen(
                ["/usr/bin/python3", DEMO, "--public", f"http://127.0.0.1:{site.public}", "--internal",
                 f"http://127.0.0.1:{site.internal}", "--agents", f"{site.dir}/robots", "--seed", str(seed), "--device",
                 f"{site.dir}/kiosk-1.token", "--secret", f"{site.dir}/website-demo.secret", "--log", self.log, *more],
                stdout=out, stderr=subprocess.STDOUT)

    def frames(self):
        """All that is in the log; only what is new is read and parsed."""
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as file:
                file.seek(self.at)
                whole, _, _ = file.read().rpartition("\n")
                self.at += len((whole + "\n").encode()) if whole else 0
                self.known += [json.loads(line) for line in whole.split("\n") if line]
        return self.known

    def count(self, kind, verb):
        """Commands of this verb that were answered by done."""
        asked = {f["id"] for _, way, f in self.frames() if way == "sent" and f.get("type") == verb and "id" in f}
        return len({f["id"] for _, way, f in self.frames() if way == "got" and f.get("type") == kind and f.get("id") in asked})

    def words(self):
        return open(self.out).read()

    def openings(self, n):
        firsts = [(who, f["text"]) for who, way, f in self.frames() if way == "sent" and f.get("cid", "").endswith(":1")]
        return list(dict.fromkeys(firsts))[:n]

    def stop(self):
        self.process.terminate()
        return self.process.wait(20)


def accounts(site):
    with open(os.open(f"{site.dir}/robots", os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        for no, teams, counter in (("2001", ("online", "vip:2"), None), ("2002", ("online:2", "complaints"), None),
                                   ("2003", ("complaints:2", "vip"), None), ("2004", ("counter",), "1")):
            made = site.cli("--json", "agent", "add", f"a{no}", "--staff-no", no, "--name", no, "--generate", "--agents-file",
                            f"{site.dir}/agents.yaml", *[x for t in teams for x in ("--team", t)])
            row = json.loads(made.stdout)
            out.write(json.dumps({**row, **({"counter": counter} if counter else {})}) + "\n")


def device(site, name, *more):
    return site.cli("device", name, "--config", f"{site.dir}/frontdesk.yaml", "--state", f"{site.dir}/state", *more)


def devices_before(site):
    early = device(site, "robot")
    held("before the first start a derived token is not to be had", early.returncode == 1 and not early.stdout, early)
    held("and no secret was made by asking", not os.path.exists(f"{site.dir}/state/root-secret"))


def devices(site):
    told = device(site, "robot").stdout.strip()

    def ticket(token):
        return request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair"},
                       {"X-Frontdesk-Device": token, "Idempotency-Key": "the-verb"})[0]

    held("the printed token opens the kiosk's door", ticket(told) == 201)
    wrong = told[:-1] + ("0" if told[-1] != "0" else "1")
    held("control: another one does not", ticket(wrong) == 401)
    address = device(site, "robot", "--page", "kiosk", "--url", f"http://127.0.0.1:{site.public}").stdout.strip()
    held("and the printed address its page", request(address)[0] == 200, address)
    held("a token from a file is printed as it is", device(site, "kiosk-1").stdout.strip() == site.tokens["kiosk-1"])
    held("an unknown device ends with 5", device(site, "nobody").returncode == 5)
    held("the log holds no token", told not in site.log() and site.tokens["kiosk-1"] not in site.log())


def once_each(frames):
    """Every line of a contact one text, every acknowledged text one line."""
    lines, wrong = {}, []
    texts = {(who, f["cid"]): f["text"] for who, way, f in frames if way == "sent" and f.get("type") == "msg" and "cid" in f}
    for who, way, f in frames:
        if way != "got" or f.get("type") != "ack":
            continue
        text, place = texts[(who, f["cid"])], (f["contact"], f["seq"])
        if lines.setdefault(place, text) != text:
            wrong.append((place, lines[place], text))
    places = collections.defaultdict(set)
    for who, way, f in frames:
        if way == "got" and f.get("type") == "ack":
            places[(who, f["cid"])].add((f["contact"], f["seq"]))
    return wrong + [(k, v) for k, v in places.items() if len(v) > 1]


def live(site):
    fast = ("--pace", "0.03", "--rate", "120", "--tickets", "60", "--most", "20", "--give-up", "15")
    robots = Robots(site, 7, "first", *fast)
    wait_for("conversations are resolved", lambda: robots.count("done", "resolve") >= 5, 120)
    wait_for("tickets are served", lambda: robots.count("done", "serve") >= 1, 120)
    offers = {f["queue"] for _, way, f in robots.frames() if way == "got" and f.get("type") == "offer"}
    wait_for("VIP customers and complaints come to their teams", lambda: {"vip", "complaints", "online"} <= {
        f["queue"] for _, way, f in robots.frames() if way == "got" and f.get("type") == "offer"}, 120)
    held("robots accept, answer, resolve and serve", True, offers)
    site.kill()
    site.start()
    before = robots.count("done", "resolve")
    wait_for("work goes on after kill -9", lambda: robots.count("done", "resolve") >= before + 5, 90)
    held("nobody left the robots badly", robots.process.poll() is None and "badly" not in robots.words(), robots.words())
    held("each text is one line, also over the kill", once_each(robots.frames()) == [], once_each(robots.frames()))
    sample = next(entry for entry in robots.frames() if entry[1] == "got" and entry[2].get("type") == "ack")
    doubled = [sample[0], "got", {**sample[2], "seq": sample[2]["seq"] + 1}]
    held("control: a text that became two lines is seen", once_each(robots.frames() + [doubled]) != [])

    again, other = Robots(site, 7, "again", *fast), Robots(site, 8, "other", *fast)
    for one in (again, other):
        wait_for("six customers have written", lambda: len(one.openings(6)) == 6, 60)
        held("TERM ends robots with 0", one.stop() == 0, one.words())
    first = [text for _, text in robots.openings(6)]
    held("the same seed brings the same customers", sorted(t for _, t in again.openings(6)) == sorted(first),
         (first, again.openings(6)))
    held("control: another seed brings others", sorted(t for _, t in other.openings(6)) != sorted(first), other.openings(6))

    held("TERM ends the daemon", site.stop() == 0, site.log()[-800:])
    held("and the robots go with it", robots.process.wait(60) == 0, robots.words())
    held("saying what they did", "resolved" in robots.words(), robots.words())


scripts()
site = Site(sys.argv[1], change=furnish)
accounts(site)
devices_before(site)
site.start()
try:
    devices(site)
    live(site)
finally:
    site.close()
print(f"{steps} passed, 0 failed")
