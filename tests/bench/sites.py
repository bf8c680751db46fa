"""The real daemon with the bench's own configuration, and a redis-server as durable as the daemon's for denominators."""
import http.client, json, os, resource, shutil, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e/support"))
from running_site import Site, wait_for
from resp import Resp

SAME = ("appendonly", "appendfsync", "no-appendfsync-on-rewrite", "auto-aof-rewrite-percentage",
        "auto-aof-rewrite-min-size", "maxmemory", "maxmemory-policy", "save")


def file_system(path):
    best = ("", "?")
    for line in open("/proc/mounts"):
        _, point, kind, *_ = line.split()
        if (path + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def on_disk():
    """Temporary files lie on a disk, or nothing here means anything."""
    for folder in (tempfile.gettempdir(), "/var/tmp", os.getcwd()):
        kind = file_system(os.path.realpath(folder))
        if kind not in ("tmpfs", "ramfs"):
            tempfile.tempdir = folder
            return kind
    sys.exit("bench: no folder on a disk; set TMPDIR to one")


def open_files(wanted):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = hard if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


class BenchSite(Site):
    """`agents`: how many a0, a1 … there are, all of them in the team `online`."""

    def __init__(self, daemon, agents=0, ipc=False, env=None):
        def change(text, site):
            return text.replace("endpoint: inproc  ", f"endpoint: ipc:{site.dir}/bus.ipc  ", 1) if ipc else text
        super().__init__(daemon, agents=(("1024", "陈静", ("complaints",)),), change=change, env=env)
        shutil.copytree(os.path.join(HERE, "conf.d"), f"{self.dir}/conf.d")
        if agents:
            self.add_agents(agents)

    def add_agents(self, count):
        # nobody signs in here: they come over the bus, so one hash (90 ms each) serves for all
        path = f"{self.dir}/agents.yaml"
        text = open(path, encoding="utf-8").read()
        password = text[text.index("password: ") + 10:].splitlines()[0]
        with open(path, "a", encoding="utf-8") as file:
            for i in range(count):
                file.write(f'  - id: "a{i}"\n    staff_no: "{5000 + i}"\n    name: {{zh: "客服{i}"}}\n    role: agent\n    teams:\n'
                           f'      - {{queue: "online", rank: 1, delay: 0s}}\n    skills: {{}}\n    capacity: 100\n'
                           f'    channels: []\n    password: {password}\n    disabled: false\n')

    @property
    def endpoint(self):
        return f"ipc://{self.dir}/bus.ipc"

    def resp(self):
        return Resp(f"{self.dir}/run/redis.sock")

    def start_timed(self):
        """ms from the fork to 200 of /readyz."""
        began = time.monotonic()
        self.start(ready=False)
        while True:
            try:
                asked = http.client.HTTPConnection("127.0.0.1", self.internal, timeout=5)
                asked.request("GET", "/readyz")
                if asked.getresponse().status == 200:
                    return (time.monotonic() - began) * 1000
            except OSError:
                pass
            finally:
                asked.close()
            if self.process.poll() is not None or time.monotonic() - began > 120:
                sys.exit("bench: the daemon does not start: " + self.log()[-2000:])
            time.sleep(0.001)

    def rss_kib(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError("no VmRSS")

    def settled_rss_kib(self, seconds=15):
        """Once it moves less than half a percent in a second."""
        end, last = time.monotonic() + seconds, self.rss_kib()
        while time.monotonic() < end:
            time.sleep(1)
            now = self.rss_kib()
            if abs(now - last) * 200 < now:
                return now
            last = now
        return last

    def rewrite_aof(self):
        """Returns when it is done; when it began and ended, in seconds of the monotonic clock."""
        with self.resp() as redis:
            began = time.monotonic()
            redis("BGREWRITEAOF")
            while any(said in redis("INFO", "persistence") for said in (b"aof_rewrite_in_progress:1", b"aof_rewrite_scheduled:1")):
                time.sleep(0.01)
            return began, time.monotonic()

    def batch(self):
        return int(self.redis("HGET", "fd:{main}:leader", "batch") or 0)


class RawRedis:
    """Nobody's but the bench's; configured as the daemon's own is."""

    def __init__(self, site):
        with site.resp() as redis:
            settings = {name: redis("CONFIG", "GET", name)[1].decode() for name in SAME}
        if settings["appendfsync"] != "always" or settings["appendonly"] != "yes":
            sys.exit("bench: the daemon's Redis does not fsync always")
        self.dir = tempfile.mkdtemp(prefix="fdb")
        self.path = f"{self.dir}/r.sock"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", self.dir,
             *[word for name, value in settings.items() for word in ("--" + name, value)]], stdout=subprocess.DEVNULL)
        wait_for("the bench's redis-server answers", lambda: os.path.exists(self.path))

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Rewrites:
    """While it is entered: rewrites of a site's AOF, one after another, with a rest between two as long as the last took."""

    def __init__(self, site):
        self.site, self.spans, self.over = site, [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def run(self):
        while not self.over.is_set():
            began, ended = self.site.rewrite_aof()
            self.spans.append((began, ended))
            self.over.wait(ended - began)

    def meet(self, begin, end):
        return any(begin < ended and end > began for began, ended in self.spans)


class Programs:
    """bench_* of a build, each saying its figures as JSON lines."""

    def __init__(self, build):
        self.folder = os.path.join(build, "tests/bench")

    def command(self, name, *args):
        return [os.path.join(self.folder, name), *map(str, args)]

    def __call__(self, name, *args, timeout=600):
        done = subprocess.run(self.command(name, *args), capture_output=True, text=True, timeout=timeout)
        if done.returncode != 0:
            sys.exit(f"bench: {name}: {done.stderr.strip()[-2000:]}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
