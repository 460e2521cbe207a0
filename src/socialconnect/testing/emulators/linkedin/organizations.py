"""Who the caller is, and which pages the caller works on."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch, page_of
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    classic,
    no_programme,
    not_found,
    unknown_finder,
    wrong_parameter,
)
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import AccessToken, Organization, State
from socialconnect.transport.request import Response

__all__ = ["Organizations"]

ROLES = (
    "ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "RECRUITING_POSTER",
    "LEAD_CAPTURE_ADMINISTRATOR", "LEAD_GEN_FORMS_MANAGER", "ANALYST", "CURATOR",
)  # fmt: skip
_STATES = ("APPROVED", "REJECTED", "REQUESTED", "REVOKED")
_LOCALE: JsonValue = {"country": "US", "language": "en"}


class Organizations:
    """
    Members and pages.

    Args:
        state: Where they are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def userinfo(self, token: AccessToken) -> Response:
        """`GET /v2/userinfo`: OpenID Connect's answer."""
        if "openid" not in token.scopes:
            raise no_programme("userinfo", "GET", "")
        person = self._state.people[token.member]
        body: dict[str, JsonValue] = {"sub": person.urn.rpartition(":")[2]}
        if "profile" in token.scopes:
            given, _, family = person.name.partition(" ")
            body |= {"name": person.name, "given_name": given, "family_name": family, "locale": _LOCALE}
            body["picture"] = f"https://media.licdn.com/dms/image/{body['sub']}"
        if "email" in token.scopes:
            body |= {"email": "member@example.com", "email_verified": True}
        return json_response(200, body)

    def me(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /v2/me` and `GET /rest/me`: the lite profile."""
        caller.need(call, "r_basicprofile", "r_liteprofile")
        person = self._state.people[caller.member]
        first, _, last = person.name.partition(" ")
        return json_response(
            200,
            {
                "id": person.urn.rpartition(":")[2],
                "localizedFirstName": first,
                "localizedLastName": last,
                "firstName": {"localized": {"en_US": first}, "preferredLocale": _LOCALE},
                "lastName": {"localized": {"en_US": last}, "preferredLocale": _LOCALE},
                "vanityName": person.name.lower().replace(" ", "-"),
            },
        )

    def connections(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/connections/{person}`: how many the member knows."""
        caller.need(call, "r_1st_connections_size")
        if call.key != caller.member:
            raise access_denied()
        return json_response(200, {"firstDegreeSize": 0})

    def acls(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationAcls?q=roleAssignee` and `?q=organization`."""
        caller.need_programme(call)
        caller.need(call, "rw_organization_admin", "r_organization_admin")
        role, state = call.text("role"), call.text("state")
        if role not in (None, *ROLES):
            raise wrong_parameter("role")
        if state not in (None, *_STATES):
            raise wrong_parameter("state")
        match call.name:
            case "roleAssignee":
                held = [(page, caller.member, one) for page, one in self._held(caller.member)]
            case "organization":
                page = self._state.organizations.get(call.needed("organization"))
                if page is None or page.roles.get(caller.member) != "ADMINISTRATOR":
                    raise access_denied()
                held = [(page, member, one) for member, one in page.roles.items()]
            case _:
                raise unknown_finder(call.resource, call.name)
        elements: list[JsonValue] = [
            {
                "organization": page.urn,
                "organizationTarget": page.urn,
                "role": one,
                "roleAssignee": member,
                "state": "APPROVED",
            }
            for page, member, one in held
            if role in (None, one) and state in (None, "APPROVED")
        ]
        return page_of(call, elements)

    def organization(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizations/{id}`."""
        self._may_read(call, caller)
        page = self._found(call.key)
        if page is None:
            raise not_found()
        return json_response(200, _view(page))

    def organizations(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizations?ids=List(…)`."""
        self._may_read(call, caller)
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            page = self._found(key)
            return None if page is None else _view(page)

        return batch(self._state.settings, list(call.texts("ids")), find)

    def find(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizations?q=vanityName&vanityName=…`."""
        self._may_read(call, caller)
        if call.name != "vanityName":
            raise unknown_finder(call.resource, call.name)
        wanted = call.needed("vanityName")
        found = [_view(one) for one in self._state.organizations.values() if _vanity(one) == wanted]
        return page_of(call, found, tells_total=True)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _may_read(self, call: RestliCall, caller: Caller) -> None:
        caller.need_programme(call)
        caller.need(call, "rw_organization_admin", "r_organization_admin", "r_organization_social")

    def _held(self, member: str) -> list[tuple[Organization, str]]:
        pages = self._state.organizations.values()
        return [(page, page.roles[member]) for page in pages if member in page.roles]

    def _found(self, key: RestliValue | None) -> Organization | None:
        if not isinstance(key, str) or not key.isdecimal():
            raise classic(400, "Syntax exception in path variables", code="ILLEGAL_ARGUMENT")
        return self._state.organizations.get(f"urn:li:organization:{key}")


def _vanity(page: Organization) -> str:
    return page.name.lower().replace(" ", "-")


def _view(page: Organization) -> JsonValue:
    return {
        "id": int(page.urn.rpartition(":")[2]),
        "localizedName": page.name,
        "vanityName": _vanity(page),
        "name": {"localized": {"en_US": page.name}, "preferredLocale": _LOCALE},
        "primaryOrganizationType": "NONE",
        "locations": [],
    }
