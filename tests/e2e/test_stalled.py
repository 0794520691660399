"""An order to stop is obeyed whoever is connected."""

import asyncio
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.telegram.running import Process, ready, small_knowledge

ASKED = b"GET /browse HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("orders", [1, 2])
async def test_who_does_not_read_holds_up_no_order_to_stop(tmp_path: Path, orders: int) -> None:
    """Three ask for more than fits into their connection and read nothing; a second order is obeyed at once."""
    process = Process.of(
        "", f"sqlite:///{tmp_path}/h.db", tmp_path, knowledge=small_knowledge(tmp_path), TELEGRAM_BOT_TOKEN=""
    )
    await process.start()
    assert process.running is not None
    await ready(process.port, 180)
    stalled = []
    for _ in range(3):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        reader.connect(("127.0.0.1", process.port))
        reader.sendall(ASKED * 8)
        stalled.append(reader)
    await asyncio.sleep(0.5)
    began = time.monotonic()
    for _ in range(orders):
        process.running.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
    code = await asyncio.wait_for(process.running.wait(), 60)
    took = time.monotonic() - began
    for reader in stalled:
        reader.close()
    assert code == 0
    assert took < (12 if orders == 1 else 6)
