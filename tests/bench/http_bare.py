"""A bare FastAPI route, to measure ours beside: a pydantic body in, JSON out. `python -m tests.bench.http_bare PORT`."""

import sys

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import BaseModel


class Asked(BaseModel):
    """What the API is asked."""

    text: str
    language: str = "ko"


web = FastAPI()


@web.post("/ask")
async def ask(asked: Asked) -> dict[str, str]:
    """Say back what was asked."""
    return {"outcome": "answer", "text": asked.text}


def main() -> None:
    """Serve with the settings with which the help desk serves."""
    config = uvicorn.Config(
        web, port=int(sys.argv[1]), log_config=None, access_log=False, lifespan="off", proxy_headers=False
    )
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
