"""Switching rules over a supplier's history: how the next lot is to be inspected, and why."""
