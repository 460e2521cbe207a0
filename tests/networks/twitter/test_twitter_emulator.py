"""Every method of the interface against the emulator, blocking and async."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    SocialConnectError,
    TokenExpired,
    UnsupportedFeature,
)
from socialconnect.journal import NoJournal
from socialconnect.lifecycle import ApiState
from socialconnect.media import Image
from socialconnect.network import run
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.plans import Plans
from socialconnect.post import Post, PostVariant
from socialconnect.registry import async_network_class, network_class, options_class
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

UNKNOWN = "1993000000000000999"


def full_post(picture: Callable[..., bytes]) -> Post:
    """Give a post with a text, a link and two images."""
    media = [Image(picture(), alt="Three raincoats"), Image(picture("PNG"))]
    return Post("Our spring line & more", link="https://example.com/spring", media=media)


def test_blocking(twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes]) -> None:
    """A post is published, read back as written, measured and deleted."""
    published = twitter.publish(full_post(picture))
    (seen,) = emulator.wall
    assert (seen.id, seen.media) == (published.id, 2)
    assert seen.text == "Our spring line & more https://example.com/spring"
    (back,) = twitter.posts()
    assert back == published
    assert (back.text, back.media_count) == (seen.text, 2)
    report = twitter.fetch_metrics([published, UNKNOWN])
    assert report[published].views == 0
    assert isinstance(report.errors[UNKNOWN], NotFound)
    assert twitter.request("GET", f"/2/tweets/{published.id}").status == 200
    assert twitter.deprecation_status().state is not ApiState.RETIRED
    twitter.delete(published)
    assert emulator.wall == ()


@pytest.mark.anyio
async def test_async(emulator: TwitterEmulator, clock: TestClock, picture: Callable[..., bytes]) -> None:
    """The async face does the same."""
    async with AsyncTwitter(
        token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=emulator.async_client()
    ) as twitter:
        published = await twitter.publish(full_post(picture))
        assert [post.text for post in await twitter.posts()] == [emulator.wall[0].text]
        report = await twitter.fetch_metrics([published, UNKNOWN])
        assert report[published].likes == 0
        assert list(report.errors) == [UNKNOWN]
        assert (await twitter.request("GET", f"/2/tweets/{published.id}")).status == 200
        assert len(await twitter.preview(Post("Hi"))) == 1
        assert twitter.validate(Post("Hi")) == []
        assert twitter.estimate_cost(Post("Hi")).priced
        with pytest.raises(UnsupportedFeature):
            await twitter.draft(Post("Hi"))
        with pytest.raises(UnsupportedFeature):
            await twitter.schedule(Post("Hi"), clock.now() + timedelta(hours=1))
        await twitter.delete(published)
    assert emulator.wall == ()


def test_preview_is_what_publish_sends(
    twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes]
) -> None:
    """A preview shows the same requests in the same order, without the token, and sends none."""
    post = full_post(picture)
    shown = twitter.preview(post)
    assert emulator.requests == []
    twitter.publish(post)
    assert [(one.method, one.url) for one in shown] == [(one.method, one.url) for one in emulator.requests]
    assert [one.visible for one in shown] == [False, False, False, True]
    assert "USER_TOKEN" not in repr(shown)


def test_a_variant_and_its_options(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """The variant for Twitter is what Twitter gets."""
    variant = PostVariant(text="Short", options=TwitterOptions(paid_partnership=True))
    twitter.publish(Post("Long, for the others", variants={"twitter": variant}))
    assert emulator.wall[0].text == "Short"
    assert emulator.requests[-1].json() == {"text": "Short", "paid_partnership": True}


def test_a_thread_of_its_own(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """An account may answer itself."""
    first = twitter.publish(Post("One"))
    twitter.publish(Post("Two", options=TwitterOptions(reply_to=first.id)))
    assert emulator.wall[1].parent == first.id


def test_the_new_vocabulary(emulator: TwitterEmulator, twitter: Twitter) -> None:
    """A server that speaks the new vocabulary gives the same posts and numbers."""
    emulator.settings.vocabulary = "post"
    published = twitter.publish(Post("Hi https://example.com/a"))
    assert twitter.posts()[0].text == "Hi https://example.com/a"
    assert twitter.fetch_metrics([published])[published].shares == 0


def test_escaped_text_is_undone(emulator: TwitterEmulator, twitter: Twitter) -> None:
    """Where Twitter escapes a text for HTML, it is read back as it was written."""
    emulator.settings.escapes_html = True
    twitter.publish(Post("Fish & chips <3"))
    assert twitter.posts()[0].text == "Fish & chips <3"


def test_a_duplicate(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """The same text again is refused, and stands there once."""
    twitter.publish(Post("Hi"))
    with pytest.raises(DuplicatePost):
        twitter.publish(Post("Hi"))
    assert len(emulator.wall) == 1


@pytest.mark.parametrize(
    "kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED, FaultKind.HTML]
)
def test_a_lost_answer_is_unknown_and_never_repeated(
    twitter: Twitter, emulator: TwitterEmulator, kind: FaultKind
) -> None:
    """Whatever happens to the answer of the visible request, it is sent once."""
    emulator.faults.add(Fault(kind, method="POST", path="^/2/tweets$", status=503))
    with pytest.raises(OutcomeUnknown):
        twitter.publish(Post("Hi"))
    assert len(emulator.requests) == 1
    assert len(emulator.wall) == (0 if kind is FaultKind.HTML else 1)


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_BEFORE, FaultKind.THROTTLED_BARE])
def test_an_upload_is_repeated(
    twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes], kind: FaultKind
) -> None:
    """What nobody sees is tried again, and one post comes of it."""
    emulator.faults.add(Fault(kind, path="^/2/media/upload$", status=503))
    twitter.publish(Post("Hi", media=[Image(picture())]))
    assert [post.media for post in emulator.wall] == [1]


def test_a_revoked_token(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """A token that the library cannot renew is told to be over, with what to do."""
    emulator.revoke_tokens()
    with pytest.raises(TokenExpired, match="connect the account again"):
        twitter.publish(Post("Hi"))


def test_a_journal_keeps_uploads(twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes]) -> None:
    """A publish that goes on after a restart uploads and describes nothing again."""

    class Kept(NoJournal):
        def __init__(self) -> None:
            self.done: dict[str, object] = {}

        async def step(self, name, act, *, lives=None):  # type: ignore[no-untyped-def]  # as NoJournal.step
            assert lives is not None
            if name not in self.done:
                self.done[name] = await act()
            return self.done[name]

    journal = Kept()
    emulator.faults.add(Fault(FaultKind.REFUSED, path="^/2/tweets$", status=403, body=b'{"title":"Forbidden"}'))
    with pytest.raises(PermissionDenied):
        run(twitter.operations.publish(full_post(picture), journal))
    run(twitter.operations.publish(full_post(picture), journal))
    assert [one.path for one in emulator.requests].count("/2/media/upload") == 2
    assert [one.path for one in emulator.requests].count("/2/media/metadata") == 1
    assert next(iter(journal.done)) == "upload[0]"


# ── setting up ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_registry_knows_it() -> None:
    """The network, its twin and its options are found by name."""
    assert network_class("twitter") is Twitter
    assert async_network_class("twitter") is AsyncTwitter
    assert options_class("twitter") is TwitterOptions


def test_capabilities(twitter: Twitter) -> None:
    """Without an advertising account Twitter keeps no drafts and plans."""
    able = twitter.capabilities
    assert (able.drafts, able.scheduling) == (False, False)
    assert (able.delete, able.read_back, able.media_from_file, able.media_from_url) == (True, True, True, False)
    assert able.metrics_batch == 100


@pytest.mark.parametrize("network", [Twitter, AsyncTwitter])
def test_an_advertising_account_needs_oauth_1(network: type[Twitter] | type[AsyncTwitter]) -> None:
    """The Ads API takes no OAuth 2.0 token: told when the object is made."""
    with pytest.raises(ConfigurationError, match=r"OAuth 1\.0a"):
        network(token="USER_TOKEN", ads_account="18ce54d4x5t")


def test_an_outbox_needs_the_account() -> None:
    """Two accounts called "me" must never share an outbox."""

    class Keeps:
        @property
        def plans(self) -> Plans:
            raise NotImplementedError

    with pytest.raises(ConfigurationError, match="user_id"):
        Twitter(token="USER_TOKEN", outbox=Keeps())


def test_errors_are_ours(twitter: Twitter) -> None:
    """An error says which network, account and operation it is of."""
    with pytest.raises(SocialConnectError) as caught:
        twitter.publish(Post("x" * 281))
    assert (caught.value.network, caught.value.account, caught.value.operation) == ("twitter", "2244994945", "publish")
