"""Who is calling, and what the token may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.linkedin.errors import access_denied, classic, no_programme
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import POSTING_ROLES, AccessToken, State

__all__ = ["Caller", "identify"]

_AUTHOR_FAULT = (
    "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]"
)
_PAGE = ("urn:li:organization:", "urn:li:organizationBrand:")
_FEED = ("r_organization_social_feed", "w_organization_social_feed", "r_member_social_feed", "w_member_social_feed")


def is_page(urn: str) -> bool:
    """Whether a URN names a page."""
    return urn.startswith(_PAGE)


@dataclass(frozen=True)
class Caller:
    """
    Who is calling.

    Args:
        state: Where roles are.
        token: The token that came with the request.
        version: The version that was asked for, as `YYYYMM`; empty on the unversioned paths.
    """

    state: State
    token: AccessToken
    version: str = ""

    @property
    def member(self) -> str:
        """The member whose token it is."""
        return self.token.member

    def need(self, call: RestliCall, *scopes: str) -> None:
        """
        See that the token has one of these scopes.

        Raises:
            Refused: It has none.
        """
        if not self.token.scopes & set(scopes):
            raise self.refused(call)

    def need_programme(self, call: RestliCall) -> None:
        """Refuse an app that is self-serve, with `Refused`."""
        if self.state.settings.tier == "self_serve":
            raise self.refused(call)

    def need_batches(self, call: RestliCall) -> None:
        """Refuse an app that may not ask for several at once: a self-serve one, or one in the development tier."""
        if self.state.settings.tier != "standard":
            raise self.refused(call)

    def refused(self, call: RestliCall) -> Exception:
        """Give the refusal that names what the call is to."""
        return no_programme(call.resource, call.operation, self.version)

    def may_write_as(self, call: RestliCall, author: str) -> None:
        """
        See that the caller may publish as an author.

        Raises:
            Refused: A scope, or the role, is missing.
        """
        if is_page(author):
            self.need(call, "w_organization_social")
            if self.role(author) not in POSTING_ROLES:
                raise access_denied(_AUTHOR_FAULT)
        else:
            self.need(call, "w_member_social")
            if author != self.member:
                raise access_denied(_AUTHOR_FAULT)

    def may_read_of(self, call: RestliCall, author: str) -> None:
        """
        See that the caller may read an author's posts.

        Raises:
            Refused: A scope, or the role, is missing.
        """
        self.need_programme(call)
        if is_page(author):
            self.need(call, "r_organization_social")
            if self.role(author) not in POSTING_ROLES:
                raise access_denied()
        else:
            self.need(call, "r_member_social")

    def may_act_as(self, call: RestliCall, actor: str) -> None:
        """
        See that the caller may comment and react as an actor: by the scopes of the feed, and on the unversioned paths
        by the plain ones, which self-serve apps have.

        Raises:
            Refused: A scope, or the role, is missing.
        """
        suffix = "_feed" if call.versioned else ""
        if call.versioned:
            self.need_programme(call)
        if is_page(actor):
            self.need(call, f"w_organization_social{suffix}")
            allowed = self.role(actor) in POSTING_ROLES
        else:
            self.need(call, f"w_member_social{suffix}")
            allowed = actor == self.member
        if not allowed:
            raise access_denied(_AUTHOR_FAULT.replace("author", "actor"))

    def may_read_social(self, call: RestliCall) -> None:
        """See that the caller may read comments, reactions and their counts; raises `Refused`."""
        self.need_programme(call)
        self.need(call, *_FEED)

    def administers(self, call: RestliCall, organization: str) -> None:
        """
        See that the caller may read a page's statistics.

        Raises:
            Refused: The scope, or the role, is missing.
        """
        self.need_programme(call)
        self.need(call, "rw_organization_admin")
        if self.role(organization) != "ADMINISTRATOR":
            raise access_denied()

    def role(self, organization: str) -> str | None:
        """Give the caller's role on a page."""
        return self.state.role(self.member, organization)

    def impersonated(self, actor: str) -> str | None:
        """Give the member behind a page that acts."""
        return self.member if is_page(actor) else None


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
