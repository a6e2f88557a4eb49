"""From any `python3` to a complete environment of this checkout. Syntax of Python 3.6, standard library only."""
