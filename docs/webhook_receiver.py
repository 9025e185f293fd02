"""A receiver of webhooks: it checks each signature and prints each event once.

ESIM_ORDERS_WEBHOOK_SECRETS=whsec_... python webhook_receiver.py 8700
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from esim_orders_client import WebhookVerificationError, webhooks

SECRETS = os.environ["ESIM_ORDERS_WEBHOOK_SECRETS"].split()  # while one is rotated: the old and the new one
done: set[str] = set()  # in a service: a unique column, written in the transaction of what the event causes
one_at_a_time = Lock()


class Receiver(BaseHTTPRequestHandler):
    timeout = 10  # seconds for each read: a sender that stops keeps no thread

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if not 0 <= length <= 100_000:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        try:
            event = webhooks.verify(body, dict(self.headers), SECRETS)
        except WebhookVerificationError as wrong:
            self.send_error(400, str(wrong))
            return
        with one_at_a_time:  # an event may come twice, also at the same time
            if event.id not in done:
                print(event.type, *event.data.about, flush=True)
                done.add(event.id)
        self.send_response(204)  # within 10 seconds; what takes longer is done later
        self.end_headers()


if __name__ == "__main__":
    print("listening", flush=True)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
