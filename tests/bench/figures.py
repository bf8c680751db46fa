"""The figures: each a function that takes rounds and yields rows. A row is judged by its ratio to a denominator taken in
the same round, or, where nothing raw compares, by its value."""
import contextlib, os, statistics, subprocess, sys, tempfile

from ledger import Ledger, check, stored
from resp import Recording, write_records
from sites import BenchSite, RawRedis, Rewrites

KEPT = ("lost", "doubled", "disorder")


class Row:
    def __init__(self, name, what, unit, values, denominator="", below=(), goal=None, floor=None, higher=True, by_ratio=False, note=""):
        self.name, self.what, self.unit, self.values = name, what, unit, list(values)
        self.denominator, self.below, self.note = denominator, list(below), note
        self.goal, self.floor, self.higher, self.by_ratio = goal, floor, higher, by_ratio

    @property
    def ratios(self):
        return [v / b for v, b in zip(self.values, self.below) if b]

    def holds(self, bound):
        """None: there is none."""
        judged = self.ratios if self.by_ratio else self.values
        if bound is None or not judged:
            return None
        got = statistics.median(judged)
        return got >= bound if self.higher else got <= bound


class Bench:
    """What the figures share: where things are, how much of everything, and the ledger's verdict."""

    def __init__(self, daemon, programs, rounds, quick, disk):
        self.daemon, self.programs, self.rounds, self.quick, self.disk = daemon, programs, rounds, quick, disk
        self.wrong = {kind: [] for kind in KEPT}
        self.checked = 0

    def of(self, whole, quick):
        return quick if self.quick else whole

    def site(self, **how):
        return contextlib.closing(BenchSite(self.daemon, **how))

    def check(self, told, site):
        with site.resp() as redis:
            found = check(told, stored(redis))
        for kind in KEPT:
            self.wrong[kind] += found[kind]
        self.checked += len(told.sent)

    @staticmethod
    def say(text):
        print(f"  … {text}", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def scratch(self):
        with tempfile.TemporaryDirectory(prefix="fdb") as folder:
            yield folder


def route(bench, site, folder, contacts, agents, offers=True, window=960, word=None):
    """One crowd through a fresh daemon: the generator's figures, and how many contacts a batch had. Those who are not
    offered may begin with a word that a rule sends elsewhere."""
    ledger = f"{folder}/ledger"
    before = site.batch()
    without = [] if offers else ["--no-offers"] + ([word] if word else [])
    said = bench.programs("bench_routed", site.endpoint, agents, contacts, ledger, window, *without)[-1]
    bench.check(Ledger.routed(ledger, offers), site)
    said["batches"] = site.batch() - before
    return said


def routed(bench):
    contacts, agents = bench.of(10000, 400), bench.of(520, 25)
    ours, raw, sizes, generator = [], [], [], []
    with bench.scratch() as folder:
        records = f"{folder}/records"
        with bench.site(agents=agents, ipc=True) as site:
            site.start()
            recording = Recording(f"{site.dir}/run/redis.sock")
            route(bench, site, folder, contacts, agents)
            commits = recording.commits()
            if sum(posts for _, posts in commits) != contacts:
                sys.exit("bench: the recording misses contacts")
            write_records(records, commits)
            replayer = RawRedis(site)
        recorded = contacts / len(commits)
        try:
            for _ in range(bench.rounds):
                with bench.site(agents=agents, ipc=True) as site:
                    site.start()
                    said = route(bench, site, folder, contacts, agents)
                    site.stop()
                ours.append(said["contacts_s"])
                generator.append(said["generator_us"])
                sizes.append(contacts / max(1, said["batches"] - 2 * agents // 64))
                raw.append(bench.programs("bench_replay", replayer.path, records, 3)[-1]["contacts_s"])
                bench.say(f"routed {ours[-1]:.0f}/s, L {raw[-1]:.0f}/s")
        finally:
            replayer.close()
    yield Row("routed", "durable routed contacts: bus, rules, engine, committed, offered", "contacts/s", ours,
              "L: the same commands replayed raw", raw, goal=0.6, floor=0.3, by_ratio=True,
              note=f"fsync always on {bench.disk}; {recorded:.0f} contacts a batch; the generator's own cost "
                   f"{statistics.median(generator):.0f} µs a contact")


def idle(bench):
    count = bench.of(10000, 200)
    whole, grown, empty, contacts = [], [], [], []
    for _ in range(bench.rounds):
        with bench.site() as site, bench.scratch() as folder:
            site.start()
            empty.append(site.settled_rss_kib(4))
            crowd = subprocess.Popen(bench.programs.command("bench_chat", site.public, count, f"{folder}/ledger", "idle"),
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                if '"held"' not in crowd.stdout.readline():
                    sys.exit("bench: bench_chat ended early")
                rss = site.settled_rss_kib()
            finally:
                crowd.stdin.close()
                if crowd.wait(120) != 0:
                    sys.exit("bench: bench_chat failed")
            whole.append(rss / count)
            grown.append((rss - empty[-1]) / count)
            bench.check(Ledger.chat(f"{folder}/ledger"), site)
            bench.say(f"{rss} KiB with {count} chats, {empty[-1]} without")
            site.stop()
    yield Row("idle-chat", f"RSS of an idle chat, {count} connections, one message each, whole daemon / chats", "KiB", whole,
              "grown from the idle daemon / chats", grown, goal=8, floor=10, higher=False)
    yield Row("idle-daemon", "RSS of the idle daemon, without Redis", "MiB", [k / 1024 for k in empty], goal=16, higher=False)


def engine(bench):
    many, few = bench.of(100000, 2000), bench.of(10000, 500)
    turns, agents = bench.of(60000, 2000), bench.of(5000, 200)
    at_many, at_few, whole, row = [], [], [], []
    for _ in range(bench.rounds):
        said = bench.programs("bench_engine", many, turns, agents)[-1]
        at_many.append(said["assignments_s"])
        whole.append(said["turns_s"])
        row.append(said["bytes_a_waiting_contact"])
        at_few.append(bench.programs("bench_engine", few, turns, agents)[-1]["assignments_s"])
        bench.say(f"engine {at_many[-1]:.0f}/s at {many}, {at_few[-1]:.0f}/s at {few}")
    yield Row("engine", f"engine alone: assignments with {many} waiting, 200 signatures, {agents} agents, 50 skills",
              "assignments/s", at_many, f"the same with {few} waiting", at_few, goal=500000, floor=150000,
              note="the steps in which an agent comes back and is given the next contact")
    yield Row("engine-turn", "whole turns of an agent: accept, break, resolve, back", "turns/s", whole)
    yield Row("engine-row", "memory of a waiting contact in the engine", "bytes", row, goal=300, higher=False)


def growth(bench):
    waiting = bench.of((10000, 100000, 1000000), (200, 500, 2000))
    turns, agents = bench.of(60000, 1000), bench.of(5000, 200)
    at = {many: [] for many in waiting}
    for _ in range(bench.rounds):
        for many in waiting:
            at[many].append(bench.programs("bench_engine", many, turns, agents)[-1]["assignments_s"])
        bench.say("growth " + ", ".join(f"{list[-1]:.0f}/s at {many}" for many, list in at.items()))
    few, *_, most = waiting
    for many in waiting:
        yield Row(f"growth-{many}", f"engine alone: assignments with {many} waiting, as in engine", "assignments/s", at[many],
                  f"the same with {few} waiting", at[few] if many != few else (), goal=500000 if many == most else None)
    yield Row("growth", f"the same: {most} against {few}", "assignments/s", at[most], f"with {few} waiting", at[few], goal=0.4,
              by_ratio=True)


def rules(bench):
    messages = bench.of(40000, 1000)
    thousand, ten = [], []
    for _ in range(bench.rounds):
        thousand.append(bench.programs("bench_rules", 1000, messages)[-1]["us_a_message"])
        ten.append(bench.programs("bench_rules", bench.of(10000, 2000), messages // 2)[-1]["us_a_message"])
        bench.say(f"rules {thousand[-1]:.1f} µs with 1000, {ten[-1]:.1f} µs with 10000")
    yield Row("rules", "1,000 rules on a message of 300 characters", "µs", thousand, "10,000 rules", ten, floor=20,
              higher=False)
    yield Row("rules-10000", "10,000 rules on the same", "µs", ten, goal=20, higher=False)


def record_post(bench, path):
    """The commit of one line of a live chat, as the daemon sends it; its size in bytes."""
    with bench.site() as site, bench.scratch() as folder:
        site.start()
        recording = Recording(f"{site.dir}/run/redis.sock")
        bench.programs("bench_chat", site.public, 1, f"{folder}/ledger", "rate", 3, 10, 1)
        commit = [c for c, posts in recording.commits() if posts == 1][-1]
        bench.check(Ledger.chat(f"{folder}/ledger"), site)
        site.stop()
    for words in commit:
        if words[0].upper() == b"XADD":
            words[2] = b"*"  # sent again and again, and a stream takes an id once
    write_records(path, [(commit, 1)])
    return os.path.getsize(path)


def posts_on(bench, site, folder, *mode, before=None):
    """`before`: the ledger of what the site was told before."""
    said = bench.programs("bench_chat", site.public, *mode[:1], f"{folder}/ledger", *mode[1:])
    told = Ledger.chat(f"{folder}/ledger")
    if before:
        told.add(before)
    bench.check(told, site)
    return said


def lone(bench):
    posts, customers, every = bench.of(500, 40), bench.of(500, 40), 5000
    with bench.scratch() as folder, bench.site() as site:
        size = record_post(bench, f"{folder}/record")
        site.start()
        raw = RawRedis(site)
        try:
            said = posts_on(bench, site, folder, customers, "lone", posts, every, bench.rounds, raw.path, f"{folder}/record")
        finally:
            raw.close()
        site.stop()
    for q in ("p50", "p99"):
        yield Row(f"lone-{q}", f"a lone chat post to its ack, {q}", "µs", [s[f"post_{q}"] for s in said],
                  "raw fsynced commit of the same commands", [s[f"raw_{q}"] for s in said], floor=4, higher=False,
                  by_ratio=True, note=f"{size} bytes on {bench.disk}, by turns every {every / 1000:g} ms, counted from when due; "
                                      f"the generator's own cost {statistics.median(s['generator_us'] for s in said):.0f} µs")


def rate(bench):
    posts, customers, a_second = bench.of(3000, 100), bench.of(3000, 100), bench.of(1000, 100)
    said, below = [], []
    with bench.scratch() as folder:
        record_post(bench, f"{folder}/record")
        for _ in range(bench.rounds):
            with bench.site() as site:
                site.start()
                raw = RawRedis(site)
                try:
                    below += posts_on(bench, site, folder, bench.of(200, 20), "lone", bench.of(200, 20), 4000, 1, raw.path,
                                      f"{folder}/record")
                finally:
                    raw.close()
                site.stop()
            with bench.site() as site:
                site.start()
                said += posts_on(bench, site, folder, customers, "rate", posts, a_second, 1)
                site.stop()
            bench.say(f"{a_second}/s: p99 {said[-1]['post_p99']:.0f} µs, raw {below[-1]['raw_p99']:.0f} µs")
    for q in ("p50", "p99"):
        yield Row(f"rate-{q}", f"chat post to its ack at {a_second}/s, open loop, {q}", "µs", [s[f"post_{q}"] for s in said],
                  f"raw lone commit, {q}", [s[f"raw_{q}"] for s in below], goal=3 if q == "p99" else None, higher=False,
                  by_ratio=True, note=f"{customers} customers; the generator's own cost "
                                      f"{statistics.median(s['generator_us'] for s in said):.0f} µs a post")


def line(bench):
    contacts, customers = bench.of(100000, 300), bench.of(3000, 100)
    posts, a_second = bench.of(6000, 100), bench.of(1000, 100)  # longer than 5 s, in which all are told their place
    behind = {}
    with bench.scratch() as folder:
        for waiting in (0, contacts):
            with bench.site(ipc=True) as site:
                site.start()
                before = None
                if waiting:
                    route(bench, site, folder, waiting, 0, offers=False)
                    before = Ledger.routed(f"{folder}/ledger", offers=False)
                behind[waiting] = posts_on(bench, site, folder, customers, "rate", posts, a_second, bench.rounds, before=before)
                site.stop()
    for q in ("p50", "p99"):
        yield Row(f"line-{q}", f"chat post to its ack at {a_second}/s by {customers} customers behind {contacts} waiting, {q}",
                  "µs", [s[f"post_{q}"] for s in behind[contacts]], "behind nobody", [s[f"post_{q}"] for s in behind[0]],
                  higher=False, by_ratio=True)


def rewrite(bench):
    contacts, customers = bench.of(100000, 300), bench.of(3000, 100)
    posts, a_second = bench.of(6000, 300), bench.of(1000, 200)
    with bench.scratch() as folder, bench.site(ipc=True) as site:
        site.start()
        # in a queue of their own: a long queue is a figure of its own, and those who post do not stand in it
        route(bench, site, folder, contacts, 0, offers=False, word="投诉：")
        before = Ledger.routed(f"{folder}/ledger", offers=False)
        site.rewrite_aof()
        with Rewrites(site) as rewrites:
            posts_on(bench, site, folder, customers, "rate", posts, a_second, bench.rounds, f"{folder}/samples", before=before)
        memory = int(info(site, "used_memory")) >> 20
        site.stop()
        apart = [([], []) for _ in range(bench.rounds)]
        for line in open(f"{folder}/samples"):
            number, due, acked = map(int, line.split())
            apart[number][not rewrites.meet(due / 1e6, acked / 1e6)].append(acked - due)
    if not all(inside and outside for inside, outside in apart):
        sys.exit("bench: a round had no post inside of a rewrite, or none outside")
    counts = ", ".join(f"{sum(len(both[k]) for both in apart)} posts {where}" for k, where in enumerate(("inside", "outside")))
    for q, part in (("p50", 0.5), ("p99", 0.99), ("max", 1)):
        inside, outside = ([quantile(both[k], part) for both in apart] for k in (0, 1))
        yield Row(f"rewrite-{q}", f"chat post to its ack at {a_second}/s while the AOF is rewritten, {q}", "µs", inside,
                  "the same run, between two rewrites", outside, higher=False, by_ratio=True,
                  note=f"{contacts} waiting, {memory} MiB of Redis on {bench.disk}; {len(rewrites.spans)} rewrites of "
                       f"{statistics.median(end - begin for begin, end in rewrites.spans) * 1000:.0f} ms; {counts}")


def quantile(list, q):
    return sorted(list)[min(len(list) - 1, int(q * len(list)))]


def waiting(bench):
    contacts = bench.of(100000, 300)
    empty, full = [], []
    with bench.scratch() as folder, bench.site() as none, bench.site(ipc=True) as site:
        none.start()
        none.stop()
        site.start()
        before, rss = int(info(site, "used_memory")), site.settled_rss_kib(4)
        route(bench, site, folder, contacts, 0, offers=False)
        memory = (int(info(site, "used_memory")) - before) / contacts
        row = (site.settled_rss_kib() - rss) * 1024 / contacts
        site.rewrite_aof()
        site.stop()
        for _ in range(bench.rounds):
            empty.append(none.start_timed())
            none.stop()
            full.append(site.start_timed())
            with site.resp() as redis:
                if redis("SCARD", "fd:{main}:live") != contacts:
                    bench.wrong["lost"].append("contacts are gone after a restart")
            site.stop()
            bench.say(f"ready after {empty[-1]:.0f} ms empty, {full[-1]:.0f} ms with {contacts} waiting")
    yield Row("redis-row", "Redis memory of a waiting contact with one 300-byte message", "bytes", [memory], goal=2048, higher=False)
    yield Row("daemon-row", "the daemon's memory of it, batches and all", "bytes", [row], higher=False)
    yield Row("start-empty", "fork to /readyz, empty, its own Redis started", "ms", empty, goal=60, higher=False)
    yield Row("start-full", f"fork to /readyz, {contacts} waiting", "ms", full, "empty", empty, goal=1000, higher=False,
              note=f"AOF rewritten, {bench.disk}")


def info(site, field):
    return next(line.split(":")[1] for line in site.redis("INFO", "memory").splitlines() if line.startswith(field + ":"))


FIGURES = {"routed": routed, "idle": idle, "engine": engine, "growth": growth, "lone": lone, "rules": rules, "rate": rate,
           "line": line, "rewrite": rewrite, "waiting": waiting}
