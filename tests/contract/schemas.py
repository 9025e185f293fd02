"""The JSON Schemas of docs/schemas, from the messages themselves: `make schemas` writes them.

What is sent is described as it is read, what is answered as it is written.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from models.codes.requests import RequestResult, RequestState
from models.licences.changes import ChangeResult
from models.orders.placement import Acceptance, OrderState
from workflows.codes.messages import NotifyOfQrCode, RequestQrCode, SendAgain, WithdrawRequest
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.messages import Retry
from workflows.operations.messages import RetriedMany, RetryMany, RunJob, RunWebhook
from workflows.orders.messages import Acknowledge, Cancel, EnterIccid, PlaceOrder, Processed
from workflows.people.messages import SendUserMail
from workflows.travel.messages import LiveLine, SendTravelNotice

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"

SENT: dict[str, type[BaseModel]] = {
    "EsimOrder.input": PlaceOrder,
    "EsimOrder.acknowledge": Acknowledge,
    "EsimOrder.enter_iccid": EnterIccid,
    "EsimOrder.processed": Processed,
    "EsimOrder.cancel": Cancel,
    "EsimOrder.retry": Retry,
    "EsimQrRequest.input": RequestQrCode,
    "EsimQrRequest.send_again": SendAgain,
    "EsimQrRequest.withdraw": WithdrawRequest,
    "EsimQrRequest.retry": Retry,
    "EsimQrNotification.input": NotifyOfQrCode,
    "EsimQrNotification.retry": Retry,
    "EsimNumberChange.input": ChangeNumber,
    "EsimNumberChange.retry": Retry,
    "EsimLicenceRequest.input": RequestLicences,
    "EsimLicenceRequest.retry": Retry,
    "EsimTravelNotice.input": SendTravelNotice,
    "EsimTravelNotice.retry": Retry,
    "EsimUserMail.input": SendUserMail,
    "EsimUserMail.retry": Retry,
    "EsimLineLife.input": LiveLine,
    "EsimLineLife.retry": Retry,
    "EsimJob.input": RunJob,
    "EsimJob.retry": Retry,
    "EsimWebhook.input": RunWebhook,
    "RetryHeld.input": RetryMany,
}
"""What a backend sends, by workflow and call."""
ANSWERED: dict[str, type[BaseModel]] = {
    "EsimOrder.place.answer": Acceptance,
    "EsimOrder.state.answer": OrderState,
    "EsimQrRequest.request.answer": RequestResult,
    "EsimQrRequest.state.answer": RequestState,
    "EsimNumberChange.apply.answer": ChangeResult,
    "RetryHeld.answer": RetriedMany,
}
"""What it is answered; every other update of an order, and its result, like `state`."""


def schemas() -> dict[str, dict[str, Any]]:
    """Each schema by the name of its file."""
    sent = {name: model.model_json_schema() for name, model in SENT.items()}
    answered = {name: model.model_json_schema(mode="serialization") for name, model in ANSWERED.items()}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {f"{name}.json": {**dialect, **schema} for name, schema in {**sent, **answered}.items()}


def written(schema: dict[str, Any]) -> str:
    """The schema as it is kept."""
    return json.dumps(schema, indent=2) + "\n"


def main() -> None:
    """Write all, and leave no other."""
    FOLDER.mkdir(exist_ok=True)
    made = schemas()
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, schema in made.items():
        (FOLDER / name).write_text(written(schema))


if __name__ == "__main__":
    main()
