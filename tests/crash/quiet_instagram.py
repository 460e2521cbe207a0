"""An emulated Instagram on which nobody comments but the account itself, so that all that is counted is shown."""

from __future__ import annotations

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.transport.request import Response

__all__ = ["QuietInstagram"]


class QuietInstagram(InstagramEmulator):
    """Counts no comments of visitors, which it could not show: a missing comment is then certain to be missing."""

    def respond(self, request: EmulatedRequest) -> Response:
        if request.method == "GET":
            for one in self._state.media.values():
                if one.performance.comments:
                    self.set_performance(one.id, comments=0)
        return super().respond(request)
