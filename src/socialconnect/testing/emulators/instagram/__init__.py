"""The Instagram emulator."""

from socialconnect.testing.emulators.instagram.emulator import InstagramEmulator
from socialconnect.testing.emulators.instagram.login import LoginSettings
from socialconnect.testing.emulators.instagram.models import (
    AccountPerformance,
    Comment,
    Container,
    Media,
    MediaPerformance,
    PlannedMedia,
    Profile,
)
from socialconnect.testing.emulators.instagram.rules import Directory, Limits

__all__ = [
    "AccountPerformance",
    "Comment",
    "Container",
    "Directory",
    "InstagramEmulator",
    "Limits",
    "LoginSettings",
    "Media",
    "MediaPerformance",
    "PlannedMedia",
    "Profile",
]
