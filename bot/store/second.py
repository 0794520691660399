"""A second factor for staff: codes that an app on a telephone shows, and codes on paper for when it is lost. Pure.

Source: RFC 6238 (TOTP: SHA-1, 6 digits, 30 seconds), which all apps take; the otpauth address is Google Authenticator's.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds for which a code is shown."""
AROUND = 1
"""Steps that a telephone's clock may be off."""
PAPER = 8
"""Codes on paper, each good once."""


@dataclass(frozen=True, slots=True)
class Second:
    """A new second factor, shown this once. `kept` is what stays of it in a member's preferences."""

    address: str
    secret: str
    paper: tuple[str, ...]
    kept: Mapping[str, Any]


def new(login: str, issuer: str) -> Second:
    """Make a second factor for an account: 160 random bits, and codes of 50 random bits on paper."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    paper = tuple(_grouped(_paper()) for _ in range(PAPER))
    label = quote(f"{issuer}:{login}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
    kept = {"totp": secret, "totp_step": 0, "totp_paper": [_digest(code) for code in paper]}
    return Second(address, secret, paper, kept)


def none() -> Mapping[str, Any]:
    """Return the preferences of a member without a second factor."""
    return {"totp": "", "totp_step": 0, "totp_paper": []}


def code_at(secret: str, step: int) -> str:
    """Return the code of a step, counted from 1970 in steps of 30 seconds."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def accepted(preferences: Mapping[str, Any], code: str, now: datetime) -> Mapping[str, Any] | None:
    """Return the changed preferences of a member if a code is right, since no code is accepted twice; else `None`.

    Without a second factor every code is right.
    """
    secret = preferences.get("totp")
    if not secret:
        return {}
    given = _typed(code)
    present = int(now.timestamp()) // STEP
    for step in range(present - AROUND, present + AROUND + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), given.encode())
        if fits and step > int(preferences.get("totp_step", 0)):
            return {"totp_step": step}
    paper = list(preferences.get("totp_paper", ()))
    used = _digest(_grouped(given))
    return {"totp_paper": [p for p in paper if p != used]} if used in paper else None


def _typed(code: str) -> str:
    """Return a code as it was made, however it was typed or read out: capitals, spaces, hyphens of any kind."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", code) if ch.isalnum()).lower()


def _grouped(code: str) -> str:
    """Return a code on paper as it is written there."""
    return f"{code[:5]}-{code[5:]}"


def _paper() -> str:
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
