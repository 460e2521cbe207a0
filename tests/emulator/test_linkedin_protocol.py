"""Rest.li on the wire of the LinkedIn emulator: protocols, methods, tunnelling, projections, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkedin_api.clients.restli.utils.decoder import decode as official_decode
from linkedin_api.clients.restli.utils.decoder import reduced_decode
from linkedin_api.clients.restli.utils.encoder import encode as official_encode
from tests.emulator.linkedin_api import MEMBER, PAGE, PARTIAL, body, client, enc, posted

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.linkedin.encoding import RestliValue, decode, flat_parameters, reduced


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


BY_AUTHOR = f"/rest/posts?q=author&author={enc(PAGE)}"
OLD = {"X-Restli-Protocol-Version": "1.0.0"}

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, min_size=1, max_size=3),
    max_leaves=8,
)


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=200)
@given(values)
def test_what_the_official_client_encodes_is_read(value: RestliValue) -> None:
    """Whatever LinkedIn's own client writes is read back whole."""
    assert decode(official_encode(value)) == value


@given(st.dictionaries(st.sampled_from(["actor", "entity", "k"]), texts, min_size=1, max_size=3))
def test_keys_are_written_as_the_official_client_reads_them(key: dict[str, RestliValue]) -> None:
    """The keys of a batch's answer are read back whole by LinkedIn's own client."""
    if not any("%" in str(value) for value in key.values()):  # its reader undoes escapes that were never made
        assert reduced_decode(reduced(key)) == key
    assert official_decode("''") == ""


def test_the_flat_forms_of_protocol_1() -> None:
    """Brackets make lists, dots make records, and a name is not both."""
    raw = {"shares[0]": "urn%3Ali%3Ashare%3A1", "shares%5B1%5D": "urn:li:share:2", "t.r.start": "1", "t.by": "DAY"}
    assert flat_parameters(raw) == {
        "shares": ["urn:li:share:1", "urn:li:share:2"],
        "t": {"r": {"start": "1"}, "by": "DAY"},
    }
    with pytest.raises(ValueError, match="both"):
        flat_parameters({"a": "1", "a.b": "2"})


# ── protocols ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_its_header_a_call_speaks_protocol_1(linkedin: LinkedInEmulator) -> None:
    """Plain values and keys are read, raw colons too; lists and records in brackets are not."""
    headers = {"Authorization": "Bearer AQX-organization", "LinkedIn-Version": "202609"}
    with httpx.Client(transport=linkedin.transport(), base_url="https://api.linkedin.com", headers=headers) as api:
        urn = posted(api, "Post")
        assert api.get(f"/rest/posts?q=author&author={PAGE}").json()["elements"][0]["id"] == urn
        assert api.get(f"/rest/posts/{urn}").json()["id"] == urn
        assert api.get(f"/rest/posts?ids[0]={urn}").json()["results"][urn]["id"] == urn
        assert api.get(f"/rest/posts?ids=List({enc(urn)})").json()["message"] == (
            "Invalid query parameters passed to request"
        )
        key = f"(actor:{enc(PAGE)},entity:{enc(urn)})"
        assert api.get(f"/rest/reactions/{key}").status_code == 400


def test_raw_colons_break_protocol_2(page: httpx.Client) -> None:
    """An address with an unescaped URN is refused, in the path and in the query each in its own words."""
    urn = posted(page, "Post")
    assert page.get(f"/rest/posts/{urn}").json() == {
        "status": 400,
        "code": "ILLEGAL_ARGUMENT",
        "message": "Syntax exception in path variables",
    }
    assert page.get(f"/rest/posts?q=author&author={PAGE}").json() == {
        "status": 400,
        "code": "ILLEGAL_ARGUMENT",
        "message": "Invalid query parameters passed to request",
    }
    assert page.get(BY_AUTHOR, headers={"X-Restli-Protocol-Version": "3.0.0"}).status_code == 400


def test_strange_parameters_are_named(page: httpx.Client) -> None:
    """A parameter that the resource does not have is refused by name, and so are several."""
    one = page.get(f"{BY_AUTHOR}&isPublic=true")
    assert (one.status_code, one.json()) == (
        400,
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": "Invalid param. Please see errorDetails for more information.",
            "errorDetails": {
                "inputErrors": [{"input": {"inputPath": {"fieldPath": "isPublic"}}, "code": "QUERY_PARAM_NOT_ALLOWED"}]
            },
            "status": 400,
        },
    )
    several = page.get(f"{BY_AUTHOR}&a=1&b.c=2").json()["errorDetails"]["inputErrors"]
    assert [one["input"]["inputPath"]["fieldPath"] for one in several] == ["a", "b.c"]


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("/rest/posts?q=author", "Parameter 'author' is required"),
        (f"{BY_AUTHOR}&count=x", "Invalid param"),
        (f"{BY_AUTHOR}&count=101", "Invalid param"),
        (f"{BY_AUTHOR}&start=-1", "Invalid param"),
        (f"{BY_AUTHOR}&sortBy=SIZE", "Invalid param"),
        (f"{BY_AUTHOR}&viewContext=WRITER", "Invalid param"),
        ("/rest/posts?ids=urn%3Ali%3Ashare%3A1", "Invalid param"),
        ("/rest/posts?ids=List((a:b))", "Invalid param"),
        ("/rest/posts?ids=List(urn%3Ali%3Ashare%3A1", "Invalid query parameters passed to request"),
        ("/rest/posts?q=owners&author=x", "Finder method 'owners' not supported"),
        (f"{BY_AUTHOR}&fields=id,(", "Invalid query parameters passed to request"),
    ],
)
def test_queries_that_do_not_fit(page: httpx.Client, where: str, told: str) -> None:
    """What is missing, of the wrong kind or out of bounds is refused."""
    answer = page.get(where)
    assert answer.status_code == 400
    assert told in answer.text


@pytest.mark.parametrize(
    ("method", "where", "told"),
    [
        ("GET", "/rest/posts", None),
        ("PUT", "/rest/posts/urn%3Ali%3Ashare%3A1", None),
        ("DELETE", "/rest/posts?ids=List(urn%3Ali%3Ashare%3A1)", "BATCH_DELETE"),
        ("POST", "/rest/posts?ids=List(urn%3Ali%3Ashare%3A1)", "BATCH_PARTIAL_UPDATE"),
        ("POST", "/rest/posts", "BATCH_CREATE"),
        ("GET", "/rest/posts?bq=author", None),
        ("PATCH", "/rest/posts/urn%3Ali%3Ashare%3A1", None),
        ("DELETE", "/rest/images/urn%3Ali%3Aimage%3A1", None),
    ],
)
def test_methods_that_a_resource_does_not_have(page: httpx.Client, method: str, where: str, told: str | None) -> None:
    """Posts have no batches of writes, nothing is replaced as a whole, and media are not deleted."""
    headers = {"X-RestLi-Method": told} if told else {}
    assert page.request(method, where, headers=headers, json={} if method != "GET" else None).status_code == 405


def test_method_headers_are_optional_but_true(page: httpx.Client) -> None:
    """The header may be left out where the verb tells all, in any case of letters; it must not say something else."""
    urn = posted(page, "Post")
    where = f"/rest/posts/{enc(urn)}"
    assert page.get(where, headers={"x-restli-method": "get"}).status_code == 200
    assert page.delete(where, headers=PARTIAL).status_code == 400
    assert page.delete(where, headers={"X-RestLi-Method": "DELETE"}).status_code == 204
    assert page.post("/rest/posts", json=body("x"), headers={"X-RestLi-Method": "CREATE"}).status_code == 201


# ── tunnelling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tunnelled_update_has_two_parts(page: httpx.Client) -> None:
    """A long query and a body come together as `multipart/mixed`."""
    urn = posted(page, "Before")
    patch = json.dumps({"patch": {"$set": {"commentary": "After"}}})
    parts = (
        "--XX\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n\r\n"
        f"--XX\r\nContent-Type: application/json\r\n\r\n{patch}\r\n--XX--"
    )
    headers = {"Content-Type": "multipart/mixed; boundary=XX", "X-HTTP-Method-Override": "POST", **PARTIAL}
    assert page.post(f"/rest/posts/{enc(urn)}", content=parts, headers=headers).status_code == 204
    assert page.get(f"/rest/posts/{enc(urn)}").json()["commentary"] == "After"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/mixed"},
    ],
)
def test_a_tunnel_of_another_kind_is_refused(page: httpx.Client, headers: dict[str, str]) -> None:
    """A tunnelled query is a form, or one of two parts with a boundary."""
    answer = page.post("/rest/posts", content="q=author", headers={**headers, "X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 400


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_projections(page: httpx.Client) -> None:
    """`fields` leaves what it names: of an entity, of each element, and of each result."""
    urn = posted(page, "Post")
    assert page.get(f"/rest/posts/{enc(urn)}?fields=id,author,commentary").json() == {
        "id": urn,
        "author": PAGE,
        "commentary": "Post",
    }
    found = page.get(f"{BY_AUTHOR}&fields=id,distribution:(feedDistribution)").json()
    assert found["elements"] == [{"id": urn, "distribution": {"feedDistribution": "MAIN_FEED"}}]
    assert found["paging"]["count"] == 10
    batch = page.get(f"/rest/posts?ids=List({enc(urn)},urn%3Ali%3Ashare%3A1)&fields=id").json()
    assert batch["results"] == {urn: {"id": urn}}
    assert "urn:li:share:1" in batch["errors"]


def test_ids_of_a_batch_come_in_either_form(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Ids may come back escaped, and each with its status, as both are documented."""
    urn = posted(page, "Post")
    linkedin.settings.reduces_keys = linkedin.settings.tells_all_statuses = True
    found = page.get(f"/rest/posts?ids=List({enc(urn)},urn%3Ali%3Ashare%3A1)").json()
    escaped = urn.replace(":", "%3A")
    assert list(found["results"]) == [escaped]
    assert found["statuses"] == {escaped: 200, "urn%3Ali%3Ashare%3A1": 404}
    assert posted(page, "Another").startswith("urn%3Ali%3Ashare%3A")


def test_a_page_has_a_hundred_at_most(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """`count` goes to a hundred."""
    for number in range(101):
        posted(page, f"post {number}")
    assert len(page.get(f"{BY_AUTHOR}&count=100").json()["elements"]) == 100
    assert len(page.get(f"{BY_AUTHOR}&count=100&start=100").json()["elements"]) == 1


def test_headers_of_answers(page: httpx.Client) -> None:
    """Every answer can be traced; errors say whether the gateway or the resource gave them."""
    made = page.post("/rest/posts", json=body("Post"))
    assert made.headers["location"] == f"/posts/{enc(made.headers['x-restli-id'])}"
    assert len({page.get(BY_AUTHOR).headers["x-li-uuid"] for _ in range(3)}) == 3
    resource = page.get("/rest/posts/urn%3Ali%3Ashare%3A1").headers
    assert (resource["x-restli-error-response"], resource["x-restli-gateway-error"]) == ("true", "false")
    gateway = page.get(BY_AUTHOR, headers={"LinkedIn-Version": ""}).headers
    assert gateway["x-restli-gateway-error"] == "true"


def test_tokens_come_before_versions_and_both_before_the_rest(page: httpx.Client) -> None:
    """The token is looked at first, then the version, then what was asked for."""
    wrong = {"Authorization": "Bearer nobody", "LinkedIn-Version": "202001"}
    assert page.get("/rest/posts/x:y", headers=wrong).status_code == 401
    assert page.get("/rest/posts/x:y", headers={"LinkedIn-Version": "202001"}).status_code == 426
    assert page.get("/rest/posts/x:y").status_code == 400


def test_quotas_of_the_tiers(clock: TestClock) -> None:
    """In the development tier a member has 100 calls a day to each endpoint, the app 500; a self-serve member 150."""
    development = LinkedInEmulator(clock=clock, tier="development")
    with client(development, "AQX-organization") as api:
        assert [api.get(BY_AUTHOR).status_code for _ in range(101)].count(200) == 100
        assert posted(api, "another endpoint")
        assert development.quotas.used("posts.FINDER", MEMBER) == 101
        for number in range(5):
            development.add_token(f"AQX-{number}", f"urn:li:person:{number}", {"r_organization_social"})
            development.set_role(f"urn:li:person:{number}", PAGE, "ADMINISTRATOR")
        others = [{"Authorization": f"Bearer AQX-{number}"} for number in range(5)]
        spent = [api.get(BY_AUTHOR, headers=one) for one in others for _ in range(100)]
        assert "APPLICATION DAY" in spent[-1].json()["message"]
    self_serve = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(self_serve, "AQX-member") as api:
        begin = {"initializeUploadRequest": {"owner": MEMBER}}
        where = "/rest/images?action=initializeUpload"
        assert [api.post(where, json=begin).status_code for _ in range(151)].count(200) == 150


def test_the_apps_quota_is_settable(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A test may set how many calls the app has."""
    linkedin.settings.calls_per_app = 1
    assert [page.get(BY_AUTHOR).status_code for _ in range(2)] == [200, 429]
