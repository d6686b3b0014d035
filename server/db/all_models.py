"""Every model, imported: for migrations and for the test that compares them with the schema."""

from server.checklists.models import ChecklistVersion as ChecklistVersion
from server.db import change_log as change_log
from server.master_data.models import Product as Product
