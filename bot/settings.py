"""Every option that comes from outside the command line. Only `cli` and `app` read it."""

import os
from pathlib import Path


def knowledge_folder() -> Path:
    """Return the knowledge folder: HELPDESK_KNOWLEDGE, else `knowledge` here or beside the program."""
    named = os.environ.get("HELPDESK_KNOWLEDGE")
    if named:
        return Path(named)
    here = Path("knowledge")
    return here if here.is_dir() else Path(__file__).resolve().parent.parent / "knowledge"
