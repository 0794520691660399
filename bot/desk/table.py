"""The use of entries as a table that Excel opens: CSV in UTF-8 with a byte order mark."""

import csv
import io
from collections.abc import Sequence

from bot.desk.report import Row

_COLUMNS = (
    "항목",
    "질문",
    "주제",
    "맡은 사람",
    "다시 볼 날",
    "물음(의도)",
    "사람",
    "👍",
    "👎",
    "👎 비율",
    "상담",
    "상담 비율",
    "90일 미사용",
)


def as_csv(rows: Sequence[Row], unused: Sequence[str]) -> bytes:
    """Return rows as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    never = frozenset(unused)
    for row in rows:
        use = row.use
        names = (row.entry, row.question, row.topic, row.owner, row.review_by)
        rates = (use.down, f"{row.down_rate:.3f}", use.handoffs, f"{row.handoff_rate:.3f}")
        never_used = "예" if row.entry in never else ""
        writer.writerow([*map(_plain, names), use.asks, use.people, use.up, *rates, never_used])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
