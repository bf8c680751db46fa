"""Keeps a desk alive: robot customers and robot agents over the public protocols.

  python3 deploy/demo --public URL --internal URL --agents FILE --seed N --rate R [--seconds S]

FILE has one JSON object a line: {"staff_no", "password", "counter"?}; `frontdesk agent add --generate --json` prints
the first two. The robots end with the daemon: --give-up seconds after no line to it holds.
"""
import argparse
import asyncio
import json
import random
import signal
import sys

from agents import Agent
from client import WalkinClient
from customers import Crowd
from link import end_all
from script import Texts


def first_line(path):
    with open(path, encoding="utf-8") as file:
        return file.readline().strip()


def options():
    parser = argparse.ArgumentParser(prog="deploy/demo", description=__doc__.split("\n")[0])
    parser.add_argument("--public", required=True, help="http://host:port of the customers' listener")
    parser.add_argument("--internal", required=True, help="http://host:port of the agents' listener")
    parser.add_argument("--agents", required=True, help="accounts of the robots, one JSON object a line")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=6, help="new conversations a minute")
    parser.add_argument("--tickets", type=float, default=1.5, help="new tickets a minute; needs --device")
    parser.add_argument("--device", help="file whose first line is the token of a kiosk")
    parser.add_argument("--secret", help="file with the secret of website demo: customers have names, some are VIP")
    parser.add_argument("--origin", help="origin of the customers' page, when it is not --public")
    parser.add_argument("--friend", help="staff number that visitors of flesh and blood are passed to")
    parser.add_argument("--pace", type=float, default=1.0, help="1: as people think and type; 0: at once")
    parser.add_argument("--most", type=int, default=24, help="customers at a time")
    parser.add_argument("--seconds", type=float, help="ends by itself after")
    parser.add_argument("--give-up", type=float, default=30, help="seconds without the daemon; 0: never")
    parser.add_argument("--log", help="file for every request and answer, one JSON array a line")
    return parser.parse_args()


async def gone(agents, seconds):
    """Returns when no agent has had a line for so long. The first sign-ins may take longer: passwords are slow to judge
    on a busy machine."""
    loop = asyncio.get_running_loop()
    last = loop.time() + max(0, 120 - seconds)
    while True:
        if any(agent.desk.ready for agent in agents):
            last = loop.time()
        elif seconds and loop.time() - last > seconds:
            return "the daemon is gone"
        await asyncio.sleep(0.5)


async def robots(o):
    rng, texts = random.Random(o.seed), Texts()
    out = open(o.log, "w", encoding="utf-8", buffering=1) if o.log else None

    def log(who, way, frame):
        if out:
            out.write(json.dumps([who, way, frame], ensure_ascii=False) + "\n")

    def seeded():
        return random.Random(rng.getrandbits(64))

    kiosk = WalkinClient(o.public, first_line(o.device), rng=seeded(), log=log) if o.device else None
    with open(o.agents, encoding="utf-8") as file:
        accounts = [{"friend": o.friend, **json.loads(line)} for line in file if line.strip()]
    agents = [Agent(o.internal, a, texts, seeded(), o.pace, log=log, kiosk=kiosk) for a in accounts]
    crowd = Crowd(o.public, texts, seeded(), o.rate, o.pace, o.most, first_line(o.secret) if o.secret else None,
                  o.origin, kiosk, o.tickets if kiosk else 0, log)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(agent.run()) for agent in agents] + [asyncio.create_task(crowd.run())]
    ends = [asyncio.create_task(stop.wait()), asyncio.create_task(gone(agents, o.give_up))]
    if o.seconds:
        ends.append(asyncio.create_task(asyncio.sleep(o.seconds)))
    done, _ = await asyncio.wait(tasks + ends, return_when=asyncio.FIRST_COMPLETED)
    failed = [t for t in done if t in tasks and not t.cancelled() and t.exception()]
    await end_all(tasks + ends)
    await crowd.stop()
    print(f"demo: {crowd.made} conversations begun, {crowd.finished} finished, {sum(a.resolved for a in agents)} resolved; "
          f"{len(crowd.tickets)} tickets, {sum(a.served for a in agents)} served", flush=True)
    for task in failed:
        print(f"demo: failed: {task.exception()!r}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(robots(options())))
