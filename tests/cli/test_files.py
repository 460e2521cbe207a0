"""Campaign and accounts files: what is wrong is told all at once, with its place."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from socialconnect import Image, Post, QuotaExceeded
from socialconnect.cli.accounts import load_accounts
from socialconnect.cli.campaign_file import load_campaign
from socialconnect.errors import ConfigurationError
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator

ACCOUNTS = """
[accounts.page]
network = "facebook"
page_id = "1000"
token = { env = "PAGE_TOKEN" }
"""


def _file(folder: Path, text: str, name: str = "file.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_example_campaign_is_read_whole() -> None:
    """The campaign that comes with the project has three posts, a link, a file beside it, and variants."""
    campaign = load_campaign(Path("examples/spring/campaign.toml"))
    first, second, third = (one.post for one in campaign.posts)
    assert campaign.name == "spring-line"
    assert first.link is not None
    assert first.link.url == "https://example.com/spring"
    assert first.for_network("instagram").link is None
    picture = second.media[0]
    assert isinstance(picture, Image)
    assert picture.facts is not None
    assert picture.facts.type == "image/jpeg"
    assert campaign.posts[2].after == timedelta(hours=2)
    assert third.media == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[campaign]\nname = = 1", r"line 2, column 8"),
        ("", "campaign"),
        ("[campaign]\nname = 'x'", "posts"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntxet = 'x'", r"posts\[0\].txet: there is no such setting"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nat = 2026-12-01T09:00:00", "zone"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.options.mars]\na = 1", "mars"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.options.twitter]\nnope = 1", "nope"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nat = 2026-12-01", r"posts\[0\].at: a time needs a zone"),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nafter = '2 hours'", r"posts\[0\].after: .*PT2H"),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.options.twitter]\nnope = 1",
            r"posts\[0\].options.twitter.nope: there is no such setting",
        ),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.variants.twiter]\ntext = 'y'",
            r"posts\[0\].variants.twiter: There is no network named 'twiter'",
        ),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.variants.twitter]\noptions = { nope = 1 }",
            r"posts\[0\].variants.twitter.options.nope: there is no such setting",
        ),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.options.twitter]\nreply_to = 'abc'",
            r"posts\[0\].options.twitter.reply_to: String should match pattern",
        ),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\n[posts.options.linkedin_v1]\na = 1", "is retired since"),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nlink = 'ftp://x'",
            r"posts\[0\].link.url: this must be an address",
        ),
        ("[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nlink = { title = 'x' }", r"posts\[0\].link.url"),
        (
            "[campaign]\nname = 'x'\n[[posts]]\ntext = 'x'\nmedia = [{ alt = 'x' }]",
            r"posts\[0\].media\[0\]: write \{ image",
        ),
        ("[campaign]\nname = 'x'\n[[posts]]\nmedia = ['a.jpg']", r"posts\[0\].media\[0\]: .* table"),
    ],
)
def test_a_wrong_campaign_file_says_where(tmp_path: Path, text: str, told: str) -> None:
    """A syntax error has its line and column, anything else the name of its place."""
    with pytest.raises(ConfigurationError, match=told):
        load_campaign(_file(tmp_path, text))


def test_all_problems_of_a_campaign_file_are_told_at_once(tmp_path: Path) -> None:
    """Two wrong posts are two problems in one error."""
    text = "[campaign]\nname='x'\n[[posts]]\ntxet='x'\n[[posts]]\nmedia=[{ image='a.jpg', size=3 }]"
    with pytest.raises(ConfigurationError) as caught:
        load_campaign(_file(tmp_path, text))
    assert len(caught.value.problems) == 2


def test_one_problem_hides_no_other_in_the_same_post(tmp_path: Path) -> None:
    """A bare time, an unknown option, a variant of no network and an unknown setting are told together."""
    text = """
    [campaign]
    name = "x"
    [[posts]]
    txet = "x"
    at = 2026-12-01T09:00:00
    networks = "page"
    [posts.options.twitter]
    nope = 1
    [posts.variants.mars]
    text = "y"
    """
    with pytest.raises(ConfigurationError) as caught:
        load_campaign(_file(tmp_path, text))
    assert {one.field for one in caught.value.problems} == {
        "posts[0].txet",
        "posts[0].at",
        "posts[0].networks",
        "posts[0].options.twitter.nope",
        "posts[0].variants.mars",
    }


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is a configuration error with its path."""
    with pytest.raises(ConfigurationError, match="nowhere"):
        load_campaign(tmp_path / "nowhere.toml")


def test_accounts_take_their_tokens_from_the_environment(tmp_path: Path) -> None:
    """A token is a reference; its value shows in no repr."""
    path = _file(tmp_path, ACCOUNTS + 'spend_limit = 5\nbase_url = "http://127.0.0.1:1"\n')
    with load_accounts(path, environment={"PAGE_TOKEN": "EAAB-very-secret"}) as held:
        assert held.networks["page"].account == "1000"
        assert "very-secret" not in repr(held)
        assert held.outbox is None


def test_a_spend_limit_is_exact(tmp_path: Path) -> None:
    """A limit of twice a post's price pays for two posts: 0.03 is 0.03, not the binary number just below it."""
    clock = TestClock()
    emulator = TwitterEmulator(clock=clock)
    account = emulator.accounts[0]
    with serving(emulator) as url:
        text = f'[accounts.brand]\nnetwork = "twitter"\ntoken = {{ env = "TOKEN" }}\nbase_url = "{url}"\n'
        environment = {"TOKEN": account.token}
        with load_accounts(_file(tmp_path, text), environment=environment, clock=clock) as held:
            price = held.networks["brand"].estimate_cost(Post("First.")).high
        assert Decimal(float(2 * price)) < 2 * price  # or any way of reading it would do
        path = _file(tmp_path, f"{text}spend_limit = {2 * price}\n")
        with load_accounts(path, environment=environment, clock=clock) as held:
            for one in ("First.", "Second."):
                held.networks["brand"].publish(Post(one))
            with pytest.raises(QuotaExceeded, match="spend limit"):
                held.networks["brand"].publish(Post("Third."))
    assert [one.text for one in emulator.wall] == ["First.", "Second."]


SIGNED = """
[accounts.brand]
network = "twitter"
[accounts.brand.token]
consumer_key = { env = "KEY" }
consumer_secret = { env = "SECRET" }
token = { env = "TOKEN" }
token_secret = { env = "TOKEN_SECRET" }
"""


def test_accounts_may_sign_their_requests(tmp_path: Path) -> None:
    """Four references make an OAuth 1.0a credential, which signs what is sent; none of them shows."""
    secrets = {name: f"very-secret-{name.lower()}" for name in ("KEY", "SECRET", "TOKEN", "TOKEN_SECRET")}
    with load_accounts(_file(tmp_path, SIGNED), environment=secrets, clock=TestClock()) as held:
        (request,) = held.networks["brand"].preview(Post("Hello."))
        assert request.headers["Authorization"].startswith("OAuth ")
        assert "very-secret" not in repr(held) + repr(request)


def test_each_missing_part_of_a_signature_is_told(tmp_path: Path) -> None:
    """Of four references two are not set: both are told, each at its own place."""
    with pytest.raises(ConfigurationError) as caught:
        load_accounts(_file(tmp_path, SIGNED), environment={"KEY": "k", "TOKEN": "t"})
    assert [one.field for one in caught.value.problems] == [
        "accounts.brand.token.consumer_secret",
        "accounts.brand.token.token_secret",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ACCOUNTS.replace('{ env = "PAGE_TOKEN" }', '"EAAB-in-the-file"'), "secrets do not belong in a file"),
        (ACCOUNTS.replace("facebook", "mars"), "mars"),
        (ACCOUNTS.replace("facebook", "x"), "'twitter'"),
        (ACCOUNTS.replace("facebook", "instagram_basic_display"), "retired"),
        (ACCOUNTS.replace("page_id", "page"), "page_id"),
        (ACCOUNTS.replace('network = "facebook"', ""), "which network"),
        (ACCOUNTS.replace("{ env =", "{ file ="), "env"),
        (ACCOUNTS + "colour = 'red'", "colour"),
        (ACCOUNTS.replace('"1000"', "1000"), r'accounts.page.page_id: write it in quotes: page_id = "1000"'),
        (ACCOUNTS + "timeout = 'ten'", "accounts.page.timeout: write a number"),
        (ACCOUNTS + "timeout = -1", "accounts.page: timeout"),
        (ACCOUNTS + "spend_limit = 'much'", "accounts.page.spend_limit: write an amount"),
        (ACCOUNTS + "base_url = 5", "accounts.page.base_url: write it in quotes"),
        (ACCOUNTS + "base_url = 'graph.facebook.com'", "accounts.page: base_url must be an http or https address"),
        (ACCOUNTS + ACCOUNTS.replace("accounts.page", "accounts.again"), "accounts.again: it is the same account"),
        ("[accounts]", "accounts"),
        ("[accounts.page\n", r"line 1, column 15"),
    ],
)
def test_a_wrong_accounts_file_says_where(tmp_path: Path, text: str, told: str) -> None:
    """Whatever is wrong is told with its place, and the token in the file is not repeated."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        load_accounts(_file(tmp_path, text), environment={"PAGE_TOKEN": "EAAB-very-secret"})
    assert "EAAB" not in str(caught.value)


def test_a_missing_variable_is_told_with_the_others(tmp_path: Path) -> None:
    """Two accounts without their variables are two problems in one error, by the variables' names."""
    text = ACCOUNTS + '[accounts.other]\nnetwork = "facebook"\npage_id = "2"\ntoken = { env = "OTHER_TOKEN" }\n'
    with pytest.raises(ConfigurationError) as caught:
        load_accounts(_file(tmp_path, text), environment={})
    assert [one.rule for one in caught.value.problems] == ["environment", "environment"]
    assert "PAGE_TOKEN" in str(caught.value)
    assert "OTHER_TOKEN" in str(caught.value)


def test_what_a_network_refuses_is_told_with_the_others(tmp_path: Path) -> None:
    """An author that is no URN and a login that does not exist are two problems, each with its account's name."""
    text = """
    [accounts.people]
    network = "linkedin"
    author = "nobody"
    token = { env = "ANY_TOKEN" }
    [accounts.gallery]
    network = "instagram"
    user_id = "1"
    login = "myspace"
    token = { env = "ANY_TOKEN" }
    """
    with pytest.raises(ConfigurationError) as caught:
        load_accounts(_file(tmp_path, text), environment={"ANY_TOKEN": "x-token"})
    assert [one.field for one in caught.value.problems] == ["accounts.people", "accounts.gallery"]


def test_a_cut_off_of_a_misspelt_network_is_told(tmp_path: Path) -> None:
    """An overlay for a network that does not exist would never stop anything, so that it is refused."""
    overlay = "[[overlay]]\nnetwork = 'twiter'\neffective = 2026-12-01\nreason = 'x'\nsource = 'https://example.com'\n"
    _file(tmp_path, overlay, "overlays.toml")
    with pytest.raises(ConfigurationError, match=r"overlay\[0\].network: there is no such network"):
        load_accounts(_file(tmp_path, 'overlays = "overlays.toml"\n' + ACCOUNTS), environment={"PAGE_TOKEN": "x-token"})


def test_a_needed_outbox_is_told(tmp_path: Path) -> None:
    """Where plans have to be kept, an accounts file without an outbox is refused."""
    with pytest.raises(ConfigurationError, match="outbox"):
        load_accounts(_file(tmp_path, ACCOUNTS), environment={"PAGE_TOKEN": "x-token"}, need_outbox=True)
