"""Benchmark: full orders against a bare workflow of the same shape, in one run on one machine."""
