#!/usr/bin/python3
"""Crash: seeded kill -9 of the daemon, of its Redis, or of both, in the middle of chat and walk-in load, some inside an
AOF rewrite. Afterwards the clients' own logs are held against the store, in both directions.

Usage: crash.py FRONTDESKD [--seeds 1-20] [--early FAULTY_DAEMON]
With --early the daemon acknowledges before it commits, and the ledgers must find out, by what they say of each kind.
"""
import argparse, asyncio, copy, json, os, random, signal, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../support"), os.path.join(HERE, "../../../deploy/demo")]
from client import ChatClient, DeskClient, WalkinClient
from running_site import PASSWORD, Site, wait_for

CUSTOMERS, AGENTS, UNANSWERED = 30, 4, 20
LATE = 2  # agents who begin around the kill, so that offers and accepts are under way
READY = 6  # seconds; a rewrite that its server left behind held the lock for as long as it ran
# a customer's line, an agent's line, an accept, a ticket
LOST = ("was acknowledged as", "was kept as", "was accepted by", "was given, the store has []")
NAMES = tuple((str(1100 + i), f"客服{i}", ("online", "complaints", "counter:2")) for i in range(AGENTS))


def plan(seed):
    """What this seed kills, whether inside an AOF rewrite, whether on a disk that stalls: fixed, so that twenty in a row
    have six rewrites and ten stalls."""
    return ("daemon", "redis", "both")[seed % 3], seed % 10 in (1, 4, 7), seed % 2 == 0


class Load:
    def __init__(self, site, seed):
        self.site, self.rng = site, random.Random(seed)
        public, internal = f"http://127.0.0.1:{site.public}", f"http://127.0.0.1:{site.internal}"
        self.asked, self.tickets, self.tasks = {}, {}, []  # tickets: key -> answer
        self.accepted, self.asking = {}, set()  # contact -> agents, as these were promised; (contact, agent) without an answer
        self.written = {}  # text -> (contact, agent, future): each line of an agent has a text of its own
        self.customers = [ChatClient(public, f"s{seed}p{i}", origin="http://127.0.0.1:8080", rng=random.Random(f"{seed}/{i}"))
                          for i in range(CUSTOMERS)]
        self.desks = [DeskClient(internal, no, PASSWORD, f"s{seed}d{no}", rng=random.Random(f"{seed}/{no}")) for no, _, _ in NAMES]
        self.kiosk = WalkinClient(public, site.tokens["kiosk-1"], rng=random.Random(f"{seed}/k"), log=self.hear)

    def hear(self, _, way, note):
        if note.get("key"):
            self.asked[note["key"]] = way == "sent"

    def unanswered(self):
        """Requests that are on the wire without an answer."""
        chat = sum(min(one.sent, len(one.pending)) for one in (*self.customers, *self.desks))
        return chat + sum(self.asked.values())

    async def begin(self):
        for link in (*self.customers, *self.desks):
            link.start()
        for link in (*self.customers, *self.desks):
            assert await link.until(lambda: link.ready, 30), f"{link.who} never connected"
        self.tasks += [asyncio.create_task(self.serve(desk)) for desk in self.desks]
        for i in range(AGENTS - LATE):
            await asyncio.wait_for(self.go(i), 30)

    def go(self, i):
        return self.desks[i].go("available", counter=str(i + 1))

    async def serve(self, desk):
        seen = set()
        while True:
            await desk.until(lambda: [o for o in desk.offers if o not in seen])
            for name, offer in list(desk.offers.items()):
                if name in seen:
                    continue
                seen.add(name)
                self.asking.add((offer["contact"], desk.staff_no))
                answer = desk.accept(offer)
                answer.add_done_callback(lambda f, c=offer["contact"], d=desk: self.was_answered(f, c, d))

    def was_answered(self, future, contact, desk):
        if future.cancelled():
            return
        self.asking.discard((contact, desk.staff_no))
        if not future.exception():
            self.accepted.setdefault(contact, []).append(desk.staff_no)
            self.write(desk, contact)

    def write(self, desk, contact):
        text = f"{desk.page} 答 {len(self.written) + 1}"
        self.written[text] = (contact, desk.staff_no, desk.say(contact, text))

    def kept(self):
        """(text, contact, agent, seq) of each line of an agent that was acknowledged."""
        return [(text, contact, agent, f.result().get("seq")) for text, (contact, agent, f) in self.written.items()
                if f.done() and not f.cancelled() and not f.exception()]

    async def ticket(self):
        key = self.kiosk.new_key()
        status, answer = await self.kiosk.ticket("repair", key=key)
        assert status == 201, (status, answer)
        self.tickets[key] = answer

    def burst(self):
        for one in self.rng.sample(self.customers, CUSTOMERS):
            one.say(f"{one.page} 第 {len(one.acked) + len(one.pending) + 1} 句")
        for desk in self.desks:
            mine = [contact for contact, agents in self.accepted.items() if agents == [desk.staff_no]]
            if mine:
                self.write(desk, self.rng.choice(mine))
        self.tasks += [asyncio.create_task(self.ticket()) for _ in range(2)]

    async def until_answered(self, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            waiting = sum(len(one.pending) for one in (*self.customers, *self.desks)) + sum(self.asked.values())
            if waiting == 0 and all(t.done() for t in self.tasks[AGENTS:]):
                for task in self.tasks[AGENTS:]:
                    task.result()
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{waiting} requests are never answered: " +
                             str([(o.who, o.ready, len(o.pending), o.sent) for o in (*self.customers, *self.desks) if o.pending][:8]))

    async def end(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, *(link.stop() for link in (*self.customers, *self.desks)), return_exceptions=True)


class Store:
    """All contacts as Redis has them now."""

    def __init__(self, site):
        names = [k for k in site.redis("--raw", "KEYS", "fd:{main}:contact:*").splitlines() if k.count(":") == 3]
        self.rows, self.lines, self.places = {}, {}, places(site)
        for name in names:
            contact = name.split(":")[3]
            flat = site.redis("--raw", "HGETALL", name).split("\n")
            self.rows[contact] = dict(zip(flat[::2], flat[1::2]))
            raw = site.redis("--raw", "LRANGE", f"{name}:messages", "0", "-1")
            self.lines[contact] = [json.loads(line) for line in raw.splitlines() if line]


def places(site):
    found = {}
    for queue in ("online", "complaints", "counter"):
        flat = site.redis("--raw", "ZRANGE", f"fd:{{main}}:queue:{queue}", "0", "-1", "WITHSCORES").split("\n")
        found.update({c: (queue, score) for c, score in zip(flat[::2], flat[1::2])})
    return found


def judge(load, store, before):
    """What the ledgers say against each other; empty: all is well."""
    wrong = []
    promised = [(cid, (contact, seq, text)) for one in load.customers for cid, contact, seq, text in one.acked]
    stored, answers = {}, {}
    for contact, lines in store.lines.items():
        for seq, line in enumerate(lines, 1):
            if line["by"] == "customer" and line.get("cid"):
                stored.setdefault(line["cid"], []).append((contact, seq, line["b"]))
            elif line["by"] == "agent" and line["kind"] == "text":
                answers.setdefault(line["b"], []).append((contact, line["agent"], seq))
    for key, answer in load.tickets.items():  # the line of a ticket has the device and the key for a cid
        kept = stored.pop(f"kiosk-1:{key}", [])
        if len(kept) != 1 or store.rows[kept[0][0]].get("ticket") != answer["number"]:
            wrong.append(f"ticket {answer['number']} of {key} was given, the store has {kept}")
    for cid, what in promised:
        if stored.get(cid) != [what]:
            wrong.append(f"{cid} was acknowledged as {what}, the store has {stored.get(cid)}")
    told = {cid for cid, _ in promised}
    wrong += [f"the store has {cid}, which nobody was told" for cid in stored if cid not in told]
    wrong += judge_agents(load, store, answers)
    given = [answer["number"] for answer in load.tickets.values()]
    if len(set(given)) != len(given):
        wrong.append(f"a number was given twice: {sorted(given)}")
    for contact, place in before.items():
        if contact not in store.rows:
            wrong.append(f"{contact} waited at {place} and is gone")
        elif contact in store.places and store.places[contact] != place:
            wrong.append(f"{contact} waited at {place}, now at {store.places[contact]}")
        elif contact not in store.places and store.rows[contact]["state"] not in ("connecting", "active"):
            wrong.append(f"{contact} waited at {place}, now {store.rows[contact]['state']} in no queue")
    return wrong


def judge_agents(load, store, answers):
    """The same of the agents' lines and accepts; what is unanswered may be kept or not. `answers`: text -> lines stored."""
    wrong = []
    for text, contact, agent, seq in load.kept():
        if answers.get(text) != [(contact, f"a{agent}", seq)]:
            wrong.append(f"{text} of {agent} was kept as {contact} {seq}, the store has {answers.get(text)}")
    known = {text for text, *_ in load.kept()} | {text for text, (_, _, f) in load.written.items() if not f.done()}
    wrong += [f"the store has {text} of {lines}, which no agent was told" for text, lines in answers.items()
              if text not in known or len(lines) > 1]
    for contact, agents in load.accepted.items():
        row = store.rows.get(contact, {})
        if len(agents) != 1 or row.get("owner") != f"a{agents[0]}" or row.get("state") != "active":
            wrong.append(f"{contact} was accepted by {agents}, the store says {row.get('owner')} {row.get('state')}")
    allowed = {(c, a) for c, agents in load.accepted.items() for a in agents} | load.asking
    wrong += [f"{contact} is with {row.get('owner')} in the store, who was never told" for contact, row in store.rows.items()
              if row["state"] == "active" and (contact, row.get("owner", "")[1:]) not in allowed]
    held = [c for desk in load.desks for c in desk.contacts]
    return wrong + [f"{c} is on the desks of two agents" for c in set(held) if held.count(c) > 1]


def controls(load, store, before):
    """Each kind of harm, done to what was read: what judge() says nothing of; empty: it sees them all."""
    ticket = next(iter(load.tickets.values()))["number"]
    told = next(text for text, *_ in load.kept())
    mine = next(c for c in store.lines if any(line.get("cid") and not line["cid"].startswith("kiosk") for line in store.lines[c]))
    stays = next(c for c in before if c in store.places)
    own = next(c for c in load.accepted)

    def line(contact, **is_):
        return next(line for line in store.lines[contact] if all(line.get(k) == v for k, v in is_.items()))

    harms = {
        "a line twice": lambda s: s.lines[mine].append(line(mine, by="customer")),
        "a line nobody sent": lambda s: s.lines[mine].append({"by": "customer", "cid": "nobody:1", "b": "?"}),
        "an agent's line twice": lambda s: next(v for v in s.lines.values() if any(one["b"] == told for one in v)).append(
            next(one for v in s.lines.values() for one in v if one["b"] == told)),
        "an agent's line nobody wrote": lambda s: s.lines[mine].append({"by": "agent", "kind": "text", "agent": "a1100", "b": "?"}),
        "another number": lambda s: next(row for row in s.rows.values() if row.get("ticket") == ticket).update(ticket="Z999"),
        "another place": lambda s: s.places.update({stays: (s.places[stays][0], "1")}),
        "nowhere in line": lambda s: s.places.pop(stays),
        "gone": lambda s: s.rows.pop(stays),
        "another owner": lambda s: s.rows[own].update(owner="a9999"),
    }
    silent = []
    for name, harm in harms.items():
        harmed = copy.deepcopy(store)
        harm(harmed)
        if not judge(load, harmed, before):
            silent.append(name)
    return silent


def server(site):
    """The pid of the redis-server that answers; 0: none does."""
    return int((site.redis("INFO", "server").partition("process_id:")[2].split() or ["0"])[0])


async def kill(site, load, seed):
    """(unanswered, accepts waiting, inside a rewrite, what was killed, places before, pid of the redis-server before)"""
    what, in_rewrite, stalled = plan(seed)
    child = server(site)
    if in_rewrite:  # a slow one: with so little data it would be over at once
        assert site.redis("CONFIG", "SET", "rdb-key-save-delay", "30000") == "OK"
        site.redis("BGREWRITEAOF")
    before = places(site)
    for i in range(AGENTS - LATE, AGENTS - stalled):
        load.go(i)
    acks = sum(len(one.acked) for one in load.customers) + load.rng.randrange(0, 2 * CUSTOMERS)
    end = time.monotonic() + 20
    while True:  # the moment: some acknowledgements further on, with enough on the wire
        if load.unanswered() < UNANSWERED:
            load.burst()
        await asyncio.sleep(0)
        if sum(len(one.acked) for one in load.customers) >= acks and load.unanswered() >= UNANSWERED:
            break
        assert time.monotonic() < end, "the moment never came"
    if stalled:  # what is acknowledged now is not in the store
        assert site.redis("CLIENT", "PAUSE", "2000", "WRITE") == "OK"
        load.burst()
        load.go(AGENTS - 1)
        await asyncio.sleep(load.rng.uniform(0.05, 0.3))
    if in_rewrite and "aof_rewrite_in_progress:1" not in site.redis("INFO", "persistence"):
        in_rewrite = False
    unanswered, asking = load.unanswered(), len(load.asking)
    for pid in ([site.process.pid] if what != "redis" else []) + ([child] if what != "daemon" else []):
        os.kill(pid, signal.SIGKILL)
    return unanswered, asking, in_rewrite, what, before, child


async def once(daemon, seed, env):
    site = Site(daemon, agents=NAMES, env=env)
    load = None
    try:
        site.start()
        load = Load(site, seed)
        await load.begin()
        for _ in range(3):
            load.burst()
            await load.until_answered()
        assert load.kept(), "no agent ever wrote"
        unanswered, asking, in_rewrite, what, before, child = await kill(site, load, seed)
        fell = time.monotonic()
        if what == "redis":
            await asyncio.to_thread(wait_for, "another redis-server", lambda: server(site) not in (0, child))
            await asyncio.to_thread(site.wait_ready)
        else:
            site.process.wait()
            await asyncio.to_thread(site.start)
        back = time.monotonic()
        assert env or back - fell < READY, f"ready only {back - fell:.1f} s after the kill"
        try:
            await load.until_answered()
            load.burst()  # and it goes on
            await load.until_answered()
        except AssertionError:
            if not env:
                raise  # a store that forgot what it acknowledged may also refuse to go on; the ledgers judge it all the same
        assert server(site), "no Redis answers"
        store = Store(site)
        wrong = judge(load, store, before)
        if not env and not wrong:
            unseen = controls(load, store, before)
            assert not unseen, f"judge() does not see: {unseen}"
        kept = sum(len(one.acked) for one in load.customers) + len(load.tickets)
        print(f"seed {seed}: {what} killed{' inside an AOF rewrite' if in_rewrite else ''}{' on a stalled disk' if plan(seed)[2] else ''} with {unanswered} unanswered, {asking} accepts waiting; "
              f"{kept} kept, {len(load.kept())} of agents, {len(load.accepted)} accepted, {len(before)} had waited; ready after {back - fell:.1f} s, "
              f"all answered {time.monotonic() - back:.1f} s later; {len(wrong)} wrong", flush=True)
        return unanswered, in_rewrite, wrong
    except AssertionError as e:
        sys.exit(f"FAILED: seed {seed}: {e}\n{site.log()[-3000:]}")
    finally:
        if load:
            await load.end()
        site.close()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("daemon")
    arguments.add_argument("--seeds", default="1-20")
    arguments.add_argument("--early")
    args = arguments.parse_args()
    first, _, last = args.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(args.daemon)), "frontdesk")
    if args.early:
        left = set(LOST)
        for seed in seeds:
            _, _, wrong = asyncio.run(once(args.early, seed, {"FD_TEST_FAULT": "early"}))
            for lost in [lost for lost in LOST if lost in left and any(lost in w for w in wrong)]:
                left.discard(lost)
                print(f"control, a store that acknowledges early: seed {seed} finds {next(w for w in wrong if lost in w)[:200]}")
            if not left:
                print("1 passed, 0 failed")
                return
        sys.exit(f"FAILED: an early acknowledgement was never noticed: {sorted(left)}")
    rewrites = 0
    for seed in seeds:
        unanswered, in_rewrite, wrong = asyncio.run(once(args.daemon, seed, None))
        rewrites += in_rewrite
        if wrong or unanswered < UNANSWERED:
            sys.exit(f"FAILED: seed {seed} (repeat with --seeds {seed}): " + "\n".join(wrong[:10]))
    if len(seeds) >= 20 and rewrites < 5:
        sys.exit(f"FAILED: only {rewrites} kills were inside an AOF rewrite")
    print(f"{len(seeds)} passed, 0 failed; {rewrites} inside an AOF rewrite")


main()
