"""`/tickets` in the staff group: tickets that wait and that are taken, longest wait first, page by page."""

from collections.abc import Mapping

from bot.channels.telegram.buttons import button
from bot.channels.telegram.render import escape
from bot.channels.telegram.turn import Turn
from bot.desk.front import Front
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import cut
from bot.store import tickets
from bot.store.tickets import Ticket

COMMAND, TAP = "tickets", "o:"
PAGE = 10
"""Tickets of a page: with a line of their question each, well below the 4,096 characters of a message."""
_QUESTION = 60
_SUPERGROUP = "-100"
"""Prefix of the numbers of groups whose messages have links. Source: core.telegram.org/api/links."""


async def show(turn: Turn, front: Front, number: int = 1) -> None:
    """Show a page: as an answer to the command, or in place of the page whose button was tapped."""
    say = Say(front.base, KOREAN)
    counts = await tickets.counted(turn.connection)
    pages = max(1, -(-sum(counts.values()) // PAGE))
    number = min(max(1, number), pages)
    found = await tickets.queue(turn.connection, "", "", PAGE, (number - 1) * PAGE)
    lines = [escape(_head(say, counts, number, pages)), *(_line(say, t, turn) for t in found)]
    places = ((number - 1, "‹"), (number + 1, "›"))
    row = [button(f"{mark} {n}/{pages}", f"{TAP}{n}") for n, mark in places if 1 <= n <= pages]
    keyboard = [row] if row else []
    if turn.event.kind == "tap":
        turn.edit("\n".join(lines), keyboard)
    else:
        turn.send("\n".join(lines), keyboard, role="")


def _head(say: Say, counts: Mapping[str, int], number: int, pages: int) -> str:
    if not any(counts.values()):
        return say("staff_list_none")
    waiting, taken = counts.get("open", 0), counts.get("claimed", 0)
    return say("staff_list", waiting=waiting, taken=taken, page=number, pages=pages)


def _line(say: Say, ticket: Ticket, turn: Turn) -> str:
    number, address = f"#{ticket.id}", _address(ticket)
    shown = f'<a href="{address}">{number}</a>' if address else number
    minutes = int((turn.now - ticket.opened_at).total_seconds() // 60)
    state = say("staff_list_taken", name=ticket.claimed_by) if ticket.claimed_by else ""
    waited = say("staff_list_waited", hours=minutes // 60, minutes=minutes % 60)
    return " · ".join(filter(None, (shown, escape(state or waited), escape(cut(ticket.question, _QUESTION)))))


def _address(ticket: Ticket) -> str:
    """Return a link to the ticket's thread in the group; empty where messages have no links."""
    place = ticket.topic or ticket.root_message
    if not place or not ticket.staff_chat.startswith(_SUPERGROUP):
        return ""
    return f"https://t.me/c/{ticket.staff_chat.removeprefix(_SUPERGROUP)}/{place}"
