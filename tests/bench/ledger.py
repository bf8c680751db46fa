"""What the generators were told against what the store holds, in both directions."""
import collections, copy, json


class Ledger:
    def __init__(self):
        self.sent = {}  # cid -> text, in the order sent
        self.acks = collections.defaultdict(list)  # cid -> [(contact, seq)]
        self.offers = None  # [(contact)], where offers are part of the figure

    @staticmethod
    def chat(path):
        told = Ledger()
        for line in open(path, encoding="utf-8"):
            kind, page, n, rest = line.rstrip("\n").split(" ", 3)
            if kind == "sent":
                told.sent[f"{page}:{n}"] = rest
            else:
                told.acks[f"{page}:{n}"].append(Ledger.place(rest))
        return told

    @staticmethod
    def routed(path, offers=True):
        told = Ledger()
        told.offers = [] if offers else None
        for line in open(path, encoding="utf-8"):
            kind, rest = line.rstrip("\n").split(" ", 1)
            if kind == "offer":
                told.offers.append(json.loads(rest)["frame"]["contact"])
                continue
            visitor, rest = rest.split(" ", 1)
            if kind == "sent":
                told.sent[f"p{visitor}:1"] = rest
            else:
                told.acks[f"p{visitor}:1"].append(Ledger.place(rest))
        return told

    def add(self, other):
        self.sent.update(other.sent)
        self.acks.update(other.acks)

    @staticmethod
    def place(payload):
        ack = json.loads(payload)
        return ack["contact"], ack["seq"]


def stored(redis):
    """contact -> [(seq, cid, text)] of the customer's lines."""
    names = redis.keys("fd:{main}:contact:*:messages")
    lines = redis.many([("LRANGE", name, 0, -1) for name in names])
    found = {}
    for name, entries in zip(names, lines):
        kept = enumerate(map(json.loads, entries), 1)
        found[name.decode().split(":")[3]] = [(seq, line["cid"], line["b"]) for seq, line in kept if line["by"] == "customer"]
    return found


def check(told, store, all_answered=True):
    """{lost, doubled, disorder}: what is wrong, as text."""
    lost, doubled, disorder = [], [], []
    seen = collections.Counter(cid for lines in store.values() for _, cid, _ in lines)
    doubled += [f"{cid} is stored {n} times" for cid, n in seen.items() if n > 1]
    doubled += [f"{cid} is stored and was never sent" for cid in seen if cid not in told.sent]
    for cid, text in told.sent.items():
        acks = told.acks.get(cid, [])
        if not acks and all_answered:
            lost.append(f"{cid} was never acknowledged")
        if len(acks) > 1:
            doubled.append(f"{cid} was acknowledged {len(acks)} times")
        for contact, seq in acks[:1]:
            if (seq, cid, text) not in store.get(contact, []):
                lost.append(f"{cid} was acknowledged as line {seq} of {contact}, which is not there")
    for contact, lines in store.items():
        pages = collections.defaultdict(list)
        for _, cid, _ in lines:
            page, _, n = cid.rpartition(":")
            pages[page].append(int(n))
        disorder += [f"{contact} has {page} as {ns}" for page, ns in pages.items() if ns != sorted(ns)]
    if told.offers is not None:
        offered = collections.Counter(told.offers)
        doubled += [f"{contact} was offered {n} times" for contact, n in offered.items() if n > 1]
        lost += [f"{contact} was never offered" for contact in store if contact not in offered]
    return {"lost": lost, "doubled": doubled, "disorder": disorder}


def faults(told, store):
    """The same ledger and store with one fault each, by name: check() must find every one."""
    contact = max(store, key=lambda c: len(store[c]))
    lines = store[contact]

    def with_store(change):
        other = dict(store)
        other[contact] = change(list(lines))
        return told, other

    yield ("lost", "a stored line is missing", *with_store(lambda l: l[:-1]))
    yield ("doubled", "a line is stored twice", *with_store(lambda l: l + [(len(l) + 1, *l[-1][1:])]))
    if len(lines) > 1:
        yield ("disorder", "two lines have changed places",
               *with_store(lambda l: [(1, *l[1][1:]), (2, *l[0][1:]), *l[2:]]))
    silent = copy.copy(told)
    silent.acks = {cid: acks for cid, acks in told.acks.items() if cid != lines[0][1]}
    yield "lost", "an acknowledgement is missing", silent, store
    if told.offers:
        twice = copy.copy(told)
        twice.offers = told.offers + told.offers[:1]
        yield "doubled", "a contact is offered twice", twice, store
        never = copy.copy(told)
        never.offers = told.offers[1:]
        yield "lost", "a contact is never offered", never, store
