"""Messages of the command-line library about wrong usage, in Korean. Unknown ones stay as they are."""

import re

_RULES: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\.?(.*)", "그런 명령이 없습니다: {0}"),
    (r"No such option: (\S+?)\.?(?:\s.*)?", "그런 선택이 없습니다: {0}"),
    (r"Missing (?:argument|option|parameter)s? '(.+?)'\.?.*", "빠진 것이 있습니다: {0}"),
    (r"Missing command\.?", "무엇을 할지 적어 주세요"),
    (r"Option '(.+)' does not take a value\.?", "{0}에는 값을 붙이지 않습니다"),
    (r"Option '(.+)' requires (?:an argument|\d+ arguments)\.?", "{0} 뒤에 값을 적어 주세요"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "더 적은 것이 있습니다: {0}"),
    (r"Invalid value for '?(.+?)'?: (.*)", "{0}: {1}"),
)
_VALUES: tuple[tuple[str, str], ...] = (
    (r".*valid integer.*", "정수를 적어 주세요"),
    (r".*(?:valid number|valid float).*", "수를 적어 주세요"),
)


def in_korean(message: str) -> str:
    """Return a message about wrong usage in the reader's words."""
    for pattern, words in _RULES:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return words.format(*(_value(part or "") for part in found.groups()))
    return message


def _value(text: str) -> str:
    return next((words for pattern, words in _VALUES if re.fullmatch(pattern, text, re.DOTALL)), text)
