"""Receiving goods. Online routes and phones that were offline come through here alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import RECEIPT_SIGNED, RECORD_NOT_FOUND, Problem
from server.http.conditional import ExpectedVersion
