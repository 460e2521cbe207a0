"""Tokens, where they come from, and the OAuth flows that give them."""

from socialconnect.auth.tokens import Credential, OAuth1Credential, StaticToken, Token, TokenSource

__all__ = ["Credential", "OAuth1Credential", "StaticToken", "Token", "TokenSource"]
