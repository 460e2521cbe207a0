"""A stand-in for the LinkedIn API."""

from socialconnect.testing.emulators.linkedin.emulator import LinkedInEmulator
from socialconnect.testing.emulators.linkedin.settings import LinkedInSettings
from socialconnect.testing.emulators.linkedin.state import AccessToken

__all__ = ["AccessToken", "LinkedInEmulator", "LinkedInSettings"]
