"""Findings: nonconformities and good practices, and whether they were there before."""
