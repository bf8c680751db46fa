#!/usr/bin/python3
"""What a daemon will not do to what it finds around it: make a new root secret over old data, change or use a directory
that others write into, wait for a router that cannot come; and what it says of an agents.yaml that is gone. Controls: the
same site with the one thing mended starts.

Usage: surroundings.py FRONTDESKD
"""
import http.client, json, os, shutil, socket, stat, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from running_site import Site, wait_for


def refused(site, *flags):
    """(exit code, what it said); a code of 0 is one that had to be stopped."""
    daemon = subprocess.Popen([site.daemon, "--config", f"{site.dir}/frontdesk.yaml", "--state", f"{site.dir}/state", "--run",
                               f"{site.dir}/run", *flags], stderr=subprocess.PIPE, text=True)
    try:
        return daemon.wait(30), daemon.stderr.read()
    except subprocess.TimeoutExpired:
        daemon.terminate()
        return daemon.wait(30), daemon.stderr.read()


def expect(what, got, *texts):
    if got[0] != 78 or any(text not in got[1] for text in texts):
        sys.exit(f"FAILED: {what}: wanted 78 and {texts}, got {got[0]}: {got[1]}")
    print(f"{what}: 78")


def lost_secret(site):
    site.start()
    assert site.stop() == 0
    secret = f"{site.dir}/state/root-secret"
    os.rename(secret, f"{site.dir}/kept")
    expect("a root secret that is gone, and old data", refused(site), secret, "backup")
    assert not os.path.exists(secret)
    os.rename(f"{site.dir}/kept", secret)
    site.start()
    assert site.stop() == 0
    print("control: with the secret back it starts")


def others_directories(site):
    for name in ("run", "state"):
        directory = f"{site.dir}/{name}"
        shutil.rmtree(directory, ignore_errors=True)
        for mode, fits in ((0o1777, False), (0o775, False), (0o755, True), (None, True)):
            if mode is not None:
                os.makedirs(directory, exist_ok=True)
                os.chmod(directory, mode)
            else:
                shutil.rmtree(directory)
            if fits:
                site.start()
                assert site.stop() == 0
            else:
                expect(f"--{name} with mode {mode:o}", refused(site), f"chmod go-w {directory}")
            left = stat.S_IMODE(os.stat(directory).st_mode)
            assert left == (0o700 if mode is None else mode), oct(left)
    print("controls: 755 is used and left as it is; one of its own is 700")


def lonely_roles(site):
    for role in ("edge", "router"):
        expect(f"--role {role} with the bus inside one process", refused(site, "--role", role), "bus.endpoint: ipc:")
    site.start()  # control: the same configuration, both in one
    assert site.stop() == 0


class Control(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("frontdesk")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def roster(site):
    def reread():
        door = Control(f"{site.dir}/run/control.sock")
        door.request("POST", "/v1/roster", "{}")
        answer = door.getresponse()
        return answer.status, json.loads(answer.read())

    def agents():
        return len(json.loads(site.cli("agents", "--json").stdout)["agents"])

    site.start()
    accounts = f"{site.dir}/agents.yaml"
    assert reread()[0] == 200 and agents() == 2, "control"
    os.rename(accounts, f"{accounts}.kept")
    status, said = reread()
    assert status == 422 and accounts in said["error"]["message"], (status, said)
    assert agents() == 2, "they are kept until there is a file that says otherwise"
    with open(os.open(accounts, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("agents: []\n")
    status, said = reread()
    assert status == 200, (status, said)
    wait_for("no agent is left", lambda: agents() == 0)
    assert site.stop() == 0
    print("agents.yaml: gone 422, empty 200")


def main(daemon):
    site = Site(daemon)
    try:
        lost_secret(site)
        lonely_roles(site)
        roster(site)
        others_directories(site)
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
