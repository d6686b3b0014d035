"""Benchmarks: ``python -m tests.bench [suite …]`` prints a table and writes JSON to var/bench/."""
