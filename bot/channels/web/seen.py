"""The site's public address: the operator's setting, else the one that the visitor used, if they came directly to us.

The Host header is the visitor's claim. Written into pages it could lead others, through a cache in between,
to somebody else's site.
"""

from ipaddress import ip_address

from starlette.requests import Request


def root_of(request: Request, public_url: str) -> str:
    """Return the address of the site without a trailing slash; empty if it is not known: links are relative then."""
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
