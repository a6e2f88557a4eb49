"""Benchmarks: each measures in the product's own shape and compares with a floor or peer of the same run.

Every one is a module with ``arguments(parser)`` and ``measure(options) -> Report``. What is measured runs in processes of
its own against a database of its own, made for the run and dropped at its end: nothing of an installation is touched.
"""
