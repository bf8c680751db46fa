"""A redis-server seen from outside: commands, pipelines, and a recording of what a daemon sends it."""
import re, socket, threading


class Resp:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    @staticmethod
    def packed(words):
        out = [b"*%d\r\n" % len(words)]
        for word in words:
            word = word if isinstance(word, bytes) else str(word).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(word), word))
        return b"".join(out)

    def reply(self):
        line = self.input.readline()
        kind, rest = line[:1], line[1:-2]
        if kind in (b"+", b":"):
            return rest if kind == b"+" else int(rest)
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self.input.read(size + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        raise RuntimeError(line.decode(errors="replace") or "redis-server went away")

    def __call__(self, *words):
        self.socket.sendall(self.packed(words))
        return self.reply()

    def many(self, commands, at_once=500):
        answers = []
        for begin in range(0, len(commands), at_once):
            part = commands[begin:begin + at_once]
            self.socket.sendall(b"".join(self.packed(c) for c in part))
            answers += [self.reply() for _ in part]
        return answers

    def keys(self, pattern):
        cursor, found = b"0", []
        while True:
            cursor, page = self("SCAN", cursor, "MATCH", pattern, "COUNT", 5000)
            found += page
            if cursor == b"0":
                return found


ESCAPE = re.compile(rb'\\(x[0-9a-f]{2}|.)')
SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}
WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def words_of(line):
    """The words of a line of MONITOR."""
    def plain(match):
        code = match.group(1)
        return bytes([int(code[1:], 16)]) if len(code) == 3 else SHORT.get(code, code)
    return [ESCAPE.sub(plain, word) for word in WORD.findall(line, line.index(b"]"))]


class Recording:
    """MONITOR while a daemon works; afterwards its commits, each as the one write it was."""

    def __init__(self, path):
        self.redis, self.lines = Resp(path), []
        self.redis.input.close()
        self.redis.socket.sendall(b"*1\r\n$7\r\nMONITOR\r\n")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        try:
            while data := self.redis.socket.recv(1 << 20):
                self.lines.append(data)
        except OSError:
            pass

    def commits(self):
        """[(commands, contacts)] of those that append a customer's line."""
        self.redis.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.redis.socket.close()
        found, commit = [], None
        for line in b"".join(self.lines).split(b"\r\n"):
            if b'] "' not in line:
                continue
            words = words_of(line)
            name = words[0].upper()
            if name == b"MULTI":
                commit = []
            elif name == b"EXEC" and commit:
                found.append(commit)
                commit = None
            elif commit is not None and b"]" in line:
                commit.append(words)
        with_lines = []
        for commit in found:
            posts = sum(c[0].upper() == b"RPUSH" and c[1].endswith(b":messages") for c in commit)
            if posts:
                with_lines.append((commit, posts))
        return with_lines


def write_records(path, commits):
    """For bench_replay and bench_chat: each commit as the daemon writes it, with what it asks behind EXEC."""
    leader = b"fd:{main}:leader"
    after = [[b"WATCH", leader], [b"HMGET", leader, b"router", b"epoch", b"batch", b"seq"]]
    with open(path, "wb") as file:
        for commit, posts in commits:
            commands = [[b"MULTI"], *commit, [b"EXEC"], *after]
            data = b"".join(Resp.packed(c) for c in commands)
            file.write(b"%d %d %d\n" % (len(data), len(commands), posts) + data)
