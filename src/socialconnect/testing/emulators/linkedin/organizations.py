"""Who the caller is, and which pages the caller works on."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import access_denied, bad_syntax, not_found
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import AccessToken, State
from socialconnect.transport.request import Response

__all__ = ["Organizations"]


class Organizations:
    """
    Members and pages.

    Args:
        state: Where they are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def userinfo(self, token: AccessToken) -> Response:
        """`GET /v2/userinfo`."""
        if "openid" not in token.scopes:
            raise access_denied("Not enough permissions to access: userInfo.GET.NO_VERSION")
        person = self._state.people[token.member]
        body: dict[str, JsonValue] = {"sub": person.urn.rpartition(":")[2]}
        if "profile" in token.scopes:
            given, _, family = person.name.partition(" ")
            locale: JsonValue = {"country": "US", "language": "en"}
            body |= {"name": person.name, "given_name": given, "family_name": family, "locale": locale}
        if "email" in token.scopes:
            body |= {"email": "member@example.com", "email_verified": True}
        return json_response(200, body)

    def acls(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationAcls?q=roleAssignee`."""
        caller.need_programme(call)
        caller.need(call, "rw_organization_admin", "r_organization_admin")
        if call.name != "roleAssignee":
            raise bad_syntax(f"Finder {call.name} is not defined for resource organizationAcls")
        role, state = call.text("role"), call.text("state") or "APPROVED"
        member = caller.token.member
        elements: list[JsonValue] = [
            {"organizationTarget": page.urn, "role": held, "roleAssignee": member, "state": "APPROVED"}
            for page in self._state.organizations.values()
            if (held := page.roles.get(member)) is not None and role in (None, held) and state == "APPROVED"
        ]
        return json_response(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})

    def organization(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizations/{id}`."""
        caller.need_programme(call)
        caller.need(call, "rw_organization_admin", "r_organization_admin", "r_organization_social")
        page = self._state.organizations.get(f"urn:li:organization:{call.key}")
        if page is None:
            raise not_found()
        number = int(str(call.key))
        vanity = page.name.lower().replace(" ", "-")
        return json_response(200, {"id": number, "localizedName": page.name, "vanityName": vanity})
