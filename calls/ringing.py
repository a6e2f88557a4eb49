"""How long a telephone may ring after a call was decided on, and how long a call may last."""

from datetime import timedelta

from integrations.twilio.client import CONNECT_SECONDS

RING_SECONDS = 25
LONGEST_SECONDS = 600
# A call that waits in the carrier's own queue may ring after hours: it is taken back.
LONGEST_QUEUE_SECONDS = 10.0
# What was decided longer ago than this is not asked for any more: the worker that decided it has been held up.
DECIDED_FOR = timedelta(seconds=5)
# From the decision on, the telephone may ring as late as this: until the request leaves and reaches the carrier, its
# queue, the ringing, and what the carrier adds to it.
MAY_RING_FOR = DECIDED_FOR + timedelta(seconds=CONNECT_SECONDS + LONGEST_QUEUE_SECONDS + RING_SECONDS + 5)
