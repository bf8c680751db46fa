#!/usr/bin/python3
"""An adapter of a foreign messenger, written after docs/bus.md alone.

usage: adapter.py ENDPOINT CHANNEL COUNT JOURNAL LEDGER [SEED]

Sends COUNT messages of CHANNEL, about 30 % of them twice, in shuffled order, and repeats what is not answered. The
journal holds the answered external ids, so that a killed adapter goes on where it was. Each ack becomes one line of the
ledger: external id, contact, seq, case, duplicate (0 or 1).
"""
import json, os, random, sys, time
import zmq

HEARTBEAT, GONE = 2.0, 6.0


class Router:
    """One DEALER; opened anew when the router is silent."""

    def __init__(self, context, endpoint, name):
        self.context, self.endpoint, self.name = context, endpoint, name
        self.run, self.socket = os.urandom(8).hex(), None
        self.open()

    def open(self):
        if self.socket:
            self.socket.close()
        self.socket = self.context.socket(zmq.DEALER)
        for option, value in ((zmq.ROUTING_ID, self.name.encode()), (zmq.IMMEDIATE, 1), (zmq.LINGER, 500),
                              (zmq.HEARTBEAT_IVL, 2000), (zmq.HEARTBEAT_TIMEOUT, 6000)):
            self.socket.setsockopt(option, value)
        self.socket.connect(self.endpoint)
        self.window, self.epoch, self.heard, self.said = 0, 0, time.monotonic(), 0.0  # window 0: nobody leads here

    def say(self, kind, payload, number=None):
        header = {"v": 1, "type": kind} | ({"id": number} if number else {})
        try:
            self.socket.send_multipart([json.dumps(header).encode(), json.dumps(payload).encode()], zmq.NOBLOCK)
            return True
        except zmq.Again:
            return False  # not connected, or full: what is unanswered is sent again

    def beat(self):
        now = time.monotonic()
        if now - self.heard > GONE:
            self.open()
        if now - self.said >= (HEARTBEAT if self.window else 0.1) and self.say("hello", {"edge": self.name, "run": self.run}):
            self.said = now

    def hear(self):
        if not self.socket.poll(50):
            return None
        header, payload = (json.loads(frame) for frame in self.socket.recv_multipart())
        self.heard = time.monotonic()
        return header["type"], header.get("id", 0), payload


def main(endpoint, channel, count, journal, ledger, seed="1"):
    chance = random.Random(int(seed))  # the same seed makes the same messages in every life
    messages = [f"{channel}-{seed}-{i}" for i in range(int(count))]
    messages += [m for m in messages if chance.random() < 0.3]
    chance.shuffle(messages)
    kept = open(journal, "a+")
    kept.seek(0)
    done = {line.strip() for line in kept.readlines() if line.endswith("\n")}
    ids = {n: m for n, m in enumerate(messages, 1) if f"{n} {m}" not in done}  # waiting for an ack, oldest first
    acks, sent, later = open(ledger, "a"), set(), {}
    router = Router(zmq.Context(), endpoint, f"{channel}-adapter-{seed}")
    while ids:
        router.beat()
        for n in [n for n in ids if n not in sent and later.get(n, 0) <= time.monotonic()]:
            if len(sent) >= router.window:
                break
            text = {"channel": channel, "external_id": ids[n], "text": f"message {ids[n]}", "name": "foreign customer",
                    "identities": [{"kind": "external", "value": ids[n].rsplit("-", 1)[1]}]}
            if not router.say("submit", text, n):
                break
            sent.add(n)
        heard = router.hear()
        if heard is None:
            continue
        kind, n, body = heard
        if kind == "leading":
            if not body["leading"] or body["epoch"] != router.epoch or not router.window:
                sent.clear()  # a new connection or a new leader: all that is unanswered goes again
            router.epoch, router.window = body["epoch"], body["window_intake"] if body["leading"] else 0
        elif kind == "ack" and n in ids:
            acks.write(f"{ids[n]} {body['contact']} {body['seq']} {body['case']} {int(body['duplicate'])}\n")
            acks.flush()  # first the ledger: killed between the two, the line comes twice, and never not at all
            kept.write(f"{n} {ids.pop(n)}\n")
            kept.flush()
            sent.discard(n)
        elif kind == "retry" and n in ids:
            sent.discard(n)
            later[n] = time.monotonic() + body["after_ms"] / 1000
            if body["reason"] in ("hello", "not_leading", "fenced"):
                router.window, router.said = 0, 0.0
        elif kind == "reject":
            sys.exit(f"refused: {body['code']} {body.get('text', '')}")


if __name__ == "__main__":
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    main(*sys.argv[1:])
