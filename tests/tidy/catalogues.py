"""Every key of a catalogue of words in both languages."""
import os, re

HAN = re.compile(r"[\u3400-\u9fff]")


def keys_of_ts(text):
    """Paths of the keys of the object literals: heading, login.heading, ...; of several objects, with their names."""
    code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*|^import[^\n]*|^export (type|interface)[^\n]*", "", text, flags=re.S | re.M)
    named = re.compile(r"^(?:export )?const (\w+)(?:: [\w.\"\[\]]+)? =", re.M)
    code = named.sub(r"\1:" if len(named.findall(code)) > 1 else "", code)
    path, keys = [], set()
    token = re.compile(r'"(?:\\.|[^"\\])*"(?P<quoted>\s*:)?|`[^`]*`|(?P<key>[A-Za-z_$][\w$]*)\s*:(?!:)|(?P<open>\{)|(?P<close>\})')
    pending = ""
    for match in token.finditer(code):
        if match.group("key") or match.group("quoted"):
            pending = match.group("key") or match.group()[1:].split('"')[0]
            keys.add(".".join(filter(None, [*path, pending])))
        elif match.group("open"):
            path.append(pending)
            pending = ""
        elif match.group("close") and path:
            path.pop()
    return keys


def keys_of_cpp(text):
    return set(re.findall(r"^\s*\.(\w+) =", text, re.M))


def pairs(root, sources):
    """(zh file, en file, keys of each)"""
    for path in sources:
        for zh, en, keys in ((".zh-CN.ts", ".en.ts", keys_of_ts), (".zh-CN.json", ".en.json", keys_of_ts),
                             (".zh.cpp", ".en.cpp", keys_of_cpp)):
            name = os.path.basename(path)
            for mine, other in ((zh, en), (en, zh)):
                if name.startswith("words.") and name.endswith(mine):
                    twin = path[: -len(mine)] + other
                    there = os.path.join(root, twin)
                    yield path, twin, keys, there if os.path.exists(there) else None


def missing(root, sources):
    read = lambda path: open(os.path.join(root, path), encoding="utf-8").read()
    for path, twin, keys, there in pairs(root, sources):
        if not there:
            yield f"{path}:1: its other language {twin} is not there"
            continue
        for key in sorted(keys(read(path)) - keys(read(twin))):
            yield f"{twin}:1: {key} is missing, {path} has it"
    yield from of_configuration(read("config/messages.cpp"), read("config/report.hpp"))


def of_configuration(messages, report):
    """Each error of the configuration: its code, then what and how in English and Chinese."""
    codes = re.search(r"enum class Code[^{]*\{(.*?)\};", report, re.S).group(1)
    named = re.findall(r"^\s*(\w+)\s*(?:=[^,]*)?,?\s*(?://.*)?$", re.sub(r"//[^\n]*", "", codes).replace(",", ",\n"), re.M)
    rows = dict(re.findall(r"\{Code::(\w+),(.*?)\}(?=,\n\s*(?:\{Code|\}))", messages, re.S))
    for code in named:
        texts = re.findall(r'"((?:\\.|[^"\\])*)"', re.sub(r'"\s*\n\s*"', "", rows.get(code, "")))
        languages = [bool(HAN.search(t)) for t in texts]
        same = len(texts) == 4 and texts[2] == texts[3]  # a command to type reads alike in both
        if languages != [False, True, False, True] and not (same and languages[:2] == [False, True]):
            yield f"config/messages.cpp:1: {code} is not said in English and Chinese, what and how"
