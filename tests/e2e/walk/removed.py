#!/usr/bin/python3
"""What a live contact needs is taken out of the configuration: a channel keeps the router from leading, and it says which;
put back, the contact is there. A queue is replaced by the default queue.

Usage: removed.py FRONTDESKD. Exit 0 = every step held.
"""
import asyncio, json, os, re, shutil, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of
from running_site import Site, request, wait_for


def held(what, ok, seen):
    if not ok:
        sys.exit(f"FAILED: {what}: saw {seen}")
    print(f"held: {what}", flush=True)


def configure(site, text):
    open(f"{site.dir}/frontdesk.yaml", "w", encoding="utf-8").write(text)


async def written(site):
    chat, _ = await customer(site, "p1")
    await chat.send(type="msg", cid="p1:1", text="你好")
    return (await chat.until("ack", of("ack")))["contact"]


def queue_of(site, contact):
    return json.loads(site.cli("contact", contact, "--json").stdout)["queue"]


def stop(site):
    held("it ends well", site.stop() == 0, site.log()[-800:])


def walk(site, whole):
    site.start()
    chat = asyncio.run(written(site))
    code, _, ticket = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets", {"service": "repair", "lang": "zh"},
                              {**site.device("kiosk-1"), "Idempotency-Key": "k1"})
    held("a ticket is given", code == 201, ticket)
    stop(site)

    configure(site, re.sub(r"^  walkin:\n(?:    .*\n)+", "", whole, count=1, flags=re.M))
    site.start(ready=False)
    wait_for("it says why it does not lead", lambda: "channels.walkin" in str(site.ready()[1]), 30)
    status, text = site.ready()
    held("a removed channel: 503, the check and the key", status == 503 and "leader" in text and "channels.walkin" in text, (status, text))
    held("the process stays up", site.process.poll() is None, site.log()[-800:])
    stop(site)

    configure(site, whole)
    site.start()
    code, _, again = request(f"http://127.0.0.1:{site.public}/v1/walkin/tickets/{ticket['token']}")
    held("put back, the ticket waits as before", code == 200 and (again["number"], again["state"]) == (ticket["number"], "queued"), again)
    held("the chat waits in its queue", queue_of(site, chat) == "spare", queue_of(site, chat))
    stop(site)

    configure(site, whole.replace("default_queue: spare", "default_queue: online").replace("  spare: {}\n", ""))
    site.start()
    held("without its queue it waits in the default queue", queue_of(site, chat) == "online", queue_of(site, chat))
    stop(site)


def spare(text, _):
    return text.replace("\ndefault_queue: online", "\ndefault_queue: spare", 1).replace("  phone:\n    name: {zh: 电话客服", "  spare: {}\n  phone:\n    name: {zh: 电话客服", 1)


site = Site(sys.argv[1], change=spare, agents=())
try:
    shutil.rmtree(f"{site.dir}/rules.d")
    walk(site, open(f"{site.dir}/frontdesk.yaml", encoding="utf-8").read())
except AssertionError as e:
    sys.exit(f"FAILED: {e}")
finally:
    site.close()
