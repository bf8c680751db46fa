"""What tidy.py asks of a source text: without comments and literals, its functions, its expressions."""
import re

# raw strings, strings, characters, line comments, block comments; digit separators are no characters
LITERAL = re.compile(
    r'R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.S)


def bare(text):
    """The text with comments and literals blanked, lines kept."""
    return LITERAL.sub(lambda m: '"' + re.sub(r"[^\n]", " ", m.group()[2:]) + '"' if m.group()[0] in "\"'R"
                       else re.sub(r"[^\n]", " ", m.group()), text)


def functions(text):
    """(first line, last line, name) of each function, and of each lambda that stands in no function."""
    code = re.sub(r"^[ \t]*#[^\n]*(?:\\\n[^\n]*)*", lambda m: re.sub(r"[^\n]", " ", m.group()), bare(text), flags=re.M)
    found, stack, head, line = [], [], 0, 1
    for at, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            intro = code[head:at]
            stack.append((kind(intro) if "function" not in [k for k, _, _ in stack] else "inner",
                          line - intro.lstrip().count("\n"), " ".join(intro.split())[-60:]))
            head = at + 1
        elif char == "}" and stack:
            what, began, intro = stack.pop()
            if what == "function":
                found.append((began, line, intro))
            head = at + 1
        elif char == ";":
            head = at + 1
    return found


def kind(intro):
    """What the brace after this text opens: scope (namespace, class), function, or a value."""
    words = re.sub(r"^\s*(public|private|protected):", "", intro).strip()
    words = re.sub(r"^template\s*<[^{}]*?>\s*(?=class|struct|\w)", "", words)
    if re.match(r"(inline )?namespace\b|extern \"", words) or words == "":
        return "scope"
    if re.match(r"(typedef )?(enum|class|struct|union)\b", words) and not re.search(r"\)\s*(const)?\s*$", words):
        return "scope"
    lambda_head = re.search(r"\[[^\[\]]*\]\s*(\([^{}]*\)\s*(mutable|noexcept|->[^{}]*)*)?$", words)
    if lambda_head or (")" in words and "=" not in re.sub(r"operator\s*\S+|[=!<>]=|\([^()]*\)", "", words)):
        return "function"
    return "value"


def awaits(text):
    """(line, expression) of each co_await, up to the end of its statement or of the bracket it stands in."""
    code = bare(text)
    for match in re.finditer(r"\bco_await\b", code):
        depth, end = 0, match.end()
        while end < len(code):
            if code[end] in "([{":
                depth += 1
            elif code[end] in ")]}":
                depth -= 1
            if depth < 0 or (depth == 0 and code[end] == ";"):
                break
            end += 1
        yield code.count("\n", 0, match.start()) + 1, code[match.start():end]


def prose(text):
    """(line, what) of each log line that is not `event=NAME key=value ...`."""
    code, structured = bare(text), re.compile(r'"event=[\w.{}]+("| \w+=)')
    for match in re.finditer(r"\bspdlog::(trace|debug|info|warn|error|critical)\(\s*", code):
        if not structured.match(text, match.end()):
            yield code.count("\n", 0, match.start()) + 1, "a log line is event=NAME key=value ..."


def traps(text):
    """(line, what) of what g++ 12 compiles wrongly in coroutines."""
    code = bare(text)
    for match in re.finditer(r"(&&|\|\|)\s*[!(]*\s*co_await\b", code):
        yield code.count("\n", 0, match.start()) + 1, f"co_await behind {match.group(1)}: await first, then decide"
    for line, expression in awaits(text):
        # a duration owns nothing; everything else named in braces is destroyed twice when the coroutine suspends
        rest = re.sub(r"\b(Duration|(milli)?seconds|minutes)\{[^{}]*\}", "", expression)
        if re.search(r"(?<=[(,\s])\[[^\]]+\]\s*[({]", rest):
            yield line, "a capturing lambda in a co_await expression: name it first"
        elif "{" in rest:
            yield line, "a braced temporary in a co_await expression: name it first"
