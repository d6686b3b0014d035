"""Every model, imported: for migrations and for the test that compares them with the schema."""

from server.db import change_log as change_log
