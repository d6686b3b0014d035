"""Tasks, schedules and shifts as synced collections: phones pull them and change none of them.

Schedules go to those who plan only: what is unannounced stays so.
"""

from __future__ import annotations

from server.access import Permission
from server.offline.collection import Collection
from server.planning.service import SCHEDULES, SHIFTS
from server.planning.tasks import COLLECTION as TASKS
from sync.policy import MergePolicy

inspection_tasks = Collection(TASKS, MergePolicy(), Permission.READ_RECORDS)
inspection_schedules = Collection(SCHEDULES, MergePolicy(), Permission.WRITE_MASTER_DATA)
shifts = Collection(SHIFTS, MergePolicy(), Permission.READ_MASTER_DATA)
planning_collections = (inspection_tasks, inspection_schedules, shifts)
