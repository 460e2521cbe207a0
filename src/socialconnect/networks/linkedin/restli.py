"""
Rest.li 2.0: how LinkedIn writes lists, records and keys into addresses, and how it answers with ids.

The structure (`List(…)`, `(key:value)`) stands raw in the address, and every value in it is percent-encoded.
The rules are those of LinkedIn's own client, https://github.com/linkedin-developers/linkedin-api-python-client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from socialconnect.transport.request import Effect, Request

__all__ = ["PROTOCOL_VERSION", "RestliValue", "decode_id", "encode", "query_string", "reading"]

PROTOCOL_VERSION = "2.0.0"

LONGEST_QUERY = 4000
"""Characters of a query string, beyond which the query travels in the body of a POST."""

RestliValue = str | int | float | Sequence["RestliValue"] | Mapping[str, "RestliValue"]
"""What can stand in a Rest.li address; a `bool` is an `int`."""


def encode(value: RestliValue) -> str:
    """Write one value as it stands in a path or a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value, safe="")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return f"({','.join(f'{encode(key)}:{encode(one)}' for key, one in value.items())})"
    return f"List({','.join(map(encode, value))})"


def query_string(parameters: Mapping[str, RestliValue]) -> str:
    """Write a query string, without its question mark; the order is the caller's."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in parameters.items())


def decode_id(encoded: str) -> str:
    """
    Read an id from an answer's header or from a key of its JSON.

    There only `( ) , : '` are percent-encoded, and a URN's colons may also come raw: both read the same.
    """
    return unquote(encoded)


def reading(url: str, parameters: Mapping[str, RestliValue], *, method: str, limit_key: str) -> Request:
    """
    Build a request that only reads.

    Args:
        url: The address without a query.
        parameters: The query.
        method: The Rest.li method, such as `FINDER`.
        limit_key: Which rate limit the request counts against.
    """
    query = query_string(parameters)
    headers = {"X-RestLi-Method": method}
    if len(query) <= LONGEST_QUERY:
        address = f"{url}?{query}" if query else url
        return Request("GET", address, Effect.READ, headers=headers, limit_key=limit_key)
    # Query tunnelling: a long address would be refused, so the query is the body of a POST that stands for a GET.
    tunnelled = {"X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"}
    return Request(
        "POST", url, Effect.READ, headers={**headers, **tunnelled}, content=query.encode(), limit_key=limit_key
    )
