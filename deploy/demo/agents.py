"""Robot agents: they accept, answer by the script, note, transfer, resolve; at the counter they call, serve, finish."""
import asyncio

from client import DeskClient, Refused
from link import end_all


class Agent:
    """One account of the agents' file. Which work it does follows from its teams: a pull queue makes it a counter."""

    def __init__(self, internal, account, texts, rng, pace=1.0, origin=None, log=None, kiosk=None, keep=2, breaks=True):
        self.account, self.texts, self.rng, self.pace, self.kiosk, self.keep = account, texts, rng, pace, kiosk, keep
        self.desk = DeskClient(internal, account["staff_no"], account["password"], f"r{rng.getrandbits(60):015x}",
                               origin=origin, rng=rng, log=log)
        self.breaks, self.busy, self.looked, self.resolved, self.served = breaks, {}, set(), 0, 0
        self.moved = {}  # contact -> queues this agent passed it to

    async def think(self, least, most):
        await asyncio.sleep(self.rng.uniform(least, most) * self.pace)

    async def run(self):
        desk = self.desk.start()
        try:
            await desk.until(lambda: desk.ready and desk.presence)
            await self.come()
            pulls = {q["id"] for q in desk.lists["queues"] if q["mode"] == "pull"}
            mine = [team["queue"] for team in desk.me["teams"]]
            work = [self.offers(), self.talk(), self.stay()]
            work += [self.call(queue) for queue in mine if queue in pulls and self.account.get("counter")]
            async with asyncio.TaskGroup() as group:
                for part in work:
                    group.create_task(part)
        finally:
            await end_all(self.busy.values())
            await desk.stop()

    async def come(self, state="available", **more):
        if state == "available" and self.account.get("counter"):
            more["counter"] = self.account["counter"]
        try:
            await self.desk.go(state, **more)
        except Refused as no:
            print(f"demo: {self.account['staff_no']} cannot be {state}: {no}", flush=True)

    async def stay(self):
        """Takes a break now and then, and comes back after whatever else took it away."""
        while True:
            await self.think(120, 360)
            if self.breaks and self.rng.random() < 0.5:
                await self.come("away", reason=self.rng.choice(["break", "meal", "training"]))
                await self.think(20, 45)
            if (self.desk.presence or {}).get("state") != "available":
                await self.come()

    async def offers(self):
        while True:
            offer = await self.desk.until(lambda: next((o for i, o in self.desk.offers.items() if i not in self.looked), None))
            self.looked.add(offer["offer"])
            task = asyncio.create_task(self.consider(offer))
            self.hold(offer["offer"], task)

    def hold(self, name, task):
        self.busy[name] = task
        task.add_done_callback(lambda done: self.over(name, done))

    def over(self, name, task):
        self.busy.pop(name, None)
        if not task.cancelled() and task.exception() is not None:
            print(f"demo: {self.account['staff_no']}: {task.exception()!r}", flush=True)

    async def consider(self, offer):
        await self.think(1.5, 5)
        if offer["offer"] not in self.desk.offers:
            return
        try:
            if self.rng.random() < 0.04:
                await self.desk.decline(offer, "busy")
            else:
                await self.desk.accept(offer)
        except Refused:
            pass  # it ended meanwhile; the next one comes

    # --- chat ---
    async def talk(self):
        def fresh():
            return next((c for c, row in self.desk.contacts.items() if c not in self.busy and row["channel"] != "walkin"
                         and row["state"] in ("active", "paused", "wrapup")), None)

        while True:
            contact = await self.desk.until(fresh)
            self.hold(contact, asyncio.create_task(self.conversation(contact)))

    async def transcript(self, contact):
        lines = (await self.desk.ask("history", contact=contact))["lines"]
        customer = [line["text"] for line in lines if line["by"] == "customer" and line["kind"] == "text"]
        agents = {line["text"] for line in lines if line.get("text") and line["by"] != "customer"}
        return customer, agents, lines[-1]["by"] if lines else ""

    async def conversation(self, contact):
        silent = 0
        while contact in self.desk.contacts:
            row = self.desk.contacts[contact]
            try:
                customer, said, last = await self.transcript(contact)
                script = self.texts.script_of(customer)
                if row["state"] == "wrapup" or silent >= 4:
                    await self.finish(contact, script)
                    return
                moved = await (self.step(contact, script, customer, said) if script
                               else self.improvise(contact, customer, said, last))
            except (Refused, KeyError, TimeoutError):
                moved = False  # the contact changed under our hands: look again
            seen = row["seq"]
            if moved == "end":
                await self.think(3, 8)
                await self.finish(contact, script)
                return
            if not moved:
                wrote = await self.desk.until(lambda: self.changed(contact, seen), (20 if script else 75) * self.pace)
                silent = 0 if wrote else silent + 1
            await self.think(0.3, 0.8)

    def changed(self, contact, seen):
        row = self.desk.contacts.get(contact)
        return row is None or row["seq"] > seen or row["state"] == "wrapup"

    async def step(self, contact, script, customer, said):
        told = {text for who, text in script.lines if who == "c"}
        passed = self.moved.get(contact, set())
        if self.desk.contacts[contact]["transfers"]:
            passed = passed | {f"t:{text}" for who, text in script.lines if who == "t"}
        what = script.agent_next(said | passed, len({text for text in customer if text in told}))
        if what == "wait":
            return False
        if what == "end":
            return "end"
        who, text = what
        await self.think(1, 3)
        if who == "t":
            self.moved.setdefault(contact, set()).add(f"t:{text}")
            await self.desk.transfer(contact, {"queue": text}, "skill")
        elif who == "n":
            self.moved.setdefault(contact, set()).add(text)
            await self.desk.note(contact, text)
        else:
            await self.write(contact, text)
        return True

    async def write(self, contact, text):
        await self.desk.whisper("typing", contact=contact, on=True)
        await self.think(0.5 + len(text) / 14, 1.5 + len(text) / 9)
        await self.desk.whisper("read", contact=contact, seq=self.desk.contacts[contact]["seq"])
        await self.desk.say(contact, text)

    async def improvise(self, contact, customer, said, last):
        """A visitor of flesh and blood: polite words, then on to the visitor's own agent when that one is there."""
        if last != "customer":
            return False
        phrases = self.texts.unknown["en" if customer and customer[-1].isascii() else "zh"]
        left = [text for text in phrases if text not in said]
        if left:
            await self.think(1, 3)
            await self.write(contact, left[0])
        if len(left) < len(phrases):
            where = await self.desk.ask("targets", contact=contact)
            people = [a for a in where["agents"] if a["state"] == "available" and a["no"] == self.account.get("friend")]
            if people:
                await self.desk.transfer(contact, {"agent": people[0]["id"]}, "other_team")
        return bool(left)

    async def finish(self, contact, script):
        kind, disposition = (script.kind, script.disposition) if script else ("other", "answered")
        for _ in range(3):
            row = self.desk.contacts.get(contact)
            if row is None:
                return
            try:
                await self.desk.resolve(contact, kind, disposition)
                self.resolved += 1
                return
            except Refused as no:
                if no.code not in ("unread", "stale"):
                    raise
                await self.think(0.2, 1)

    # --- counter ---
    async def call(self, queue):
        while True:
            mine = next((c for c, row in self.desk.contacts.items() if row["queue"] == queue
                         and row["state"] in ("connecting", "active", "wrapup")), None)
            try:
                if mine is not None:
                    await self.at_counter(mine)
                elif self.desk.presence and self.desk.presence["state"] == "available" and await self.somebody():
                    await self.desk.next(queue)
                    continue
            except Refused:
                pass  # the line was empty, or another counter was faster
            await self.think(2, 5)

    async def somebody(self):
        """Leaves the last `keep` tickets to the visitor's own counter."""
        if self.kiosk is None:
            return True
        return sum({s["id"]: s["waiting"] for s in await self.kiosk.services()}.values()) > self.keep

    async def at_counter(self, contact):
        if self.desk.contacts[contact]["state"] == "connecting":
            await self.think(5, 12)  # the customer walks to the window
            if self.rng.random() < 0.08:
                await self.desk.absent(contact)
                return
            await self.desk.serve(contact)
        await self.think(20, 50)
        kind = self.desk.contacts[contact]["kind"] if contact in self.desk.contacts else "other"
        plan = next((t for t in self.texts.tickets if t["kind"] == kind), None)
        await self.desk.ticket_done(contact, kind or "other", plan["disposition"] if plan else "answered")
        self.served += 1
