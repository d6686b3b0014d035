"""Checklists filled in, offline too: judged, graded, their failed items turned into findings."""
