"""The head of a request has a length and a time at most, as its body has.

httptools gathers headers of any length, and takes the longer for each part that comes the more it has, so that one
client of a hundred megabytes holds up all others. Where httptools is not there, uvicorn reads with h11, which has a
length (64 KB) and no time.
"""

from __future__ import annotations

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:
    HttpToolsProtocol = None

HEAD_BYTES = 65_536     # beyond what came in the first part, of which asyncio reads 256 KB at most
HEAD_S = 10.0           # from when a connection stands, or the head's first part came

if HttpToolsProtocol is None:
    PROTOCOL = "h11"
else:
    class BoundedHead(HttpToolsProtocol):
        """uvicorn's own protocol, which gives up a head that is too long or does not come to its end."""

        _in_head, _head, _timer = False, 0, None

        def connection_made(self, transport) -> None:
            super().connection_made(transport)
            self._timer = self.loop.call_later(HEAD_S, transport.close)

        def connection_lost(self, exc) -> None:
            self._in_time()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            self._in_head, self._head = True, 0
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._in_head = False
            self._in_time()
            super().on_headers_complete()

        def data_received(self, data: bytes) -> None:
            begun = self._in_head
            super().data_received(data)
            if not self._in_head:
                return
            self._head += len(data) if begun else 0
            if self._head > HEAD_BYTES:
                self._in_head = False
                self.send_400_response(f"the head of the request has more than {HEAD_BYTES:,} bytes")
            elif self._timer is None:
                self._timer = self.loop.call_later(HEAD_S, self.transport.close)

        def _in_time(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    PROTOCOL = BoundedHead
