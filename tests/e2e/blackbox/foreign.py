#!/usr/bin/python3
"""A foreign adapter (tests/integration/foreign_adapter/adapter.py, Python, over ipc) on the real daemon: 1,000 messages,
30 % of them twice, shuffled, the adapter killed twice and the daemon once. 1,000 are stored, and each duplicate was
answered with the first's contact and seq. Control: a daemon that recognises no duplicate.

Usage: foreign.py FRONTDESKD FAULTY_DAEMON
"""
import collections, json, os, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from running_site import SOURCE, Site, wait_for

COUNT = 1000
ADAPTER = os.path.join(SOURCE, "tests/integration/foreign_adapter/adapter.py")


def on_ipc(text, site):
    text = text.replace("endpoint: inproc  ", f"endpoint: ipc:{site.dir}/bus.ipc  ", 1)
    return text.replace("\nchannels:  ", "\nchannels:\n  qq: {connect: instant, can_reply: true, cost: 25}\n  #", 1)


def ledger(path):
    """external id -> the answers it got, duplicates' too; what stands in the ledger and is not torn."""
    told = collections.defaultdict(list)
    if os.path.exists(path):
        for line in open(path):
            if line.endswith("\n"):
                id_, contact, seq, _, duplicate = line.split()
                told[id_].append((contact, int(seq), duplicate))
    return told


def stored(site):
    """external id -> how often it is in the store, and where first."""
    found = collections.defaultdict(list)
    for name in site.redis("--raw", "KEYS", "fd:{main}:contact:*:messages").splitlines():
        for seq, line in enumerate(site.redis("--raw", "LRANGE", name, "0", "-1").splitlines(), 1):
            line = json.loads(line)
            if line["by"] == "customer":
                found[line["b"].removeprefix("message ")].append((name.split(":")[3], seq))
    return found


class TooFast(Exception):
    pass


def run(daemon, env=None, tries=12):
    """Once more when it was over before all three kills: they are the point."""
    for _ in range(tries):
        try:
            return attempt(daemon, env)
        except TooFast as e:
            print(e, flush=True)
    sys.exit("FAILED: never slow enough to be killed three times")


def attempt(daemon, env):
    """What is wrong; empty: all held."""
    site, folder = Site(daemon, change=on_ipc, env=env), tempfile.mkdtemp(prefix="fda")
    journal, told_in = f"{folder}/journal", f"{folder}/ledger"

    def adapter():
        return subprocess.Popen(["/usr/bin/python3", ADAPTER, f"ipc://{site.dir}/bus.ipc", "qq", str(COUNT), journal, told_in, "7"])

    def lines():
        return sum(len(v) for v in ledger(told_in).values())

    process = None
    try:
        site.start()
        for share, victim in ((0.2, "adapter"), (0.4, "adapter"), (0.6, "daemon")):
            process = process or adapter()
            wait_for(f"{share:.0%} of the acks", lambda: lines() >= COUNT * share or process.poll() is not None, 60)
            if process.poll() is not None:
                raise TooFast("the adapter ended before it was killed")
            if victim == "adapter":
                process.kill()
                process.wait()
                process = None
            else:
                site.kill()
                site.start()
        process = process or adapter()
        assert process.wait(120) == 0, "the adapter gave up"
        assert site.process.poll() is None, f"the daemon ended with {site.process.poll()}: {site.log()[-500:]}"
        told, found = ledger(told_in), stored(site)
        wrong = []
        if len(told) != COUNT or len(found) != COUNT:
            wrong.append(f"{len(told)} answered, {len(found)} stored, of {COUNT}")
        doubled = {id_: where for id_, where in found.items() if len(where) != 1}
        if doubled:
            wrong.append(f"{len(doubled)} are stored more than once: {list(doubled.items())[:3]}")
        differing = {id_: answers for id_, answers in told.items() if {a[:2] for a in answers} != set(found.get(id_, [])[:1])}
        if differing:
            wrong.append(f"{len(differing)} were answered with another contact or seq than the first's: {list(differing.items())[:3]}")
        twice = sum(any(a[2] == "1" for a in answers) for answers in told.values())
        print(f"{COUNT} messages, {lines()} answers, {twice} recognised as duplicates, {sum(map(len, found.values()))} stored", flush=True)
        if not wrong and twice < COUNT * 0.2:
            wrong.append("hardly anything was sent twice")
        return wrong
    finally:
        if process and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder)
        site.close()


def main(daemon, faulty):
    os.environ["FD_TEST_COMMAND"] = os.path.join(os.path.dirname(os.path.abspath(daemon)), "frontdesk")
    wrong = run(daemon)
    if wrong:
        sys.exit("FAILED: " + "\n".join(wrong))
    wrong = run(faulty, {"FD_TEST_FAULT": "unseen"})
    print("control, no duplicate recognised:", "; ".join(w[:120] for w in wrong))
    if not any("stored more than once" in w for w in wrong):
        sys.exit("FAILED: the control was not noticed")
    print("1 passed, 0 failed")


main(*sys.argv[1:])
