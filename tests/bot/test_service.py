"""The bot ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from bot import service

if TYPE_CHECKING:
    import pytest


async def test_a_job_that_catches_its_cancellation_once_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "CANCELLED_AGAIN_S", 0.01)

    async def job() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    stubborn, other = asyncio.create_task(job()), asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    await asyncio.wait_for(service.end([stubborn, other]), 30)

    assert stubborn.cancelled()
    assert other.cancelled()
