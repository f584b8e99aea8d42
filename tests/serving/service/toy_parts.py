"""A release of small stages whose parts can be held up from outside, and a service around it."""

import asyncio
import threading
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pandas as pd
from toy_stages import TASTE, N, Nearest, build

from course_lib.serving.service.asgi import Service
from course_lib.serving.service.ask_schema import Ask
from course_lib.serving.service.release import Release, SegmentLists
from course_lib.serving.service.settings import ServiceSettings

AGES = 60_000       # ms; so that a busy machine never makes the chain late where a test is not about that
EVENTS = pd.DataFrame({"user": [0, 0, 1, 2, 2, 3], "item": [20, 21, 21, 22, 21, 23]})


class Held(Nearest):
    """A retriever that waits until `go` is set. asked: batches that came."""

    def __init__(self):
        super().__init__()
        self.go, self.asked = threading.Event(), []
        self.go.set()

    def retrieve(self, requests, n):
        self.asked.append(len(requests))
        self.go.wait(30)
        return super().retrieve(requests, n)


def release(name="first", eligible=range(N), segments=None, numbering="", names=None, **parts):
    segments = segments or SegmentLists.of(EVENTS, len(TASTE), N)
    return Release(name, build(**({"fallback": None} | parts)), len(TASTE), N, np.array(list(eligible), np.int32),
                   segments, np.array([50, 51, 52]), numbering, names)


@asynccontextmanager
async def running(first=None, store=None, **settings):
    """A Service that runs in this event loop, without HTTP."""
    usual = {"budget_ms": AGES, "warm": 0, "fresh_s": 0, "store_ms": AGES, "hedge_ms": AGES}
    service = Service(first or release(), ServiceSettings(**(usual | settings)), store, token="open", warm=[5])
    async with service.running():
        yield service


@asynccontextmanager
async def served(first=None, store=None, **settings):
    """(service, a client that asks it over HTTP in this event loop)."""
    async with running(first, store, **settings) as service:
        transport = httpx.ASGITransport(app=service.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            yield service, client


def ask(user=2, session=(), k=5):
    return Ask(user=user, session=list(session), k=k)


def go(coroutine):
    """Run a test's coroutine, for a minute at most."""
    return asyncio.run(asyncio.wait_for(coroutine, 60))
