"""The numbers that are laid down by hand in the modules that understand: each is listed here, and says what it is where it stands.

Those that judge are few. They say from where on something counts, so a person answers for each: unit, reason and date. Others change
no answer by themselves, or are read only while learning, where the tables of `helpdesk knowledge train` judge them.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "bot"
MODULES = [
    *sorted(ROOT.glob("matching/*.py")),
    *(ROOT / "desk" / f"{m}.py" for m in "understand decide readings conversation choosing acts context".split()),
]
MOST = 40
"""Numbers that judge (issue 11)."""
JUDGING = """
evidence._OTHER evidence._EXACT evidence._LONG evidence._STORY judge._MOST_SHARED layout._PLAUSIBLE
lexicon._SHORTEST_FUZZY lexicon._LONG_JAMO lexicon._RISKY lexicon._FEWEST_KEYS lexicon._DOUBT mask.LEAST matcher._TALK
names._SHORT names._NEAR near._SHORT_PIECE parts._SHORTEST parts._LONGEST_JOINED parts._GREETING read._DRONE
spelling._TWO_SLIPS spelling._COMPOUND spelling._SHORT squeeze._LONGEST_SANE vocabulary._HEAD vocabulary._LATIN
policy.GENERAL_PROMISES policy.MOST_CHOICES policy.MOST_NAMES understand._AS_GOOD understand._TELLING
readings._REST readings._LONGEST readings._MOST_NAMED
conversation._LEAST conversation._SHORT context.LIFETIME context.TURNS
""".split()
BOUNDING = """
classifier._MOST_KNOWN encoder._LONGEST encoder._MOST_STARTS encoder_process.MOST_TOKENS encoder_process.THREADS
evidence.MOST_FRAMES evidence._SCORED evidence._SUMMED
grams._MOST_CACHED index._BATCH index.LARGE index._FAINT matcher._CACHED matcher._LONGEST_CACHED matcher._CANDIDATES
matcher._KEPT matcher._KEPT_REFUSED matcher._MEANINGS parts._LAST parts._LONGEST parts._MOST_PARTS plain._LONGEST
postings._ROOM postings._COMMON read._MAX_NEAR read._MOST_READINGS spelling._LONGEST spelling._MOST teach._LEARNED
readings._CARRIED readings._LONGEST_ITEM conversation._FOREMOST learned._LARGEST
""".split()
"""Memory, time, and how many candidates are looked at."""
LEARNING = """
classifier.COST classifier._LETTER_GRAMS classifier._JAMO_GRAMS classifier._BEGINNINGS classifier._LEAST_SEEN
grams.LETTER_GRAMS grams.JAMO_GRAMS
linear.BIAS_VALUE linear._STILL meaning.SHORT meaning._MOST_USED
network.VOICES network.WORDINGS network._FEWEST_ROUNDS network._DECAYS network._RIDGE network._LEFT_OUT network._WIDEN
model._RIDGE model._MOST_STEPS model._CLOSE moves._COST moves._ROUNDS prior._WORTH teach._BESIDE teach._EACH
""".split()
"""What learning starts from: what is learned follows them."""
LAYOUT = """
classifier.BITS encoder._HASH encoder_process.WIDTH grams.LETTER grams.JAMO grams.CONCEPT grams.FACTOR grams._SHIFT
grams._BACK grams.ALL_BITS learned.VERSION learned._ALL learned._EACH learned.STALE network._LEAST network._NEVER network._UNIT
postings._UNIT prior.BITS read._FIRST_SYMBOL table._NO_SCORE
""".split()
"""How things are hashed, packed and written."""


@dataclass(frozen=True)
class Number:
    """A number and what is written of it."""

    name: str
    said: str


def _is_number(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.UnaryOp(operand=inner):
            return _is_number(inner)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
        case ast.Tuple(elts=parts):
            return bool(parts) and all(map(_is_number, parts))
        case ast.Call():
            given = [*node.args, *(k.value for k in node.keywords)]
            return bool(given) and all(map(_is_number, given))
    return False


def numbers(path: Path) -> Iterator[Number]:
    """Iterate over the numbers of a module, with the docstring below each."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for node, below in zip(body, [*body[1:], ast.Pass()], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None or not _is_number(node.value):
            continue
        said = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                yield Number(f"{path.stem}.{ast.unparse(name)}", str(said))


FOUND = [n for path in MODULES for n in numbers(path)]


def test_every_number_is_listed_once() -> None:
    listed = [*JUDGING, *BOUNDING, *LEARNING, *LAYOUT]
    assert sorted(n.name for n in FOUND) == sorted(listed)


def test_few_numbers_judge() -> None:
    assert len(JUDGING) <= MOST


@pytest.mark.parametrize("number", FOUND, ids=lambda n: n.name)
def test_every_number_says_what_it_is(number: Number) -> None:
    assert len(number.said) > 15
    if number.name in JUDGING:
        assert re.search(r"\(?20\d\d-\d\d-\d\d", number.said)
