"""The service as an ASGI application: its routes, and what is made when it starts and let go when it stops.

POST /recommend      {"user": 3, "session": [5, 9], "k": 10} → {"slate", "propensities", "rung", "trace"}; by numbers
                     from 0, or {"user": "17850", "session": ["85123A"]}, by the log's own ids as text, as the slate is
GET  /health         whether the process lives, and what somebody should look at
GET  /ready          whether it should be sent requests: no answer before it is warm, then 200, and 503 while it stops
GET  /metrics        for Prometheus
GET  /trace/{trace}  what happened to one of the last requests

What follows is there only where the service was started with a token, and asks for it in the header "token":
POST, DELETE /admin/faults     switch faults on, and all of them off
POST   /admin/features         what people clicked last, {"3": [5, 9]} or {"17850": ["85123A"]}, as a feature job writes
POST   /admin/release          load a saved recommender, warm it, and put it into a role
POST   /admin/afresh           all faults off, and as after a start: caches warm, breakers closed, nothing under way;
                               {"batch": 1}: with that setting, until the next fresh start
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from course_lib.contracts import CourseError
from course_lib.serving.service.admin_schema import CHANGES, FAULTS, Change, features_of
from course_lib.serving.service.admission import Admission
from course_lib.serving.service.ask_schema import Limits, Refused, one_sentence, parsed
from course_lib.serving.service.batch_run import BatchRun
from course_lib.serving.service.fault_switches import Switchboard
from course_lib.serving.service.feature_store import FeatureStore, as_recent, recent_key
from course_lib.serving.service.release import Release, Releases
from course_lib.serving.service.responder import Responder
from course_lib.serving.service.seldom import Seldom
from course_lib.serving.service.service_metrics import ServiceMetrics
from course_lib.serving.service.settings import ServiceSettings
from course_lib.serving.service.slate_cache import OUTCOMES

ADMIN_BYTES = 10_000_000
CLOSE = {"Connection": "close"}     # what is left of a body that was given up is not read
GONE = 499                          # nobody hears this status; logs and metrics tell it from a fault of the house


class Service:
    """What the routes share. release: the first one. store: FeatureStore or None. token: opens /admin; None or "":
    closed. warm: users whose slates are computed before the service is ready, who come most often first; settings.warm
    says how many of them. alone: False where other processes answer at the same address: a fault or a release would
    reach one of them only, and is refused."""

    def __init__(self, release: Release, settings: ServiceSettings | None = None, store: FeatureStore | None = None, *,
                 token: str | None = None, warm=(), alone: bool = True):
        self.settings = self.first_settings = settings or ServiceSettings()
        self.releases, self.store, self.token, self.warm = Releases(release), store, token or None, list(warm)
        self.alone = alone
        self.metrics, self.switches, self.ready = ServiceMetrics(), Switchboard(), False
        self._changing = asyncio.Lock()         # one fresh start or release at a time
        self._failures = Seldom(__name__)
        self.admission = Admission(self._limits(), self.settings.shed_at)

    @asynccontextmanager
    async def running(self, app: Starlette | None = None) -> AsyncIterator[None]:
        """Make the parts that belong to the event loop, warm up, and at the end wait for what is under way."""
        self.chain, self.responder = self._new_parts()
        await self._warmed(self.responder)
        self.ready = True
        try:
            yield
        finally:
            self.ready = False
            await self.responder.flights.drain(seconds=1.0)
            self.chain.close()
            if self.store is not None:
                self.store.close()

    def _new_parts(self) -> tuple[BatchRun, Responder]:
        chain = BatchRun(self.settings, self.store, self.switches, self.metrics)
        return chain, Responder(self.settings, self.releases, chain, self.switches, self.metrics)

    async def _warmed(self, responder: Responder, release: Release | None = None) -> None:
        """Compute the slates of as many as is set. Where that is nobody, one is computed all the same and not kept,
        since a process is slow at what it does first."""
        who = self.warm[:responder.settings.warm]
        await responder.warm_up(who or [0], release=release, keep=bool(who))

    def _limits(self) -> Limits:
        held = self.settings
        return Limits(held.body_bytes, held.most_k, held.most_session, held.per_second, held.burst)

    async def start_afresh(self, wait_s: float = 5.0, changes: dict | None = None) -> bool:
        """Faults off, then new threads, breakers, retry budgets and caches, warmed by what the store holds now.

        What earlier requests began is waited for, `wait_s` at most, since it takes time from those who come next, and
        once more after the exchange, since its threads are let go then; the answer is whether all of it was done both
        times. Metrics, traces and what the store holds stay. changes: settings other than those of the start, until the
        next time; all others are as at the start. One fresh start is made at a time. Raises ValidationError for what
        cannot be set, before anything has changed.
        """
        settings = ServiceSettings.model_validate(self.first_settings.model_dump() | (changes or {}))
        async with self._changing:
            self.switches.switch_off()
            old_chain, old = self.chain, self.responder
            landed = await old.flights.landed(wait_s)
            self.settings = settings
            self.admission.limit(self._limits(), settings.shed_at)
            chain, responder = self._new_parts()
            chain.store, responder.traces = old_chain.store, old.traces     # its switches know earlier values
            await self._warmed(responder)
            self.chain, self.responder = chain, responder
            landed = await old.flights.landed(wait_s) and landed            # who came while the new one was warmed
            old_chain.close(cancel=False)                                   # somebody may be answered by it still
        return landed

    # --- for everybody ------------------------------------------------------------------------------------------
    async def recommend(self, request: Request) -> Response:
        """A slate, by whichever rung could give one in time."""
        client = request.client.host if request.client else "nobody"
        body = await self._body(request, self.settings.body_bytes)  # who sends it slowly takes nobody's place
        with self.admission.entered(client, full=self.metrics.turned_away):
            current = self.releases.current
            ask = parsed(body, self.admission.limits, current.n_users, current.n_items,
                         current.names)
            answer = await self.responder.answer(ask)
        return JSONResponse({"slate": answer.slate, "propensities": answer.propensity.tolist(),
                             "rung": answer.rung, "trace": answer.trace})

    async def health(self, request: Request) -> Response:
        """That the process lives, who answered lately, and what somebody should look at."""
        return JSONResponse({"lives": True, "alerts": self.metrics.alerts(), "shares": self.metrics.shares()})

    async def is_ready(self, request: Request) -> Response:
        """Whether requests should be sent here."""
        return JSONResponse({"ready": self.ready, "release": self.releases.current.name}, 200 if self.ready else 503)

    async def page_of_metrics(self, request: Request) -> Response:
        """All counts and times."""
        self.metrics.waiting.set(self.admission.waiting)
        self.metrics.queued.set(len(self.responder.batcher))
        for outcome in OUTCOMES:                            # after a fresh start most of them are 0 again
            self.metrics.cache.labels(outcome).set(self.responder.cache.outcomes[outcome])
        breakers = {"store": self.chain.breaker, "chain": self.responder.breaker(self.releases.current)}
        for part, breaker in breakers.items():
            self.metrics.open.labels(part).set(breaker.state != "closed")
        return Response(self.metrics.page(), media_type="text/plain; version=0.0.4")

    async def trace(self, request: Request) -> Response:
        """What happened to one of the last requests."""
        answer = self.responder.traces.get(request.path_params["trace"])
        if answer is None:
            raise Refused(404, "no such trace among the last ones")
        return JSONResponse({"rung": answer.rung, "release": answer.release, "ms": round(answer.ms, 2),
                             "notes": answer.notes, "slate": answer.slate})

    # --- for who has the token ----------------------------------------------------------------------------------
    async def faults(self, request: Request) -> Response:
        """Switch faults on, or all of them off."""
        body = await self._allowed(request)
        self._check_alone()
        if request.method == "DELETE":
            self.switches.switch_off()
        else:
            found = FAULTS.validate_json(body)
            if any(fault.mode == "cold" for fault in found):
                self.responder.cache.clear()
            self.switches.switch_on(*found)
        return JSONResponse({"faults": [fault.model_dump() for fault in self.switches.active()]})

    async def features(self, request: Request) -> Response:
        """Write what people clicked last, as the feature job does."""
        body, release = await self._allowed(request), self.releases.current
        recent = release.told(features_of(body, release.names is not None))
        if self.chain.store is None:
            raise Refused(409, "this service runs without a store")
        values = {recent_key(person): as_recent(items) for person, items in recent.items()}
        try:
            await asyncio.to_thread(self.chain.store.put_many, values)
        except Exception as error:                          # of whichever engine: locked, full, gone, switched off
            raise Refused(503, f"the store did not take it: {error}") from None
        return JSONResponse({"held": len(values)})

    async def change(self, request: Request) -> Response:
        """Load a recommender, warm it, and put it into a role; or end a role."""
        change = Change.model_validate_json(await self._allowed(request))
        self._check_alone()
        if change.path is None:
            self.releases.end(change.role)
        else:
            try:
                release = await asyncio.to_thread(_loaded, change)
            except CourseError:
                raise
            except (OSError, ValueError) as error:          # a path that no system can mean
                raise Refused(422, f"path: {type(error).__name__}, no recommender can be read there") from None
            self.releases.claim(release)            # a name that is taken has slates in the cache already
            async with self._changing:              # or its threads would be let go while it is warmed
                await self._warmed(self.responder, release)     # before it answers anybody
                self.releases.change(release, change.role, change.share)
        return JSONResponse({role: held.name if held else None for role, held in
                             (("current", self.releases.current), ("canary", self.releases.canary),
                              ("shadow", self.releases.shadow))})

    async def afresh(self, request: Request) -> Response:
        """Faults off, and everything else as after a start, perhaps with other settings."""
        body = await self._allowed(request)
        self._check_alone()
        changes = CHANGES.validate_json(body) if body else {}
        return JSONResponse({"nothing_under_way": await self.start_afresh(changes=changes)})

    async def _allowed(self, request: Request) -> bytes:
        """The body, for who has the token; for others there is no such page."""
        given = request.headers.get("token", "")
        if self.token is None or not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refused(404, "there is nothing here")
        return await self._body(request, ADMIN_BYTES)

    def _check_alone(self) -> None:
        if not self.alone:
            raise Refused(409, "several processes answer here, and this would reach one of them; start one worker")

    async def _body(self, request: Request, most: int) -> bytes:
        """The body, or Refused as soon as it is longer than `most` bytes or takes longer than settings.body_s."""
        parts, size = [], 0
        try:
            async with asyncio.timeout(self.settings.body_s):
                async for part in request.stream():
                    size += len(part)
                    if size > most:
                        raise Refused(413, f"the body has more than {most:,} bytes")
                    parts.append(part)
        except TimeoutError:
            raise Refused(408, f"the body did not come within {self.settings.body_s:g} s") from None
        except ClientDisconnect:
            raise Refused(GONE, "whoever asked has gone") from None
        return b"".join(parts)

    def app(self) -> Starlette:
        """The ASGI application."""
        pages = [("/recommend", self.recommend, ["POST"]), ("/health", self.health, ["GET"]),
                 ("/ready", self.is_ready, ["GET"]), ("/metrics", self.page_of_metrics, ["GET"]),
                 ("/trace/{trace}", self.trace, ["GET"]), ("/admin/faults", self.faults, ["POST", "DELETE"]),
                 ("/admin/features", self.features, ["POST"]), ("/admin/release", self.change, ["POST"]),
                 ("/admin/afresh", self.afresh, ["POST"])]
        routes = [Route(path, self._counted(page), methods=methods) for path, page, methods in pages]
        return Starlette(routes=routes, lifespan=self.running, exception_handlers={HTTPException: _no_such_page})

    def _counted(self, endpoint: Callable[[Request], Awaitable[Response]]):
        """endpoint, whose errors are one sentence, and whose answers are counted by status."""
        async def counted(request: Request) -> Response:
            try:
                response = await endpoint(request)
            except Refused as error:
                headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
                response = _sentence(error.status, str(error), headers | (CLOSE if error.status in (408, 413) else {}))
            except ValidationError as error:
                response = _sentence(422, one_sentence(error))
            except CourseError as error:
                response = _sentence(422, str(error))
            except Exception as error:                      # a fault of the house: no traceback leaves it
                self.metrics.incidents.labels("service").inc()
                self._failures.warning("The service failed at %s %r.", request.method, request.url.path, exc_info=error)
                response = _sentence(500, f"the service failed ({type(error).__name__})")
            self.metrics.requests.labels(str(response.status_code)).inc()
            return response
        return counted


def _loaded(change: Change) -> Release:
    from course_lib.serving.funnel_recommender import FunnelRecommender

    return Release.of_funnel(FunnelRecommender.load(Path(change.path)), change.name, change.withdrawn)


def _sentence(status: int, says: str, headers: dict | None = None) -> JSONResponse:
    return JSONResponse({"error": " ".join(says.split())}, status, headers)


async def _no_such_page(request: Request, error: HTTPException) -> Response:
    return _sentence(error.status_code, f"{request.method} {request.url.path}: {error.detail}", error.headers)
