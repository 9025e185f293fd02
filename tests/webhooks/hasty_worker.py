"""The real worker process, which leaves receivers that hang after a second, not after ten, and whose death
Temporal notices within two.
"""

from datetime import timedelta

from outbox.webhooks import sending
from tests.system import noticed_worker

MODULE = "tests.webhooks.hasty_worker"

if __name__ == "__main__":
    sending.SECONDS = 1.0
    noticed_worker.HEARTBEATS_WITHIN = timedelta(seconds=2)
    noticed_worker.main()
