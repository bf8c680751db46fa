#!/usr/bin/python3
"""The source is tested too: includes and imports point down, the core knows no socket and no clock, files and functions
are short, every word is there in both languages, and what g++ 12 compiles wrongly is not written.

tidy.py ROOT checks a tree; tidy.py ROOT --control shows that each rule can fail, on a copy with one fault planted.
"""
import os, re, shutil, sys, tempfile

import catalogues, source

PRODUCT = ("router", "channels", "daemon", "config")
TREES = (*PRODUCT, "tests")
FILE_MAX, FUNCTION_MAX = 400, 70
PURE = ("router/model", "router/calendar", "router/rules", "router/engine")
IMPURE = re.compile(r'#include\s*[<"](boost/asio|hiredis|zmq|yaml-cpp|spdlog|sys/|netinet/|arpa/|unistd|poll\.h|ctime|time\.h'
                    r'|random>|thread|mutex|fstream)|\b(steady_clock|system_clock|high_resolution_clock)::now|\bclock_gettime\b'
                    r'|\brandom_device\b')
BANNED = {
    r"\bsystem_clock::now": "take an Instant from the caller (Clock is a port)",
    r"\bsleep_for\b": "wait for a condition or a timer",
    r"\bsystem\(\"": "no shell",
    r"asio::detached": "spawn with a handler that sees what it threw",
    r"\bstd::cout\b": "data go through Streams (daemon/cli)",
    r"\b(TODO|FIXME)\b": "do it, or leave it out",
}
IMPORT = re.compile(r'(?:^(?:import|export|\}).*?\bfrom |^@?import |\bimport\()"([^"]+)"')
PACKAGES = {module: ("preact", "preact/hooks") for module in ("channels/walkin", "daemon/desk")}
LIMITED = (".cpp", ".hpp", ".ts", ".tsx", ".mjs", ".py", ".css", ".cmake")


def sources(root):
    for top in TREES:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = [name for name in folders if name not in ("node_modules", "screens", "__pycache__")]
            for name in sorted(files):
                if name.endswith(LIMITED) or name.startswith("words."):
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


def forbidden(module, other, table):
    return other != module and not {"*", other} & set(table.get(module, []))


def check_imports(path, lines, table):
    """The pages have the levels of the C++ they stand beside; of others they know Preact, and the widget nothing."""
    module = module_of(path, table)
    for number, line in enumerate(lines, 1):
        for name in IMPORT.findall(line):
            if name.startswith("."):
                other = module_of(os.path.normpath(os.path.join(os.path.dirname(path), name)), table)
                if forbidden(module, other, table):
                    yield f"{path}:{number}: {module} may not import {other or name} (tests/tidy/levels.txt)"
            elif name not in PACKAGES.get(module, ()) and not name.endswith(".css"):
                yield f"{path}:{number}: {module} may not import {name}: no such package"


def check_lines(path, lines, table):
    module = module_of(path, table)
    for number, line in enumerate(lines, 1):
        include = re.match(r'#include "([^"]+)"', line)
        if include:
            other = module_of(include.group(1), table)
            if forbidden(module, other, table):
                yield f"{path}:{number}: {module} may not include {other} (tests/tidy/levels.txt)"
        if module.startswith(PURE) and IMPURE.search(line):
            yield f"{path}:{number}: not in the pure core: {line.strip()}"
        for pattern, instead in BANNED.items():
            if re.search(pattern, line) and not (path.startswith("daemon/cli/") and "cout" in pattern):
                yield f"{path}:{number}: {pattern.strip(chr(92) + 'b')}: {instead}"


def check(root, only=None):
    table, wrong, paths = levels(root), [], only or list(sources(root))
    for path in paths:
        text = open(os.path.join(root, path), encoding="utf-8").read()
        lines = text.splitlines()
        if len(lines) > FILE_MAX:
            wrong.append(f"{path}:{FILE_MAX + 1}: {len(lines)} lines; a file has one purpose and at most {FILE_MAX}")
        if path.startswith(PRODUCT) and path.endswith((".ts", ".tsx", ".css")):
            wrong.extend(check_imports(path, lines, table))
        if not path.endswith((".cpp", ".hpp")):
            continue
        if path.startswith(PRODUCT):
            wrong.extend(check_lines(path, lines, table))
            wrong.extend(f"{path}:{number}: {what}" for number, what in source.prose(text))
        for began, ended, name in source.functions(text):
            if ended - began + 1 > FUNCTION_MAX:
                wrong.append(f"{path}:{began}: {ended - began + 1} lines; a function has at most {FUNCTION_MAX}: …{name}")
        wrong.extend(f"{path}:{number}: {what}" for number, what in source.traps(text))
    wrong.extend(catalogues.missing(root, paths))
    return wrong


LONG = "".join(f"  x += {n};\n" for n in range(FUNCTION_MAX))
PLANTED = [  # (file, what is appended, or (old, new), what must be said)
    ("router/model/ids.hpp", '#include "router/engine/engine.hpp"\n', "may not include"),
    ("router/engine/engine.cpp", "#include <boost/asio/io_context.hpp>\n", "not in the pure core"),
    ("router/rules/rules.hpp", '#include "router/engine/event.hpp"\n', "may not include"),
    ("channels/chat/chat.cpp", '#include "channels/walkin/walkin.hpp"\n', "may not include"),
    ("channels/http/browser/tabs.ts", 'import { Words } from "../../chat/widget/settings";\n', "may not import"),
    ("channels/chat/widget/look.ts", 'import {\n  State,\n} from "../../walkin/pages/kiosk";\n', "may not import"),
    ("channels/walkin/pages/kiosk.ts", 'export * from "../../../daemon/desk/pages/state";\n', "may not import"),
    ("daemon/desk/pages/talk/items.ts", 'import "../../../../channels/walkin/pages/rest";\n', "may not import"),
    ("daemon/desk/pages/select.ts", 'export type A = import("../../../tests/unit/pages/files").A;\n', "may not import"),
    ("daemon/desk/pages/desk.css", '@import "../../../channels/walkin/pages/base.css";\n', "may not import"),
    ("channels/chat/widget/view.ts", 'import { h } from "preact";\n', "no such package"),
    ("daemon/desk/pages/list.tsx", 'import { signal } from "@preact/signals";\n', "no such package"),
    ("router/site/site.cpp", "// TO" + "DO later\n", "leave it out"),
    ("router/site/frames.cpp", "\n" * 400, "lines; a file"),
    ("tests/unit/rules/build.hpp", "\n" * 400, "lines; a file"),
    ("daemon/desk/pages/talk.ts", "\n" * 400, "lines; a file"),
    ("tests/e2e/desk/page.mjs", "\n" * 400, "lines; a file"),
    ("router/site/digest.cpp", "int f(int x) {\n" + LONG + "  return x;\n}\n", "lines; a function"),
    ("router/site/digest.cpp", "namespace a {\nclass B {\n public:\n  void f(int x) const {\n" + LONG + "  }\n};\n}\n",
     "lines; a function"),
    ("router/site/digest.cpp", "const auto f = [](int x) {\n" + LONG + "};\n", "lines; a function"),
    ("tests/unit/rules/text_test.cpp", "TEST(A, B) {\n  int x = 0;\n" + LONG + "}\n", "lines; a function"),
    ("router/engine/timers.cpp", "const auto now = std::chrono::steady_clock::now();\n", "not in the pure core"),
    ("router/rules/text.cpp", "#include <ctime>\n", "not in the pure core"),
    ("router/engine/offer.cpp", "#include <sys/socket.h>\n", "not in the pure core"),
    ("router/engine/offer.cpp", "std::random_device chance;\n", "not in the pure core"),
    ("router/site/digest.cpp", "asio::awaitable<void> f() {\n  if (a && co_await b()) c();\n}\n", "co_await behind &&"),
    ("router/site/digest.cpp", "asio::awaitable<void> f() {\n  const bool x = a ||\n      !co_await b();\n}\n",
     "co_await behind ||"),
    ("router/site/digest.cpp", "asio::awaitable<void> f() {\n  co_await g(Request{1,\n      2}, x);\n}\n", "a braced temporary"),
    ("router/site/digest.cpp", "asio::awaitable<void> f() {\n  co_await g([&] { return 1; });\n}\n", "a capturing lambda"),
    ("router/bus/zmq/edge.cpp", 'void f() { spdlog::warn("edge {} lost", 1); }\n', "a log line is"),
    ("daemon/wiring.cpp", 'void f() {\n  spdlog::error(\n      "a long line {}",\n      1);\n}\n', "a log line is"),
    ("daemon/wiring.cpp", 'void f() { spdlog::error("event=store {}", 1); }\n', "a log line is"),
    ("channels/chat/chat.cpp", "void f(const char* what) { spdlog::info(what); }\n", "a log line is"),
    ("daemon/desk/pages/words.en.ts", ('  close: "Close",\n', ""), "close is missing"),
    ("channels/chat/widget/words.zh-CN.json", ('  "launcher":', '  "launched":'), "launcher is missing"),
    ("daemon/cli/words.zh.cpp", ("  .verb_status =", "  // .verb_status ="), "verb_status is missing"),
    ("config/messages.cpp", ('"无法读取文件：{0}"', '"cannot read: {0}"'), "unreadable is not said"),
    ("config/messages.cpp", ("{Code::tab,", "{Code::taboo,"), "tab is not said"),
]
CLEAN = (  # what the rules must not take for a fault
    "namespace x {\n" + "// a line\n" * 80 + "struct Y {\n" + "  int z;\n" * 80 + "};\n"
    + "constexpr std::array t{\n" + '    field<A, &B::c>("d", true),\n' * 80 + "};\n"
    + 'void g() {\n  spdlog::info("event=x.y");\n  spdlog::warn(\n      "event=x a={} "\n      "b={}", 1, 2);\n'
    + '  // spdlog::info("prose");\n}\n'
    + "asio::awaitable<void> f() {\n  // co_await a && co_await b\n  co_await pause(Duration{20});\n"
    + "  co_await (a() || b());\n  auto it = co_await at(x[i]);\n  if (!co_await g() && !h) co_return;\n}\n}\n")


def control(root):
    survived = 0
    with tempfile.TemporaryDirectory() as copy:
        for top in TREES:
            shutil.copytree(os.path.join(root, top), os.path.join(copy, top),
                            ignore=shutil.ignore_patterns("node_modules", "screens", "__pycache__"))
        before = set(check(copy))
        words = [path for path in sources(copy) if os.path.basename(path).startswith("words.")]
        for path, fault, said in PLANTED:
            whole = os.path.join(copy, path)
            text = open(whole, encoding="utf-8").read()
            planted = text + fault if isinstance(fault, str) else text.replace(*fault, 1)
            open(whole, "w", encoding="utf-8").write(planted)
            seen = planted != text and any(said in wrong for wrong in set(check(copy, [path, *words])) - before)
            open(whole, "w", encoding="utf-8").write(text)
            print("caught  " if seen else "SURVIVED", path, said)
            survived += not seen
        clean = "router/site/digest.cpp"
        open(os.path.join(copy, clean), "a", encoding="utf-8").write(CLEAN)
        false = set(check(copy, [clean])) - before
        print("\n".join(["FALSE ALARM", *sorted(false)]) if false else "silent   on what is allowed")
    return survived + len(false)


if __name__ == "__main__":
    tree = os.path.abspath(sys.argv[1])
    if "--control" in sys.argv:
        sys.exit(1 if control(tree) else 0)
    found = check(tree)
    print("\n".join(found))
    sys.exit(1 if found else 0)
