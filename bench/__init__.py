"""Benchmarks: one command, one machine, one run, and ratios against what is measured beside."""
