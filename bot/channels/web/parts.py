"""What the web routes share; the composition root puts it together."""

from dataclasses import dataclass, field

from bot.channels.web.addresses import Network
from bot.channels.web.below import path_of
from bot.desk.cases import Cases
from bot.desk.counter import Counter
from bot.desk.courier import Courier
from bot.desk.front import Front
from bot.desk.maintain import Maintenance
from bot.desk.service import Service
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What an operator may set. `public_url`: where the pages are seen from outside, or empty."""

    public_url: str = ""
    frame_ancestors: str = "*"
    """Who may embed the web chat: sources as in CSP's `frame-ancestors`."""
    rate: float = 20.0
    """Requests a second of one address; 0 sets no limit."""
    proxies: tuple[Network, ...] = ()
    """Proxies whose `X-Forwarded-For` is believed."""

    @property
    def below(self) -> str:
        """The path below which the site is seen from outside; empty at the root."""
        return path_of(self.public_url)


@dataclass(frozen=True, slots=True)
class Parts:
    """Shared by all routes."""

    front: Front
    database: Database
    counter: Counter
    secret: bytes
    courier: Courier | None = None
    """Reaches users of a messenger and the staff group; `None` where there is none."""
    options: WebOptions = field(default_factory=WebOptions)
    maintenance: Maintenance | None = None
    """Does maintainers' work on the knowledge folder; `None` where there is no such folder."""

    @property
    def cases(self) -> Cases:
        """What is done with tickets."""
        return Cases(self.front, self.courier)

    @property
    def service(self) -> Service:
        """What users ask for."""
        return Service(self.counter, self.cases)
