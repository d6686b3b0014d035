"""Tokens by which business tools read lists, within a scope and a few sites, and nothing else."""
