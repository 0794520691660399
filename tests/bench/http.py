"""Requests a second over HTTP: the API and the Kakao skill beside a bare FastAPI route, in the same run."""

import itertools
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import table
from tests.bench.data import ROOT
from tests.bench.roster import Roster
from tests.bench.system import say
from tests.bench.throughput import asked

CONNECTIONS = 32
_REPEATED = 200
"""Different questions in the run that repeats them: what most people ask is what others asked before."""
_SECRET = "bench-0123456789-bench"
Request = tuple[str, dict[str, str], str]


@dataclass(frozen=True)
class Figures:
    """One way of asking: requests a second, milliseconds, and the share of a core that the load took."""

    what: str
    questions: str
    requests: int
    a_second: float
    p50: float
    p99: float
    cpu: float
    """Milliseconds of processor time that the server took for a request: what a busy machine does not change much."""
    load: float
    failed: int


def measure(roster: Roster, questions: Path, quick: bool) -> list[Figures]:
    """Measure bare, API and Kakao in turns, so that what else the machine does meets all of them alike."""
    texts = asked(questions)
    texts = texts[: 1_500 if quick else 6_000]
    if not texts:
        roster.failed("http: no questions")
        return []
    rounds = 3 if quick else 7
    again = list(itertools.islice(itertools.cycle(texts[:_REPEATED]), 4_000 if quick else 10_000))
    share = len(texts) // rounds
    found: list[Figures] = []
    try:
        with ExitStack() as stack:
            bare, api, kakao = (stack.enter_context(s) for s in (_bare(), _ours(roster), _ours(roster)))
            ways = [
                ("bare route", *bare, _bare_request),
                ("API", *api, _api_request),
                ("Kakao", *kakao, _kakao_request),
            ]
            numbers = itertools.count()
            for what, port, pid, make in ways:
                _loaded(port, pid, what, "warm-up", [make(t, next(numbers)) for t in _OTHER])
            for number in range(rounds):
                part = texts[number * share : (number + 1) * share]
                for what, port, pid, make in ways:
                    first = [make(t, next(numbers)) for t in part]
                    found.append(_loaded(port, pid, what, "never asked", first))
            for what, port, pid, make in ways:
                _loaded(port, pid, what, "warm-up", [make(t, next(numbers)) for t in texts[:_REPEATED]])
            for _ in range(rounds):
                for what, port, pid, make in ways:
                    found.append(_loaded(port, pid, what, "repeated", [make(t, next(numbers)) for t in again]))
    except (OSError, subprocess.SubprocessError, TimeoutError) as error:
        roster.failed(f"http: {error}")
    return found


_OTHER = [f"데우기 위한 물음 {i}번" for i in range(300)]


def _bare_request(text: str, number: int) -> Request:
    return "/ask", {}, json.dumps({"text": text})


def _api_request(text: str, number: int) -> Request:
    return "/api/v1/ask", {"X-Helpdesk-User": f"bench-{number:016d}"}, json.dumps({"text": text})


def _kakao_request(text: str, number: int) -> Request:
    body = {
        "intent": {"id": "b1", "name": "폴백 블록", "extra": {"reason": {"code": 1, "message": "OK"}}},
        "userRequest": {
            "timezone": "Asia/Seoul",
            "lang": "kr",
            "params": {"surface": "Kakaotalk.plusfriend"},
            "block": {"id": "b1", "name": "폴백 블록"},
            "utterance": text,
            "user": {"id": f"bench{number}", "type": "botUserKey", "properties": {"plusfriendUserKey": "p"}},
        },
        "contexts": [],
        "bot": {"id": "bot1", "name": "안내"},
        "action": {"id": "s1", "name": "답", "params": {}, "detailParams": {}, "clientExtra": None},
    }
    return f"/kakao/{_SECRET}", {}, json.dumps(body)


def _loaded(port: int, pid: int, what: str, questions: str, requests: Sequence[Request]) -> Figures:
    """Send requests from a process of its own and return the figures."""
    say(f"  http: {what}, {questions}: {len(requests):,}")
    lines = "\n".join(json.dumps(r) for r in requests)
    command = [sys.executable, "-m", "tests.bench.http_load", str(port), str(CONNECTIONS)]
    before = _cpu(pid)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, cwd=ROOT, timeout=180)
    figures = json.loads(done.stdout)
    cpu = 1000 * (_cpu(pid) - before) / figures["requests"]
    failed = sum(n for status, n in figures["statuses"].items() if status != "200")
    return Figures(
        what,
        questions,
        figures["requests"],
        figures["a_second"],
        figures["p50"],
        figures["p99"],
        cpu,
        figures["load"],
        failed,
    )


def _cpu(pid: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    port = _free_port()
    with _serving([sys.executable, "-m", "tests.bench.http_bare", str(port)], port, "/docs", {}) as pid:
        yield port, pid


@contextmanager
def _ours(roster: Roster) -> Iterator[tuple[int, int]]:
    """Serve as `helpdesk serve` does: access log, limits and a SQLite file included."""
    port = _free_port()
    helpdesk = shlex.split(roster.command)[0]
    with tempfile.TemporaryDirectory() as folder:
        more = {
            "HELPDESK_PORT": str(port),
            "HELPDESK_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "HELPDESK_KAKAO_SECRET": _SECRET,
            "HELPDESK_RATE": "100000",
            "TELEGRAM_BOT_TOKEN": "",
        }
        with _serving([helpdesk, "serve"], port, "/readyz", more) as pid:
            yield port, pid


@contextmanager
def _serving(command: list[str], port: int, path: str, more: dict[str, str]) -> Iterator[int]:
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, env={**os.environ, **more}, cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        _wait(f"http://127.0.0.1:{port}{path}", running)
        yield running.pid
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _wait(url: str, running: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if running.poll() is not None:
            raise OSError(f"the server ended with {running.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url}")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def show(found: Sequence[Figures]) -> None:
    """Print medians of the rounds, and ours as shares of the bare route's in the same round."""
    rows = []
    for what, questions in dict.fromkeys((f.what, f.questions) for f in found):
        ours = [f for f in found if (f.what, f.questions) == (what, questions)]
        bare = [f for f in found if (f.what, f.questions) == ("bare route", questions)]
        shares = sorted(f.a_second / b.a_second for f, b in zip(ours, bare, strict=False))
        rows.append(
            [
                what,
                questions,
                f"{len(ours)} x {ours[0].requests:,}",
                f"{median(f.a_second for f in ours):,.0f}",
                f"{median(shares):.2f} ({shares[0]:.2f}-{shares[-1]:.2f})",
                f"{median(f.p50 for f in ours):.1f}",
                f"{median(f.p99 for f in ours):.1f}",
                f"{median(b.p99 / f.p99 for f, b in zip(ours, bare, strict=False)):.2f}",
                f"{median(f.cpu for f in ours):.2f}",
                f"{100 * median(f.load for f in ours):.0f}",
                str(sum(f.failed for f in ours)),
            ]
        )
    head = [
        "",
        "questions",
        "n",
        "a second",
        "of bare",
        "p50 ms",
        "p99 ms",
        "of bare",
        "server ms",
        "load %",
        "failed",
    ]
    title = (
        f"HTTP, {CONNECTIONS} connections, medians of rounds in turns; of bare: its share of the bare route in the same "
        "round (least-most); server ms: processor time a request; load: share of a core"
    )
    table.show(title, head, rows, words=2)
