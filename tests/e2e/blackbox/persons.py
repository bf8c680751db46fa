#!/usr/bin/python3
"""One browser, several people: who comes with the visitor token of somebody the website signed in reads nothing of that
chat and writes nothing into it, whether signed in as another, signed in wrongly or not at all. Control: the same demand
of a token that nobody signed in with finds the chat.

Usage: persons.py FRONTDESKD
"""
import asyncio, base64, hashlib, hmac, json, os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from peers import customer, of, opened
from running_site import Site

SECRET = "a secret of the website's server"


def signed(secret=SECRET, **said):
    text = base64.urlsafe_b64encode(json.dumps({"exp": int(time.time()) + 3600, **said}).encode()).decode().rstrip("=")
    return text + "." + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def with_secret(text, site):
    with open(os.open(f"{site.dir}/website-demo.secret", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(SECRET)
    commented = "      # secret: {file: website-demo.secret}"
    assert commented in text
    return text.replace(commented, commented.replace("# ", ""), 1)


ALICE = signed(id="alice", name="Alice", grade="VIP")
NEXT = {"another": signed(id="bob", name="Bob"), "forged": signed("guess", id="alice"), "nobody": None,
        "expired": signed(id="bob", exp=int(time.time()) - 1)}


def hello(identity):
    return {"identity": identity} if identity else {}


async def begin(site, page, identity):
    """The chat of the first one: (token, contact, case)."""
    peer, welcome = await customer(site, page, **hello(identity))
    await peer.send(type="msg", cid=f"{page}:1", text="my card number is 4111")
    ack = await peer.until("ack", of("ack"))
    await peer.close()
    return welcome["token"], ack["contact"], ack["case"]


async def follow(site, page, token, contact, identity):
    """What the next one gets to know: (contact of the welcome, case of a message, lines of others)."""
    peer, welcome = await customer(site, page, token=token, contact=contact, last_seq=0, **hello(identity))
    await peer.send(type="msg", cid=f"{page}:1", text="cancel my order")
    ack = await peer.until("ack", of("ack"))  # lines from before come ahead of it
    lines = [frame.get("text") for _, frame in peer.heard if frame["type"] == "msg"]
    await peer.close()
    return welcome.get("contact"), ack["case"], [text for text in lines if text and "4111" in text]


async def from_before(site):
    """A tab that was open before she signed in, and whoever copied its token."""
    tab, welcome = await customer(site, "tab")
    token = welcome["token"]
    hers, _ = await customer(site, "hers", token=token, identity=ALICE)
    await hers.send(type="msg", cid="hers:1", text="my card number is 4111")
    ack = await hers.until("ack", of("ack"))
    await tab.until("the end of the other tab", of("error", code="expired"))
    assert not [frame for _, frame in tab.heard if "4111" in json.dumps(frame)], tab.heard
    for page, identity in (("copied", None), ("bob", signed(id="bob"))):
        peer = await opened(site, page, token=token, contact=ack["contact"], last_seq=0, **hello(identity))
        await peer.until("no welcome", of("error", code="expired"))
        assert not [frame for _, frame in peer.heard if "4111" in json.dumps(frame)], peer.heard
        await peer.close()
    again, welcome = await customer(site, "again", token=token, identity=ALICE)
    assert welcome["contact"] == ack["contact"]
    for peer in (tab, hers, again):
        await peer.close()
    print("a token from before she signed in opens nothing of hers, but for her")


async def main(site):
    token, contact, case = await begin(site, "alice", ALICE)
    for who, identity in NEXT.items():
        got = await follow(site, f"next-{who}", token, contact, identity)
        assert got[0] is None and got[1] != case and got[2] == [], f"{who}: {got}, hers is {contact} {case}"
    for page, identity in (("alice2", ALICE), ("alice3", signed(id="alice", exp=int(time.time()) - 1))):
        assert (await follow(site, page, token, contact, identity)) == (contact, case, ["my card number is 4111"]), page
    print("nobody reads what Alice wrote but Alice")
    old = await begin(site, "old", None)
    assert (await follow(site, "next-old", *old[:2], signed(id="carol"))) == (*old[1:], ["my card number is 4111"])
    print("control: of a token without an owner the same demand finds the chat")
    await from_before(site)


site = Site(sys.argv[1], change=with_secret)
try:
    site.start()
    asyncio.run(main(site))
finally:
    site.close()
