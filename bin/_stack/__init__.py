"""The stack on one machine: finds Python, makes the environment, runs the engines and the product's processes.

`setup/` runs under any Python 3.6 or later and hands over to the environment it made; everything else here runs under
that environment (Python 3.12 or later). Only the standard library is used, so nothing has to be installed first.
"""
