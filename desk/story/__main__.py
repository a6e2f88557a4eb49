"""``python -m desk.story --web URL --relay URL --simulators URL --json``: play it, print the report, exit 0 only if all holds."""

import argparse
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m desk.story", description=__doc__)
    parser.add_argument("--web", required=True, help="where the pages are, for example http://127.0.0.1:8000")
    parser.add_argument("--relay", required=True, help="where calls speak, for example ws://127.0.0.1:8001")
    parser.add_argument("--simulators", required=True, help="where the simulated vendors are")
    parser.add_argument(
        "--json", action="store_true", help="print the report as one JSON object (the only form there is)"
    )
    options = parser.parse_args()

    import django

    django.setup()
    from desk.story.play import play

    report = play(options.web, options.simulators)
    sys.stdout.write(report.as_json() + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
