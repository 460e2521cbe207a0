"""OAuth 1.0a signatures, against a published example and against a library that we did not write."""

from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]  # comes with tweepy and ships no types
from pydantic import SecretStr

from socialconnect.auth import OAuth1Credential
from socialconnect.auth.signing import oauth1_headers

# https://developer.x.com/en/docs/authentication/oauth-1-0a/creating-a-signature, in its first form
DOCUMENTED = OAuth1Credential(
    consumer_key="xvz1evFS4wEEPTGEFPHBog",
    consumer_secret=SecretStr("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
    token=SecretStr("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
    token_secret=SecretStr("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
)
NONCE = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"


def test_published_example() -> None:
    """The signature of the network's own worked example comes out to the letter."""
    headers = oauth1_headers(
        "POST",
        "https://api.twitter.com/1/statuses/update.json?include_entities=true",
        DOCUMENTED,
        form={"status": "Hello Ladies + Gentlemen, a signed OAuth request!"},
        timestamp=1318622958,
        nonce=NONCE,
    )
    assert 'oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"' in headers["Authorization"]


def _by_oauthlib(method: str, url: str, form: dict[str, str] | None) -> str:
    client = Client(
        DOCUMENTED.consumer_key,
        client_secret=DOCUMENTED.consumer_secret.get_secret_value(),
        resource_owner_key=DOCUMENTED.token.get_secret_value(),
        resource_owner_secret=DOCUMENTED.token_secret.get_secret_value(),
        nonce=NONCE,
        timestamp="1318622958",
    )
    body = None if form is None else urlencode(form)
    headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    _, signed, _ = client.sign(url, method, body, headers)
    return str(signed["Authorization"])


def _parts(header: str) -> set[str]:
    return set(header.removeprefix("OAuth ").split(", "))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = st.from_regex(r"[a-z][a-z0-9_.]{0,12}", fullmatch=True).filter(lambda name: name != "realm")


@given(query=st.dictionaries(names, texts, max_size=4), form=st.none() | st.dictionaries(names, texts, min_size=1))
def test_agrees_with_oauthlib(query: dict[str, str], form: dict[str, str] | None) -> None:
    """Any query and any form are signed as another implementation signs them."""
    url = f"https://ads-api.x.com/12/accounts/abc/draft_tweets?{urlencode(query)}"
    ours = oauth1_headers("POST", url, DOCUMENTED, form=form, timestamp=1318622958, nonce=NONCE)
    assert _parts(ours["Authorization"]) == _parts(_by_oauthlib("POST", url, form))


def test_a_nonce_is_used_once() -> None:
    """Two requests in the same second carry different nonces."""
    first, second = (
        oauth1_headers("GET", "https://api.x.com/2/users/me", DOCUMENTED, timestamp=1318622958)["Authorization"]
        for _ in range(2)
    )
    assert first != second


def test_secrets_are_not_in_the_header() -> None:
    """The header carries the signature and the public halves, never a secret."""
    header = oauth1_headers("GET", "https://api.x.com/2/users/me", DOCUMENTED, timestamp=1318622958)["Authorization"]
    assert DOCUMENTED.consumer_secret.get_secret_value() not in header
    assert DOCUMENTED.token_secret.get_secret_value() not in header


def test_percent_signs_in_protocol_parameters_survive() -> None:
    """A callback address with its own escapes is signed as it is, as another implementation does."""
    url = "https://api.x.com/oauth/request_token"
    callback = "https://app.example/back?to=%2Fhome"
    client = Client(DOCUMENTED.consumer_key, "s", callback_uri=callback, nonce=NONCE, timestamp="1318622958")
    _, signed, _ = client.sign(url, "POST", None, {})
    app = OAuth1Credential(
        consumer_key=DOCUMENTED.consumer_key,
        consumer_secret=SecretStr("s"),
        token=SecretStr(""),
        token_secret=SecretStr(""),
    )
    ours = oauth1_headers("POST", url, app, timestamp=1318622958, nonce=NONCE, extra={"oauth_callback": callback})
    assert _parts(ours["Authorization"]) == _parts(signed["Authorization"])
