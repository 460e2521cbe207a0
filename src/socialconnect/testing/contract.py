"""
What every network promises, as a pytest suite: for third parties' adapters, for the fakes, and for our own four.

Subclass it in a test module and give the `network` fixture:

```text
class TestMyNetwork(AdapterContract):
    @pytest.fixture
    def network(self) -> Iterator[Network]:
        with Network.from_adapter(MyAdapter(room="42"), token="…", http_client=…, clock=TestClock()) as network:
            yield network
```

Override `post` if the network does not take plain text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from pydantic import JsonValue

from socialconnect.blocking import run
from socialconnect.errors import NotFound, UnsupportedFeature, ValidationError
from socialconnect.lifecycle import OPERATIONS
from socialconnect.network import Network
from socialconnect.post import Post, PublishedPost

__all__ = ["AdapterContract"]


class AdapterContract:
    """The suite. Each test states one promise of the interface."""

    @pytest.fixture
    def network(self) -> Network:
        """Give the network to test, with an account that holds nothing yet."""
        raise NotImplementedError("give the network fixture")

    @pytest.fixture
    def post(self) -> Post:
        """Give a post that the network takes."""
        return Post("A post of the contract suite.")

    def test_publish_gives_the_live_post(self, network: Network, post: Post) -> None:
        """A published post says which network and account it is on, and has an id."""
        published = network.publish(post)
        assert isinstance(published, PublishedPost)
        assert (published.network, published.account) == (network.name, network.account)
        assert published.id

    def test_two_posts_are_two(self, network: Network, post: Post) -> None:
        """Two different posts have two ids."""
        other = post.with_changes(text=f"{post.text} And another.")
        assert network.publish(post).id != network.publish(other).id

    def test_a_publish_goes_on_from_its_journal(self, network: Network, post: Post) -> None:
        """
        What people see is declared to the journal, and once its answer is on record another attempt gives that post.

        The outbox relies on it: a crash after the answer must neither post again nor lose the post.
        """
        journal = _KeptJournal()
        published = run(network.operations.publish(post, journal))
        assert journal.visible_steps, "publish must make the post visible within journal.visible"
        sent = list(journal.visible_steps)
        assert run(network.operations.publish(post, journal)).id == published.id
        assert journal.visible_steps == sent

    def test_an_empty_post_is_refused_before_anything_is_sent(self, network: Network) -> None:
        """An empty post is a `ValidationError` that names the field, and `validate` says the same."""
        with pytest.raises(ValidationError) as caught:
            network.publish(Post(""))
        assert any(problem.field == "text" for problem in caught.value.problems)
        assert any(problem.severity == "error" for problem in network.validate(Post("")))

    def test_a_good_post_has_no_errors(self, network: Network, post: Post) -> None:
        """`validate` finds no error in a post that the network takes."""
        assert [problem for problem in network.validate(post) if problem.severity == "error"] == []

    def test_an_unknown_network_in_a_variant_is_told(self, network: Network, post: Post) -> None:
        """A variant for a network that does not exist is a problem, not a silence."""
        from socialconnect.post import PostVariant

        odd = post.with_changes(variants={"no-such-network": PostVariant(text="x")})
        assert any(problem.rule == "known_network" for problem in network.validate(odd))

    def test_a_published_post_can_be_read_back(self, network: Network, post: Post) -> None:
        """Where the network can be read, the newest post is the one just published."""
        if not network.capabilities.read_back:
            with pytest.raises(UnsupportedFeature):
                network.posts()
            return
        published = network.publish(post)
        assert network.posts(limit=5)[0].id == published.id

    def test_a_deleted_post_is_gone(self, network: Network, post: Post) -> None:
        """Where the network lets software delete, a deleted post can no longer be read back."""
        published = network.publish(post)
        if not network.capabilities.delete:
            with pytest.raises(UnsupportedFeature):
                network.delete(published)
            return
        network.delete(published)
        if network.capabilities.read_back:
            assert published.id not in [one.id for one in network.posts()]

    def test_metrics_answer_for_each_post_by_itself(self, network: Network, post: Post) -> None:
        """A report holds every post that was asked for; a post that does not exist costs no other."""
        published = network.publish(post)
        try:
            report = network.fetch_metrics([published])
        except UnsupportedFeature:
            return
        assert len(report) == 1
        assert published.id in report.errors or report[published].post == published.id

    def test_no_metrics_for_nothing(self, network: Network) -> None:
        """A report on no posts is empty."""
        assert len(network.fetch_metrics([])) == 0

    def test_a_post_of_another_account_is_refused(self, network: Network) -> None:
        """A reference to another account's post is a `ValidationError`, not a wrong answer."""
        stranger = PublishedPost(network=network.name, account="somebody-else", id="1")
        with pytest.raises(ValidationError):
            network.fetch_metrics([stranger])

    def test_a_naive_time_is_refused(self, network: Network, post: Post) -> None:
        """A time without a zone is refused before anything is planned."""
        with pytest.raises(ValidationError) as caught:
            network.schedule(post, datetime(2100, 1, 1))  # noqa: DTZ001  # a naive time is the point
        assert caught.value.problems[0].rule == "aware_datetime"

    def test_a_time_in_the_past_is_refused(self, network: Network, post: Post) -> None:
        """A time that has gone by is refused."""
        with pytest.raises(ValidationError):
            network.schedule(post, network.operations.clock.now() - timedelta(minutes=1))

    def test_drafts_are_kept_or_refused(self, network: Network, post: Post) -> None:
        """A draft is changed, deleted and, if there is a list, listed; what the network does not do it says."""
        try:
            draft = network.draft(post)
        except UnsupportedFeature as error:
            assert "outbox" in str(error)  # noqa: PT017  # both outcomes are allowed, each with its promise
            return
        assert _listed(network, draft.id) is not False
        changed = network.update_draft(draft, post.with_changes(text=f"{post.text} Changed."))
        network.delete_draft(changed)
        assert not _listed(network, changed.id)
        with pytest.raises(NotFound):
            network.delete_draft(changed)

    def test_the_status_covers_every_operation(self, network: Network) -> None:
        """The status tells of each operation, now and on any other day."""
        assert set(network.deprecation_status().operations) == set(OPERATIONS)
        later = network.operations.clock.now() + timedelta(days=365)
        assert set(network.deprecation_status(on=later).operations) == set(OPERATIONS)

    def test_an_estimate_never_lies_about_free(self, network: Network, post: Post) -> None:
        """An estimate without a price list has no items; one with a list has a range from low to high."""
        estimate = network.estimate_cost(post)
        assert estimate.network == network.name
        assert estimate.low <= estimate.high
        if not estimate.priced:
            assert estimate.items == ()


class _KeptJournal:
    """Keeps each step's result, as the outbox does."""

    def __init__(self) -> None:
        self._results: dict[str, JsonValue] = {}
        self.visible_steps: list[str] = []

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        if name not in self._results:
            self._results[name] = await act()
        return self._results[name]

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        if name not in self._results:
            self.visible_steps.append(name)
        return await self.step(name, act)

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        return (self._results[name],) if name in self._results else None


def _listed(network: Network, draft_id: str) -> bool | None:
    """Whether a draft is on the list of drafts; `None` where the network says that it has no such list."""
    try:
        return draft_id in [one.id for one in network.drafts()]
    except UnsupportedFeature:
        return None
