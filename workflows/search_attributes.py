"""The search attributes by which operators filter workflows in the Temporal Web UI. All are keywords."""

import json

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from models.characters import LONGEST_NAME
from models.codes.requests import RequestStatus
from models.licences.changes import ChangeStatus, LicenceRequestStatus
from models.operations.jobs import JobStatus
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.orders.rules import Action
from models.people.user_mails import UserMailStatus
from models.travel.notices import NoticeStatus
from workflows.codes.messages import NotificationStatus, NotifyOfQrCode, RequestQrCode
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.operations.messages import RunJob, RunWebhook
from workflows.people.messages import SendUserMail
from workflows.travel.messages import LineLifeStatus, LiveLine, SendTravelNotice

NUMBER_CHANGE = "number_change"
LICENCE_REQUEST = "licence_request"
TRAVEL_NOTICE = "travel_notice"
USER_MAIL = "user_mail"
TRAVEL_LINE = "travel_line"
JOB = "job"
WEBHOOK = "webhook"
NOTIFY_QR_CODE = "notify_qr_code"
"""The `OrderKind` of a notification; that of a request is the action `generate_qr_code`."""

ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
ORDER_KIND = SearchAttributeKey.for_keyword("OrderKind")
PROVIDER = SearchAttributeKey.for_keyword("Provider")
DISTRIBUTOR = SearchAttributeKey.for_keyword("Distributor")
ACCOUNT_ID = SearchAttributeKey.for_keyword("AccountId")
HOLD_REASON = SearchAttributeKey.for_keyword("HoldReason")
"""Why the workflow is held, of several holds the oldest one's reason; absent where it is not held."""

_MOST_BYTES = 2000
"""Temporal refuses a start with a value over 2,048 bytes in its encoding, JSON."""

NAMES: tuple[str, ...] = tuple(
    key.name for key in (ORDER_STATUS, ORDER_KIND, PROVIDER, DISTRIBUTOR, ACCOUNT_ID, HOLD_REASON)
)


def labels(order: Placement, shown: Shown) -> TypedSearchAttributes:
    """The search attributes of an order at its start."""
    return _attributes(
        {
            ORDER_STATUS: OrderStatus.SUBMITTED.value,
            ORDER_KIND: order.kind,
            PROVIDER: shown.provider,
            DISTRIBUTOR: shown.distributor,
            ACCOUNT_ID: str(order.account_id),
        }
    )


def request_labels(start: RequestQrCode) -> TypedSearchAttributes:
    """The search attributes of a request for a QR code at its start."""
    return _attributes(
        {
            ORDER_STATUS: RequestStatus.REQUESTED.value,
            ORDER_KIND: Action.GENERATE_QR_CODE.value,
            PROVIDER: start.provider,
            DISTRIBUTOR: start.distributor,
            ACCOUNT_ID: str(start.request.account_id),
        }
    )


def notification_labels(start: NotifyOfQrCode) -> TypedSearchAttributes:
    """The search attributes of a notification of a QR code at its start."""
    return _attributes(
        {
            ORDER_STATUS: NotificationStatus.WAITING.value,
            ORDER_KIND: NOTIFY_QR_CODE,
            PROVIDER: start.provider,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def change_labels(start: ChangeNumber) -> TypedSearchAttributes:
    """The search attributes of a change of a number at its start."""
    return _attributes(
        {
            ORDER_STATUS: ChangeStatus.REQUESTED.value,
            ORDER_KIND: NUMBER_CHANGE,
            PROVIDER: start.provider,
            DISTRIBUTOR: start.distributor,
            ACCOUNT_ID: str(start.change.account_id),
        }
    )


def licence_request_labels(start: RequestLicences) -> TypedSearchAttributes:
    """The search attributes of a request for licences at its start."""
    return _attributes(
        {
            ORDER_STATUS: LicenceRequestStatus.WAITING.value,
            ORDER_KIND: LICENCE_REQUEST,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def travel_notice_labels(start: SendTravelNotice) -> TypedSearchAttributes:
    """The search attributes of a notice to the staff at its start."""
    return _attributes(
        {
            ORDER_STATUS: NoticeStatus.WAITING.value,
            ORDER_KIND: TRAVEL_NOTICE,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def user_mail_labels(start: SendUserMail) -> TypedSearchAttributes:
    """The search attributes of an e-mail to a user at its start."""
    return _attributes(
        {
            ORDER_STATUS: UserMailStatus.WAITING.value,
            ORDER_KIND: USER_MAIL,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def travel_line_labels(start: LiveLine) -> TypedSearchAttributes:
    """The search attributes of the life of an eSIM line at its start."""
    return _attributes(
        {
            ORDER_STATUS: LineLifeStatus.RUNNING.value,
            ORDER_KIND: TRAVEL_LINE,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def job_labels(start: RunJob) -> TypedSearchAttributes:
    """The search attributes of a job at its start."""
    return _attributes(
        {
            ORDER_STATUS: JobStatus.QUEUED.value,
            ORDER_KIND: JOB,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def webhook_labels(start: RunWebhook) -> TypedSearchAttributes:
    """The search attributes of the deliveries to an endpoint. They have no status: it is in the database."""
    return _attributes({ORDER_KIND: WEBHOOK, ACCOUNT_ID: str(start.account_id)})


def label_once(attributes: TypedSearchAttributes) -> None:
    """Upsert those of a workflow's search attributes that its start did not set."""
    known = workflow.info().typed_search_attributes
    missing = [pair for pair in attributes if known.get(pair.key) is None]
    if missing:
        workflow.upsert_search_attributes([pair.key.value_set(pair.value) for pair in missing])


class StatusLabel:
    """Keeps the search attribute `OrderStatus`, by which operators filter orders.

    Each upsert costs the server a write of its own. So the status of an order that is about to close is
    upserted in the workflow task that closes it, or with the hold that keeps it open.
    """

    def __init__(self, status: OrderStatus) -> None:
        self._shown = status

    def show(self, status: OrderStatus) -> None:
        """Upsert the status, unless the search attribute has this value already."""
        missing = self.take_missing(status)
        if missing:
            workflow.upsert_search_attributes(missing)

    def take_missing(self, status: OrderStatus) -> list[SearchAttributeUpdate[str]]:
        """The upsert that is needed for this status, to be sent together with another one."""
        if status is self._shown:
            return []
        self._shown = status
        return [ORDER_STATUS.value_set(status.value)]


def _attributes(values: dict[SearchAttributeKey[str], str]) -> TypedSearchAttributes:
    """Search attributes, without those that have no value."""
    return TypedSearchAttributes(
        [SearchAttributePair(key, _short(value)) for key, value in values.items() if value]
    )


def _short(value: str) -> str:
    """The value, truncated to Temporal's limit: JSON has up to twelve bytes for a character beyond ASCII."""
    value = value[:LONGEST_NAME]
    while len(json.dumps(value)) > _MOST_BYTES:
        value = value[:-1]
    return value
