"""Versions: which are live on the clock's day by the catalogue, and what is newer than the one that was asked for."""

from __future__ import annotations

import re
from datetime import timedelta

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.status import moment
from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.linkedin.errors import classic, no_resource
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.transport.request import Response

__all__ = ["check_version", "first_api", "need_version"]


def check_version(request: EmulatedRequest, state: State) -> str:
    """
    Give the version that a request asks for, live on the clock's day by the catalogue.

    Raises:
        Refused: It asks for none, or for one that does not exist, not yet, or no more.
    """
    sent = request.headers.get("linkedin-version", "").strip()
    if not sent:
        told = "A version must be present. Please specify a version by adding the Linkedin-Version header."
        raise classic(400, told, code="VERSION_MISSING", gateway=True)
    if not re.fullmatch(r"\d{6}|\d{8}", sent):
        raise classic(400, f"Invalid version {sent}", code="INVALID_VERSION", gateway=True)
    if not state.settings.checks_versions or _live(sent, state):
        return sent
    shown = f"{sent}01" if len(sent) == 6 else sent
    raise classic(426, f"Requested version {shown} is not active", code="NONEXISTENT_VERSION", gateway=True)


def need_version(version: str, since: str, resource: str) -> None:
    """Refuse a version that is older than a resource, with `Refused`: to it the resource does not exist."""
    if version < since:
        raise no_resource(resource)


def first_api(state: State) -> Response | None:
    """
    Answer as the first API does (`/v1`) since it is gone, or `None` before that.

    The answer is in many reports, such as https://github.com/dexidp/dex/issues/1452.
    """
    catalogue = bundled("linkedin")
    entry = next((one for one in catalogue.entries if one.id == "linkedin-v1"), None) if catalogue else None
    if entry is None or entry.effective is None or state.now < moment(entry.effective):
        return None
    told = "This resource is no longer available under v1 APIs"
    at = int(state.now.timestamp() * 1000)
    return json_response(
        410, {"errorCode": 0, "message": told, "requestId": f"{at % 36**10:010X}", "status": 410, "timestamp": at}
    )


def _live(version: str, state: State) -> bool:
    catalogue = bundled("linkedin")
    row = catalogue.version("rest", version) if catalogue else None
    # A version that nobody has seen an answer of is taken not to exist.
    if row is None or row.confidence == "unverified":
        return False
    today = state.now.date()
    return row.released <= today and (
        row.ends is None or today < row.ends + timedelta(days=state.settings.sunset_lag_days)
    )
