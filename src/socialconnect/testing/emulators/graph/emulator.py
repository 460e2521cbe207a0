"""The core of the two Graph emulators: what every call goes through before it reaches a node."""

from __future__ import annotations

import hmac
from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import JsonValue

from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedRequest, Emulator, json_response
from socialconnect.testing.emulators.faults import Dropped
from socialconnect.testing.emulators.graph import oauth
from socialconnect.testing.emulators.graph.batch import answer_batch
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.parameters import Parameters, read_parameters
from socialconnect.testing.emulators.graph.rupload import UploadRefused
from socialconnect.testing.emulators.graph.tokens import Login, Tokens, header_token, proof_of
from socialconnect.testing.emulators.graph.usage import Usage
from socialconnect.testing.emulators.graph.versions import EndedVersions, served_version, split_version
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["GraphEmulator"]

_LOGIN_BY_HOST: dict[str, Login] = {
    "graph.facebook.com": "facebook",
    "graph-video.facebook.com": "facebook",
    "graph.instagram.com": "instagram",
}

# https://developers.facebook.com/docs/graph-api/changelog/version26.0: what went with v26.0, and with every version on
# a later day. The multi-get was seen refused on older versions months before that day.
_REMOVED_WITH = (26, 0)
_REMOVED_ON = date(2026, 10, 27)
_MULTI_GET_REFUSED_ON = date(2026, 7, 28)
_REMOVED = ("pretty", "debug", "date_format")

_THROTTLED_MINUTES = 19


class GraphEmulator(Emulator):
    """
    What the Facebook and the Instagram emulator share.

    Args:
        clock: The clock that its state lives by.
        app_secret: The app's secret; with it, proofs and exchanges are checked.
        require_proof: Whether calls need an `appsecret_proof`, as an app can demand; they do if there is a secret,
            unless said otherwise.
        ended_versions: Whether a call for an ended version is forwarded, as Graph does, or refused with 2635.
        call_limit: How many calls an account has in an hour; no limit if not given.
        read_lag: How long a new post stays out of what is read.
        insights_lag: How long a new post has no insights.
    """

    usage_kind: ClassVar[Literal["pages", "instagram"]]

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        app_secret: str | None = None,
        require_proof: bool | None = None,
        ended_versions: EndedVersions = "forward",
        call_limit: int | None = None,
        read_lag: timedelta = timedelta(0),
        insights_lag: timedelta = timedelta(0),
    ) -> None:
        super().__init__(clock=clock)
        self.app_secret = app_secret
        self.require_proof = app_secret is not None if require_proof is None else require_proof
        self.ended_versions: EndedVersions = ended_versions
        self.read_lag = read_lag
        self.insights_lag = insights_lag
        self.tokens = Tokens()
        """The tokens that it knows: change one's permissions, end or revocation at any time."""
        self.usage = Usage(self.usage_kind, call_limit)
        self.oauth = oauth.OAuth(self.tokens, app_secret)
        self._traces = 0

    @abstractmethod
    def route(self, call: Call) -> JsonValue:
        """
        Answer a call of a good token.

        Raises:
            GraphError: The network refuses.
            Gap: The emulator does not know.
        """

    @property
    def now(self) -> datetime:
        """The time by its clock."""
        return self.clock.now().astimezone(UTC)

    def readable(self, since: datetime, now: datetime) -> bool:
        """Whether what was written then can be read now."""
        return since + self.read_lag <= now

    def issue_code(self, token: str, redirect_uri: str) -> str:
        """Give the code that the consent dialog would send to `redirect_uri`; it becomes a token like `token`."""
        return self.oauth.issue_code(self.tokens[token], redirect_uri, self.now)

    # ── what every emulator does ──────────────────────────────────────────────────────────────────────────────────

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as Graph would, and keep its effect."""
        headers: dict[str, str] = {}
        try:
            uploaded = self.route_upload(request, self.now)
            if uploaded is not None:
                return uploaded
            parameters = read_parameters(request, self.now)
            answered = self.route_unversioned(request, parameters, self.now)
            if answered is not None:
                return answered
            request = _overridden(request, parameters)
            return json_response(200, self._served(request, parameters, headers), self._told(headers))
        except Gap as gap:
            return self.unknown(request, gap.what)
        except UploadRefused as refused:
            return refused.response
        except GraphError as error:
            told = self._told({**headers, **error.headers})
            return json_response(error.status, error.body(told["x-fb-trace-id"]), told)

    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        """Give the answer to too many calls of a Page or an Instagram account."""
        error = self.usage.refusal(self._account(request), _THROTTLED_MINUTES)
        told = self._told(dict(error.headers) if headers else {})
        return json_response(error.status, error.body(told["x-fb-trace-id"]), told)

    def revoke_tokens(self, subcode: int = 460) -> None:
        """
        From now on refuse every token as Graph refuses a revoked one.

        Args:
            subcode: Why: 458 the person removed the app, 460 changed the password, 467 logged out.
        """
        for token in self.tokens.all():
            token.revoked = subcode

    # ── the way of a call ─────────────────────────────────────────────────────────────────────────────────────────

    def _served(self, request: EmulatedRequest, parameters: Parameters, headers: dict[str, str]) -> JsonValue:
        now = self.now
        asked, segments = split_version(request.path)
        version = served_version(asked, request.path, now.date(), self.ended_versions)
        headers["facebook-api-version"] = version
        self._refuse_removed(request, parameters, segments, version)
        match segments:
            case ["oauth", "access_token"]:
                return self.oauth.access_token(parameters, now)
            case ["debug_token"] if request.method == "GET":
                inspector = parameters.text("access_token") or header_token(request) or ""
                return oauth.debug_token(self.tokens, parameters, inspector, self.app_secret, now)
            case _:
                pass
        call = self._call(request, parameters, segments, version, now)
        if request.method == "POST" and "batch" in parameters:
            return self._batch(call, asked or version)
        if not segments:
            raise Gap("the root without a batch")
        if call.token.targets:
            by_person = call.token.kind == "USER"
            headers |= self.usage.count(self._account(request, call), now, by_person=by_person)
        return self._shared_route(call)

    def route_upload(self, request: EmulatedRequest, now: datetime) -> Response | None:
        """
        Answer what brings a file's bytes as its whole body, whose content type says nothing; `None` for all else.

        Raises:
            GraphError: The network refuses.
            UploadRefused: The upload host refuses.
        """
        return None

    def route_unversioned(self, request: EmulatedRequest, parameters: Parameters, now: datetime) -> Response | None:
        """Answer what has no version in its address; `None` for what has."""
        return None

    def _shared_route(self, call: Call) -> JsonValue:
        match (call.method, *call.segments):
            case ("GET", _, "permissions"):
                return oauth.permissions(call)
            case ("DELETE", _, "permissions"):
                return oauth.revoke(call, self.tokens.all(), None)
            case ("DELETE", _, "permissions", permission):
                return oauth.revoke(call, self.tokens.all(), permission)
            case _:
                return self.route(call)

    def _call(
        self, request: EmulatedRequest, parameters: Parameters, segments: list[str], version: str, now: datetime
    ) -> Call:
        sent = parameters.text("access_token") or header_token(request)
        token = self.tokens.valid(sent, now)
        by_host = _LOGIN_BY_HOST.get(request.host)
        if by_host and token.login and by_host != token.login:
            raise graph_error(190)
        self._check_proof(parameters, token.token)
        login = by_host or token.login or "facebook"
        return Call(request, version, tuple(segments), parameters, token, login, now)

    def _check_proof(self, parameters: Parameters, token: str) -> None:
        sent = parameters.text("appsecret_proof")
        if self.app_secret is None or (not sent and not self.require_proof):
            return
        if not hmac.compare_digest(sent, proof_of(token, self.app_secret)):
            message = "Invalid appsecret_proof provided in the API argument"
            raise GraphError(100, message, type="GraphMethodException")

    def _refuse_removed(
        self, request: EmulatedRequest, parameters: Parameters, segments: list[str], version: str
    ) -> None:
        today = self.now.date()
        number = tuple(int(part) for part in version[1:].split("."))
        removed = number >= _REMOVED_WITH or today >= _REMOVED_ON
        if not segments and "ids" in parameters:
            if not removed and today < _MULTI_GET_REFUSED_ON:
                raise Gap("parameter ids")
            # Seen with HTTP 500, whatever version was asked for.
            kind = "IGApiException" if self.usage_kind == "instagram" else "OAuthException"
            raise GraphError(100, "The ids query parameter is deprecated in v26.0+.", status=500, type=kind)
        found = next((name for name in _REMOVED if name in parameters), None)
        if found is not None and removed:
            # Documented as removed; how the refusal reads was not seen and follows the multi-get's.
            raise GraphError(100, f"The {found} query parameter is deprecated in v26.0+.")
        if found is not None:
            raise Gap(f"parameter {found}")

    def _batch(self, call: Call, version: str) -> JsonValue:
        def answer(item: EmulatedRequest) -> Response | None:
            try:
                response, delay = self._answer_part(item)
            except Dropped:
                return None
            return None if delay else response

        return answer_batch(call.request, call.parameters, call.token.token, version, answer)

    def _account(self, request: EmulatedRequest, call: Call | None = None) -> str:
        """Give the account that a call counts against."""
        ids = [one.id for one in self.accounts]
        named = (split_version(request.path)[1] or [""])[0].partition("_")[0]
        if named in ids:
            return named
        own = sorted(call.token.targets) if call is not None else []
        return (own or ids or ["0"])[0]

    def _told(self, headers: dict[str, str]) -> dict[str, str]:
        self._traces += 1
        trace = f"AEmulated{self._traces:06d}"
        tracing = {"x-fb-trace-id": trace, "x-fb-request-id": f"R{trace}", "x-fb-rev": "1", "x-fb-debug": f"D{trace}"}
        return {**tracing, **headers}


def _overridden(request: EmulatedRequest, parameters: Parameters) -> EmulatedRequest:
    """Give a POST the method that its parameter `method` names, which clients use that have no other way."""
    method = parameters.text("method").upper()
    if request.method != "POST" or method not in ("GET", "DELETE"):
        return request
    return EmulatedRequest(method, request.url, request.headers, request.content)
