"""GB/T 2828.1 as pure functions: plans, decisions, switching, risks, random selection.

Standard library only. No clock, no input or output but the tables' own files, and no randomness
without a seed, so that a record can be recomputed years later and on a phone.
"""

from sampling.aql import canonical_aql
from sampling.code_letters import find_code_letter
from sampling.decision import ClassDecision, ZeroAcceptancePlan, decide_class, decide_lot
from sampling.errors import SamplingError
from sampling.plans import Plan, Stage, find_plan
from sampling.tables import editions, export_tables

__all__ = [
    "ClassDecision",
    "Plan",
    "SamplingError",
    "Stage",
    "ZeroAcceptancePlan",
    "canonical_aql",
    "decide_class",
    "decide_lot",
    "editions",
    "export_tables",
    "find_code_letter",
    "find_plan",
]
