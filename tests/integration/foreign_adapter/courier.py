#!/usr/bin/python3
"""Carries what agents write to the outer world, written after docs/bus.md alone: the other half of adapter.py.

usage: courier.py ENDPOINT CHANNEL WORLD [REFUSED]

The outer world is a file that lines are appended to, "id visitor text". A job whose id stands there is reported and not
done again; one whose text is REFUSED is reported as undeliverable.
"""
import json, os, sys
import zmq

from adapter import Router


def main(endpoint, channel, world, refused=""):
    out = open(world, "a+")
    out.seek(0)
    done = {line.split()[0] for line in out if line.endswith("\n")}
    router = Router(zmq.Context(), endpoint, f"{channel}-courier")
    attachment, number, open_requests = os.urandom(8).hex(), 0, {}

    def ask(kind, payload):
        nonlocal number
        number += 1
        open_requests[number] = (kind, payload)
        router.say(kind, payload, number)

    while True:
        router.beat()
        heard = router.hear()
        if heard is None:
            continue
        kind, n, body = heard
        if kind == "leading":
            fresh = body["leading"] and (body["epoch"] != router.epoch or not router.window)
            router.epoch, router.window = body["epoch"], body["window_agents"] if body["leading"] else 0
            if fresh:  # a new connection or leader: attached anew, all that is open is said again
                open_requests.clear()
                ask("attach", {"attachment": f"{attachment}.{router.epoch}.{number}", "kind": "adapter", "channel": channel})
        elif kind == "job" and body["kind"] == "deliver":
            id_, what = body["id"], body["body"]
            wrong = "refused_by_the_world" if refused and what["text"] == refused else ""
            if id_ not in done and not wrong:
                out.write(f"{id_} {what['visitor']} {what['text']}\n")
                out.flush()
            done.add(id_)
            ask("command", {"verb": "job_done", "job": id_} | ({"reason": wrong} if wrong else {}))
        elif kind == "ack":
            open_requests.pop(n, None)
        elif kind == "retry" and n in open_requests:
            if body["reason"] in ("hello", "not_leading", "fenced"):
                router.window, router.said = 0, 0.0
            else:
                router.say(*open_requests[n], n)
        elif kind == "reject":
            sys.exit(f"refused: {body['code']} {body.get('text', '')}")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
