"""Where the site is seen from outside: as the operator says, else as the visitor came, if they came straight to us.

What a request calls our host is the visitor's word. Written into pages it would lead others, out of a cache between us,
to a site of somebody else's.
"""

from ipaddress import ip_address

from starlette.requests import Request


def root_of(request: Request, public_url: str) -> str:
    """Return the address of the site without a slash at its end; empty where nobody told us: links are relative then."""
    if public_url:
        return public_url.rstrip("/")
    return str(request.base_url).rstrip("/") if _came_straight(request) else ""


def _came_straight(request: Request) -> bool:
    """Tell whether the host that a request names is the address at which it arrived, or this machine."""
    named, at = request.base_url.hostname or "", (request.scope.get("server") or ("",))[0]
    if named in (at, "localhost"):
        return True
    try:
        return ip_address(named).is_loopback
    except ValueError:
        return False
