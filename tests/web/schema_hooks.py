"""For schemathesis: every request its own key, and no key to the API where that is what is to be tried."""

import re
import uuid
from typing import Any

import schemathesis

from bot.channels.web.api_once import HEADER, KEY


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Change what cannot be said on the command line.

    Under one idempotency key two requests are one, and a second, other one is rightly refused: so a good key becomes
    another good one. The key to the API comes from the command line, also where it is meant to be missing.
    """
    key = (case.headers or {}).get(HEADER)
    if isinstance(key, str) and re.fullmatch(KEY, key):
        case.headers[HEADER] = str(uuid.uuid4())
    tried = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    if tried and tried.lower() == "authorization":
        for headers in (case.headers or {}, kwargs.get("headers") or {}):
            headers.pop("Authorization", None)
