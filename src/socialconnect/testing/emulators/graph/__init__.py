"""The Graph API as the Facebook and the Instagram emulator share it: versions, tokens, parameters, paging, batches."""

from socialconnect.testing.emulators.graph.emulator import GraphEmulator
from socialconnect.testing.emulators.graph.errors import (
    GraphError,
    graph_error,
    graph_fault,
    known_refusals,
    known_variants,
)
from socialconnect.testing.emulators.graph.rupload import upload_fault
from socialconnect.testing.emulators.graph.tokens import GraphToken, proof_of
from socialconnect.testing.emulators.graph.usage import usage_header
from socialconnect.testing.emulators.graph.versions import EndedVersions

__all__ = [
    "EndedVersions",
    "GraphEmulator",
    "GraphError",
    "GraphToken",
    "graph_error",
    "graph_fault",
    "known_refusals",
    "known_variants",
    "proof_of",
    "upload_fault",
    "usage_header",
]
