"""Passwords of staff: kept as argon2id hashes, and checked in the same time whether or not there is an account."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
_FEWEST = 5
"""Different characters of a password."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Source: OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, 2 iterations, 1 lane."""
_AT_ONCE = 2
"""Hashes computed at the same time: each takes memory and a core."""


def fault(password: str, login: str) -> str:
    """Return why a password is not accepted, in the reader's words, or empty."""
    if len(password) < SHORTEST:
        return f"비밀번호는 {SHORTEST}자 이상이어야 합니다."
    if len(password) > LONGEST:
        return f"비밀번호는 {LONGEST}자까지입니다."
    if len(set(password)) < _FEWEST:
        return f"서로 다른 글자를 {_FEWEST}개 이상 쓰세요."
    if login.lower() in password.lower():
        return "비밀번호에 아이디를 넣지 마세요."
    return ""


def hashed(password: str) -> str:
    """Return the hash under which a password is kept. Takes some 20 ms."""
    return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Tell whether a password matches a hash; an empty hash takes as long as any and matches none."""
    try:
        return _HASHER.verify(kept or _nobodys(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")


class Checker:
    """Computes hashes beside the event loop, few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        _nobodys()

    async def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password matches a hash."""
        async with self._turn:
            return await asyncio.to_thread(fits, kept, password[: LONGEST + 1])

    async def hashed(self, password: str) -> str:
        """Return the hash under which a password is kept."""
        async with self._turn:
            return await asyncio.to_thread(hashed, password)
