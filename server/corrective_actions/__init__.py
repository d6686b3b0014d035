"""Corrective actions (整改): from findings to a notice, its deadline, and proof that it is done."""
