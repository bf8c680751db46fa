#!/usr/bin/python3
"""How a daemon starts, and says why it does not (operations.md section 2): 78 what the operator must mend, 75 what is
missing outside, and /readyz with the reason while Redis is away. Control: the same site, unharmed, starts and ends with 0.

Usage: start.py FRONTDESKD
"""
import os, re, shutil, signal, subprocess, sys, types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from running_site import SOURCE, Redis, Site, free_port, request, wait_for


def refused(site, env=None, flags=(), run="run"):
    """(exit code, what it said) of a daemon that does not start."""
    done = subprocess.run([site.daemon, "--config", f"{site.dir}/frontdesk.yaml", "--state", f"{site.dir}/state", "--run",
                           f"{site.dir}/{run}", *flags], capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})
    return done.returncode, done.stdout + done.stderr


def expect(what, got, code, *texts):
    if got[0] != code or any(text not in got[1] for text in texts):
        sys.exit(f"FAILED: {what}: wanted {code} and {texts}, got {got[0]}: {got[1]}")
    print(f"{what}: {code}")


def broken(daemon, old, new):
    return Site(daemon, agents=(), change=lambda text, _: text.replace(old, new, 1))


def wrong_configuration(daemon):
    site = broken(daemon, "\ncompany:", "\ncompanny:")
    line = open(f"{site.dir}/frontdesk.yaml", encoding="utf-8").read().split("\ncompanny:")[0].count("\n") + 2
    expect("a misspelt key", refused(site), 78, f"frontdesk.yaml:{line}:1", 'did you mean "company"')
    assert not os.path.exists(f"{site.dir}/state"), "it began before it had read its configuration"
    site.close()
    site = Site(daemon)
    with open(f"{site.dir}/rules.d/99-more.yaml", "w") as file:
        file.write("rules:\n  - id: x\n    when: {channel: chat}\n    then: {queue: nowhere}\n")
    expect("a rule to a queue that is not there", refused(site), 78, "99-more.yaml:", "nowhere")
    os.remove(f"{site.dir}/rules.d/99-more.yaml")
    expect("an unknown environment variable", refused(site, {"FRONTDESK_SOKET": "x"}), 78, "FRONTDESK_SOCKET")
    expect("pages that are not there", refused(site, flags=("--pages", site.dir)), 78, "--pages", "/widget.js", "pages/daemon/raw")
    expect("a run directory too long for a socket", refused(site, run="r" * 100), 78, "107", "--run")
    expect("the same, only checked", refused(site, run="r" * 100, flags=("--check-config",)), 0)
    expect("a flag that is not there", refused(site, flags=("--rolle", "edge")), 2, "--rolle")
    os.makedirs(f"{site.dir}/state", 0o700)
    with open(os.open(f"{site.dir}/state/root-secret", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("short")
    expect("a root secret that is cut off", refused(site), 78, "root-secret")
    os.remove(f"{site.dir}/state/root-secret")
    os.rmdir(f"{site.dir}/state")
    open(f"{site.dir}/state", "w").close()
    expect("a file where the state belongs", refused(site), 78, f"{site.dir}/state")
    os.remove(f"{site.dir}/state")
    return site


def built_in(daemon):
    """The sample it carries is the one of the source and is a configuration; its pages may be a developer's."""
    said = subprocess.run([daemon, "--print-defaults"], capture_output=True, timeout=60)
    assert said.returncode == 0 and said.stdout == open(f"{SOURCE}/config/frontdesk.yaml", "rb").read(), said
    site = Site(daemon)
    open(f"{site.dir}/frontdesk.yaml", "wb").write(said.stdout)
    expect("the sample, fed back", refused(site, flags=("--check-config",)), 0)
    site.close()
    site = Site(daemon)
    shutil.copytree(f"{os.path.dirname(os.path.abspath(daemon))}/../pages/daemon/raw", f"{site.dir}/pages")
    open(f"{site.dir}/pages/demo/index.html", "a").write("<!-- mine -->")
    try:
        for flags, mine in (((), False), (("--pages", f"{site.dir}/pages"), True)):
            site.flags = list(flags)
            site.start()
            page = request(f"http://127.0.0.1:{site.public}/demo/")[2]
            assert ("<!-- mine -->" in page) == mine, (flags, page)
            assert site.stop() == 0
    finally:
        site.close()
    print("--print-defaults: the sample; --pages: a developer's")


def missing_outside(site):
    site.start()
    expect("a second daemon on the same state", refused(site, run="run2"), 75, f"frontdeskd {site.process.pid}")
    other = Site(site.daemon)
    text = open(f"{other.dir}/frontdesk.yaml").read().replace(f"127.0.0.1:{other.public}", f"127.0.0.1:{site.public}")
    open(f"{other.dir}/frontdesk.yaml", "w").write(text)
    expect("an address that is taken", refused(other), 75, f"127.0.0.1:{site.public}")
    other.close()


def redis_away(site):
    """Full, then hanging, then dead, while nobody writes anything."""
    site.redis("CONFIG", "SET", "maxmemory", "1")
    status, full = wait_for("/readyz tells of the Redis that is full", lambda: (lambda r: r if r[0] == 503 else None)(site.ready()), 10)
    assert re.search(r"store: Redis \S+: OOM", full), full
    site.redis("CONFIG", "SET", "maxmemory", "0")
    wait_for("it is ready again", lambda: site.ready()[0] == 200, 30)
    pid = int(site.redis("INFO", "server").split("process_id:")[1].split()[0])
    os.kill(pid, signal.SIGSTOP)
    status, text = wait_for("/readyz tells of the Redis that hangs", lambda: (lambda r: r if r[0] == 503 else None)(site.ready()), 10)
    assert "store: Redis does not answer" in str(text), text
    assert request(f"http://127.0.0.1:{site.internal}/healthz")[0] == 200, "it lives on without Redis"
    os.kill(pid, signal.SIGCONT)
    wait_for("it is ready again", lambda: site.ready()[0] == 200, 30)
    os.kill(pid, signal.SIGKILL)
    wait_for("another Redis runs", lambda: f"process_id:{pid}" not in (site.redis("INFO", "server") or f"process_id:{pid}"), 20)
    wait_for("it is ready with it", lambda: site.ready()[0] == 200, 20)
    alive = request(f"http://127.0.0.1:{site.internal}/healthz?verbose")
    assert alive[0] == 200 and "[+]workers ok" in alive[2] and "[+]bus ok" in alive[2], alive
    assert site.process.poll() is None and site.stop() == 0, "the control ends with 0"
    print(f"Redis full: 503 ({full.strip()}); hanging: 503 ({text.strip()}), then 200; killed: started anew; TERM: 0")


def redis_is_late(daemon):
    port = free_port()
    site = Site(daemon, redis=types.SimpleNamespace(address=f"127.0.0.1:{port}"))
    site.start(ready=False)
    status, text = wait_for("/readyz names the Redis that is missing", lambda: (lambda r: r if str(port) in str(r[1]) else None)(site.ready()), 30)
    assert status == 503, (status, text)
    status, _, said = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair"},
                              {**site.device("kiosk-1"), "Idempotency-Key": "k1"}, 20)
    assert status == 503, (status, said)
    redis = Redis(port)
    try:
        wait_for("it serves when Redis appears", lambda: site.ready()[0] == 200, 30)
        assert site.stop() == 0
    finally:
        redis.stop()
        site.close()
    print(f"Redis absent at the start: 503 ({text}), then 200")


def main(daemon):
    built_in(daemon)
    site = wrong_configuration(daemon)
    try:
        missing_outside(site)
        redis_away(site)
    finally:
        site.close()
    redis_is_late(daemon)
    print("1 passed, 0 failed")


main(*sys.argv[1:])
