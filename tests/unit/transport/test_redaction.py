"""A secret never appears in anything that is shown."""

from __future__ import annotations

import json
import logging
import pickle
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.tiny_network import Script, TinyAdapter, refused

from socialconnect import Network, Post, SocialConnectError, StaticToken, Token
from socialconnect.testing.clock import TestClock
from socialconnect.transport.redaction import MASK, Redactor

# What tokens are made of, on all four networks, and the characters that addresses and JSON write in another way. With
# digits, so that a secret is no word that may stand in the text by chance.
secrets = st.from_regex(r"[A-Za-z0-9]{6}[A-Za-z0-9|/+=._~%&\"\\ -]{0,40}[0-9]{4}", fullmatch=True)
around = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), max_size=40)


@given(secret=secrets, before=around, after=around)
def test_a_known_secret_is_masked_wherever_it_stands(secret: str, before: str, after: str) -> None:
    """As it is, in an address, in JSON: a known value is masked in any text around it."""
    redactor = Redactor([secret])
    for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)):
        told = redactor.text(f"{before}{form}{after}")
        assert secret not in told
        assert MASK in told


@given(secret=secrets, name=st.sampled_from(["access_token", "refresh_token", "client_secret", "appsecret_proof"]))
def test_an_unknown_secret_is_masked_by_its_name(secret: str, name: str) -> None:
    """What stands under a secret's usual name is masked even if its value is new to us."""
    redactor = Redactor()
    assert secret not in redactor.text(f"https://api.example.com/?{urlencode({'a': '1', name: secret})}")
    assert redactor.text(f"?{name}={quote(secret, safe='')}&b=2").endswith(f"{name}={MASK}&b=2")
    plain = secret.replace('"', "x").replace("\\", "x")
    assert plain not in redactor.text(json.dumps({"ok": 1, name: plain}))
    assert redactor.json({"ok": 1, name: secret}) == {"ok": 1, name: MASK}
    assert redactor.field(name, secret) == MASK


@given(secret=secrets, filler=st.integers(16_000, 16_500))
def test_a_cut_never_leaves_half_a_secret(secret: str, filler: int) -> None:
    """An answer is cut after it is masked: no cut goes through a secret and leaves a piece of it."""
    repeated = (secret.encode() + b" ") * (16_384 // (len(secret) + 1))
    for content in (b"x" * filler + secret.encode(), repeated + secret.encode() * 3):
        told = Redactor([secret]).answer(content)
        assert secret[:8] not in told


@given(first=secrets, second=secrets)
def test_a_secret_within_a_secret(first: str, second: str) -> None:
    """Where one secret is part of another, nothing of the longer one is left."""
    told = Redactor([first, first + second]).text(f"it is {first + second}.")
    assert told == f"it is {MASK}."


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "OAuth", "Basic"])
def test_an_authorization_in_text(scheme: str) -> None:
    """A credential after its scheme is masked; plain speech is not."""
    assert Redactor().text(f"sent {scheme} abcdef123456==") == f"sent {scheme} {MASK}"
    plain = "Use the Basic Display replacement with OAuth authentication, or a bearer credential."
    assert Redactor().text(plain) == plain


def test_an_oauth1_header_in_text() -> None:
    """The parts of an OAuth 1.0a header that are secret are masked where it is quoted."""
    told = Redactor().text('oauth_consumer_key="app", oauth_token="370773112-GmHx", oauth_signature="tnnArxj%3D"')
    assert told == f'oauth_consumer_key="app", oauth_token="{MASK}", oauth_signature="{MASK}"'


def test_secret_headers() -> None:
    """Headers that carry secrets are masked whole; the scheme stays readable."""
    shown = Redactor(["sesame-0123"]).headers(
        {"Authorization": "Bearer x", "Cookie": "a=b", "X-Trace": "sesame-0123", "Accept": "application/json"}
    )
    assert shown == {
        "Authorization": f"Bearer {MASK}",
        "Cookie": MASK,
        "X-Trace": MASK,
        "Accept": "application/json",
    }


def test_error_codes_stay_readable() -> None:
    """A network's error code is told, although an authorisation code has the same name in an address."""
    body = '{"error":{"code":190,"error_subcode":463}}, {"code":"REVOKED_ACCESS_TOKEN"}'
    assert Redactor().answer(body.encode()) == body


def test_what_the_caller_wrote_is_left_alone() -> None:
    """A preview shows the post's own words, even where they look like a parameter."""
    assert Redactor(["tok-012345"]).json(["https://shop.example/?code=SPRING", "tok-012345"]) == [
        "https://shop.example/?code=SPRING",
        MASK,
    ]


@given(secret=st.from_regex(r"[A-Za-z0-9._~-]{8,40}[0-9]{4}", fullmatch=True))
def test_an_error_never_shows_the_token(secret: str) -> None:
    """Whatever a network answers, no way of showing the error that it becomes shows the token."""
    answer = refused(403, message=f"The token {secret} ({quote(secret)}) may not do this; access_token={secret}")
    client = httpx.Client(transport=httpx.MockTransport(Script(answer)))
    network = Network.from_adapter(TinyAdapter(account="1"), token=secret, http_client=client, clock=TestClock())
    with pytest.raises(SocialConnectError) as caught:
        network.publish(Post("hello"))
    error = caught.value
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed: %s %r", (error, error), None)
    shown = [str(error), repr(error), repr(vars(error)), record.getMessage(), repr(network)]
    for one in shown:
        assert secret not in one
    assert secret.encode() not in pickle.dumps(error)


def test_tokens_and_sources_never_show_themselves() -> None:
    """Neither a token nor a source of one shows its secret, in `repr`, `str` or JSON."""
    token = Token(access_token=SecretStr("sesame-0123"), refresh_token=SecretStr("sesame-4567"))
    for shown in (
        repr(token),
        str(token),
        token.model_dump_json(),
        repr(StaticToken(token)),
        repr(StaticToken("sesame")),
    ):
        assert "sesame" not in shown
