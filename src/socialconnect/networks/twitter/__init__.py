"""Twitter: `Twitter` and `AsyncTwitter`, one account each, over API v2."""

from __future__ import annotations

import re
from typing import Unpack, get_args

from socialconnect.auth.tokens import Token
from socialconnect.errors import ConfigurationError
from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings, TokenLike, newest_version
from socialconnect.networks.twitter.adapter import ME, FieldsParameter, TwitterAdapter
from socialconnect.networks.twitter.limits import POST_ID

__all__ = ["AsyncTwitter", "Twitter"]


class Twitter(Network):
    """
    One account on Twitter, blocking.

    Args:
        token: An OAuth 2.0 user token, an `OAuth1Credential`, or where one of them comes from.
        user_id: The user's id. Left out it is asked for when it is needed, which Twitter bills; with an outbox it must
            be given, since plans are kept by account.
        ads_account: An advertising account's id: Twitter keeps drafts and plans only there. Needs an
            `OAuth1Credential`.
        premium: Whether the account has X Premium, and may post long texts.
        fields_parameter: Which name of the parameter that asks for fields is tried first; the other is tried when
            Twitter does not know this one.
        settings: As for every network; see `Settings`.

    Raises:
        ConfigurationError: Something in the set-up does not go together.
    """

    def __init__(
        self,
        *,
        token: TokenLike,
        user_id: str | None = None,
        ads_account: str | None = None,
        premium: bool = False,
        fields_parameter: FieldsParameter = "tweet.fields",
        **settings: Unpack[Settings],
    ) -> None:
        adapter = _adapter(token, user_id, ads_account, premium, fields_parameter, settings)
        self._open(adapter, token, **settings)


class AsyncTwitter(AsyncNetwork):
    """
    One account on Twitter, async.

    Args:
        token: An OAuth 2.0 user token, an `OAuth1Credential`, or where one of them comes from.
        user_id: The user's id. Left out it is asked for when it is needed, which Twitter bills; with an outbox it must
            be given, since plans are kept by account.
        ads_account: An advertising account's id: Twitter keeps drafts and plans only there. Needs an
            `OAuth1Credential`.
        premium: Whether the account has X Premium, and may post long texts.
        fields_parameter: Which name of the parameter that asks for fields is tried first; the other is tried when
            Twitter does not know this one.
        settings: As for every network; see `AsyncSettings`.

    Raises:
        ConfigurationError: Something in the set-up does not go together.
    """

    def __init__(
        self,
        *,
        token: TokenLike,
        user_id: str | None = None,
        ads_account: str | None = None,
        premium: bool = False,
        fields_parameter: FieldsParameter = "tweet.fields",
        **settings: Unpack[AsyncSettings],
    ) -> None:
        adapter = _adapter(token, user_id, ads_account, premium, fields_parameter, settings)
        self._open(adapter, token, **settings)


def _adapter(
    token: TokenLike,
    user_id: str | None,
    ads_account: str | None,
    premium: bool,
    fields_parameter: FieldsParameter,
    settings: Settings | AsyncSettings,
) -> TwitterAdapter:
    if user_id is not None and re.fullmatch(POST_ID, user_id) is None:
        raise ConfigurationError(
            f"user_id is Twitter's number of the account, and not {user_id!r}.",
            hint="Give the number that GET /2/users/me tells, not the handle; or leave it out.",
        )
    if fields_parameter not in get_args(FieldsParameter):
        raise ConfigurationError(f"fields_parameter is one of {', '.join(get_args(FieldsParameter))}.")
    if user_id is None and settings.get("outbox") is not None:
        raise ConfigurationError(
            "With an outbox, Twitter needs the account's user_id: plans are kept by account.",
            hint="Give user_id=, the number that GET /2/users/me tells.",
        )
    if ads_account is not None and isinstance(token, str | Token):
        raise ConfigurationError(
            "ads_account needs an OAuth 1.0a credential: Twitter's Ads API takes no OAuth 2.0 token.",
            hint="Give token=OAuth1Credential(...), or keep drafts and plans in an outbox.",
        )
    return TwitterAdapter(
        account=user_id or ME,
        base_url=settings.get("base_url"),
        ads_account=ads_account,
        ads_version=newest_version(settings, TwitterAdapter.network, "ads") if ads_account else "",
        premium=premium,
        fields_parameter=fields_parameter,
    )
