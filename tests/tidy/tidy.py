#!/usr/bin/python3
"""The source is tested too: includes point down, the core knows no socket and no clock, files have one purpose.

tidy.py ROOT checks a tree; tidy.py ROOT --control shows that each rule can fail, on a copy with one fault planted.
"""
import os, re, shutil, sys, tempfile

PURE = ("router/model", "router/calendar", "router/rules", "router/engine")
IMPURE = re.compile(r'#include\s*[<"](boost/asio|hiredis|zmq|yaml-cpp|spdlog)')
BANNED = {
    r"\bsystem_clock::now": "take an Instant from the caller (Clock is a port)",
    r"\bsleep_for\b": "wait for a condition or a timer",
    r"\bsystem\(\"": "no shell",
    r"asio::detached": "spawn with a handler that sees what it threw",
    r"\bstd::cout\b": "data go through Streams (daemon/cli)",
    r"\b(TODO|FIXME)\b": "do it, or leave it out",
}


def sources(root):
    for top in ("router", "channels", "daemon", "config"):
        for folder, _, files in os.walk(os.path.join(root, top)):
            if "node_modules" in folder:
                continue
            for name in files:
                if name.endswith((".cpp", ".hpp")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def levels(root):
    table = {}
    for line in open(os.path.join(root, "tests/tidy/levels.txt"), encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            module, _, may = line.partition(":")
            table[module] = may.split()
    return table


def module_of(path, table):
    folder = os.path.dirname(path)
    while folder and folder not in table:
        folder = os.path.dirname(folder)
    return folder


def check(root):
    table, wrong = levels(root), []
    for path in sources(root):
        module = module_of(path, table)
        lines = open(os.path.join(root, path), encoding="utf-8").read().splitlines()
        if len(lines) > 400:
            wrong.append(f"{path}:401: {len(lines)} lines; a file has one purpose and at most 400")
        for number, line in enumerate(lines, 1):
            include = re.match(r'#include "([^"]+)"', line)
            if include:
                other = module_of(include.group(1), table)
                may = table.get(module, [])
                if other != module and "*" not in may and other not in may:
                    wrong.append(f"{path}:{number}: {module} may not include {other} (tests/tidy/levels.txt)")
            if module.startswith(PURE) and IMPURE.search(line):
                wrong.append(f"{path}:{number}: the pure core includes {line.split()[-1]}")
            if path.startswith("daemon/cli/") and "std::cout" in line:
                continue
            for pattern, instead in BANNED.items():
                if re.search(pattern, line):
                    wrong.append(f"{path}:{number}: {pattern.strip(chr(92) + 'b')}: {instead}")
    return wrong


PLANTED = {
    "router/model/ids.hpp": '#include "router/engine/engine.hpp"\n',
    "router/engine/engine.cpp": "#include <boost/asio/io_context.hpp>\n",
    "router/rules/rules.hpp": '#include "router/engine/event.hpp"\n',
    "channels/chat/chat.cpp": '#include "channels/walkin/walkin.hpp"\n',
    "router/site/site.cpp": "// TO" + "DO later\n",
    "router/site/frames.cpp": "\n" * 400,
}


def control(root):
    survived = 0
    for path, text in PLANTED.items():
        with tempfile.TemporaryDirectory() as copy:
            for top in ("router", "channels", "daemon", "config", "tests/tidy"):
                shutil.copytree(os.path.join(root, top), os.path.join(copy, top), ignore=shutil.ignore_patterns("node_modules"))
            with open(os.path.join(copy, path), "a", encoding="utf-8") as file:
                file.write(text)
            seen = any(path in w for w in check(copy))
            print(("caught" if seen else "SURVIVED"), path)
            survived += not seen
    return survived


if __name__ == "__main__":
    root = os.path.abspath(sys.argv[1])
    if "--control" in sys.argv:
        sys.exit(control(root))
    found = check(root)
    print("\n".join(found))
    sys.exit(1 if found else 0)
