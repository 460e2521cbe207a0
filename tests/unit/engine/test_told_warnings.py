"""What is told of a post and stops nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.tiny_network import TOKEN, Script, TinyAdapter, ok

from socialconnect import Outbox, Post
from socialconnect.errors import Problem
from socialconnect.network import Network
from socialconnect.testing import TestClock


class Warned(TinyAdapter):
    """Warns of every post."""

    def problems(self, post: Post) -> list[Problem]:
        return [Problem(field="text", rule="not_shown", message="nobody sees this", severity="warning")]


def test_a_warning_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What `validate` alone would tell is logged too, with keys that stay, as a post is planned or published."""
    clock = TestClock()
    client = httpx.Client(transport=httpx.MockTransport(Script(ok())))
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        adapter = Warned(account="1")
        network = Network.from_adapter(adapter, token=TOKEN, clock=clock, http_client=client, outbox=outbox)
        network.publish(Post("hello"))
        network.schedule(Post("hello"), clock.now() + timedelta(hours=1))
    told = [one for one in caplog.records if one.name == "socialconnect.posts"]
    assert [vars(one)["operation"] for one in told] == ["publish", "schedule"]
    assert {one.levelno for one in told} == {logging.WARNING}
    keys = ("event", "network", "account", "field", "rule")
    assert [vars(told[0])[one] for one in keys] == ["post.warning", "tiny", "1", "text", "not_shown"]
    assert "nobody sees this" in told[0].getMessage()
