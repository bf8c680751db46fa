"""What customers and agents say: texts.json, and who is next in a conversation."""
import json
import os


class Script:
    """One conversation: lines of (who, text), who is c(ustomer), a(gent), n(ote) or t(ransfer)."""

    def __init__(self, given):
        self.lang, self.kind, self.disposition = given["lang"], given["kind"], given["disposition"]
        self.vip = given.get("vip", False)
        self.lines = [tuple(line.split(":", 1)) for line in given["lines"]]

    def customer(self):
        """[(number of the agent's texts that stand before it, text)] in order."""
        out, answered = [], 0
        for who, text in self.lines:
            if who == "c":
                out.append((answered, text))
            answered += who == "a"
        return out

    def agent_next(self, said, heard):
        """What the agent does now: ("a"|"n"|"t", text), "wait" for the customer, or "end". `said`: texts and notes of
        agents so far, and transfers as "t:queue"; `heard`: how many texts of the script the customer has written."""
        before = 0
        for who, text in self.lines:
            if who == "c":
                before += 1
                continue
            if (f"t:{text}" if who == "t" else text) in said:
                continue
            return (who, text) if heard >= before else "wait"
        return "end" if heard >= before else "wait"


class Texts:
    def __init__(self, path=None):
        with open(path or os.path.join(os.path.dirname(os.path.abspath(__file__)), "texts.json"), encoding="utf-8") as file:
            given = json.load(file)
        self.people, self.vip, self.unknown = given["people"], given["vip"], given["unknown"]
        self.still_there, self.tickets = given["still_there"], given["tickets"]
        self.scripts = [Script(one) for one in given["conversations"]]
        self.by_first = {script.lines[0][1]: script for script in self.scripts}

    def script_of(self, customer_texts):
        """The conversation that begins with one of these texts, newest first; None for a person of flesh and blood."""
        return next((self.by_first[text] for text in reversed(customer_texts) if text in self.by_first), None)
