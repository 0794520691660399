"""Change a file of voices by adding lines; every byte that is already there stays."""

import re
from collections.abc import Mapping, Sequence

from bot.knowledge.voices import Names, parse, written
from bot.words import Problem
from bot.workshop.edit_tree import EditError


class VoicesDraft:
    """One file of voices being changed."""

    def __init__(self, name: str, data: bytes) -> None:
        """Take a file.

        Raises:
            EditError: it is no text that can be read.
        """
        self.name, self.before, self.after = name, data, data
        problems: list[Problem] = []
        parse(data, name, problems)
        if unreadable := [str(p) for p in problems if p.code == "voices-encoding"]:
            raise EditError("\n".join(["먼저 이 파일의 잘못을 고쳐 주세요.", *unreadable]))

    def holds(self, names: Names) -> Mapping[str, set[str]]:
        """Return what is said in the file, by what it asks for."""
        found: dict[str, set[str]] = {}
        for section in parse(self.after, self.name, []):
            found.setdefault(names.present(section.name) or section.name, set()).update(t for _, t in section.lines)
        return found

    def introduce(self, comment: str) -> None:
        """Say in the first line of a new file whose words these are."""
        if not self.after:
            self.after = f"# {' '.join(comment.split())}\n".encode()

    def add(self, name: str, lines: Sequence[str], names: Names) -> None:
        """Add questions at the end of a section, or of the file where there is no such section.

        Raises:
            EditError: they cannot be written in a file, or the file is laid out in a way that does not allow it.
        """
        wanted = {key: set(said) for key, said in self.holds(names).items()}
        wanted.setdefault(name, set()).update(lines)
        text = self.after.decode("utf-8")
        newline = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
        number = self._end(name, names)
        rows = text.split("\n")
        if number:
            ends = newline.removesuffix("\n")
            rows[number:number] = [written(line) + ends for line in lines]
            if number + len(lines) == len(rows):  # the last line had no line break
                rows[number - 1] = rows[number - 1].removesuffix("\r") + ends
                rows[-1] = rows[-1].removesuffix("\r")
            text = "\n".join(rows)
        else:
            gap = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
            text += gap + newline.join([f"[{name}]", *map(written, lines)]) + newline
        self._prove(text, wanted, names)

    def rename(self, old: str, new: str) -> None:
        """Give sections of an entry, or of what a template makes under its id, the id that it has now."""
        head = re.compile(rb"^(\s*\[\s*)" + re.escape(old.encode()) + rb"(?=[.\s\]])", re.MULTILINE)
        self.after = head.sub(rb"\g<1>" + new.encode(), self.after)

    def _end(self, name: str, names: Names) -> int:
        """Return the last line of the last section of that name; 0 where there is none."""
        ours = [s for s in parse(self.after, self.name, []) if name in (s.name, names.present(s.name))]
        return (ours[-1].lines[-1][0] if ours[-1].lines else ours[-1].line) if ours else 0

    def _prove(self, text: str, wanted: Mapping[str, set[str]], names: Names) -> None:
        before, self.after = self.after, text.encode("utf-8", "surrogatepass")
        if self.holds(names) != wanted:
            self.after = before
            raise EditError(f"{self.name}: 말을 더할 수 없습니다. 편집기에서 직접 고쳐 주세요.")
