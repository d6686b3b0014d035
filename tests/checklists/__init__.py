"""Checklists: rules, evaluators in two languages, authoring, import and export."""
