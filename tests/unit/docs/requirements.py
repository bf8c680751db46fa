#!/usr/bin/python3
"""docs/requirements.md: 119 rows, each id once, a known status; `done` and `part` name tests that exist.

Usage: requirements.py SOURCE_DIR. The control: a copy with a test that does not exist must be noticed.
"""
import os, re, sys

ROWS, STATUSES = 119, {"done", "part", "no"}
DONE = {"CLS-1", "CLS-2", "RTE-1", "RTE-2", "RTE-3", "RTE-5", "SCR-1"}  # what this release promised


def tests_of(source):
    """Names a row may give: Suite.Name of GoogleTest, file names of scripts, names given to add_test."""
    names = set()
    for folder, _, files in os.walk(os.path.join(source, "tests")):
        if "node_modules" in folder:
            continue
        for file in files:
            names.add(file)
            if file.endswith((".cpp", ".txt")):
                text = open(os.path.join(folder, file), encoding="utf-8").read()
                names.update(f"{a}.{b}" for a, b in re.findall(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", text, re.M))
                names.update(re.findall(r"NAME (\w+)", text))
                if "simulation_${" in text:
                    names.add("simulation_1")
    return names


def wrong_with(page, names):
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in page.splitlines() if re.match(r"\| [A-Z]+-\d", line)]
    wrong = []
    if len(rows) != ROWS or len({row[0] for row in rows}) != ROWS:
        wrong.append(f"{len(rows)} rows, {len({row[0] for row in rows})} ids; there are {ROWS}")
    for row in rows:
        if len(row) != 5 or row[2] not in STATUSES:
            wrong.append(f"{row[0]}: five cells and one of {sorted(STATUSES)}")
            continue
        tests = re.findall(r"`([^`]+)`", row[4])
        if row[2] != "no" and (not tests or not row[3]):
            wrong.append(f"{row[0]} is {row[2]} without a place or a test")
        wrong += [f"{row[0]}: there is no test {test}" for test in tests if test not in names]
    missing = DONE - {row[0] for row in rows if len(row) == 5 and row[2] == "done"}
    return wrong + ([f"not done: {sorted(missing)}"] if missing else [])


source = sys.argv[1]
page, names = open(os.path.join(source, "docs/requirements.md"), encoding="utf-8").read(), tests_of(source)
wrong = wrong_with(page, names)
if wrong:
    sys.exit("docs/requirements.md: " + "\n".join(wrong))
for control in (page.replace("`Transfers.AreCapped`", "`Transfers.AreNot`"), page.replace("| INT-1 |", "| INT-2 |"),
                page.replace("| RTE-5 | No shirking | done |", "| RTE-5 | No shirking | part |")):
    assert control != page and wrong_with(control, names), "a control was not noticed"
print(f"{ROWS} rows, controls noticed")
