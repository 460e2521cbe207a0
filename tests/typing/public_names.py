"""
What a user's type checker sees. Checked by mypy and pyright in strict mode, and never run.

Every public name is used here, as users use it: a change that breaks their annotations breaks this file.
"""

# no secret: what stands here is never sent

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import httpx
from pydantic import JsonValue, SecretStr

import socialconnect as sc
from socialconnect import AsyncNetwork, Network, Post


def constructors(client: httpx.Client, outbox: sc.Outbox, lifecycle: sc.Lifecycle) -> list[Network]:
    """Each blocking network has a typed constructor, and takes what all of them take."""
    clock: sc.Clock = sc.SystemClock()
    keys = sc.OAuth1Credential(
        consumer_key="a", consumer_secret=SecretStr("b"), token=SecretStr("c"), token_secret=SecretStr("d")
    )
    return [
        sc.Facebook(page_id="1", token="t", app_secret="s", api_version="v26.0", http_client=client),
        sc.Instagram(user_id="1", token=sc.Token(access_token=SecretStr("t")), login="instagram", clock=clock),
        sc.LinkedIn(author="urn:li:organization:1", token=sc.StaticToken("t"), outbox=outbox, lifecycle=lifecycle),
        sc.Twitter(token=keys, ads_account="a", spend_limit=Decimal(5), timeout=10, publish_timeout=60),
        sc.Twitter(token="t", retry=sc.RetryPolicy(attempts=2, random=random.Random(1)), base_url="http://127.0.0.1:1"),
    ]


def async_constructors(client: httpx.AsyncClient, outbox: sc.AsyncOutbox) -> list[AsyncNetwork]:
    """The async networks take the same."""
    return [
        sc.AsyncFacebook(page_id="1", token="t", http_client=client),
        sc.AsyncInstagram(user_id="1", token="t", login="facebook"),
        sc.AsyncLinkedIn(author="urn:li:person:1", token="t", api_version="202609", outbox=outbox),
        sc.AsyncTwitter(token="t"),
    ]


def posts() -> Post:
    """A post with media, a link, options and variants."""
    facts = assert_type(sc.Image("a.jpg", alt="A").facts, sc.MediaFacts | None)
    assert_type(facts.width if facts else None, int | None)
    options: list[sc.NetworkOptions] = [
        sc.FacebookOptions(place="1"),
        sc.InstagramOptions(location_id="1"),
        sc.LinkedInOptions(visibility="PUBLIC"),
        sc.TwitterOptions(reply_settings="following"),
    ]
    post = Post(
        "text",
        media=[sc.Image(b"..."), sc.Video(Path("a.mp4"), title="B", subtitles=[sc.Subtitles("a.srt", language="en")])],
        link=sc.Link("https://example.com", title="C"),
        options=options,
        variants={"twitter": sc.PostVariant(text="short", poll=sc.Poll(["yes", "no"], lasts=timedelta(hours=1)))},
        thread=["further", Post("and further", media=[sc.Document("a.pdf", title="D")])],
        first_comment="By the way",
    )
    assert_type(post.options_for(sc.TwitterOptions), sc.TwitterOptions | None)
    return assert_type(post.with_changes(text="other"), Post)


def blocking(network: Network, post: Post) -> None:
    """Every method of the blocking face, and what it gives."""
    at = datetime(2027, 1, 1, tzinfo=UTC)
    published = assert_type(network.publish(post), sc.PublishedPost)
    assert_type(network.posts(since=at, limit=5), list[sc.PublishedPost])
    network.update(published, "other")
    network.delete(published)
    draft = assert_type(network.draft(post, native=True), sc.Draft)
    assert_type(network.drafts(), list[sc.Draft])
    assert_type(network.update_draft(draft, post), sc.Draft)
    assert_type(network.publish_draft(draft), sc.PublishedPost)
    network.delete_draft(draft)
    plan = assert_type(network.schedule(post, at), sc.ScheduledPost)
    assert_type(network.scheduled(), list[sc.ScheduledPost])
    assert_type(network.reschedule(plan, at), sc.ScheduledPost)
    network.cancel(plan)
    report = assert_type(network.fetch_metrics([published, "2"], names=["a"]), sc.MetricsReport)
    whole = assert_type(network.fetch_account_metrics(since=at, until=at, names=["a"]), sc.AccountMetrics)
    assert_type(whole.values["a"], tuple[sc.MetricValue, ...])
    metrics = assert_type(report[published], sc.Metrics)
    assert_type(metrics.views, int | None)
    assert_type(metrics.values, Mapping[str, sc.MetricValue])
    assert_type(metrics.unavailable, Mapping[str, sc.Unavailable])
    assert_type(report.errors, dict[str, sc.SocialConnectError])
    assert_type(report.data_use, tuple[sc.DataUse, ...])
    assert_type(network.validate(post), list[sc.Problem])
    cost = assert_type(network.estimate_cost(post), sc.CostEstimate)
    assert_type(cost.items, tuple[sc.CostItem, ...])
    assert_type(cost.quotas, tuple[sc.QuotaUse, ...])
    assert_type(network.preview(post), list[sc.PreparedRequest])
    response = assert_type(network.request("GET", "/me", query={"a": "b"}), sc.Response)
    assert_type(response.json(), JsonValue)
    assert_type(network.rate_limits(), tuple[sc.RateWindow, ...])
    assert_type(network.capabilities, sc.Capabilities)
    status = assert_type(network.deprecation_status(on=date(2027, 1, 1)), sc.DeprecationStatus)
    assert_type(status.state, sc.ApiState)
    assert_type(status.operations["publish"], sc.OperationStatus)
    with network as same:
        assert_type(same, Network)


async def awaiting(network: AsyncNetwork, post: Post) -> None:
    """Every method of the async face that sends is awaited, and gives the same."""
    at = datetime(2027, 1, 1, tzinfo=UTC)
    published = assert_type(await network.publish(post), sc.PublishedPost)
    assert_type(await network.posts(), list[sc.PublishedPost])
    await network.delete("1")
    draft = assert_type(await network.draft(post), sc.Draft)
    assert_type(await network.drafts(native=True), list[sc.Draft])
    assert_type(await network.publish_draft(draft), sc.PublishedPost)
    plan = assert_type(await network.schedule(post, at), sc.ScheduledPost)
    assert_type(await network.reschedule(plan, at), sc.ScheduledPost)
    await network.cancel(plan)
    assert_type(await network.fetch_metrics([published]), sc.MetricsReport)
    assert_type(await network.fetch_account_metrics(), sc.AccountMetrics)
    await network.update("1", "other")
    assert_type(await network.publish(post, progress=sc.Progress()), sc.PublishedPost)
    assert_type(await network.preview(post), list[sc.PreparedRequest])
    assert_type(await network.request("POST", "/x", json={"a": 1}, repeatable=False), sc.Response)
    assert_type(network.validate(post), list[sc.Problem])
    assert_type(network.estimate_cost(post).high, Decimal)
    async with network as same:
        assert_type(same, AsyncNetwork)


def failing(network: Network, post: Post) -> str | None:
    """Errors are caught by what to do about them, and tell it by typed attributes."""
    progress = sc.Progress()
    try:
        network.publish(post, progress=progress)
    except sc.PartlyPublished as error:
        assert_type(error.posts, tuple[sc.PublishedPost, ...])
        assert_type(error.progress, sc.Progress | None)
    except sc.UnsupportedFeature as error:
        return assert_type(error.hint, str | None)
    except sc.ValidationError as error:
        assert_type(error.problems, tuple[sc.Problem, ...])
    except sc.ApiVersionRetired as error:
        return assert_type(error.newest, str | None)
    except sc.ApiPaywalled as error:
        assert_type(error.price, sc.Money | None)
    except sc.ApiRetired as error:
        assert_type(error.deprecation, sc.DeprecationStatus | None)
    except sc.PermissionDenied as error:
        assert_type(error.missing, tuple[str, ...])
    except sc.DuplicatePost as error:
        return assert_type(error.existing, str | None)
    except (sc.RateLimited, sc.QuotaExceeded) as error:
        assert_type(error.retry_after, float | None)
    except (sc.TokenExpired, sc.TokenRevoked, sc.AccountLocked) as error:
        return error.account
    except (sc.MediaRejected, sc.MediaNotReady, sc.PolicyBlocked, sc.NotFound) as error:
        return error.code
    except (sc.NotSent, sc.OutcomeUnknown) as error:
        assert_type(error.may_have_happened, bool)
    except (sc.UnavailableError, sc.ProtocolError) as error:
        return error.answer
    except (sc.AuthError, sc.LifecycleError, sc.ThrottleError, sc.RejectedError, sc.TransportError) as error:
        return error.request_id
    except sc.ConfigurationError as error:
        return error.message
    except sc.SocialConnectError as error:
        return error.docs
    return None


def lifecycle(outbox: sc.Outbox) -> sc.SunsetPlan:
    """Facts of one's own, warnings, and what the outbox holds for a network that ends."""
    import warnings

    warnings.simplefilter("ignore", sc.SunsetWarning)
    overlay = sc.Overlay(network="twitter", effective=date(2027, 1, 1), reason="We leave it.", source="us")
    facts = sc.Lifecycle(overlays=[overlay, *sc.load_overlays(Path("overlays.toml"))], lead_time=timedelta(days=30))
    facts.add(overlay)
    return assert_type(sc.sunset_plan(outbox, "twitter", on=date(2027, 1, 1)), sc.SunsetPlan)


async def async_sunset(outbox: sc.AsyncOutbox) -> sc.SunsetPlan:
    return assert_type(await sc.sunset_plan_async(outbox, "twitter", on=date(2027, 1, 1)), sc.SunsetPlan)


def planning(outbox: sc.Outbox, network: Network, post: Post) -> sc.CampaignReport:
    """The outbox and the campaign, blocking."""
    found = assert_type(outbox.deliveries(), list[sc.Delivery])
    assert_type(found[0].state, sc.DeliveryState)
    campaign = sc.Campaign("spring", [sc.CampaignPost(post=post), post], [network])
    assert_type(campaign.validate(), dict[str, list[sc.Problem]])
    assert_type(campaign.launch(), list[sc.ScheduledPost])
    return assert_type(campaign.publish(partial=True), sc.CampaignReport)


async def planning_async(outbox: sc.AsyncOutbox, network: AsyncNetwork, post: Post) -> sc.CampaignReport:
    """The outbox and the campaign, async."""
    assert_type(await outbox.deliveries(), list[sc.Delivery])
    return assert_type(await sc.AsyncCampaign("spring", [post], {"ours": network}).publish(), sc.CampaignReport)


class TypedAdapter(sc.Adapter):
    """A third party's adapter, with everything that one may use."""

    network = "typed"
    hosts = {"api": "https://api.typed.example"}  # noqa: RUF012  # as adapters write it
    rules = (sc.Rule(sc.RateLimited, status=429),)

    async def publish(self, post: Post, journal: sc.Journal) -> sc.PublishedPost:
        """Publish in two steps."""

        async def upload() -> JsonValue:
            part = sc.FilePart("file", b"...", type="image/png")
            request = sc.Request("POST", self.url("api", "/files"), sc.Effect.PREPARE, files=[part])
            return await self.wire.call(request, lambda response: response.text)

        made = await journal.step("upload", upload, lives=timedelta(hours=1))
        return sc.PublishedPost(network=self.network, account=self.account, id=str(made))

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, sc.Metrics | sc.SocialConnectError]:
        """Give no numbers."""
        return {one: sc.NotFound("There are none.") for one in post_ids}

    def read_refusal(self, request: sc.Request, response: sc.Response) -> sc.Refusal:
        """Read the status alone."""
        return sc.Refusal(response.status)

    def rate_windows(self, request: sc.Request, response: sc.Response) -> Iterable[sc.RateWindow]:
        """Tell of no limits."""
        return ()


def registering(source: sc.TokenSource) -> tuple[sc.NetworkEntry, Network, AsyncNetwork]:
    """An adapter gets both faces, and an entry in the registry."""
    entry = sc.NetworkEntry(blocking="typed:Typed", asynchronous="typed:AsyncTyped")
    adapter = TypedAdapter(account="1")
    return (
        entry,
        assert_type(Network.from_adapter(adapter, token=source), Network),
        assert_type(AsyncNetwork.from_adapter(adapter, token="t", timeout=5), AsyncNetwork),
    )


VERSION = assert_type(sc.__version__, str)


def leaving(outbox: sc.Outbox, twitter: sc.Twitter, facebook: sc.Facebook, report: sc.MetricsReport) -> None:
    """What is read is kept with where it comes from; a network is left by plan, archive and rerouting."""
    where = assert_type(report["1"].provenance, sc.Provenance | None)
    if where is not None:
        assert_type(where.keep_until, datetime | None)
    try:
        assert_type(report.require_use("ai-training", accept=["limited"]), sc.DataUse)
    except sc.DataUseForbidden as error:
        assert_type(error.source, str | None)
    assert_type(outbox.keep(report, twitter.posts()), list[sc.Reading])
    assert_type(outbox.readings("twitter"), list[sc.Reading])
    assert_type(outbox.purge(), sc.Purged)
    assert_type(outbox.spending(), list[sc.Spend])
    assert_type(outbox.export_archive("folder", network="twitter"), sc.ArchiveManifest)
    assert_type(outbox.restore(Path("folder")), sc.Restored)
    plan = sc.sunset_plan(outbox, "twitter", on=date(2026, 12, 1))
    assert_type(plan.published, tuple[sc.PublishedPost, ...])
    rerouting = assert_type(outbox.reroute(plan, [facebook]), sc.Rerouting)
    proposals: Sequence[sc.Proposal] = rerouting.possible
    moves: list[sc.Rerouted] = outbox.confirm(*proposals)
    assert_type(outbox.undo(moves[0].id), sc.Delivery)
    found: sc.PlanComparison = sc.compare_plans(sc.Volume(posts=10), network="twitter", on=date(2026, 12, 1))
    assert_type(found.cheapest, sc.PlanCost | None)
    cost: sc.CampaignCost = sc.Campaign("spring", [Post("Hi")], [twitter]).estimate_cost()
    assert_type(cost.high, dict[str, Decimal])
