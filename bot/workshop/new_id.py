"""Ids from Korean words, so that an editor need not invent one. Source: Revised Romanisation of Korean (2000), by letters."""

import re
from collections.abc import Container

_INITIALS = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(",")
_VOWELS = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(",")
_FINALS = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t".split(",")
_FIRST, _LAST = 0xAC00, 0xD7A3
_ENDING = re.compile(
    r"(은|는|이|가|을|를|의|에|에서|으로|로|와|과|도|만|나요|까요|어요|아요|예요|이에요|니까|입니까|인가요)$"
)
_MOST_WORDS = 3


def romanised(text: str) -> str:
    """Return a text in small Latin letters and digits; what is neither Hangul nor these becomes a hyphen."""
    out = []
    for ch in text.lower():
        code = ord(ch)
        if _FIRST <= code <= _LAST:
            code -= _FIRST
            parts = (_INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28])
            out.append("".join(parts))
        else:
            out.append(ch if ch.isascii() and ch.isalnum() else "-")
    return re.sub(r"-+", "-", "".join(out)).strip("-")


def suggested(question: str, topic: str, taken: Container[str]) -> str:
    """Return an id that is free: the topic and the first words of a question."""
    words = [_ENDING.sub("", w) or w for w in re.findall(r"\w+", question)]
    base = "-".join(filter(None, [romanised(topic), *(romanised(w) for w in words[:_MOST_WORDS])])) or "entry"
    number = 2
    id = base = base[:60].strip("-")
    while id in taken:
        id = f"{base}-{number}"
        number += 1
    return id
