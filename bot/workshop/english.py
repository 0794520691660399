"""Problems in English, for those whose knowledge base is English: by code, with what the message names."""

import re

from bot.knowledge.faults import MEANT
from bot.words import Problem

_SUBJECT = re.compile(r"^(\[[^\]]+\] )")
_QUOTED = re.compile(r"'([^']*)'|「([^」]*)」")
_NUMBER = re.compile(r"\d+")
_NEAR = (
    (re.compile(rf"'([^']+)'{re.escape(MEANT)}"), "did you mean '{}'?"),
    (re.compile(r"이제 '([^']+)'입니다"), "it is called '{}' now"),
    (re.compile(r"쓸 수 있는 (?:값|항목): (.+)"), "one of: {}"),
)
"""Hints that name what there is."""
_DATE = "write it like 2026-11-24"
_QUOTES = 'put the whole text in "straight quotes"'
_SYNTAX = "look at the indentation, the space after the colon, and whether every quote is closed"
_SAYS: dict[str, tuple[str, str]] = {
    "answer-or-phases": ("give either answer or phases, and just one of them", ""),
    "brace-in-question": (
        "a question has a brace, which will be shown as it is: {tail}",
        "{{short}} belongs in templates",
    ),
    "brace": ("the answer has a brace, which will be shown as it is", "{{figure.name}}: one pair, no space"),
    "contact-form": ("a number or an address has the wrong form: {tail}", "02-123-4567, https://…, name@host.kr"),
    "contradiction": ("two entries state different values for the same thing", "look at the source and correct one"),
    "curly-quotes": ("the whole text stands in curly quotes, which will be shown", "use straight quotes, or none"),
    "cut-by-hash": ("'{name}' is cut off at ‘ #’: people read only «{last}»", _QUOTES),
    "cut-in-two": ("a comma seems to cut one question in two: «{name}» «{last}»", _QUOTES),
    "days-left": ("{{days_left}} needs a phase that has until", ""),
    "duplicate-id": ("the id '{name}' stands twice", "give one of them another"),
    "duplicate-term": ("the term '{name}' stands twice", ""),
    "emoji": ("the answer has an emoji: {tail}", "it cannot be read aloud"),
    "empty-alias": ("an alias has no letter: {tail}", ""),
    "entity": ("the answer has HTML, which will be shown as it is", "write the character itself: &, <, >"),
    "escape": (
        "a backslash in double quotes makes a character that cannot be seen",
        "write two, or use single quotes",
    ),
    "expired": ("it was to be reviewed by {tail}", "check it, then correct verified_on and review_by"),
    "fact-name": ("a fact may not be called '{name}'", ""),
    "few-questions": ("there are only {number} questions", "write at least 3, in different words"),
    "file-shape": ("a file begins with a section such as 'entries:'", ""),
    "filler-of-subject": ("'{name}' is left out when questions are read, and entries are about it", "remove it"),
    "former-own": ("former holds the entry's own id", ""),
    "former-taken": ("a former id is in use: '{name}'", ""),
    "former-twice": ("a former id stands twice: '{name}'", ""),
    "group-conflict": ("the group '{name}' is described twice, and differently", ""),
    "hidden-characters": ("the answer has a character that cannot be seen", "type it anew"),
    "id-form": ("the id '{name}' has another form", "small letters, digits and hyphens only"),
    "item-shape": ("each item of '{name}' is a mapping", ""),
    "learned": ("what was learned cannot be used", "run helpdesk knowledge train, or delete the file"),
    "list-marks": ("the answer has lines that begin with -, * or •", "begin them with ‘· ’"),
    "literal-beside": ("a number near '{name}' is not the one on record", ""),
    "literal-differs": ("the number beside '{name}' is not the one on record", "correct one of them"),
    "long-answer": ("the answer has {number} characters", "400 at most: shorten it, or split the entry"),
    "long-question": ("a question has {number} characters", "200 at most"),
    "long-say": ("say has {number} syllables", "120 at most: 20 seconds read aloud"),
    "markup": ("the answer has markup (**, #, <b>, [text](address))", "write plain text; lists begin with ‘· ’"),
    "merge-marker": ("git left conflict markers (<<<<<<<)", "keep the lines of one side and delete the markers"),
    "near-question": ("«{name}» is nearly the same as a question with another answer", "keep it in one entry"),
    "nfd": ("Hangul stands in pieces (NFD)", "helpdesk knowledge check --fix"),
    "no-answer-for-member": ("no answer of the template fits a member", ""),
    "no-entries": ("there is no entry at all", ""),
    "no-files": ("there is no *.yaml file", ""),
    "no-folder": ("there is no such folder", "name it with --knowledge"),
    "no-owner": ("there is no owner", "defaults at the top of the file will do"),
    "no-review-by": ("there is no review_by", "usually 90 days after verified_on"),
    "no-slot": ("a question of a template lacks the place of the name: {tail}", "{{short}} or {{name}}"),
    "no-source": ("there are no sources", "name ids of sources.yaml"),
    "no-tests": ("there is no test (tests.match)", "write questions in words that are not among the questions"),
    "no-verified-on": ("there is no verified_on", _DATE),
    "not-read": ("this looks like knowledge, and nothing reads a file of that name", "end it in .yaml"),
    "number-differs": ("English or say states another number than the answer: {tail}", ""),
    "odd-break": ("there is a line break that cannot be seen (U+2028)", "delete it"),
    "odd-gap": ("the space after the colon is no ordinary one", "helpdesk knowledge check --fix"),
    "odd-indent": ("the line is indented by other than ordinary spaces", "helpdesk knowledge check --fix"),
    "office-hours": ("opening hours are wrong: {tail}", "09:00-18:00"),
    "outdated": ("the knowledge changed since it was learned", "run helpdesk knowledge train"),
    "pattern": ("a pattern of the group '{name}' is wrong", "one pair of brackets around the name"),
    "phase-order": ("the phases are not in the order of their dates", "the earliest first"),
    "phone": ("a telephone number has the wrong form: {tail}", "02-123-4567, 1577-0000"),
    "review-before-verified": ("review_by is before verified_on", ""),
    "review-too-far": ("review_by is more than a year after verified_on", ""),
    "said-twice": ("'{name}' stands elsewhere too, and only one of them is read", "keep one of them"),
    "same-question": ("the same question stands twice: {tail}", "spaces and punctuation make no difference"),
    "same-test": ("the same test stands twice: {tail}", ""),
    "shared-alias": ("the alias '{name}' belongs to another term too", "keep one"),
    "shared-question": ("the same question stands in another entry too: {tail}", "keep one"),
    "short-alias": ("the alias '{name}' is one letter long", "two or more"),
    "short-question": ("a question is too short: {tail}", ""),
    "stale-literal": ("a record changed, and this text still has the old value", "helpdesk knowledge replace"),
    "tab": ("the line is indented by a tab", "use spaces: helpdesk knowledge check --fix"),
    "test-contradicts": ("one question stands in match and in not_match: {tail}", ""),
    "test-is-question": ("a test is one of the questions, and tests nothing: {tail}", "use other words"),
    "tight-dash": ("there is no space after the dash of a list", "helpdesk knowledge check --fix"),
    "unknown-entry": ("there is no entry '{name}'", "look at the id"),
    "unknown-group": ("there is no group '{name}'", ""),
    "unknown-member": ("there is no member '{name}'", ""),
    "unknown-notice": ("there is no notice '{name}'", ""),
    "unknown-particle": ("'{name}' is no pair of particles", ""),
    "unknown-placeholder": ("there is no value for '{name}'", "see figures, channels, institutions"),
    "unknown-section": ("there is no section '{name}'", ""),
    "unknown-source": ("there is no source '{name}'", "look at the spelling, or add it to sources"),
    "unknown-term": ("there is no term '{name}'", "use its full id: group.name"),
    "unknown-reply": ("the desk says nothing that is called '{name}'", ""),
    "unknown-topic": ("there is no entry of the topic '{last}'", ""),
    "verified-in-future": ("verified_on is in the future: {tail}", ""),
    "wide-brackets": ("the brackets of a list are full-width", "helpdesk knowledge check --fix"),
    "wide-commas": ("the commas of a list are full-width, and it is read as one", "helpdesk knowledge check --fix"),
    "wide-dash": ("the dash of a list is no ordinary hyphen", "helpdesk knowledge check --fix"),
    "wide-colon": ("the colon after a key is full-width", "helpdesk knowledge check --fix"),
    "yaml-alias": ("an alias (*name) cannot be used", "write the value itself"),
    "yaml-documents": ("a file holds more than one document (---)", ""),
    "yaml-duplicate-key": ("'{name}' stands twice", "keep one"),
    "yaml-encoding": ("the file is not UTF-8", "save it as UTF-8"),
    "yaml-syntax": ("this is not YAML", _SYNTAX),
    "yaml-unreadable": ("the file cannot be read", ""),
}
_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("'{name}' is missing", ""),
    "extra_forbidden": ("'{name}' is no key that is known", "look at the spelling"),
    "string_type": ("'{name}' takes a text", ""),
    "string_too_short": ("'{name}' is empty", ""),
    "string_too_long": ("'{name}' is too long", ""),
    "string_pattern_mismatch": ("'{name}' has the wrong form: {tail}", ""),
    "list_type": ("'{name}' takes a list", ""),
    "dict_type": ("'{name}' takes a mapping", ""),
    "model_type": ("'{name}' takes a mapping", ""),
    "bool_parsing": ("'{name}' takes true or false", ""),
    "literal_error": ("'{name}' cannot be {tail}", ""),
    "value-missing": ("'{name}' has no value", ""),
}


def in_english(problem: Problem) -> Problem:
    """Return a problem with its message in English; one that has none stays as it is."""
    kind = problem.code.rpartition(":")[2]
    known = _SAYS.get(problem.code) or _SAYS.get(problem.code.removeprefix("yaml-")) or _KINDS.get(kind)
    if known is None and kind.startswith("date"):
        known = ("'{name}' is no date: {tail}", _DATE)
    if known is None:
        return problem
    subject = _SUBJECT.match(problem.message)
    said = problem.message.removeprefix(subject[1]) if subject else problem.message
    names = [a or b for a, b in _QUOTED.findall(said)] or [""]
    number = _NUMBER.search(said)
    message = known[0].format(
        name=names[0], last=names[-1], tail=said.rpartition(": ")[2], number=number.group() if number else ""
    )
    hint = _near(problem.hint) or (known[1].format() if known[1] else "")
    return Problem(problem.file, problem.line, f"{subject[1] if subject else ''}{message}", hint, problem.code)


def _near(hint: str) -> str:
    """Return a hint that names what was probably meant, or what may be written; empty where it names nothing."""
    return next((said.format(m[1]) for form, said in _NEAR if (m := form.fullmatch(hint))), "")
