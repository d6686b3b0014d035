"""Calendars as synced collections: a phone needs them to say what is due, and changes none."""

from __future__ import annotations

from server.access import Permission
from server.calendars.service import MEAL_TIMES, SCHOOL_TERMS, WORK_CALENDARS
from server.offline.collection import Collection
from sync.policy import MergePolicy

work_calendars = Collection(WORK_CALENDARS, MergePolicy(), Permission.READ_MASTER_DATA)
meal_times = Collection(MEAL_TIMES, MergePolicy(), Permission.READ_MASTER_DATA)
school_terms = Collection(SCHOOL_TERMS, MergePolicy(), Permission.READ_MASTER_DATA)
calendar_collections = (work_calendars, meal_times, school_terms)
