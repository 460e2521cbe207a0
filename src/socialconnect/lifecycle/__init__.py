"""The life of APIs: a catalogue of dated, sourced facts, the status on a day, and the gate that acts on it."""

from socialconnect.lifecycle.catalogue import OPERATIONS, Catalogue
from socialconnect.lifecycle.drift import DriftRecord
from socialconnect.lifecycle.events import EventKind, LifecycleEvent
from socialconnect.lifecycle.gate import Gate
from socialconnect.lifecycle.overlay import Overlay, load_overlays
from socialconnect.lifecycle.plan_costs import BreakEven, PlanComparison, PlanCost, Volume, compare_plans
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.lifecycle.status import (
    ApiState,
    ComingChange,
    DeprecationStatus,
    LiveAnswer,
    OperationStatus,
)
from socialconnect.lifecycle.sunset import HoldsWork, SunsetPlan, sunset_plan, sunset_plan_async

__all__ = [
    "OPERATIONS",
    "ApiState",
    "BreakEven",
    "Catalogue",
    "ComingChange",
    "DeprecationStatus",
    "DriftRecord",
    "EventKind",
    "Gate",
    "HoldsWork",
    "Lifecycle",
    "LifecycleEvent",
    "LiveAnswer",
    "OperationStatus",
    "Overlay",
    "PlanComparison",
    "PlanCost",
    "SunsetPlan",
    "Volume",
    "compare_plans",
    "load_overlays",
    "sunset_plan",
    "sunset_plan_async",
]
