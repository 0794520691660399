"""`helpdesk staff`: accounts of the console, and the first administrator."""

from typing import Annotated

import typer

from bot import settings

staff = typer.Typer(help="콘솔 계정을 만들고 돌봅니다.", no_args_is_help=True, rich_markup_mode=None)
Login = Annotated[str, typer.Argument(metavar="아이디", help="영문 소문자와 숫자, 2~32자")]


@staff.command("add")
def add(
    login: Login,
    role: Annotated[
        str, typer.Option("--role", help="agent(상담원), maintainer(지식 담당), admin(관리자)")
    ] = "agent",
    name: Annotated[str, typer.Option("--name", help="화면과 이용자에게 보일 이름. 없으면 아이디")] = "",
) -> None:
    """계정을 만듭니다. 비밀번호를 두 번 묻습니다(표준 입력이 이어져 있으면 첫 줄을 씁니다)."""
    from bot import upkeep

    made = upkeep.add_staff(settings.read(), login, name, role, _password())
    print(f"{made.login} 계정을 만들었습니다({made.role}). http://…/console 에서 로그인하세요.")


@staff.command("list")
def show() -> None:
    """계정을 모두 보입니다."""
    from bot import upkeep

    found = upkeep.all_staff(settings.read())
    for member in found:
        seen = f"{member.seen_at:%Y-%m-%d %H:%M} UTC" if member.seen_at else "로그인한 적 없음"
        print(f"{member.login}  {member.role}  {member.state}  {member.name}  {seen}")
    if not found:
        print("계정이 없습니다. helpdesk staff add 아이디 --role admin 으로 첫 관리자를 만드세요.")


@staff.command("disable")
def disable(login: Login) -> None:
    """계정을 멈춥니다. 하던 로그인도 모두 끝납니다."""
    from bot import upkeep

    upkeep.disable_staff(settings.read(), login)
    print(f"{login} 계정을 멈췄습니다.")


@staff.command("reset")
def reset(login: Login) -> None:
    """비밀번호를 다시 정하고, 잠긴 것을 풀고, 멈춘 계정을 되살립니다. 하던 로그인은 모두 끝납니다."""
    from bot import upkeep

    upkeep.reset_staff(settings.read(), login, _password())
    print(f"{login} 계정의 비밀번호를 다시 정했습니다.")


@staff.command("second-factor")
def second_factor(login: Login) -> None:
    """2단계 인증을 켭니다(다시 하면 새것으로 바꿉니다). staff reset은 비밀번호와 함께 2단계 인증도 끕니다."""
    from bot import upkeep

    made = upkeep.second_factor(settings.read(), login, "helpdesk")
    print(f"휴대전화의 인증 앱(구글·마이크로소프트 OTP 따위)에 이 열쇠를 넣으세요: {made.secret}")
    print(f"주소로 넣는 앱이면: {made.address}")
    print("휴대전화를 잃었을 때 쓸 번호입니다. 하나에 한 번씩 쓸 수 있고 다시 보이지 않습니다:")
    print("\n".join(f"  {code}" for code in made.paper))


def _password() -> str:
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("비밀번호(10자 이상)", hide_input=True, confirmation_prompt="한 번 더"))
