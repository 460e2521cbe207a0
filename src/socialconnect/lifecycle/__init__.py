"""The life of APIs: a catalogue of dated, sourced facts, the status on a day, and the gate that acts on it."""

from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.gate import Gate, Lifecycle
from socialconnect.lifecycle.overlay import Overlay, load_overlays
from socialconnect.lifecycle.status import OPERATIONS, ApiState, DeprecationStatus, OperationStatus

__all__ = [
    "OPERATIONS",
    "ApiState",
    "Catalogue",
    "DeprecationStatus",
    "Gate",
    "Lifecycle",
    "OperationStatus",
    "Overlay",
    "load_overlays",
]
