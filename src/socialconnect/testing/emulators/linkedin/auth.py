"""Who is calling, with which version, and what the token may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.linkedin.errors import access_denied, classic, no_programme
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import POSTING_ROLES, AccessToken, State

__all__ = ["Caller", "check_version", "identify"]

_AUTHOR_FAULT = (
    "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]"
)


@dataclass(frozen=True)
class Caller:
    """
    Who is calling.

    Args:
        state: Where roles are.
        token: The token that came with the request.
        version: The version that was asked for, as `YYYYMM`.
    """

    state: State
    token: AccessToken
    version: str = ""

    def need(self, call: RestliCall, *scopes: str) -> None:
        """
        See that the token has one of these scopes.

        Raises:
            Refused: It has none.
        """
        if not self.token.scopes & set(scopes):
            raise no_programme(call.resource, call.method, self.version)

    def need_programme(self, call: RestliCall) -> None:
        """Refuse an app that is self-serve."""
        if self.state.settings.tier == "self_serve":
            raise no_programme(call.resource, call.method, self.version)

    def may_write_as(self, call: RestliCall, author: str) -> None:
        """
        See that the caller may publish as an author.

        Raises:
            Refused: A scope, or the role, is missing.
        """
        if author.startswith("urn:li:organization:"):
            self.need(call, "w_organization_social")
            if self.state.role(self.token.member, author) not in POSTING_ROLES:
                raise access_denied(_AUTHOR_FAULT)
        else:
            self.need(call, "w_member_social")
            if author != self.token.member:
                raise access_denied(_AUTHOR_FAULT)

    def may_read_of(self, call: RestliCall, author: str) -> None:
        """
        See that the caller may read an author's posts.

        Raises:
            Refused: A scope, or the role, is missing.
        """
        self.need_programme(call)
        if author.startswith("urn:li:organization:"):
            self.need(call, "r_organization_social")
            if self.state.role(self.token.member, author) not in POSTING_ROLES:
                raise access_denied()
        else:
            self.need(call, "r_member_social")

    def administers(self, call: RestliCall, organization: str) -> None:
        """
        See that the caller may read a page's statistics.

        Raises:
            Refused: The scope, or the role, is missing.
        """
        self.need_programme(call)
        self.need(call, "rw_organization_admin")
        if self.state.role(self.token.member, organization) != "ADMINISTRATOR":
            raise access_denied()


def identify(request: EmulatedRequest, state: State) -> AccessToken:
    """
    Give the request's token.

    Raises:
        Refused: There is none, or it is not accepted.
    """
    sent = request.headers.get("authorization", "")
    if not sent:
        raise classic(401, "Empty oauth2_access_token", code="EMPTY_ACCESS_TOKEN", service=65604)
    if request.bearer is None:
        raise classic(401, "Unknown authentication schema")
    found = next((one for one in state.tokens if one.token == request.bearer), None)
    if found is None:
        raise classic(401, "Invalid access token", code="INVALID_ACCESS_TOKEN", service=65600)
    propagation = timedelta(seconds=state.settings.propagation_seconds)
    fresh = bool(propagation) and state.now < found.issued_at + propagation  # a clock may be set back, too
    if found.revoked or fresh:
        told = "The token used in the request has been revoked by the user"
        raise classic(401, told, code="REVOKED_ACCESS_TOKEN", service=65601)
    if found.expires_at is not None and state.now >= found.expires_at:
        told = "The token used in the request has expired"
        raise classic(401, told, code="EXPIRED_ACCESS_TOKEN", service=65602)
    return found


def check_version(request: EmulatedRequest, state: State) -> str:
    """
    Give the version that a request asks for, live on the clock's day by the catalogue.

    Raises:
        Refused: It asks for none, or for one that does not exist, not yet, or no more.
    """
    sent = request.headers.get("linkedin-version", "")
    if not sent:
        told = "A version must be present. Please specify a version by adding the Linkedin-Version header."
        raise classic(400, told, code="VERSION_MISSING", gateway=True)
    if not re.fullmatch(r"\d{6}|\d{8}", sent):
        raise classic(400, f"Invalid version {sent}", code="INVALID_VERSION", gateway=True)
    if not state.settings.checks_versions or _live(sent, state):
        return sent
    shown = f"{sent}01" if len(sent) == 6 else sent
    raise classic(426, f"Requested version {shown} is not active", code="NONEXISTENT_VERSION", gateway=True)


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
