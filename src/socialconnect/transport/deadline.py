"""A bound on a request as a whole; the engine's own timeouts are for each wait on the network alone."""

from __future__ import annotations

from socialconnect.errors import OutcomeUnknown
from socialconnect.transport.engine import Transport
from socialconnect.transport.request import Request, Response

__all__ = ["send_within"]


async def send_within(
    transport: Transport, request: Request, headers: dict[str, str], timeout: float, *, seconds: float | None
) -> Response:
    """
    Send one request and read the whole answer, within so many seconds.

    An async transport is stopped when they are over. A blocking one cannot be: there none of its waits lasts longer
    than that, and an answer that comes in drops may.

    Args:
        transport: What sends.
        request: The request.
        headers: Its headers.
        timeout: Seconds for each wait on the network.
        seconds: Seconds for all of it; `None` for no bound.

    Raises:
        OutcomeUnknown: They are over, and the request may have left. See also `Transport.send`.
    """
    if seconds is None:
        return await transport.send(request, headers, timeout)
    timeout = min(timeout, seconds)
    if transport.blocking:
        return await transport.send(request, headers, timeout)
    import anyio  # httpx brings it along, and what is blocking does without

    with anyio.move_on_after(seconds):
        return await transport.send(request, headers, timeout)
    what = f"{request.method} {request.url.partition('?')[0]}"
    raise OutcomeUnknown(f"The answer was lost: {what} was not answered as a whole within {seconds:.0f} s.")
