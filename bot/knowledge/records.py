"""Records: groups of terms, institutions, figures, channels. Facts that are stated once."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.knowledge.documents import Documents, Item
from bot.knowledge.faults import suggested
from bot.knowledge.schema import ChannelDoc, FigureDoc, GroupDoc, InstitutionDoc, SourceDoc, TermDoc
from bot.words import Fact, Group, Problem, Source, Term

INSTITUTION = "institution"
_NAMES = ("id", "name", "short", "english")


@dataclass(slots=True)
class Member:
    """A term with the values that templates made for its group may use."""

    term: Term
    values: dict[str, str]
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Sources of each value."""
    verify: frozenset[str] = frozenset()
    """Values that are not from an official source."""
    checked: dict[str, str] = field(default_factory=dict)
    """The day on which each value was checked."""

    def facts(self) -> tuple[Fact, ...]:
        """Return the recorded facts besides the names."""
        keys = (k for k in self.values if k not in _NAMES)
        return tuple(
            Fact(k, self.values[k], self.checked.get(k, ""), self.sources.get(k, ()), k in self.verify) for k in keys
        )


@dataclass(slots=True)
class Records:
    """Everything entries refer to."""

    groups: dict[str, Group] = field(default_factory=dict)
    members: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[str, Source] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    """Global placeholders: figure.ID, channel.ID.KEY, institution.ID.KEY."""
    value_sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    verify: set[str] = field(default_factory=set)

    def facts(self) -> dict[str, tuple[Fact, ...]]:
        """Return the recorded facts of each term that has any."""
        members = (m for group in self.members.values() for m in group)
        return {m.term.id: m.facts() for m in members if m.facts()}

    def terms(self) -> dict[str, Term]:
        """Return all terms by id."""
        return {m.term.id: m.term for members in self.members.values() for m in members}


def duplicates(items: Iterable[Item], problems: list[Problem]) -> Iterator[Item]:
    """Iterate over the items whose id is new, reporting the others."""
    first: dict[str, tuple[str, int]] = {}
    for item in items:
        other = first.setdefault(item.doc.id, (item.file, item.line))
        if other == (item.file, item.line):
            yield item
            continue
        message = f"id '{item.doc.id}'이(가) 이미 {other[0]}:{other[1]}에 있습니다"
        problems.append(
            Problem(item.file, item.node.line_of("id"), message, "id는 하나뿐이어야 합니다", "duplicate-id")
        )


def read_records(documents: Documents, problems: list[Problem]) -> Records:
    """Return the records, reporting duplicate ids and references to nothing."""
    records = Records()
    for item in duplicates(documents.items["sources"], problems):
        doc: SourceDoc = item.doc
        records.sources[doc.id] = Source(
            doc.id,
            doc.title,
            doc.date or "",
            doc.url or "",
            doc.publisher or "",
            doc.sha256 or "",
            doc.not_found,
            tuple(doc.says),
        )
    for item in duplicates(documents.items["figures"], problems):
        _figure(records, item, problems)
    for item in duplicates(documents.items["channels"], problems):
        _channel(records, item, problems)
    for item in duplicates(documents.items["institutions"], problems):
        _institution(records, item, problems)
    if records.members[INSTITUTION]:
        records.groups[INSTITUTION] = Group(INSTITUTION, "기관", exclusive=True, needed=True)
    for item in documents.items["groups"]:
        _group(records, item, problems)
    _links(records, documents, problems)
    return records


def called(sources: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    """Iterate over what people write instead of the ids of sources, each with the id."""
    return ((text, id) for id, source in sources.items() for text in (source.title, source.url) if text)


def check_sources(records: Records, ids: Iterable[str], item: Item, problems: list[Problem]) -> None:
    """Report sources that are not listed."""
    for source in ids:
        if source not in records.sources:
            message = f"[{item.doc.id}] 출처 '{source}'이(가) sources에 없습니다"
            hint = suggested(source, records.sources, "철자를 살피거나 sources에 더하세요", called(records.sources))
            problems.append(Problem(item.file, item.line, message, hint, "unknown-source"))


_PHONE = r"0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}|1\d{2,3}"
_FORMS = {
    "phone": re.compile(_PHONE),
    "url": re.compile(r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", re.IGNORECASE),
    "website": re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", re.IGNORECASE),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE),
}
_EXAMPLES = {
    "phone": "02-123-4567, 1577-0000, 110",
    "url": "www.example.go.kr",
    "website": "https://www.example.kr",
    "email": "a@b.kr",
}


def check_contact(owner: str, key: str, value: str, item: Item, problems: list[Problem]) -> None:
    """Report a malformed telephone number, address or e-mail."""
    form = _FORMS.get(key)
    if form and value and not form.fullmatch(value):
        message = f"[{owner}] '{key}'의 형식이 맞지 않습니다: {value}"
        problems.append(Problem(item.file, item.line, message, f"{_EXAMPLES[key]}처럼 적으세요", "contact-form"))


def _value(records: Records, name: str, value: str, sources: Iterable[str], verify: bool = False) -> None:
    records.values[name] = value
    records.value_sources[name] = tuple(sources)
    if verify:
        records.verify.add(name)


def _figure(records: Records, item: Item, problems: list[Problem]) -> None:
    doc: FigureDoc = item.doc
    check_sources(records, doc.sources, item, problems)
    _value(records, f"figure.{doc.id}", doc.value, doc.sources)


def _channel(records: Records, item: Item, problems: list[Problem]) -> None:
    doc: ChannelDoc = item.doc
    check_sources(records, doc.sources, item, problems)
    for key in ("phone", "url", "email"):
        check_contact(doc.id, key, getattr(doc, key) or "", item, problems)
    values = {
        "name": doc.name,
        "phone": doc.phone,
        "url": doc.url,
        "email": doc.email,
        "address": doc.address,
        "for": doc.for_,
    }
    for key, value in values.items():
        if value:
            _value(records, f"channel.{doc.id}.{key}", value, doc.sources, doc.verify and key != "name")


def _institution(records: Records, item: Item, problems: list[Problem]) -> None:
    doc: InstitutionDoc = item.doc
    term_id = f"{INSTITUTION}.{doc.id}"
    values = {
        "id": doc.id,
        "name": doc.name,
        "short": doc.short,
        **({"english": doc.english} if doc.english else {}),
    }
    sources: dict[str, tuple[str, ...]] = {}
    for key, fact in doc.facts.items():
        if key in values:
            message = f"[{doc.id}] facts의 '{key}'은(는) 기관의 기본 항목과 이름이 같습니다"
            problems.append(Problem(item.file, item.line, message, "다른 이름을 쓰세요", "fact-name"))
        check_sources(records, fact.sources, item, problems)
        values[key] = fact.value
        sources[key] = tuple(fact.sources)
    verify = frozenset(k for k, f in doc.facts.items() if f.verify)
    aliases = dict.fromkeys([doc.name, doc.short, *([doc.english] if doc.english else []), *doc.aliases])
    former = {f.alias: f.note for f in doc.former}
    term = Term(
        term_id,
        doc.name,
        INSTITUTION,
        (*aliases, *(a for a in former if a not in aliases and a not in doc.exact)),
        tuple(doc.exact),
        "",
        former,
        frozenset(_traits(doc)),
        item.file,
        item.line,
    )
    for key, fact in doc.facts.items():
        check_contact(doc.id, key, fact.value, item, problems)
    checked = {k: f.as_of for k, f in doc.facts.items() if f.as_of}
    records.members[INSTITUTION].append(Member(term, values, sources, verify, checked))
    for key, value in values.items():
        _value(records, f"{term_id}.{key}", value, sources.get(key, ()), key in verify)


def _traits(doc: InstitutionDoc) -> list[str]:
    return [*doc.region, *doc.fields_of_work, *([f"kind.{doc.kind}"] if doc.kind else [])]


def _group(records: Records, item: Item, problems: list[Problem]) -> None:
    doc: GroupDoc = item.doc
    silent = None if doc.silent == "any" else frozenset() if doc.silent == "none" else frozenset(doc.silent)
    group = Group(
        doc.id, doc.name, doc.exclusive, silent, doc.needed, doc.filler, tuple(doc.patterns), item.file, item.line
    )
    known = records.groups.setdefault(doc.id, group)
    if replace(known, file=group.file, line=group.line) != group:
        message = f"묶음 '{doc.id}'의 성질(exclusive, silent, needed, filler)이 다른 파일과 다릅니다"
        problems.append(Problem(item.file, item.line, message, "한 파일에만 적거나 같게 적으세요", "group-conflict"))
    taken = {m.term.id for m in records.members[doc.id]}
    for term, node in zip(doc.terms, item.node.get("terms") or (), strict=True):
        term_id = f"{doc.id}.{term.id}"
        if term_id in taken:
            problems.append(
                Problem(
                    item.file,
                    item.line,
                    f"용어 '{term_id}'이(가) 두 번 있습니다",
                    "하나로 합치세요",
                    "duplicate-term",
                )
            )
            continue
        taken.add(term_id)
        records.members[doc.id].append(_term(records, term, doc.id, item, node.line, problems))


def _term(records: Records, doc: TermDoc, group: str, item: Item, line: int, problems: list[Problem]) -> Member:
    check_sources(records, doc.sources, item, problems)
    term = Term(
        id=f"{group}.{doc.id}",
        name=doc.name,
        group=group,
        aliases=tuple(dict.fromkeys([doc.name, *doc.aliases])),
        exact=tuple(doc.exact),
        within=doc.within or "",
        file=item.file,
        line=line,
    )
    values = {"id": doc.id, "name": doc.name, "short": doc.name, **doc.fields}
    for key, value in doc.fields.items():
        check_contact(doc.id, key, value, item, problems)
    for key, value in values.items():
        _value(records, f"{term.id}.{key}", value, tuple(doc.sources) if key in doc.fields else (), False)
    return Member(term, values, {key: tuple(doc.sources) for key in doc.fields})


def _links(records: Records, documents: Documents, problems: list[Problem]) -> None:
    """Report terms that refer to terms that do not exist."""
    terms = records.terms()
    for item in documents.items["groups"]:
        for doc in item.doc.terms:
            if doc.within and doc.within not in terms:
                message = f"'{item.doc.id}.{doc.id}'의 within '{doc.within}'이(가) 없습니다"
                problems.append(
                    Problem(item.file, item.line, message, "용어의 전체 id(묶음.이름)를 적으세요", "unknown-term")
                )
        for term in item.doc.silent if isinstance(item.doc.silent, list) else ():
            if term not in terms:
                message = f"묶음 '{item.doc.id}'의 silent '{term}'이(가) 없습니다"
                problems.append(Problem(item.file, item.line, message, "", "unknown-term"))
    for item in documents.items["institutions"]:
        for term in _traits(item.doc):
            if term not in terms:
                message = f"[{item.doc.id}] 용어 '{term}'이(가) 없습니다"
                problems.append(
                    Problem(item.file, item.line, message, "용어의 전체 id(묶음.이름)를 적으세요", "unknown-term")
                )
