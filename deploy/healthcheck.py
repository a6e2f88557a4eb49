"""Is the process of this container well? Exit 0 when it is. Standard library only, so that asking is cheap.

healthcheck.py http PORT PATH       the server answers 200 there
healthcheck.py file PATH SECONDS    the file was written no longer ago than that
"""

import glob
import os
import sys
import time
import urllib.request
from urllib.parse import urlsplit


def answers(port: str, path: str) -> bool:
    """Asked under the installation's own name: the server refuses others."""
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).hostname or "localhost"
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Host": host, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def is_fresh(path: str, seconds: str) -> bool:
    """The scheduler writes its file every three minutes; its name may have an ending."""
    times = [os.path.getmtime(name) for name in glob.glob(glob.escape(path) + "*")]
    return bool(times) and time.time() - max(times) < float(seconds)


if __name__ == "__main__":
    kinds = {"http": answers, "file": is_fresh}
    if len(sys.argv) != 4 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    sys.exit(0 if kinds[sys.argv[1]](sys.argv[2], sys.argv[3]) else 1)
