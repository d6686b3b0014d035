"""Every model, imported: for migrations and for the test that compares them with the schema."""

from server.api_tokens import models as api_tokens
from server.attachments import models as attachments
from server.checklists import models as checklists
from server.corrective_actions import models as corrective_actions
from server.db import audit_heads, audit_log, change_log, holds, job_states, served_scopes
from server.findings import models as findings
from server.identity import models as identity
from server.inspection import models as inspection
from server.master_data import models as master_data
from server.notifications import models as notifications
from server.planning import models as planning
from server.premises import models as premises
from server.receiving import models as receiving
from server.registers import models as registers
from server.retention import models as retention
from server.staff import models as staff
from server.switching import models as switching
from server.sync_api import models as sync_api
from server.uploads import models as uploads

__all__ = [
    "api_tokens",
    "attachments",
    "audit_heads",
    "audit_log",
    "change_log",
    "checklists",
    "corrective_actions",
    "findings",
    "holds",
    "identity",
    "inspection",
    "job_states",
    "master_data",
    "notifications",
    "planning",
    "premises",
    "receiving",
    "registers",
    "retention",
    "served_scopes",
    "staff",
    "switching",
    "sync_api",
    "uploads",
]
