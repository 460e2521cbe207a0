"""How an emulator's parts say no, from however deep: the network's own refusal, or what the emulator does not know."""

from __future__ import annotations

from socialconnect.transport.request import Response

__all__ = ["Gap", "Refused"]


class Refused(Exception):
    """
    The network refuses the request.

    Args:
        response: The answer to give.
    """

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Gap(Exception):
    """
    The emulator does not know something that a request asks for; answered with a 501 that names it.

    Args:
        what: The part of the request, such as `parameter targeting`.
    """

    def __init__(self, what: str = "") -> None:
        super().__init__(what)
        self.what = what
