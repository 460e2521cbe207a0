"""What every Graph call goes through: versions, tokens, proofs, encodings, removed parameters, exchanges."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_error, graph_fault, known_refusals, known_variants, proof_of
from socialconnect.testing.emulators.instagram import InstagramEmulator

GRAPH = "https://graph.facebook.com"
V = "v26.0"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


def texts(emulator: Emulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def codes(answer: httpx.Response) -> tuple[int, int | None, int | None]:
    """Give status, code and subcode of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error.get("code"), error.get("error_subcode")


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def ended_and_oldest(clock: TestClock) -> tuple[str, str]:
    """Give a version that has ended and the oldest that lives, by the catalogue."""
    catalogue = bundled("meta")
    assert catalogue is not None
    today = clock.now().date()
    rows = [row for row in catalogue.versions if row.api == "graph" and row.released <= today]
    ended = [row for row in rows if row.ends is not None and row.ends <= today]
    live = [row for row in rows if row.ends is None or row.ends > today]
    return max(ended, key=lambda row: row.released).version, min(live, key=lambda row: row.released).version


def test_an_ended_version_is_forwarded_in_silence(client: httpx.Client, clock: TestClock) -> None:
    """The oldest live version serves the call, and only the header tells."""
    ended, oldest = ended_and_oldest(clock)
    answer = client.post(f"/{ended}/1000/feed", json={"message": "Hello"})
    assert answer.status_code == 200
    assert answer.headers["facebook-api-version"] == oldest


def test_an_ended_version_can_be_refused(clock: TestClock) -> None:
    """Told to, the emulator refuses an ended version with 2635, as the Marketing API does."""
    ended, _ = ended_and_oldest(clock)
    emulator = FacebookEmulator(clock=clock, ended_versions="reject-2635")
    with emulator.client() as client:
        answer = client.post(f"{GRAPH}/{ended}/1000/feed?access_token=EAAPAGE", json={"message": "Hello"})
    assert codes(answer) == (400, 2635, None)
    assert texts(emulator) == []


def test_a_version_ends_on_its_day(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A version that is served today is forwarded from its last day on."""
    _, oldest = ended_and_oldest(clock)
    assert client.get(f"/{oldest}/1000").headers["facebook-api-version"] == oldest
    catalogue = bundled("meta")
    row = catalogue.version("graph", oldest) if catalogue else None
    assert row is not None
    assert row.ends is not None
    clock.set(row.ends)
    assert client.get(f"/{oldest}/1000").headers["facebook-api-version"] != oldest


def test_a_version_that_never_was_is_an_unknown_path(client: httpx.Client) -> None:
    """A version that was never released answers 2500 and names the path."""
    answer = client.get("/v99.0/1000")
    assert codes(answer) == (400, 2500, None)
    assert answer.json()["error"]["message"] == "Unknown path components: /v99.0/1000"


def test_no_version_means_the_oldest(client: httpx.Client, clock: TestClock) -> None:
    """A call without a version is served by the oldest live one."""
    assert client.get("/1000").headers["facebook-api-version"] == ended_and_oldest(clock)[1]


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_needs_a_token(facebook: FacebookEmulator) -> None:
    """No token is 2500, and a wrong one 190; both say so in a header."""
    with facebook.client() as client:
        without = client.get(f"{GRAPH}/{V}/1000")
        wrong = client.get(f"{GRAPH}/{V}/1000?access_token=nonsense")
    assert codes(without) == (400, 2500, None)
    assert codes(wrong) == (400, 190, None)
    assert '"invalid_token"' in wrong.headers["www-authenticate"]


@pytest.mark.parametrize("subcode", [458, 460, 467])
def test_a_revoked_token_is_refused(facebook: FacebookEmulator, client: httpx.Client, subcode: int) -> None:
    """From its revocation on a token is refused, and says why."""
    facebook.revoke_tokens(subcode)
    assert codes(client.get(f"/{V}/1000")) == (400, 190, subcode)


def test_a_token_revoked_midway(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The fault strikes the call itself and all later ones."""
    facebook.faults.add(Fault(FaultKind.TOKEN_REVOKED, after=1))
    got = [client.post(f"/{V}/1000/feed", json={"message": "Hello"}).status_code for _ in range(3)]
    assert got == [200, 400, 400]
    assert texts(facebook) == ["Hello"]


def test_a_person_takes_back_a_permission(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A permission that was taken back is gone from the person's Page tokens; all of them end the tokens."""
    person = {"access_token": "EAAUSER"}
    listed = client.get(f"/{V}/me/permissions", params=person).json()["data"]
    assert {"permission": "pages_manage_posts", "status": "granted"} in listed
    assert client.delete(f"/{V}/me/permissions/pages_manage_posts", params=person).json() == {"success": True}
    assert codes(client.post(f"/{V}/1000/feed", json={"message": "Hello"})) == (403, 200, None)
    client.delete(f"/{V}/99/permissions", params=person)
    assert codes(client.get(f"/{V}/1000")) == (400, 190, 458)


def test_a_proof_is_checked(clock: TestClock) -> None:
    """Without the app's proof, or with a wrong one, nothing is done; with the right one it is."""
    emulator = FacebookEmulator(clock=clock, app_secret="shh")
    with emulator.client() as client:
        url = f"{GRAPH}/{V}/1000/feed?access_token=EAAPAGE&message=Hello"
        for proof in ("", "&appsecret_proof=wrong"):
            answer = client.post(url + proof)
            assert codes(answer) == (400, 100, None)
            assert answer.json()["error"]["type"] == "GraphMethodException"
        assert client.post(f"{url}&appsecret_proof={proof_of('EAAPAGE', 'shh')}").status_code == 200
    assert texts(emulator) == ["Hello"]


def test_a_token_is_described(client: httpx.Client, facebook: FacebookEmulator) -> None:
    """`debug_token` tells whose a token is and what it may do, and what is wrong with it."""
    ask = {"input_token": "EAAPAGE", "access_token": "123|shh"}
    told = client.get(f"/{V}/debug_token", params=ask).json()["data"]
    assert (told["type"], told["profile_id"], told["is_valid"], told["expires_at"]) == ("PAGE", "1000", True, 0)
    assert "pages_manage_posts" in told["scopes"]
    facebook.revoke_tokens(460)
    told = client.get(f"/{V}/debug_token", params=ask).json()["data"]
    assert (told["is_valid"], told["error"]["code"], told["error"]["subcode"]) == (False, 190, 460)


def test_a_code_becomes_a_token_once(facebook: FacebookEmulator, clock: TestClock) -> None:
    """A code gives a token to the address that it was made for, one time, within its life."""
    ask = {"client_id": "123", "client_secret": "x", "redirect_uri": "https://app.example.com/"}
    with facebook.client() as client:
        url = f"{GRAPH}/{V}/oauth/access_token"
        code = facebook.issue_code("EAAUSER", "https://app.example.com/")
        assert codes(client.get(url, params={**ask, "redirect_uri": "https://app.example.com", "code": code}))[1:] == (
            100,
            36008,
        )
        given = client.get(url, params={**ask, "code": code}).json()
        assert given["token_type"] == "bearer"
        assert codes(client.get(url, params={**ask, "code": code})) == (400, 100, 36009)
        late = facebook.issue_code("EAAUSER", "https://app.example.com/")
        clock.advance(hours=1)
        assert codes(client.get(url, params={**ask, "code": late})) == (400, 100, 36007)


def test_a_short_token_becomes_a_long_one(facebook: FacebookEmulator, clock: TestClock) -> None:
    """An exchange gives a token of 60 days while the first is good, and none after."""
    ask = {"grant_type": "fb_exchange_token", "client_id": "123", "client_secret": "x"}
    with facebook.client() as client:
        url = f"{GRAPH}/{V}/oauth/access_token"
        given = client.get(url, params={**ask, "fb_exchange_token": "EAAUSER"}).json()
        assert given["expires_in"] == 60 * 24 * 3600
        assert client.get(f"{GRAPH}/{V}/me?access_token={given['access_token']}").json()["id"] == "99"
        clock.advance(days=61)
        assert codes(client.get(url, params={**ask, "fb_exchange_token": given["access_token"]})) == (400, 190, 463)


DIALOG = "https://www.facebook.com/v26.0/dialog/oauth"
RETURN = "https://app.example.com/"


def sent_back(answer: httpx.Response) -> dict[str, str]:
    """Give what the browser is sent back with."""
    address, _, fragment = answer.headers["location"].partition("#")
    assert (answer.status_code, fragment) == (302, "_=_")
    assert address.startswith(f"{RETURN}?")
    return dict(parse_qsl(urlsplit(address).query))


def test_the_whole_login(facebook: FacebookEmulator) -> None:
    """Consent, code, short token, long token, the Page's token; what was not granted is declined."""
    app = {"client_id": "123", "client_secret": "x", "redirect_uri": RETURN}
    with facebook.client() as client:
        ask = {"client_id": "123", "redirect_uri": RETURN, "state": "s1", "scope": "pages_show_list,email"}
        told = sent_back(client.get(DIALOG, params={**ask, "response_type": "code"}))
        assert told["state"] == "s1"
        short = client.get(f"{GRAPH}/{V}/oauth/access_token", params={**app, "code": told["code"]}).json()
        exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
        long = client.get(f"{GRAPH}/{V}/oauth/access_token", params={**app, **exchange}).json()
        assert long["expires_in"] > short["expires_in"]
        person = {"access_token": long["access_token"]}
        assert client.get(f"{GRAPH}/{V}/me/permissions", params=person).json()["data"] == [
            {"permission": "pages_show_list", "status": "granted"},
            {"permission": "email", "status": "declined"},
        ]
        (page,) = client.get(f"{GRAPH}/{V}/me/accounts?fields=access_token", params=person).json()["data"]
        assert page["access_token"] == "EAAPAGE"


def test_a_person_says_no(facebook: FacebookEmulator) -> None:
    """The browser comes back with the reason, and without a code."""
    facebook.oauth.denied = True
    with facebook.client() as client:
        told = sent_back(client.get(DIALOG, params={"client_id": "123", "redirect_uri": RETURN, "state": "s1"}))
        assert told == {
            "error_reason": "user_denied",
            "error": "access_denied",
            "error_description": "Permissions error",
            "state": "s1",
        }
        wrong = client.get(DIALOG, params={"client_id": "9", "redirect_uri": RETURN})
        assert (wrong.status_code, wrong.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_a_code_may_be_challenged(facebook: FacebookEmulator) -> None:
    """With PKCE the token is given to whoever knows the verifier, and the refusal names the code as the fault."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
    app = {"client_id": "123", "client_secret": "x", "redirect_uri": RETURN}
    with facebook.client() as client:
        ask = {"client_id": "123", "redirect_uri": RETURN, "code_challenge": challenge}
        code = sent_back(client.get(DIALOG, params={**ask, "code_challenge_method": "S256"}))["code"]
        wrong = client.get(f"{GRAPH}/{V}/oauth/access_token", params={**app, "code": code, "code_verifier": "x"})
        assert codes(wrong) == (400, 100, None)
        assert '"invalid_code"' in wrong.headers["www-authenticate"]
        given = client.get(f"{GRAPH}/{V}/oauth/access_token", params={**app, "code": code, "code_verifier": "verifier"})
        assert given.status_code == 200


def test_an_app_gets_its_own_token(facebook: FacebookEmulator) -> None:
    """`client_credentials` gives the app's token, which inspects others."""
    ask = {"client_id": "123", "client_secret": "shh", "grant_type": "client_credentials"}
    with facebook.client() as client:
        token = client.get(f"{GRAPH}/{V}/oauth/access_token", params=ask).json()["access_token"]
        told = client.get(f"{GRAPH}/{V}/debug_token", params={"input_token": "EAAPAGE", "access_token": token}).json()
    assert (told["data"]["profile_id"], told["data"]["user_id"]) == ("1000", "99")


def test_a_page_gets_another_token(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """After the old one was revoked, the person finds the new one and goes on with it."""
    facebook.revoke_tokens(460)
    facebook.tokens["EAAUSER"].revoked = None
    facebook.renew_page_token("EAANEW")
    (page,) = client.get(f"/{V}/me/accounts?access_token=EAAUSER").json()["data"]
    assert page["access_token"] == "EAANEW"
    assert codes(client.get(f"/{V}/1000")) == (400, 190, 460)
    assert client.get(f"/{V}/1000?access_token=EAANEW").status_code == 200


# ── encodings and parameters ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["query", "form", "multipart", "json"])
def test_every_encoding_means_the_same(facebook: FacebookEmulator, client: httpx.Client, encoding: str) -> None:
    """Parameters count the same in the address, in both kinds of form, and in JSON."""
    sent = {"message": "Grüße & mehr", "published": "true"}
    match encoding:
        case "query":
            client.post(f"/{V}/1000/feed", params=sent)
        case "form":
            client.post(f"/{V}/1000/feed", data=sent)
        case "multipart":
            client.post(f"/{V}/1000/feed", files={name: (None, value) for name, value in sent.items()})
        case _:
            client.post(f"/{V}/1000/feed", json=sent)
    assert texts(facebook) == ["Grüße & mehr"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b"{"),
        ({"Content-Type": "application/json"}, b"[1]"),
        ({"Content-Type": "multipart/form-data"}, b"x"),
    ],
)
def test_a_broken_body_is_refused(
    facebook: FacebookEmulator, client: httpx.Client, headers: dict[str, str], body: bytes
) -> None:
    """A body that cannot be read is an invalid parameter, not a crash."""
    assert codes(client.post(f"/{V}/1000/feed", headers=headers, content=body)) == (400, 100, None)


def test_an_unknown_parameter_is_refused(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """What the network does not know is refused by name, and has no effect."""
    answer = client.post(f"/{V}/1000/feed", json={"message": "Hello", "colour": "red"})
    assert codes(answer) == (400, 100, None)
    assert "colour" in answer.json()["error"]["message"]
    assert texts(facebook) == []


def test_a_parameter_that_the_emulator_leaves_out_is_a_gap(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """What the network knows and the emulator does not is a 501 that names it, and has no effect."""
    answer = client.post(f"/{V}/1000/feed", json={"message": "Hello", "place_list": "x"})
    assert answer.status_code == 501
    assert "parameter place_list in POST /v26.0/1000/feed" in answer.json()["gap"]
    assert texts(facebook) == []


@pytest.mark.parametrize("path", ["1000/ratings", "1000_2001/sharedposts", "me/conversations"])
def test_an_edge_that_the_emulator_leaves_out_is_a_gap(client: httpx.Client, path: str) -> None:
    """An edge that the network has and the emulator does not know is a 501."""
    client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    assert client.get(f"/{V}/{path}").status_code == 501


@pytest.mark.parametrize("path", ["1000/nonsense", "1000_2001/nonsense", "me/nonsense"])
def test_an_edge_that_does_not_exist_is_refused(client: httpx.Client, path: str) -> None:
    """An edge that the network has not is a nonexisting field to read, and an unsupported request to write."""
    client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    assert codes(client.get(f"/{V}/{path}")) == (400, 100, None)
    assert codes(client.post(f"/{V}/{path}")) == (400, 100, 33)
    assert codes(client.get(f"/{V}/{path}/more")) == (400, 2500, None)


@pytest.mark.parametrize("method", ["delete", "get"])
def test_a_post_can_stand_for_another_method(facebook: FacebookEmulator, client: httpx.Client, method: str) -> None:
    """`method` in a POST does what that method does, for clients that can only post."""
    client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    answer = client.post(f"/{V}/1000_2001", data={"method": method})
    assert answer.status_code == 200
    assert texts(facebook) == ([] if method == "delete" else ["Hello"])


def test_the_header_may_say_oauth(client: httpx.Client) -> None:
    """`Authorization: OAuth` counts as `Bearer` does."""
    assert client.get(f"/{V}/1000", headers={"Authorization": "OAuth EAAPAGE"}).json()["id"] == "1000"


@pytest.mark.parametrize("name", ["pretty", "debug", "date_format"])
def test_removed_parameters_are_refused(client: httpx.Client, clock: TestClock, name: str) -> None:
    """The parameters that v26.0 removed are refused on every version since the later day."""
    assert codes(client.get(f"/{V}/1000?{name}=1")) == (400, 100, None)
    assert codes(client.get(f"/{ended_and_oldest(clock)[1]}/1000?{name}=1")) == (400, 100, None)


@pytest.mark.parametrize(
    ("emulator", "kind"), [(FacebookEmulator, "OAuthException"), (InstagramEmulator, "IGApiException")]
)
def test_the_multi_get_is_refused(
    clock: TestClock, emulator: type[FacebookEmulator] | type[InstagramEmulator], kind: str
) -> None:
    """`?ids=` answers HTTP 500 with code 100, as was seen."""
    with emulator(clock=clock).client() as client:
        answer = client.get(f"{GRAPH}/{V}/?ids=1,2&access_token=EAAUSER")
    assert codes(answer) == (500, 100, None)
    assert answer.json()["error"]["message"] == "The ids query parameter is deprecated in v26.0+."
    assert answer.json()["error"]["type"] == kind


@pytest.mark.parametrize("fields", ["id,", "attachments{media", "id)", "{id}"])
def test_broken_fields_are_refused(client: httpx.Client, fields: str) -> None:
    """A `fields` parameter that breaks the syntax is refused."""
    assert codes(client.get(f"/{V}/1000", params={"fields": fields})) == (400, 2500, None)


def test_a_field_that_does_not_exist_is_refused(client: httpx.Client) -> None:
    """A field that the node lacks is refused; one that Graph has and the emulator has not is a gap."""
    assert codes(client.get(f"/{V}/1000?fields=id,nonsense")) == (400, 100, None)
    assert client.get(f"/{V}/1000?fields=id,hours").status_code == 501


# ── limits and refusals on demand ─────────────────────────────────────────────────────────────────────────────────────


def test_the_hourly_calls_run_out_and_come_back(clock: TestClock) -> None:
    """The header tells the percent used; above it calls are refused with the minutes to wait, and then served."""
    emulator = FacebookEmulator(clock=clock, call_limit=4)
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        used = [client.get(f"/{V}/1000").headers["x-business-use-case-usage"] for _ in range(4)]
        assert [json.loads(one)["1000"][0]["call_count"] for one in used] == [25, 50, 75, 100]
        clock.advance(minutes=20)
        refused = client.get(f"/{V}/1000")
        assert codes(refused) == (400, 80001, None)
        told = json.loads(refused.headers["x-business-use-case-usage"])["1000"][0]
        assert told["estimated_time_to_regain_access"] == 40
        clock.advance(minutes=40)
        assert client.get(f"/{V}/1000").status_code == 200


@pytest.mark.parametrize(("code", "subcode"), known_refusals())
def test_every_documented_refusal_can_be_had(
    facebook: FacebookEmulator, client: httpx.Client, code: int, subcode: int | None
) -> None:
    """Each code and subcode of the documentation comes as a body in Graph's shape, before any effect."""
    facebook.faults.add(graph_fault(code, subcode, path="/feed$"))
    answer = client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    assert codes(answer) == (graph_error(code, subcode).status, code, subcode)
    assert set(answer.json()["error"]) >= {"message", "type", "code", "fbtrace_id"}
    assert texts(facebook) == []


@pytest.mark.parametrize(("code", "subcode", "variant"), known_variants())
def test_refusals_whose_codes_mean_several_things_can_be_had(
    facebook: FacebookEmulator, client: httpx.Client, code: int, subcode: int | None, variant: str
) -> None:
    """Each has its own text, by which alone it is told from the other that has its codes."""
    facebook.faults.add(graph_fault(code, subcode, path="/feed$", variant=variant))
    answer = client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    assert codes(answer)[1:] == (code, subcode)
    assert answer.json()["error"]["message"] != graph_error(code, subcode).message
    with pytest.raises(ValueError, match="nonsense"):
        graph_error(code, subcode, variant="nonsense")


def test_long_numbers_may_come_as_the_code(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """One integrator saw the numbers of second codes in the first place: they have the same text there."""
    facebook.faults.add(graph_fault(1366051))
    answer = client.post(f"/{V}/1000/feed", json={"message": "Hello"})
    assert codes(answer) == (400, 1366051, None)
    assert answer.json()["error"]["message"] == graph_error(100, 1366051).message


def test_a_refusal_tells_the_offsets_that_are_wanted() -> None:
    """`error_data` is the test's own."""
    error = graph_error(6001, 1363037, data={"start_offset": 1, "end_offset": 2}).body()["error"]
    assert isinstance(error, dict)
    assert error["error_data"] == {"start_offset": 1, "end_offset": 2}


def test_refusals_are_listed_once() -> None:
    """No two rows of the table say what the same codes mean."""
    assert len(set(known_refusals())) == len(known_refusals())


def test_a_refusal_may_have_its_own_words() -> None:
    """Codes without a row, and other texts, can be asked for too."""
    own = graph_error(368, None, "You already posted this", status=403).body()["error"]
    assert isinstance(own, dict)
    assert (own["code"], own["message"]) == (368, "You already posted this")
    assert graph_error(77777, transient=True).body()["error"] == {
        "message": "(#77777) Emulated refusal",
        "type": "OAuthException",
        "code": 77777,
        "is_transient": True,
        "fbtrace_id": "EmulatedTrace",
    }


def test_a_read_lag_hides_a_new_post(clock: TestClock) -> None:
    """What was just written is not read until the lag is over, though people see it and its author's call told it."""
    emulator = FacebookEmulator(clock=clock, read_lag=timedelta(seconds=30))
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        made = client.post(f"/{V}/1000/feed?fields=id,message", json={"message": "Hello"}).json()
        assert made == {"id": "1000_2001", "message": "Hello"}
        assert client.get(f"/{V}/1000/published_posts").json() == {"data": []}
        assert codes(client.get(f"/{V}/1000_2001")) == (400, 100, 33)
        assert texts(emulator) == ["Hello"]
        clock.advance(30)
        assert len(client.get(f"/{V}/1000/published_posts").json()["data"]) == 1
