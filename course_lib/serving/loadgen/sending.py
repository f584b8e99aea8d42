"""Open loop and closed loop: who waits for whom. No network here; `send` is any coroutine that answers.

Time is the event loop's own. On a loop whose clock is virtual the same code can be held against theory exactly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np

Send = Callable[[int], Awaitable[tuple[int, bytes]]]    # number of a request → status, answer
NO_ANSWER, NOT_SENT = 0, -1                             # statuses beside those of HTTP


@dataclass
class SendLog:
    """A row a request, in the order in which they were due; seconds from the start.

    due_s: when it should have been sent. sent_s: when it was. done_s: when its answer was complete; infinity where
    none came. status: of HTTP, NO_ANSWER or NOT_SENT. answer: bytes, or what went wrong.
    """

    due_s: list[float] = field(default_factory=list)
    sent_s: list[float] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    answer: list[bytes] = field(default_factory=list)

    def open_row(self, due_s: float, sent_s: float) -> int:
        """Write down that a request was sent; returns its row. Until it is closed it has no answer."""
        self.due_s.append(due_s)
        self.sent_s.append(sent_s)
        self.done_s.append(np.inf)
        self.status.append(NO_ANSWER)
        self.answer.append(b"")
        return len(self.due_s) - 1

    def close_row(self, row: int, status: int, answer: bytes, done_s: float) -> None:
        """Write down what came back; an answer that never came is never done."""
        self.status[row], self.answer[row] = status, answer
        self.done_s[row] = done_s if status > 0 else np.inf


async def open_loop_sends(due_s: np.ndarray, send: Send, most_open: int = 1000) -> SendLog:
    """Send each request when it is due, whether or not earlier ones have been answered, as people do.

    due_s: float (n,), seconds from now, ascending. most_open: at that many unanswered ones the next is NOT_SENT, and
    counts as one that got no answer.
    """
    clock, log, open_tasks = asyncio.get_running_loop(), SendLog(), set()
    begin = clock.time()

    async def one(number: int, row: int) -> None:
        status, answer = await send(number)
        log.close_row(row, status, answer, clock.time() - begin)

    for number, due in enumerate(np.asarray(due_s, float).tolist()):
        if (ahead := begin + due - clock.time()) > 0:
            await asyncio.sleep(ahead)
        row = log.open_row(due, clock.time() - begin)
        if len(open_tasks) >= most_open:
            log.close_row(row, NOT_SENT, b"too many were unanswered", np.inf)
            continue
        task = clock.create_task(one(number, row))
        open_tasks.add(task)
        task.add_done_callback(open_tasks.discard)
    while open_tasks:
        await asyncio.gather(*open_tasks)
    return log


async def closed_loop_sends(seconds: float, most: int, send: Send, clients: int = 1,
                            every_s: float | None = None) -> SendLog:
    """`clients` that each wait for their answer before they ask again, until the time or `most` requests are over.

    every_s: each means to send at that distance. When an answer takes longer, the next request goes out late: due_s
    says when it was meant, so that both latencies can be told from one run. Without it a request is due when sent.
    A client that is still behind after three times `seconds` gives up; what it meant to send is NOT_SENT.
    """
    clock, log = asyncio.get_running_loop(), SendLog()
    begin = clock.time()

    async def client(place: int) -> None:
        meant = place * (every_s or 0) / clients
        while True:
            now = clock.time() - begin
            if every_s and meant > now:
                await asyncio.sleep(meant - now)
                now = clock.time() - begin
            if (meant if every_s else now) >= seconds or len(log.due_s) >= most:
                return
            row = log.open_row(meant if every_s else now, now)
            if now >= 3 * seconds:
                log.close_row(row, NOT_SENT, b"the client was too far behind", np.inf)
                meant += every_s
                continue
            status, answer = await send(row)
            log.close_row(row, status, answer, clock.time() - begin)
            meant += every_s or 0

    await asyncio.gather(*(client(place) for place in range(clients)))
    return log
