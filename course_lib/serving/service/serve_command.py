"""`course serve`: a recommender that answers HTTP, on this machine alone unless another address is named."""

from __future__ import annotations

import gc
import ipaddress
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from course_lib.contracts import ArgumentError, DataError, as_count
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.service.asgi import Service
from course_lib.serving.service.ask_schema import one_sentence
from course_lib.serving.service.bounded_head import PROTOCOL
from course_lib.serving.service.feature_store import open_store
from course_lib.serving.service.release import Release
from course_lib.serving.service.settings import ServiceSettings

TOKEN, FACTS = "COURSE_SERVICE_TOKEN", "COURSE_SERVICE"
STRANGERS_PER_S = 20.0      # of one client, where others than this machine's can ask and nothing else is set
IN_LINE = 2048          # connections that may wait to be taken; as many as uvicorn asks for
SWITCH_S = 0.001    # a thread that computes gives way after this, so that the event loop is not kept waiting for 5 ms


def main(args) -> int:
    """Serve until it is told to stop. args: as `course serve` parses them."""
    _check_host(args.host)
    as_count("--port", args.port, 0, 65_535)
    as_count("--workers", args.workers, 1, 64)
    settings = _for_host(_settings(args.set), args.host)
    signal.signal(signal.SIGTERM, _end)             # uvicorn ends and then calls this, so that what follows is done
    listening = _bound(args.host, args.port)        # before anything is trained for a port that is taken
    with listening, tempfile.TemporaryDirectory(prefix="course-serve-") as folder:
        if args.file is None:
            print("no --file: a small system of films is trained first, or taken from the cache", file=sys.stderr)
            args.file = _small_system().save(Path(folder) / "small.recommender")
        _serve(args, settings, listening)
    return 0


def _serve(args, settings: ServiceSettings, listening: socket.socket) -> None:
    """Answer until it is told to stop."""
    facts = {"file": str(args.file), "store": args.store, "settings": settings.model_dump()}
    os.environ[FACTS] = json.dumps(facts)
    app = app_from_environment()                # here, so that what is wrong with the file is said before anybody asks
    if args.workers > 1:
        app = "course_lib.serving.service.serve_command:app_from_environment"
    config = uvicorn.Config(app, factory=args.workers > 1, workers=args.workers, log_level="warning",
                            access_log=False, timeout_graceful_shutdown=5, http=PROTOCOL)
    shown = f"[{args.host}]" if ":" in args.host else args.host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    server = uvicorn.Server(config)
    asked = _asked_to_end(server)
    print(f"serving at {address}" if args.announce else _welcome(address, settings), flush=True)
    if args.until_input_ends:
        threading.Thread(target=_stop_when_input_ends, args=(server,), daemon=True).start()
    if args.workers > 1:
        from uvicorn.supervisors import Multiprocess

        Multiprocess(config, sockets=[listening]).run()
    else:
        server.run(sockets=[listening])
    if asked:
        raise SystemExit(128 + asked[0])


def app_from_environment():
    """The application that `main` describes in the environment; each worker makes its own, and ends with its parent."""
    sys.setswitchinterval(SWITCH_S)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    facts = json.loads(os.environ[FACTS])
    settings = ServiceSettings(**facts["settings"])
    system = FunnelRecommender.load(facts["file"])
    store = open_store(facts["store"]) if facts["store"] else None
    events = system.funnel.fitted.past.events
    often = events["user"].value_counts().index.tolist()     # settings say how many of them
    app = Service(Release.of_funnel(system), settings, store, token=os.environ.get(TOKEN), warm=often,
                  alone=parent is None).app()
    _settle()
    return app


def _settle() -> None:
    """What keeps requests waiting for nothing, in a process that only serves: threads of linear algebra, which wait for
    each other by spinning beside others' work (a pass of 32 then takes four times as long), and a garbage collector
    that walks over all that was loaded, some 0.1 s in which nobody is answered."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, "blas")
    gc.collect()
    gc.freeze()


def _small_system() -> FunnelRecommender:
    """A recommender of films, trained once and kept in the cache."""
    from course_lib.data import datasets, splits
    from course_lib.serving.assemble import FILM_SETTINGS, table_recommender

    try:
        dataset = datasets.ml100k()
    except DataError as error:
        raise DataError(f"there is nothing to serve: name a saved recommender with --file, or get the films that are "
                        f"served without it by: course data ml100k. ({error})") from None
    split = splits.by_user(dataset.interactions, seed=0)
    return table_recommender(dataset, split, settings=FILM_SETTINGS, trade_off=0.8, caps={"category": 4})


def _settings(text: str) -> ServiceSettings:
    try:
        return ServiceSettings.model_validate_json(text)
    except ValidationError as error:
        raise ArgumentError(f"--set {text!r} cannot be used: {one_sentence(error)}. Expected JSON such as "
                            f"'{{\"budget_ms\": 50}}'.") from None


def _check_host(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ArgumentError(f"--host is {host!r}; expected the number of an address, such as 127.0.0.1.") from None
    if not ipaddress.ip_address(host).is_loopback:
        print(f"{host} can be reached from other machines; whoever reaches it can ask. Nothing here asks who they are.",
              file=sys.stderr)


def _for_host(settings: ServiceSettings, host: str) -> ServiceSettings:
    """Strangers have a rate, unless one is set; who asks from this machine has none and may put it under load."""
    if ipaddress.ip_address(host).is_loopback or "per_second" in settings.model_fields_set:
        return settings
    print(f"each client is answered {STRANGERS_PER_S:g} times a second at most; --set '{{\"per_second\": null}}' lifts "
          f"that, a number sets another rate.", file=sys.stderr)
    return settings.model_copy(update={"per_second": STRANGERS_PER_S})


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens at that address. Who comes before the service is ready waits in line; and whoever starts
    another one meanwhile is told, which binding alone does not do."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)     # what a service left behind does not bar it
        bound.bind((host, port))
        bound.listen(IN_LINE)
    except OSError as error:
        bound.close()
        raise ArgumentError(f"nothing can listen on port {port} of {host}: {error.strerror or error}. Choose another "
                            f"--port (0 takes a free one), or end what listens there.") from None
    bound.set_inheritable(True)                                         # workers take it over
    return bound


def _welcome(address: str, settings: ServiceSettings) -> str:
    rate = (f"Each client is answered {settings.per_second:g} times a second at most (per_second)."
            if settings.per_second else "No client's rate is limited; to limit it: --set '{\"per_second\": 20}'.")
    return (f"Serving at {address}; Ctrl+C ends it. {rate} In another terminal:\n"
            f"  curl -s {address}/recommend -d '{{\"user\": 3, \"session\": [], \"k\": 10}}'\n"
            f"  curl -s {address}/trace/TRACE       # by the trace of that answer: what happened to it\n"
            f"  curl -s {address}/metrics")


def _end(number: int, frame) -> None:
    raise SystemExit(128 + number)


def _asked_to_end(server: uvicorn.Server) -> list[int]:
    """The signals that came where uvicorn does not catch them, as before it has begun. What such a handler raises is
    lost where it interrupts the end of a weak reference, so that the server is told besides."""
    asked: list[int] = []

    def told(number, frame):
        asked.append(number)
        server.should_exit = True
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, told)
    return asked


def _end_after(parent) -> None:
    """A worker whose supervisor was killed would hold the port for ever."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop_when_input_ends(server: uvicorn.Server) -> None:
    """Whoever started this holds the other end of standard input; when they are gone, however it came, it ends."""
    while os.read(0, 65536):                    # not through sys.stdin, whose lock would be held at the end
        pass
    if server.config.workers > 1:
        os.kill(os.getpid(), signal.SIGTERM)        # to the supervisor, which ends its workers
    server.should_exit = True
