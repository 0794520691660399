"""Our help desk, measured from outside: its command, its files, its replies, nothing else."""

import itertools
import json
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

import yaml

from tests.bench.data import ROOT
from tests.bench.system import Ranked

NAME = "helpdesk"
Reply = dict[str, Any]


class CommandError(Exception):
    """The command is not there, or it stopped before it had answered."""


class Conversation:
    """A running `helpdesk ask --json -`: a line in, a line out. Every question comes from a new user."""

    def __init__(self, command: Sequence[str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._users = itertools.count(1)
        try:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            raise CommandError(f"{shlex.join(command)}: {error.strerror}") from error
        self.pid = self._process.pid

    def ask(self, text: str) -> Reply:
        """Return the reply to one question."""
        self._write([text])
        return self._read()

    def ask_all(self, texts: Sequence[str]) -> list[Reply]:
        """Return the replies to many questions, written as fast as the command reads them."""
        writer = Thread(target=self._write, args=(texts,), daemon=True)
        writer.start()
        replies = [self._read() for _ in texts]
        writer.join()
        return replies

    def close(self) -> None:
        """End the command. Idempotent."""
        with suppress(OSError):
            self._pipes()[0].close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipes()[1].close()
        self._errors.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _write(self, texts: Sequence[str]) -> None:
        pipe = self._pipes()[0]
        with suppress(OSError):  # a command that has stopped is reported by the side that reads
            for text in texts:
                pipe.write(json.dumps({"user": f"bench-{next(self._users)}", "text": text}).encode() + b"\n")
            pipe.flush()

    def _read(self) -> Reply:
        line = self._pipes()[1].readline()
        if line:
            reply: Reply = json.loads(line)
            return reply
        code = self._process.wait()
        self._errors.seek(0)
        words = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        raise CommandError(f"{NAME} stopped with exit code {code}: " + " / ".join(words[:1] + words[-1:]))


class Ours:
    """The command on a knowledge folder in the least format: id, questions, answer."""

    name = NAME

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._talk: Conversation | None = None

    def build(self, entries: Sequence[str], texts: Sequence[str]) -> None:
        """Write the folder, start the command on it, and wait for a first answer."""
        self.write(entries, texts)
        self.start()

    def write(self, entries: Sequence[str], texts: Sequence[str]) -> None:
        """Write the knowledge folder."""
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="helpdesk-bench-")
        write_knowledge(Path(self._folder.name), entries, texts)

    def start(self) -> None:
        """Start the command on the folder written before, and wait for a first answer."""
        assert self._folder is not None
        self._talk = Conversation([*self._command, "--knowledge", self._folder.name])
        self._talk.ask("준비되었나요")

    def rank(self, query: str) -> Ranked:
        return ranked(self._running().ask(query))

    def rank_many(self, queries: Sequence[str]) -> list[Ranked]:
        return [ranked(reply) for reply in self.replies(queries)]

    def replies(self, queries: Sequence[str]) -> list[Reply]:
        """Return the replies as they are."""
        return self._running().ask_all(queries)

    def pid(self) -> int:
        return self._running().pid

    def close(self) -> None:
        """End the command and remove the folder. Idempotent."""
        if self._talk is not None:
            self._talk.close()
            self._talk = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _running(self) -> Conversation:
        assert self._talk is not None, "build first"
        return self._talk


def ranked(reply: Reply) -> Ranked:
    """Return the entry answered, or else the first choice's, and the score."""
    choices = reply.get("choices") or [{}]
    return reply.get("entry") or choices[0].get("entry") or "", float(reply.get("score") or 0.0)


def write_knowledge(folder: Path, entries: Sequence[str], texts: Sequence[str]) -> None:
    """Write variants as a knowledge folder of one file."""
    questions: dict[str, list[str]] = {}
    for entry, text in zip(entries, texts, strict=True):
        questions.setdefault(entry, []).append(text)
    content = {"entries": [{"id": e, "questions": q, "answer": e} for e, q in questions.items()]}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    with (folder / "entries.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(content, file, Dumper=dumper, allow_unicode=True, sort_keys=False)


def missing(command: str) -> str | None:
    """Return why the command cannot be started, or None."""
    program = Path(shlex.split(command)[0])
    if len(program.parts) > 1 and not (ROOT / program).exists():
        return f"{program} is not there (run `make run` once, or name another with --command)"
    return None
