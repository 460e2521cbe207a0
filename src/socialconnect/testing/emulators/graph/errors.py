"""
Graph's refusals: their shape, and every one that is documented or was seen, to be had on demand.

The rows come from https://developers.facebook.com/docs/graph-api/guides/error-handling, the Pages error codes
(https://developers.facebook.com/docs/pages-api/error-codes), the rate-limiting guide
(https://developers.facebook.com/docs/graph-api/overview/rate-limiting/), the Instagram error codes
(https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes), and what
integrators reported. The codes are what clients may rely on; most texts were not seen and say what the code means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.graph.refusals import REFUSALS

__all__ = ["GraphError", "graph_error", "graph_fault", "known_refusals", "known_variants", "missing"]


@dataclass(eq=False)
class GraphError(Exception):
    """
    A refusal as Graph words it.

    Args:
        code: Graph's code.
        message: The text for developers.
        subcode: The second code, where there is one.
        status: The HTTP status.
        type: Graph's name for the kind of fault.
        title: A heading for people.
        user_message: A text for people.
        transient: What `is_transient` says; left out if not given.
        data: Further values, such as the offsets to send again.
        headers: Headers of the answer besides the usual ones.
    """

    code: int | None
    message: str
    subcode: int | None = None
    status: int = 400
    type: str = "OAuthException"
    title: str | None = None
    user_message: str | None = None
    transient: bool | None = None
    data: Mapping[str, JsonValue] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def body(self, trace: str = "EmulatedTrace") -> dict[str, JsonValue]:
        """Give the answer's body; what was not given is left out, as Graph leaves it out."""
        told: dict[str, JsonValue | None] = {
            "message": self.message,
            "type": self.type,
            "code": self.code,
            "error_subcode": self.subcode,
            "is_transient": self.transient,
            "error_user_title": self.title,
            "error_user_msg": self.user_message,
            "error_data": None if self.data is None else dict(self.data),
            "fbtrace_id": trace,
        }
        return {"error": {name: value for name, value in told.items() if value is not None}}


def known_refusals() -> tuple[tuple[int | None, int | None], ...]:
    """Give the code and subcode of every refusal that `graph_error` has a text for."""
    return tuple((row.code, row.subcode) for row in REFUSALS if not row.variant)


def known_variants() -> tuple[tuple[int | None, int | None, str], ...]:
    """Give code, subcode and name of the refusals whose codes have another meaning too: only their texts differ."""
    return tuple((row.code, row.subcode, row.variant) for row in REFUSALS if row.variant)


def graph_error(
    code: int | None,
    subcode: int | None = None,
    message: str | None = None,
    *,
    status: int | None = None,
    type: str | None = None,
    transient: bool | None = None,
    variant: str = "",
    data: Mapping[str, JsonValue] | None = None,
) -> GraphError:
    """
    Make any refusal of Graph's.

    Args:
        code: Graph's code; some integrators saw the long numbers here that normally are the second code.
        subcode: The second code.
        message: The text; the known one for these codes if not given.
        status: The HTTP status; the known one, or 400.
        type: Graph's name for the kind of fault; the known one, or `OAuthException`.
        transient: What `is_transient` says.
        variant: Which of several meanings of the codes; see `known_variants`.
        data: What `error_data` says, such as the offsets to send again.

    Raises:
        ValueError: There is no such variant.
    """
    row = next((one for one in REFUSALS if (one.code, one.subcode, one.variant) == (code, subcode, variant)), None)
    if row is None and variant:
        raise ValueError(f"{code}/{subcode} has no variant {variant}")
    if row is None and subcode is None:
        row = next((one for one in REFUSALS if code is not None and one.subcode == code), None)
    made = GraphError(code, f"(#{code}) Emulated refusal", subcode)
    if row is not None:
        made = replace(
            made,
            message=row.message,
            status=row.status,
            type=row.type,
            title=row.title,
            user_message=row.user_message,
            transient=row.transient,
            data=row.data,
        )
    given = {"message": message, "status": status, "type": type, "transient": transient, "data": data}
    return replace(made, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # each name with its own type


def missing(id_: str, method: str) -> GraphError:
    """Give the answer to what is not there, or not for this token, or not for this method."""
    return graph_error(
        100,
        33,
        f"Unsupported {method.lower()} request. Object with ID '{id_}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
    )


def graph_fault(
    code: int | None,
    subcode: int | None = None,
    message: str | None = None,
    *,
    path: str | None = None,
    method: str | None = None,
    times: int = 1,
    after_effect: bool = False,
    status: int | None = None,
    variant: str = "",
    data: Mapping[str, JsonValue] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fault:
    """
    Make a fault that answers with a refusal, for `emulator.faults.add`.

    Args:
        code: Graph's code.
        subcode: The second code.
        message: The text; the known one if not given.
        path: Only for requests whose path matches this regular expression.
        method: Only for requests of this method.
        times: How many requests it strikes.
        after_effect: Whether the request takes effect all the same, as was seen with codes 1, 2 and 4/2207051.
        status: The HTTP status; the known one if not given.
        variant: Which of several meanings of the codes; see `known_variants`.
        data: What `error_data` says, such as the offsets to send again.
        headers: Headers of the answer, such as those of `usage_header`; not with `after_effect`.
    """
    error = graph_error(code, subcode, message, status=status, variant=variant, data=data)
    return Fault(
        FaultKind.ERROR_AFTER if after_effect else FaultKind.REFUSED,
        method=method,
        path=path,
        times=times,
        status=error.status,
        body=json.dumps(error.body()).encode(),
        headers=dict(headers or {}),
    )
