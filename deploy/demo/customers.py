"""Robot customers: they open a chat and follow a script, or take a ticket at the kiosk and wait to be called."""
import asyncio
import base64
import hashlib
import hmac
import json
import random
import time

from client import ChatClient
from link import end_all


def identity(secret, **who):
    """What the website's server signs for a customer who has signed in (docs/chat.md)."""
    text = json.dumps({"exp": int(time.time()) + 3600, **who}, ensure_ascii=False).encode()
    body = base64.urlsafe_b64encode(text).decode().rstrip("=")
    mac = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return body + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")


class Crowd:
    """Customers arriving at random, `rate` conversations a minute, at most `most` at a time. The same seed brings the
    same customers in the same order: each has a generator of its own, so that nobody's haste changes another's."""

    def __init__(self, public, texts, rng, rate, pace=1.0, most=24, secret=None, origin=None, kiosk=None,
                 ticket_rate=0.0, log=None):
        self.public, self.texts, self.rate, self.pace, self.most = public, texts, rate, pace, most
        self.deal, self.chats, self.halls = (random.Random(rng.getrandbits(64)) for _ in range(3))
        self.secret, self.origin, self.kiosk, self.ticket_rate, self.log = secret, origin, kiosk, ticket_rate, log
        self.inside, self.made, self.finished, self.tickets = set(), 0, 0, []
        self.deck = []

    async def run(self):
        await asyncio.gather(self.arrive(self.rate, self.chats, self.chat),
                             self.arrive(self.ticket_rate, self.halls, self.ticket))

    async def arrive(self, rate, rng, visit):
        if rate <= 0:
            return
        first = True
        while True:
            await asyncio.sleep(0.5 if first else rng.expovariate(rate / 60))
            first = False
            if len(self.inside) < self.most:
                task = asyncio.create_task(visit(random.Random(rng.getrandbits(64))))
                self.inside.add(task)
                task.add_done_callback(self.left)

    def left(self, task):
        self.inside.discard(task)
        if not task.cancelled() and task.exception() is not None:
            print(f"demo: a customer left badly: {task.exception()!r}", flush=True)

    async def stop(self):
        await end_all(self.inside)

    def draw(self):
        """The next conversation: all of them once, shuffled, before any comes again."""
        if not self.deck:
            self.deck = [s for s in self.texts.scripts if self.secret or not s.vip]
            self.deal.shuffle(self.deck)
        return self.deck.pop()

    def who(self, script, rng):
        if not self.secret:
            return None
        if script.vip:
            vip = rng.choice([one for one in self.texts.vip if one["lang"] == script.lang])
            return identity(self.secret, id=vip["id"], name=vip["name"], grade="VIP")
        names = self.texts.people[script.lang]
        at = rng.randrange(len(names))
        phone = f"+86138{at:04d}{rng.randrange(10000):04d}"
        return identity(self.secret, id=f"{script.lang}-{at}-{self.made}", name=names[at], grade="B", phone=phone)

    async def think(self, rng, least, most):
        await asyncio.sleep(rng.uniform(least, most) * self.pace)

    async def chat(self, rng):
        self.made += 1
        script = self.draw()
        page = f"c{rng.getrandbits(60):015x}"
        client = ChatClient(self.public, page, locale="zh-CN" if script.lang == "zh" else "en", origin=self.origin,
                            identity=self.who(script, rng), rng=rng, log=self.log).start()
        try:
            await self.follow(client, script, rng)
            self.finished += 1
        finally:
            await client.stop()

    async def follow(self, client, script, rng):
        for before, text in script.customer():
            if not await self.answers(client, before, script):
                break
            await self.think(rng, 1.5, 4)
            await client.read()
            await client.typing()
            await self.think(rng, 0.5 + len(text) / 12, 1.5 + len(text) / 8)
            if client.state == "closed":
                return
            await client.say(text)
        # An agent ends the chat; a customer nobody cares for leaves.
        if not await client.until(lambda: client.state == "closed", 120 * self.pace):
            await client.end()

    async def answers(self, client, wanted, script):
        """Waits for so many texts of agents; asks once whether anybody is there. False: gave up, or it was ended."""
        def enough():
            return len(client.from_agent()) >= wanted or client.state == "closed"

        if not await client.until(enough, (300 if client.state != "active" else 90) * self.pace):
            await client.say(self.texts.still_there[script.lang])
            if not await client.until(enough, 300 * self.pace):
                return False
        return client.state != "closed"

    async def ticket(self, rng):
        plan = rng.choice(self.texts.tickets)
        status, answer = await self.kiosk.ticket(plan["service"], plan["lang"])
        if status != 201:
            return
        self.tickets.append(answer)
        while True:  # waits in the hall and looks at the phone now and then
            await self.think(rng, 4, 8)
            seen = await self.kiosk.status(answer["token"])
            if seen is None or seen.get("state") in ("closed", "canceled", "expired", None):
                return
            if seen["state"] == "queued" and seen.get("ahead", 0) > 6 and rng.random() < 0.02:
                await self.kiosk.cancel(answer["token"])
                return
