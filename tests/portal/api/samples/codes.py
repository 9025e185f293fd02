"""Sample calls about QR codes."""

from tests.portal.api.samples.sample import Sample
from tests.qr_world import SECRET

_KEY = {"Idempotency-Key": "a"}
_FILE = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nno file\r\n--x--\r\n',
    {"Content-Type": "multipart/form-data; boundary=x"},
)

SAMPLES = {
    "POST /qr-requests/preview": Sample(json=lambda k: {"sim": k.esim}),
    "POST /qr-requests": Sample(json=lambda k: {"sim": k.esim}, headers=_KEY),
    "GET /qr-requests": Sample(query=lambda k: {"sim": k.esim}),
    "GET /qr-requests/{request}": Sample(lambda k: {"request": k.request}),
    "POST /qr-requests/{request}/send-again": Sample(
        lambda k: {"request": k.request}, json=lambda _: {}, headers=_KEY
    ),
    "POST /qr-requests/{request}/withdraw": Sample(lambda k: {"request": k.request}),
    "POST /qr-requests/{request}/retry": Sample(lambda k: {"request": k.request}),
    "GET /sims/{sim}/qr-code/history": Sample(
        lambda k: {"sim": k.esim}, query=lambda _: {"expand": "people"}
    ),
    "POST /sims/{sim}/qr-code/import": Sample(
        lambda k: {"sim": k.esim}, json=lambda _: {"activation_code": SECRET}
    ),
    "POST /sims/{sim}/qr-code/import-file": Sample(
        lambda k: {"sim": k.esim}, content=_FILE[0], headers=_FILE[1]
    ),
    "POST /sims/{sim}/qr-code/show": Sample(lambda k: {"sim": k.esim}),
    "POST /sims/{sim}/qr-code/notify": Sample(
        lambda k: {"sim": k.esim}, json=lambda _: {"to": "boss@acme.example"}, headers=_KEY
    ),
    "GET /qr-notifications": Sample(query=lambda k: {"sim": k.esim}),
    "GET /qr-notifications/{notification}": Sample(lambda k: {"notification": k.notification}),
    "POST /qr-notifications/{notification}/revoke": Sample(lambda k: {"notification": k.notification}),
    "POST /qr-notifications/{notification}/retry": Sample(lambda k: {"notification": k.notification}),
    "POST /qr-links/{link}/revoke": Sample(lambda k: {"link": k.link}),
}
