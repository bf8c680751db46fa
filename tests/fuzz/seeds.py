"""Makes the seeds of the fuzz targets: seeds.py ROOT OUT writes OUT/bus and OUT/redis.

bus: the golden messages. The target reads a byte that says where the header ends, in 256ths of what follows; blanks at
the header's end make that place exact. redis: the examples of docs/redis.md as the server would answer them (a hash as
the array of HGETALL, an entry or a value as a bulk text), the leader as HMGET says it, and the outcomes of an EXEC.
"""
import os, re, shlex, sys


def bus(root):
    folder = os.path.join(root, "tests/golden/bus")
    for name in sorted(os.listdir(folder)):
        header, payload = open(os.path.join(folder, name), "rb").read().split(b"\n", 1)
        payload = payload.rstrip(b"\n")
        for blanks in range(64):
            head = header + b" " * blanks
            whole = len(head) + len(payload)
            exact = [b for b in range(256) if whole * b // 256 == len(head)]
            if exact:
                yield name[: -len(".txt")], bytes([exact[0]]) + head + payload
                break


def bulk(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return b"$%d\r\n%s\r\n" % (len(raw), raw)


def array(parts):
    parts = list(parts)
    return b"*%d\r\n" % len(parts) + b"".join(parts)


def redis(root):
    text = open(os.path.join(root, "docs/redis.md"), encoding="utf-8").read()
    examples = [shlex.split(line) for block in re.findall(r"```redis\n(.*?)```", text, re.S) for line in block.splitlines() if line]
    for n, words in enumerate(examples):
        verb, key = words[0], re.sub(r"[^a-z]+", "-", words[1].replace("fd:{main}:", ""))
        if verb == "HSET" and words[1].endswith(":leader"):
            fields = dict(zip(words[2::2], words[3::2]))
            yield f"{n}-{key}", array(bulk(fields.get(f, "0")) for f in ("router", "epoch", "batch", "seq"))
        elif verb == "HSET":
            yield f"{n}-{key}", array(bulk(w) for w in words[2:])
        elif verb in ("RPUSH", "LPUSH", "SET", "SADD"):
            yield f"{n}-{key}", array(bulk(w) for w in words[2:])
        elif verb == "XADD":
            yield f"{n}-{key}", array([array([bulk(words[2]), array(bulk(w) for w in words[3:])])])
    begun = b"+OK\r\n+QUEUED\r\n"
    yield "exec-done", begun + array([b":1\r\n"])
    yield "exec-nil", begun + b"*-1\r\n"
    yield "exec-aborted", b"+OK\r\n-OOM command not allowed\r\n-EXECABORT Transaction discarded because of: OOM\r\n"
    yield "exec-failed", begun + array([b":1\r\n", b"-WRONGTYPE Operation against a key\r\n"])
    yield "loading", b"-LOADING Redis is loading\r\n" * 3
    yield "nobody-leads", array([b"$-1\r\n"] * 4)


if __name__ == "__main__":
    root, out = sys.argv[1:]
    for codec in (bus, redis):
        folder = os.path.join(out, codec.__name__)
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
        for name, seed in codec(root):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(seed)
    open(os.path.join(out, "made"), "w").close()
