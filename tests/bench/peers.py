"""The peers: what a competent outsider would put together from each library in an afternoon.

All get the same texts, in NFC and lower case, and answer with the entry of the best variant.
Libraries are imported where they are built, so that a peer's process holds no other's code.
"""

import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from tests.bench.system import Ranked

_CHUNK = 200


def plain(text: str) -> str:
    """Return what every peer is given of a text."""
    return unicodedata.normalize("NFC", text).lower()


def grams(text: str, size: int) -> list[str]:
    """Return the character n-grams of a text, spaces included; the text itself when it is shorter."""
    return [text[i : i + size] for i in range(len(text) - size + 1)] or [text]


class Peer:
    """A library that finds the best of many texts."""

    name: str
    needs: str = ""
    slow = False  # a question takes tenths of a second at 100,000 variants

    def __init__(self) -> None:
        self.entries: list[str] = []

    def build(self, entries: Sequence[str], texts: Sequence[str]) -> None:
        self.entries = list(entries)
        self.index([plain(text) for text in texts])

    def rank(self, query: str) -> Ranked:
        row, score = self.best(plain(query))
        return (self.entries[row], score) if row >= 0 else ("", score)

    def rank_many(self, queries: Sequence[str]) -> list[Ranked]:
        return [self.rank(query) for query in queries]

    def pid(self) -> int:
        return os.getpid()

    def close(self) -> None:
        """Nothing to let go."""

    def index(self, texts: list[str]) -> None:
        """Index plain texts."""
        raise NotImplementedError

    def best(self, query: str) -> tuple[int, float]:
        """Return the row of the text most like a plain question, −1 for none, and its score."""
        raise NotImplementedError


class Ratio(Peer):
    """rapidfuzz `fuzz.ratio`: `extractOne` for one question, `cdist` on one worker for many."""

    name = "ratio"
    needs = "rapidfuzz"

    def index(self, texts: list[str]) -> None:
        from rapidfuzz import fuzz, process

        self.texts, self.scorer, self.process = texts, getattr(fuzz, self.name), process

    def best(self, query: str) -> tuple[int, float]:
        _, score, row = self.process.extractOne(query, self.texts, scorer=self.scorer)
        return (row, score) if score > 0 else (-1, 0.0)

    def rank_many(self, queries: Sequence[str]) -> list[Ranked]:
        chunks = (queries[start : start + _CHUNK] for start in range(0, len(queries), _CHUNK))
        return [ranked for chunk in chunks for ranked in self._chunk([plain(query) for query in chunk])]

    def _chunk(self, queries: list[str]) -> Iterator[Ranked]:
        scores = self.process.cdist(queries, self.texts, scorer=self.scorer, workers=1)
        for line, row in zip(scores, scores.argmax(axis=1), strict=True):
            yield (self.entries[row], float(line[row])) if line[row] > 0 else ("", 0.0)


class TokenSetRatio(Ratio):
    """rapidfuzz `fuzz.token_set_ratio`."""

    name = "token_set_ratio"
    slow = True


class WRatio(Ratio):
    """rapidfuzz `fuzz.WRatio`, its default for `extractOne`."""

    name = "WRatio"
    slow = True


class JamoTfidf(Peer):
    """scikit-learn TF-IDF cosine over jamo 1–4-grams.

    Jamo by NFKD rather than NFD: loose letters then become the same jamo as those in syllables, which
    is worth 83 points on loose jamo and 24 on initial consonants, and costs nothing elsewhere.
    """

    name = "tfidf-jamo"
    needs = "sklearn"

    def index(self, texts: list[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True)
        self.columns = self.vectorizer.fit_transform(map(_jamo, texts)).T.tocsr()

    def best(self, query: str) -> tuple[int, float]:
        scores = (self.vectorizer.transform([_jamo(query)]) @ self.columns).toarray()[0]
        row = int(scores.argmax())
        return (row, float(scores[row])) if scores[row] > 0 else (-1, 0.0)


class Bm25s(Peer):
    """bm25s over syllable bigrams that run across spaces (3 points better than within words)."""

    name = "bm25s"
    needs = "bm25s"

    def index(self, texts: list[str]) -> None:
        import bm25s

        self.retriever = bm25s.BM25()
        self.retriever.index([grams(text, 2) for text in texts], show_progress=False)

    def best(self, query: str) -> tuple[int, float]:
        known = [gram for gram in grams(query, 2) if gram in self.retriever.vocab_dict]
        if not known:
            return -1, 0.0
        rows, scores = self.retriever.retrieve([known], k=1, show_progress=False)
        return int(rows[0][0]), float(scores[0][0])


class Fts5(Peer):
    """SQLite FTS5 with the trigram tokenizer: any of the question's trigrams, by its bm25 rank."""

    name = "fts5-trigram"

    def index(self, texts: list[str]) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute("CREATE VIRTUAL TABLE variant USING fts5(text, tokenize='trigram')")
        self.database.executemany("INSERT INTO variant(rowid, text) VALUES (?, ?)", enumerate(texts))

    def best(self, query: str) -> tuple[int, float]:
        wanted = " OR ".join('"' + gram.replace('"', '""') + '"' for gram in dict.fromkeys(grams(query, 3)))
        order = "SELECT rowid, rank FROM variant WHERE text MATCH ? ORDER BY rank LIMIT 1"
        found = self.database.execute(order, (wanted.replace("\0", ""),)).fetchone()
        return (found[0], -found[1]) if found else (-1, 0.0)


class Tantivy(Peer):
    """tantivy with its n-gram tokenizer, 1 to 3 characters: any of the question's grams, BM25."""

    name = "tantivy"
    needs = "tantivy"

    def index(self, texts: list[str]) -> None:
        import tantivy

        self.library: Any = tantivy
        self.analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(1, 3, False)).build()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="grams")
        builder.add_unsigned_field("row", stored=True)
        self.schema = builder.build()
        index = tantivy.Index(self.schema)
        index.register_tokenizer("grams", self.analyzer)
        writer = index.writer(50_000_000, 1)
        for row, text in enumerate(texts):
            writer.add_document(tantivy.Document(text=text, row=row))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()

    def best(self, query: str) -> tuple[int, float]:
        query_of, should = self.library.Query, self.library.Occur.Should
        wanted = dict.fromkeys(self.analyzer.analyze(query))
        terms = [(should, query_of.term_query(self.schema, "text", gram)) for gram in wanted]
        hits = self.searcher.search(query_of.boolean_query(terms), 1).hits
        return (int(self.searcher.doc(hits[0][1])["row"][0]), float(hits[0][0])) if hits else (-1, 0.0)


_ALL: tuple[type[Peer], ...] = (Ratio, TokenSetRatio, WRatio, JamoTfidf, Bm25s, Fts5, Tantivy)
PEERS = {peer.name: peer for peer in _ALL}


def installed() -> tuple[list[str], list[str]]:
    """Return the names of the peers whose libraries are here, and of those whose are not."""
    here = [name for name, peer in PEERS.items() if not peer.needs or find_spec(peer.needs)]
    return here, [name for name in PEERS if name not in here]


def _jamo(text: str) -> str:
    return unicodedata.normalize("NFKD", text)
