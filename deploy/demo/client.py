"""Clients of the three public protocols: ChatClient (docs/chat.md), DeskClient (docs/desk.md), WalkinClient
(docs/walkin.md). Each survives the server's death at any moment: it connects again with a growing pause, resumes with
its token, and sends again whatever has no answer, under the same ids. `log` is explained in link.py.
"""
import asyncio
import random
import time
import urllib.parse

from link import Link, Pause, Refused, http, silent

__all__ = ["ChatClient", "DeskClient", "Refused", "WalkinClient", "http"]


class ChatClient(Link):
    """A customer's tab. `lines[contact][seq]` is what it knows; `acked` lists (cid, contact, seq, text) as promised."""

    number_key = "cid"

    def __init__(self, public, page, website="demo", locale="zh-CN", identity=None, origin=None, rng=None, log=None,
                 who=None):
        super().__init__(who or f"chat {page}", page, rng or random.Random(page), log)
        self.public, self.website, self.locale, self.identity = public.rstrip("/"), website, locale, identity
        self.origin = origin or self.public
        self.token, self.contact, self.case, self.state, self.agent = None, None, None, None, None
        self.lines, self.acked, self.place, self.online = {}, [], None, None

    async def address(self):
        uri = "ws" + self.public[4:] + "/chat?w=" + urllib.parse.quote(self.website)
        return uri, {"subprotocols": ["frontdesk.chat.v1"], "origin": self.origin}

    def whole_to(self):
        """The last line of the contact before which nothing is missing."""
        known, n = self.lines.get(self.contact, {}), 0
        while n + 1 in known:
            n += 1
        return n

    def hello(self):
        frame = {"type": "hello", "v": 1, "page": self.page, "locale": self.locale}
        for key, value in (("token", self.token), ("identity", self.identity)):
            if value:
                frame[key] = value
        if self.contact:
            frame.update(contact=self.contact, last_seq=self.whole_to())
        return frame

    def take(self, frame):
        kind = frame["type"]
        if kind == "welcome":
            self.token = frame.get("token", self.token)
            if frame.get("reset") and self.contact:
                self.lines.pop(self.contact, None)
            self.contact, self.online = frame.get("contact") or self.contact, frame.get("online")
            self.case, self.state = frame.get("case", self.case), frame.get("state", self.state)
            self.agent = frame.get("agent", self.agent)
        elif kind == "ack":
            text = next((e.frame["text"] for e in self.pending if frame["cid"] == f"{self.page}:{e.n}"), None)
            if text is not None:
                self.acked.append((frame["cid"], frame["contact"], frame["seq"], text))
                line = {"by": "customer", "kind": "text", "text": text, "seq": frame["seq"]}
                self.lines.setdefault(frame["contact"], {})[frame["seq"]] = line
            if frame["contact"] != self.contact:  # a new chat has begun
                self.contact, self.state, self.agent = frame["contact"], "queued", None
            self.case = frame.get("case", self.case)
            self.answer(frame["cid"], frame, False)
        elif kind == "msg":
            self.lines.setdefault(frame["contact"], {})[frame["seq"]] = frame
        elif kind == "state" and frame["contact"] == self.contact:
            self.state, self.agent = frame["state"], frame.get("agent", self.agent)
        elif kind == "place" and frame["contact"] == self.contact:
            self.place = frame
        elif kind == "error":
            if "cid" in frame:
                self.answer(frame["cid"], frame, True)
            elif frame["code"] == "expired":
                self.token = self.contact = None

    def say(self, text):
        """A message; the future holds its ack."""
        return self.post({"type": "msg", "text": text})

    async def typing(self, on=True):
        await self.put({"type": "typing", "on": on})

    async def read(self):
        if self.ready and self.contact and self.whole_to():
            await self.put({"type": "read", "contact": self.contact, "seq": self.whole_to()})

    def from_agent(self):
        """Texts an agent wrote in this contact, in order."""
        return [line["text"] for _, line in sorted(self.lines.get(self.contact, {}).items())
                if line.get("by") == "agent" and line.get("kind") == "text"]

    async def end(self, seconds=30.0):
        """Ends the chat; repeated until the server says that it is closed. False when it did not say so in time."""
        limit = time.monotonic() + seconds
        while self.contact and self.state != "closed" and time.monotonic() < limit:
            if self.ready:
                await self.put({"type": "end", "contact": self.contact})
            await self.until(lambda: self.state == "closed", 2)
        return self.state == "closed"


class DeskClient(Link):
    """An agent's page: signs in, keeps the picture (offers, contacts by id, presence) and asks again when it has holes."""

    # A refused number is used again, and a gap names no command: with two on their way, an answer may be another's.
    at_once = 1

    def __init__(self, internal, staff_no, password, page, origin=None, rng=None, log=None, who=None):
        super().__init__(who or f"desk {staff_no}", page, rng or random.Random(page), log)
        self.internal, self.staff_no, self.password = internal.rstrip("/"), staff_no, password
        self.origin, self.cookie, self.me, self.lists = origin or self.internal, None, None, {}
        self.offers, self.contacts, self.presence, self.capacity = {}, {}, None, None
        self.n, self.parts, self.asks, self.asked = 0, None, {}, 0

    async def sign_in(self):
        body = {"staff_no": self.staff_no, "password": self.password}
        self.log(self.who, "sent", {"method": "POST", "path": "/desk/login"})  # never the password
        status, headers, _ = await http(self.internal, "POST", "/desk/login", body, {"Origin": self.origin})
        self.log(self.who, "got", {"path": "/desk/login", "status": status})
        if status != 200:
            raise OSError(f"sign-in of {self.staff_no} answered {status}")
        self.cookie = headers["set-cookie"].split(";")[0]

    async def address(self):
        if self.cookie is not None:
            status, _, _ = await http(self.internal, "GET", "/desk/session", headers={"Cookie": self.cookie})
            if status == 401:
                self.cookie = None
        if self.cookie is None:
            await self.sign_in()
        return "ws" + self.internal[4:] + "/desk", {"subprotocols": ["frontdesk.desk.v1"], "origin": self.origin,
                                                    "extra_headers": {"Cookie": self.cookie}}

    def hello(self):
        return {"type": "hello", "v": 1, "page": self.page}

    def lost(self):
        self.n, self.parts = 0, None
        asks, self.asks = self.asks, {}
        for future in asks.values():
            if not future.done():
                future.set_exception(ConnectionError("the line was lost"))

    def take(self, frame):
        kind = frame["type"]
        if kind in ("done", "refused") and "id" in frame and self.answer(frame["id"], frame, kind == "refused"):
            return
        if frame.get("id") in self.asks and kind not in ("contact",):
            future = self.asks.pop(frame["id"])
            if not future.done():
                future.set_exception(Refused(frame)) if kind == "refused" else future.set_result(frame)
            return
        if kind == "welcome":
            self.me, self.lists, self.n = frame["me"], frame["lists"], 0
        elif kind == "snapshot":
            self.picture(frame)
        elif "n" in frame:
            if self.n and frame["n"] != self.n + 1:
                self.n = 0
                asyncio.ensure_future(self.put({"type": "resync"}))
            elif self.n:
                self.n = frame["n"]
                self.delta(kind, frame)

    def picture(self, frame):
        if frame["part"] == 1:
            self.parts = []
        if self.parts is None:
            return
        self.parts.append(frame)
        if frame["part"] < frame["parts"]:
            return
        self.n, self.offers, self.contacts = frame["n"], {}, {}
        for part in self.parts:
            self.offers.update((o["offer"], o) for o in part.get("offers", []))
            self.contacts.update((c["id"], c) for c in part.get("contacts", []))
            self.presence = part.get("presence", self.presence)
            self.capacity = part.get("capacity", self.capacity)
        self.parts = None

    def delta(self, kind, frame):
        if kind == "offer":
            self.offers[frame["offer"]] = frame
        elif kind == "offer_end":
            self.offers.pop(frame["offer"], None)
        elif kind == "contact":
            self.contacts[frame["id"]] = frame
        elif kind == "contact_gone":
            self.contacts.pop(frame["id"], None)
        elif kind == "presence":
            self.presence = frame
        elif kind == "capacity":
            self.capacity = frame

    # --- commands; each returns a future that holds `done`, or Refused ---
    def command(self, verb, /, **fields):
        return self.post({"type": verb, **fields})

    def go(self, state="available", **more):
        return self.command("presence", state=state, **more)

    def accept(self, offer):
        return self.command("accept", contact=offer["contact"], offer=offer["offer"])

    def decline(self, offer, reason):
        return self.command("decline", contact=offer["contact"], offer=offer["offer"], reason=reason)

    def say(self, contact, text):
        return self.command("msg", contact=contact, text=text)

    def note(self, contact, text):
        return self.command("note", contact=contact, text=text)

    async def whisper(self, kind, /, **fields):
        """typing and read: without a number, and lost when the line is."""
        if self.ready:
            await self.put({"type": kind, **fields})

    def transfer(self, contact, to, reason):
        return self.command("transfer", contact=contact, v=self.contacts[contact]["v"], to=to, reason=reason)

    def resolve(self, contact, kind, disposition, text=""):
        row = self.contacts[contact]
        return self.command("resolve", contact=contact, v=row["v"], seq=row["seq"], kind=kind, disposition=disposition,
                            text=text)

    def next(self, queue):
        return self.command("next", queue=queue)

    def serve(self, contact):
        return self.command("serve", contact=contact)

    def absent(self, contact):
        return self.command("absent", contact=contact)

    def ticket_done(self, contact, kind, disposition):
        return self.command("done", contact=contact, kind=kind, disposition=disposition)

    async def ask(self, kind, /, seconds=10.0, **fields):
        """A question (history, targets, find, explain); asked again when the line was lost or the answer was busy."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            await self.until(lambda: self.ready, limit - time.monotonic())
            self.asked += 1
            name = fields.get("id") or f"{self.page}-q{self.asked}"
            future = self.asks[name] = asyncio.get_running_loop().create_future()
            await self.put({"type": kind, **fields, "id": name})
            try:
                async with asyncio.timeout(max(0.1, limit - time.monotonic())):
                    return await future
            except ConnectionError:
                continue
            except Refused as no:
                if no.code != "busy":
                    raise
                await asyncio.sleep(0.2)
            finally:
                self.asks.pop(name, None)
        raise TimeoutError(kind)


class WalkinClient:
    """A kiosk: takes tickets, each under one Idempotency-Key however often it must ask."""

    def __init__(self, public, device, rng=None, log=None, who="kiosk"):
        self.public, self.device, self.who = public.rstrip("/"), device, who
        self.rng, self.log = rng or random.Random(who), log or silent

    async def once(self, method, path, body=None, headers=None):
        note = {"method": method, "path": path, "body": body, "key": (headers or {}).get("Idempotency-Key")}
        self.log(self.who, "sent", note)
        headers = {"X-Frontdesk-Device": self.device, **(headers or {})}
        try:
            status, got, answer = await http(self.public, method, path, body, headers)
        except (OSError, EOFError, ValueError, IndexError, TimeoutError) as e:
            self.log(self.who, "down", {**note, "why": f"{type(e).__name__}: {e}"})
            return None, 0.0, None
        self.log(self.who, "got", {**note, "status": status, "answer": answer})
        return status, float(got.get("retry-after", 0) or 0), answer

    async def request(self, method, path, body=None, headers=None, seconds=None):
        """Until there is an answer that is final; (status, body). (None, None) when `seconds` are over."""
        pause, limit = Pause(self.rng), None if seconds is None else time.monotonic() + seconds
        while True:
            status, retry, answer = await self.once(method, path, body, headers)
            if status is not None and status != 429 and status < 500:
                return status, answer
            wait = max(pause.next(), min(retry, 5.0))
            if limit is not None and time.monotonic() + wait > limit:
                return None, None
            await asyncio.sleep(wait)

    async def services(self):
        status, answer = await self.request("GET", "/v1/walkin/services")
        return answer["services"] if status == 200 else []

    def new_key(self):
        return f"k{self.rng.getrandbits(96):024x}"

    async def ticket(self, service, lang="zh", key=None, seconds=None):
        """(status, answer): 201 {number, token, ahead, …}."""
        headers = {"Idempotency-Key": key or self.new_key()}
        return await self.request("POST", "/v1/walkin/tickets", {"service": service, "lang": lang}, headers, seconds)

    async def status(self, token):
        return (await self.request("GET", f"/v1/walkin/tickets/{token}"))[1]

    async def cancel(self, token):
        return (await self.request("POST", f"/v1/walkin/tickets/{token}/cancel", {}))[0]
