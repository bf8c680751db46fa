#!/usr/bin/python3
"""A crowd of idle customers does not take what the desk, the operator and Redis need (operations.md section 5, Limits): a
daemon that may open 200 files turns customers away in time, and serves the rest. Control: under a limit that is raised
from its soft half, the same crowd is let in.

Usage: descriptors.py FRONTDESKD
"""
import os, signal, socket, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from running_site import Site, request, wait_for

FEW, MANY, CROWD = 200, 1000, 250
KNOCK = ("GET /chat?w=demo HTTP/1.1\r\nHost: x\r\nOrigin: http://127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Protocol: frontdesk.chat.v1\r\n\r\n").encode()


def start(daemon, soft, hard):
    site = Site(daemon)
    script = f"{site.dir}/frontdeskd"
    with open(script, "w") as file:
        file.write(f'#!/bin/sh\nulimit -Sn {soft}\nulimit -Hn {hard}\nexec "{site.daemon}" "$@"\n')
    os.chmod(script, 0o700)
    site.daemon = script
    site.start()
    return site


def crowd(site):
    """(sockets, how many were let in, what the first refused one was told)."""
    sockets, inside, refused = [], 0, b""
    for _ in range(CROWD):
        knocking = socket.create_connection(("127.0.0.1", site.public), timeout=30)
        sockets.append(knocking)
        knocking.sendall(KNOCK)
        said = knocking.recv(4096)
        inside += b" 101 " in said
        refused = refused or (b"" if b" 101 " in said else said)
    return sockets, inside, refused


def main(daemon):
    site = start(daemon, 100, FEW)
    try:
        sockets, inside, refused = crowd(site)
        open_ = len(os.listdir(f"/proc/{site.process.pid}/fd"))
        print(f"of {CROWD} customers {inside} inside, {open_} of {FEW} files open")
        assert 0 < inside < CROWD and b" 503 " in refused and b"limit connections" in refused, (inside, refused)
        assert request(f"http://127.0.0.1:{site.internal}/desk/")[0] == 200
        assert site.ready()[0] == 200, site.ready()
        asked = site.cli("status")
        assert asked.returncode == 0, asked
        redis = int(site.redis("INFO", "server").split("process_id:")[1].split()[0])
        os.kill(redis, signal.SIGKILL)
        wait_for("another Redis runs", lambda: f"process_id:{redis}" not in (site.redis("INFO", "server") or f"process_id:{redis}"))
        wait_for("it is ready with it", lambda: site.ready()[0] == 200)
        print("the desk, /readyz, the operator and a new Redis: served all the same")
        for each in sockets:
            each.close()
        assert site.stop() == 0
    finally:
        site.close()
    site = start(daemon, 100, MANY)
    try:
        sockets, inside, _ = crowd(site)
        assert inside == CROWD, f"control: with {MANY} files all of them are let in, not {inside}"
        print(f"control: with {MANY} files all {CROWD} are inside")
        for each in sockets:
            each.close()
        assert site.stop() == 0
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
