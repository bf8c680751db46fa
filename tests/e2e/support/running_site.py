"""A real frontdeskd on loopback: its own directories and ports, the sample configuration, a few agents."""
import json, os, re, secrets, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
PASSWORD = "correct horse"
AGENTS = (("1024", "陈静", ("online", "complaints", "vip", "counter:2")), ("1031", "赵敏", ("complaints",)))


def wait_for(what, test, seconds=30):
    """Polls until test() is true; its value."""
    end = time.monotonic() + seconds
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def request(url, body=None, headers=None, timeout=30):
    """(status, headers, JSON or text)."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        answer = urllib.request.urlopen(asked, timeout=timeout)
    except urllib.error.HTTPError as e:
        answer = e
    text = answer.read()
    try:
        return answer.status, dict(answer.headers), json.loads(text or b"{}")
    except ValueError:
        return answer.status, dict(answer.headers), text.decode(errors="replace")


class Redis:
    """A redis-server of the test's own, as durable as ours, on TCP loopback."""

    def __init__(self, port=None):
        self.dir, self.port = tempfile.mkdtemp(prefix="fdr"), port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.dir, "--appendonly", "yes",
             "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction", "--enable-debug-command", "local"],
            stdout=subprocess.DEVNULL)
        wait_for("the test's redis-server answers", lambda: self("PING") == "PONG")

    def __call__(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True).stdout.strip()

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Site:
    def __init__(self, daemon, redis=None, agents=AGENTS, change=None, env=None, flags=()):
        """`change` gets the configuration's text and the site, and returns it changed; `env` is added to the daemon's; `redis` is a Redis."""
        self.daemon, self.env, self.flags, self.process = os.path.abspath(daemon), dict(env or {}), list(flags), None
        # the command is the daemon's own link; a test's daemon has none beside it
        beside = os.path.join(os.path.dirname(self.daemon), "frontdesk")
        self.command = beside if os.path.exists(beside) else os.environ["FD_TEST_COMMAND"]
        self.dir = tempfile.mkdtemp(prefix="fdw")
        os.chmod(self.dir, 0o700)
        self.public, self.internal = free_port(), free_port()
        shutil.copytree(os.path.join(SOURCE, "config/rules.d"), f"{self.dir}/rules.d")
        text = open(os.path.join(SOURCE, "config/frontdesk.yaml"), encoding="utf-8").read()
        for old, new in ((8080, self.public), (8081, self.internal)):
            text = re.sub(rf"127\.0\.0\.1:{old}\b(?=\s*(#|$))", f"127.0.0.1:{new}", text, count=1, flags=re.M)
        if redis:
            text = re.sub(r"^    redis: managed", f"    redis: redis://{redis.address}", text, count=1, flags=re.M)
        self.tokens = {name: secrets.token_urlsafe(32) for name in ("kiosk-1", "display-1")}
        for name, token in self.tokens.items():
            text = text.replace(f"    {name}: {{}}", f"    {name}: {{token: {{file: {name}.token}}}}", 1)
            with open(os.open(f"{self.dir}/{name}.token", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(token)
        text = change(text, self) if change else text
        open(f"{self.dir}/frontdesk.yaml", "w", encoding="utf-8").write(text)
        open(f"{self.dir}/pw", "w").write(PASSWORD + "\n")
        for no, name, teams in agents:
            added = self.cli("agent", "add", f"a{no}", "--staff-no", no, "--name", name, "--role", "supervisor",
                             "--password-file", f"{self.dir}/pw", "--agents-file", f"{self.dir}/agents.yaml",
                             *[x for t in teams for x in ("--team", t)])
            assert added.returncode == 0, added.stderr

    def cli(self, *args):
        return subprocess.run([self.command, "--socket", f"{self.dir}/run/control.sock", *args], capture_output=True, text=True)

    def redis(self, *words):
        """Against the managed Redis."""
        return subprocess.run(["redis-cli", "-s", f"{self.dir}/run/redis.sock", *words], capture_output=True,
                              text=True).stdout.strip()

    def log(self):
        return open(f"{self.dir}/log").read()

    def start(self, ready=True):
        env = {**os.environ, **self.env}
        with open(f"{self.dir}/log", "a") as log:
            self.process = subprocess.Popen([self.daemon, "--config", f"{self.dir}/frontdesk.yaml", "--state",
                                             f"{self.dir}/state", "--run", f"{self.dir}/run", *self.flags], stderr=log, env=env)
        if ready:
            self.wait_ready()

    def wait_ready(self):
        def is_ready():
            if self.process.poll() is not None:
                sys.exit("the daemon ended: " + self.log())
            return self.ready()[0] == 200
        try:
            wait_for("the daemon is ready", is_ready, 60)
        except AssertionError:
            sys.exit("never ready: " + self.log())

    def ready(self):
        try:
            return request(f"http://127.0.0.1:{self.internal}/readyz", timeout=5)[::2]
        except OSError:
            return 0, ""

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def left(self):
        """Processes that name our directories: the managed Redis, and what it forked."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                command = open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if self.dir in command and int(pid) != os.getpid():
                found.append((int(pid), command.strip()))
        return found

    def close(self):
        """Nothing of the site outlives it, however it ended."""
        if self.process and self.process.poll() is None:
            self.kill()
        try:
            wait_for("the site's processes have ended", lambda: not self.left(), 20)
        except AssertionError:
            left = self.left()
            for pid, _ in left:
                os.kill(pid, signal.SIGKILL)
            sys.exit(f"FAILED: outlived the daemon: {left}")
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def device(self, name):
        """The header a kiosk or display brings."""
        return {"X-Frontdesk-Device": self.tokens[name]}
