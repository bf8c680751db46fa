"""That the verdicts can fail: a ledger with one fault each, a daemon that acknowledges before it commits and is killed,
a floor nobody reaches."""
import os, signal, subprocess, sys

from figures import KEPT, Bench, route
from ledger import Ledger, check, faults, stored
from sites import BenchSite


def held(what, ok, seen=""):
    if not ok:
        sys.exit(f"FAILED: control: {what}: {seen}")
    print(f"control: {what}", flush=True)


def ledgers(bench):
    with bench.scratch() as folder:
        with bench.site(agents=10, ipc=True) as site:
            site.start()
            route(bench, site, folder, 100, 10)
            told = Ledger.routed(f"{folder}/ledger")
            with site.resp() as redis:
                both = [(told, stored(redis))]
            site.stop()
        with bench.site() as site:
            site.start()
            bench.programs("bench_chat", site.public, 20, f"{folder}/ledger", "rate", 60, 100, 1)
            with site.resp() as redis:
                both.append((Ledger.chat(f"{folder}/ledger"), stored(redis)))
            site.stop()
    for told, store in both:
        clean = check(told, store)
        held(f"a sound ledger of {len(told.sent)} messages passes", not any(clean.values()), clean)
        for kind, what, wrong_told, wrong_store in faults(told, store):
            held(f"{what}: found as {kind}", check(wrong_told, wrong_store)[kind])


def early(bench, faulty, command):
    """Acknowledged before it is kept: writes are held back, all is killed, and the ledger must miss something."""
    os.environ["FD_TEST_COMMAND"] = command
    with bench.scratch() as folder:
        site = BenchSite(faulty, env={"FD_TEST_FAULT": "early"})
        try:
            site.start()
            server = int(site.redis("INFO", "server").partition("process_id:")[2].split()[0])
            crowd = subprocess.Popen(bench.programs.command("bench_chat", site.public, 200, f"{folder}/ledger", "until-killed", 200),
                                     stdout=subprocess.PIPE, text=True)
            held("the daemon that acknowledges early takes messages", '"held"' in crowd.stdout.readline())
            before = int(site.redis("XLEN", "fd:{main}:events"))
            site.redis("CLIENT", "PAUSE", "5000", "WRITE")
            try:
                crowd.wait(1)  # messages go on, nothing is written
            except subprocess.TimeoutExpired:
                pass
            for pid in (site.process.pid, server):
                os.kill(pid, signal.SIGKILL)
            site.process.wait()
            crowd.wait(60)
            site.daemon, site.env = bench.daemon, {}
            site.start()
            with site.resp() as redis:
                wrong = check(Ledger.chat(f"{folder}/ledger"), stored(redis), all_answered=False)
            held(f"it lost {len(wrong['lost'])} of what it acknowledged (after {before} events): found", wrong["lost"], wrong)
            site.stop()
        finally:
            site.close()


def floors(run):
    for floor, code in ((1e-9, 1), (1e9, 0)):
        done = subprocess.run([*run, "--quick", "--rounds", "1", "--floors", "--floor", f"rules={floor}", "rules"], capture_output=True, text=True)
        held(f"a floor of {floor:g} µs for the rules ends with {code}", done.returncode == code, done.stdout + done.stderr)


def run(bench: Bench, faulty, command, again):
    ledgers(bench)
    if any(bench.wrong[kind] for kind in KEPT):
        sys.exit(f"FAILED: control: the daemon itself lost something: {bench.wrong}")
    early(bench, faulty, command)
    floors(again)
    print("control: every verdict can fail")
