#!/usr/bin/env python
"""Django's command line. Against a running demo: `bin/manage COMMAND`."""

import os
import sys


def main() -> None:
    """Runs the command named by the arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed for this Python. Use .venv/bin/python manage.py, or bin/manage.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
