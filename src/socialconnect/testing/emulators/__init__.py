"""Stand-ins for the four networks' HTTP APIs, faithful on the wire."""

from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator, WallPost
from socialconnect.testing.emulators.faults import Fault, FaultKind, Faults

__all__ = ["EmulatedAccount", "EmulatedRequest", "Emulator", "Fault", "FaultKind", "Faults", "WallPost"]
