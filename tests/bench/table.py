"""Plain tables: they read the same in a terminal, a log and a message."""

from collections.abc import Sequence


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> None:
    """Print a table; the first `words` columns stand to the left, numbers to the right."""
    if not rows:
        return
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    print(f"\n{title}\n")
    for row in (head, ["-" * width for width in widths], *rows):
        cells = (row[i].ljust(w) if i < words else row[i].rjust(w) for i, w in enumerate(widths))
        print("  ".join(cells).rstrip())
