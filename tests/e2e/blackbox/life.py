#!/usr/bin/python3
"""What a daemon does while it starts and when it is signalled (operations.md section 5): its doors are open while Redis
loads, TERM is heard at any time, HUP ends nothing, a second TERM skips the waiting. Controls: before the start the doors
are shut, and the TERM after the HUP does end the same customer's socket.

Usage: life.py FRONTDESKD
"""
import asyncio, os, signal, socket, stat, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of
from running_site import Site, request, wait_for


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def gated(text, site):
    """Its Redis begins only when somebody writes into the pipe `gate`."""
    os.mkfifo(f"{site.dir}/gate")
    with open(f"{site.dir}/redis", "w") as file:
        file.write(f'#!/bin/sh\nread word <"{site.dir}/gate"\nexec redis-server "$@"\n')
    os.chmod(f"{site.dir}/redis", 0o700)
    return text.replace("    redis: managed", f"    redis: {{address: managed, managed: {{binary: {site.dir}/redis}}}}", 1)


def doors_before_redis(daemon):
    site = Site(daemon, change=gated)
    try:
        ports = (site.public, site.internal)
        assert not any(map(is_open, ports)), "control: nobody listens yet"
        site.start(ready=False)
        wait_for("the doors open without Redis", lambda: all(map(is_open, ports)))
        status, text = site.ready()
        assert status == 503 and "[-]redis: " in text, (status, text)
        assert request(f"http://127.0.0.1:{site.internal}/healthz")[0] == 200
        assert request(f"http://127.0.0.1:{site.public}/demo/")[0] == 200
        status, _, said = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair"},
                                  {**site.device("kiosk-1"), "Idempotency-Key": "k1"})
        assert status == 503, (status, said)
        asked = site.cli("status")
        assert asked.returncode != 0 and "503" not in asked.stdout, asked
        mode = stat.S_IMODE(os.stat(f"{site.dir}/run/control.sock").st_mode)
        assert mode == 0o660, oct(mode)
        print(f"while Redis is not there: doors open, /readyz 503 ({text.strip().splitlines()[0]}), /healthz 200")
        assert site.stop() == 0 and not site.left(), "TERM is heard while Redis is waited for"
        print("TERM in the middle of the start: 0, and nothing is left")
        site.start(ready=False)
        with open(f"{site.dir}/gate", "w") as gate:
            gate.write("\n")
        site.wait_ready()
        assert site.stop() == 0
        print("Redis comes: ready")
    finally:
        site.close()


async def hang_up(site):
    """HUP, and then TERM, under a customer who is inside."""
    chat, _ = await customer(site, "p1")
    site.process.send_signal(signal.SIGHUP)
    await asyncio.to_thread(wait_for, "HUP is heard", lambda: "event=reload.refused" in site.log() or site.process.poll() is not None)
    await chat.send(type="msg", cid="p1:1", text="您好")
    await chat.until("ack after HUP", of("ack", cid="p1:1"))
    assert site.process.poll() is None
    site.process.send_signal(signal.SIGTERM)
    await chat.until("restart", of("restart"))
    await chat.reader
    assert chat.socket.close_code == 1012, chat.socket.close_code
    assert await asyncio.to_thread(site.process.wait, 30) == 0
    print("HUP: said so, customer kept; control: TERM closed the same socket with 1012")


def second_term(site):
    """The first waits for a Redis that hangs; the second does not. INT and TERM, which a script passes on, are no two."""
    site.start()
    redis = int(site.redis("INFO", "server").split("process_id:")[1].split()[0])
    os.kill(redis, signal.SIGSTOP)
    site.process.send_signal(signal.SIGINT)
    wait_for("INT is heard", lambda: "event=stop.begun" in site.log().splitlines()[-1])
    site.process.send_signal(signal.SIGTERM)
    wait_for("TERM is heard", lambda: "event=stop.under_way" in site.log())
    assert site.process.poll() is None, "INT and TERM together are one wish"
    site.process.send_signal(signal.SIGTERM)
    code = site.process.wait(30)
    os.kill(redis, signal.SIGKILL)
    log = site.log()
    assert code == 0 and "event=stop.hurried" in log, (code, log)
    print("a second TERM: ended without waiting for a Redis that hangs")


def main(daemon):
    doors_before_redis(daemon)
    site = Site(daemon)
    try:
        site.start()
        asyncio.run(hang_up(site))
        second_term(site)
    finally:
        site.close()
    print("1 passed, 0 failed")


main(*sys.argv[1:])
