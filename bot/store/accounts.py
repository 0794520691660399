"""Changes to staff accounts, from the command line and by administrators: checked, and noted in the audit log."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import audit, passwords, second, staff
from bot.store.database import in_turn
from bot.store.second import Second
from bot.store.staff import ROLES, Member, StaffRefusedError

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_LONGEST_NAME = 40
_CONSOLE = "명령줄"
"""The author of what was done while nobody was logged in."""
_GONE = "이 계정은 이제 관리자가 아닙니다. 다른 관리자에게 물어보세요."


async def add(
    connection: AsyncConnection,
    by: str,
    login: str,
    name: str,
    role: str,
    password: str,
    now: datetime,
    *,
    provisional: bool = False,
) -> Member:
    """Make an account. `by`: the login of who does it. `provisional`: its holder must change the password first.

    Raises:
        StaffRefusedError: the login, name, role or password cannot be taken; all faults are named.
    """
    given, login = login, login.strip().lower()
    faults = (
        [] if LOGIN.fullmatch(login) else [f"아이디는 영문 소문자와 숫자, . _ - 로 2~32자여야 합니다: {given[:40]}"]
    )
    name = name.strip() or login
    if role not in ROLES:
        faults.append(f"역할은 {', '.join(ROLES)} 가운데 하나여야 합니다: {role}")
    if len(name) > _LONGEST_NAME:
        faults.append(f"이름은 {_LONGEST_NAME}자까지입니다.")
    faults += filter(None, [passwords.fault(password, login)])
    if faults:
        raise StaffRefusedError("\n".join(faults))
    await _take_turn(connection, by)
    member = await staff.add(connection, login, name, role, passwords.hashed(password), now)
    if provisional:
        await staff.prefer(connection, member.id, must_change=True)
    await audit.note(connection, now, by or _CONSOLE, "staff.add", login, role)
    return member


async def named(connection: AsyncConnection, login: str) -> Member:
    """Return an account.

    Raises:
        StaffRefusedError: there is none.
    """
    member = await staff.find(connection, login.strip().lower())
    if member is None:
        raise StaffRefusedError(f"'{login[:40]}' 계정이 없습니다.")
    return member


async def disable(connection: AsyncConnection, by: str, login: str, now: datetime) -> None:
    """Stop an account and end its sessions. Idempotent.

    Raises:
        StaffRefusedError: there is none, or it is the last administrator's.
    """
    await _take_turn(connection, by)
    member = await named(connection, login)
    await _keeps_an_admin(connection, member)
    await staff.change(connection, member.id, state="stopped")
    await staff.leave_everywhere(connection, member.id)
    await audit.note(connection, now, by or _CONSOLE, "staff.disable", member.login)


async def enable(connection: AsyncConnection, by: str, login: str, now: datetime) -> None:
    """Let a stopped account work again. Idempotent.

    Raises:
        StaffRefusedError: there is none.
    """
    await _take_turn(connection, by)
    member = await named(connection, login)
    await staff.change(connection, member.id, state="active")
    await audit.note(connection, now, by or _CONSOLE, "staff.enable", member.login)


async def give_role(connection: AsyncConnection, by: str, login: str, role: str, now: datetime) -> None:
    """Give an account another role; its sessions go on with it.

    Raises:
        StaffRefusedError: there is no such account or role, or it is the last administrator's.
    """
    await _take_turn(connection, by)
    member = await named(connection, login)
    if role not in ROLES:
        raise StaffRefusedError(f"역할은 {', '.join(ROLES)} 가운데 하나여야 합니다: {role[:20]}")
    if role != "admin":
        await _keeps_an_admin(connection, member)
    await staff.change(connection, member.id, role=role)
    await audit.note(connection, now, by or _CONSOLE, "staff.role", member.login, f"{member.role} → {role}")


async def reset(
    connection: AsyncConnection,
    by: str,
    login: str,
    password: str,
    now: datetime,
    *,
    account: str,
    provisional: bool = False,
) -> None:
    """Give an account another password: its sessions end, a lock-out is lifted, and a stopped account works again.

    A second factor is switched off, since the telephone may be what was lost.

    `account`: the pseudonym under which its log-ins are counted.

    Raises:
        StaffRefusedError: there is no such account, or the password cannot be taken.
    """
    await _take_turn(connection, by)
    member = await named(connection, login)
    fault = passwords.fault(password, member.login)
    if fault:
        raise StaffRefusedError(fault)
    await staff.change(connection, member.id, password=passwords.hashed(password), state="active")
    await staff.prefer(connection, member.id, must_change=provisional, **second.none())
    await staff.leave_everywhere(connection, member.id)
    await audit.note(connection, now, by or _CONSOLE, "password.reset", member.login)
    await audit.note(connection, now, by or _CONSOLE, audit.CLEARED, account, member.login)


async def give_second(connection: AsyncConnection, by: str, login: str, issuer: str, now: datetime) -> Second:
    """Give an account a second factor in place of any before, and return it: it is shown this once.

    Raises:
        StaffRefusedError: there is no such account.
    """
    await _take_turn(connection, by)
    member = await named(connection, login)
    made = second.new(member.login, issuer)
    await staff.prefer(connection, member.id, **made.kept)
    await staff.leave_everywhere(connection, member.id)
    await audit.note(connection, now, by or _CONSOLE, "second.on", member.login)
    return made


async def _take_turn(connection: AsyncConnection, by: str) -> None:
    """Change accounts one by one: whoever lost the right to do so just now does it no more.

    Raises:
        StaffRefusedError: who does it is no administrator now.
    """
    await in_turn(connection, "accounts")
    doer = await staff.find(connection, by) if by else None
    if by and not (doer and doer.active and doer.may("admin")):
        raise StaffRefusedError(_GONE)


async def _keeps_an_admin(connection: AsyncConnection, member: Member) -> None:
    if member.role == "admin" and member.active and not await staff.other_admins(connection, member.id):
        raise StaffRefusedError("마지막 관리자입니다. 다른 관리자를 먼저 만드세요.")
