"""What the API answers and is sent."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from esim_orders_client.errors import Refusal
from esim_orders_client.events import Event
from esim_orders_client.model import Body, Model


class Accepted(Model):
    """The answer of a dry run: the call would be accepted now."""

    accepted: bool = True


class Account(Model):
    """An account."""

    id: str
    name: str
    mode: str
    """`live` or `test`."""
    language: str
    contact_email: str | None
    sender_name: str | None
    """The name that e-mails come from; null: the platform's."""
    closed_at: datetime | None
    open_orders: int


class AddLineBody(Body):
    """Give a subscriber an eSIM from stock with a plan: they get the QR code and a confirmation by e-mail.
    Without an eSIM of the plan's profile in stock the order waits. Needs the permission `sell_travel`.
    """

    kind: Literal["add_line"] = "add_line"
    subscriber: str
    """`SB-4`, phone number, e-mail address or full name."""
    plan: str
    """`TP-3`, or its name."""
    countries: list[str] | None = None
    """Where they go, by name or code: the line is named after the only one, else the plan."""
    complimentary: bool | None = None
    """Free of charge, if the subscriber's own plan allows it."""


AddOn: TypeAlias = Literal["voice_sms", "voice_sms_data", "voice_sms_data_pro"] | str
"""What a licence allows the eSIM of an agent. More values may be added at any time."""


class AddOnResource(Model):
    """An add-on, and how many licences of it the account has: `bought` is the sum of the others."""

    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    name: str
    bought: int
    in_use: int
    free: int
    given_back: int
    """Free, and usable only until their last day."""


class AddPlanBody(Body):
    """Add a plan to an eSIM line; the eSIM stays, the subscriber gets a confirmation by e-mail. Needs the
    permission `sell_travel`.
    """

    kind: Literal["add_plan"] = "add_plan"
    line: str
    """`EL-9`, or the ICCID of its eSIM."""
    plan: str
    """`TP-3`, or its name."""


class Agent(Model):
    """A person who uses numbers of the account."""

    id: str
    name: str
    email: str | None
    """Without an address the agent gets no eSIM."""
    language: str
    """Of e-mails to the agent. More values may be added: `en`, `fr`."""
    eid: str | None
    """The EID of the phone, which shows that it supports eSIM."""
    phone_confirmed_at: datetime | None
    """When it was confirmed that the phone supports eSIM."""
    deactivated_at: datetime | None
    numbers: list[str]
    """The numbers that the agent uses."""


class ApiKey(Model):
    """An API key; its text is answered once, when it is made."""

    id: str
    account: str | None
    name: str
    mode: str
    shown: str
    """The first characters, to tell it from others."""
    user: str | None
    """The service user that it acts as."""
    permissions: list[str]
    created_at: datetime
    created_by: str
    """`U-3`, or `operator`."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class AssignLicenceBody(Body):
    """Assign a licence to a number: this one, or any free one of an add-on. Its agent gets the eSIM by
    e-mail. Needs the permission `assign_licences`.
    """

    number: str
    """A phone number, or `N-7`."""
    phone_confirmed: bool | None = None
    """The agent's phone was found to support eSIM."""
    kind: Literal["assign_licence"] = "assign_licence"
    licence: str | None = None
    """This one: `LI-3`. Or name an add-on."""
    add_on: AddOn | None = None
    """A free licence of it."""


class Attempt(Model):
    """An attempt to deliver an event that failed, or an event that is to be sent again."""

    event: str
    """Its id, which is its `webhook-id`."""
    type: str
    number: int
    """Which attempt it was, counted anew after an outage or a change of the endpoint; 0: it is to be sent
    again and was not tried yet.
    """
    at: datetime
    outcome: str | None
    """More values may be added: `delivered`, `status`, `timeout`, `connection`, `tls`, `unknown_host`,
    `private_address`.
    """
    status: int | None
    answer: str | None
    """The beginning of the answer, at most 2 KB."""
    milliseconds: int | None
    next_attempt_at: datetime | None
    """When it is tried again; null if it is over."""
    delivered_at: datetime | None
    """When the next attempt was taken."""
    given_up_at: datetime | None
    """Since when it is not tried any more."""


class Audit(Model):
    """A change. Changes by the system itself, and those before origins were recorded, have no origin."""

    id: str
    """Unique for ever."""
    at: datetime
    type: str
    """Such as `order.submitted`; more values may be added."""
    actor: str
    """`U-3`, `C-7`, `link:12`, `operator`, `provider` or `system`."""
    about: list[str]
    """What was changed, the main record first, such as `L-42`."""
    data: dict[str, Any]
    surface: str | None
    """`api`, `cli`, `link` or `portal`; more values may be added."""
    session: str | None
    """The API key, `K-7`, or the session; `platform`: a key of the platform."""
    address: str | None
    """The IP address of the call; null of a call by the platform."""
    request_id: str | None


class Billing(Model):
    """How the account is charged."""

    cycle_day: int | None
    """Null: the day of the first purchase will be."""
    time_zone: str
    currency: str
    """ISO 4217."""
    fixed: bool
    """By the first purchase: nothing of it can be changed any more."""


class OrderContact(Model):
    """A contact to whom the orders of a pack are mailed."""

    name: str
    email: str


class Catalogue(Model):
    """An item of the catalogue."""

    id: str
    """The order pack."""
    name: str
    item: str
    section: str
    provider: str | None
    esim: bool
    distributor: str
    available: bool
    """False: withdrawn; nothing can be ordered from it."""
    order_contacts: list[OrderContact]


class Charge(Model):
    """A charge of a licence for the days from `day` to `period_end`."""

    day: date
    licence: str
    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    reason: str
    """More values may be added: `first`, `monthly`, `upgrade`, `same_price`, `bought_again`."""
    period_start: date
    period_end: date
    amount: str
    """An amount of money with two decimals."""
    currency: str
    """ISO 4217."""


class Charges(Model):
    """The charges whose day lies in a month, up to today, and their sum."""

    month: str
    total: str
    """An amount of money with two decimals."""
    currency: str
    """ISO 4217."""
    charges: list[Charge]
    """By day and licence."""


class RowProblem(Model):
    """A reason why a row was refused, or a warning about it."""

    code: str
    sentence: str
    parameters: dict[str, str | int]
    column: str | None


class JobRow(Model):
    """A row of a report."""

    row: int
    """Of a file the number of its line, else counted from 1."""
    outcome: str
    """`done`, `refused`, or `noted`: imported with a warning."""
    record: str | None
    """What it made, such as an order's id."""
    about: str | None
    """Of a bulk action the line or the SIM: `L-42`, `S-7`."""
    problems: list[RowProblem]


class Column(Model):
    """What became of a column of a file."""

    heading: str
    column: str | None
    """What it is here; null: it is not read."""
    how: str
    """`named` (its own name), `recognised` (a usual heading), `mapped`, `saved` (by the saved mapping) or
    `not_read`; more values may be added.
    """


class CheckedFile(Model):
    """The answer of a dry run of a small file: what its import would change."""

    columns: list[Column]
    """In the sequence of the file."""
    encoding: str | None
    """Of a text file."""
    separator: str | None
    """Of a text file: between its columns."""
    rows: int
    created: dict[str, int]
    changed: dict[str, int]
    warnings: list[JobRow]


class Contact(Model):
    """A contact of a distributor."""

    id: str
    distributor: str
    name: str
    email: str
    language: str
    roles: list[str]
    """`order`, `esim_qr_code`."""


class Device(Model):
    """A device, such as a phone."""

    id: str
    name: str
    lines: int
    """How many lines it has."""


class Distributor(Model):
    """A distributor."""

    name: str


class Edit(Model):
    """What an edit of lines changed: all of the lines, or none."""

    lines: int
    changed: list[str]
    created: dict[str, int]
    dry_run: bool


class Employee(Model):
    """An employee who uses SIMs."""

    id: str
    name: str
    email: str | None
    language: str
    sims: int


class Report(Model):
    """What was reported of an eSIM line, and what it led to."""

    report: str
    """More values may be added: `installed`, `connection`, `usage`."""
    esim_line: str
    at: datetime
    """When it happened; never later than it was received."""
    reported_at: datetime | None
    """The time that the report gave."""
    received_at: datetime
    country: str | None
    """Null at sea, in the air, and of an installation."""
    used_bytes: int | None
    plan: str | None
    """The plan that it started or is counted on: `PA-7`."""
    outcome: str
    """What it led to. More values may be added: `noted`, `started`, `covered`, `at_home`,
    `at_sea_or_in_the_air`, `not_covered`.
    """


class AssignedPlan(Model):
    """A plan on an eSIM line, with its state now."""

    id: str
    travel_plan: str
    name: str
    state: str
    """More values may be added: `queued`, `active`, `expired`, `depleted`, `lapsed`, `revoked`."""
    data_bytes: int
    used_bytes: int
    assigned_at: datetime
    lapses_at: datetime
    """It lapses if it was not used by then."""
    started_at: datetime | None
    """The first connection in one of its countries."""
    ends_at: datetime | None
    """30 x 24 hours later."""


class EsimLine(Model):
    """An eSIM line with its subscriber."""

    id: str
    name: str
    """The country, or the plan's name."""
    profile: int
    """An IMSI profile."""
    complimentary: bool
    added_at: datetime
    installed_at: datetime | None
    suspended_at: datetime | None
    ended_at: datetime | None
    """When its eSIM, which was never installed, went back to stock or was discarded."""
    esim: str | None
    """The eSIM in place, else that of the open order: `S-12`."""
    iccid: str | None
    esim_state: str | None
    open_order: str | None
    plans: list[AssignedPlan]
    subscriber: str
    subscriber_name: str
    due_at: datetime | None
    """When something of its plans is due next: one ends, or a notice is to be sent."""
    reports: list[Report] | None = None
    """With `expand=reports`: the latest 100."""


class EventType(Model):
    """A type of events."""

    type: str
    subject: str
    sentence: str
    """What has happened."""
    permission: str
    """The permission that shows such events."""
    example: Event
    sometimes: list[str]
    """The fields of `data` that other events of the type have, too."""


class Group(Model):
    """A management group."""

    id: str
    name: str
    lines: int
    """How many lines it has, counted up to 1000: 1000 stands for that many or more."""


class Hold(Model):
    """A step that waits for a person."""

    step: str
    reason: str
    """More values may be added."""
    since: datetime
    sentence: str
    """What happened and what a person can do."""


class NextCall(Model):
    """A call that is possible now, for this caller."""

    name: str
    method: str
    href: str


class Held(Model):
    """Work that waits for a person."""

    id: str
    kind: str
    """`order`, `qr_request`, `qr_notification`; more values may be added."""
    holds: list[Hold]
    """The held steps, oldest first."""
    next: list[NextCall]


class Job(Model):
    """A job as it is now."""

    id: str
    kind: str
    status: str
    """`queued`, `running`, `done`, `failed` or `cancelled`; more values may be added."""
    dry_run: bool
    rows: int | None
    """How many it has; null until the file was read, and if it could not be read."""
    done: int
    """How many rows are over, refused ones, too."""
    refused: int
    """How many rows were refused; the report says why."""
    created: dict[str, int]
    """What an import made, by kind of record."""
    changed: dict[str, int]
    refusals: list[Refusal]
    """Why all of it failed, or the rest of its rows. What is wrong in a row of a file is in the report alone."""
    held: bool
    """A step keeps failing; see `GET /held`."""
    created_by: str
    """`U-3`, or `operator`."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


JobStatus: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"] | str
"""How far a job is. More values may be added at any time."""


class NumberOfLicence(Model):
    """The number that uses a licence."""

    id: str
    msisdn: str


class Licence(Model):
    """A licence: what it is today, who uses it, and what is planned."""

    id: str
    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    status: str
    """More values may be added: `free`, `in_use`, `given_back`, `over`."""
    number: NumberOfLicence | None
    usable_until: date | None
    """Its last day, if it was given back."""
    next_add_on: str | None
    """The cheaper add-on that it becomes on the day `next_from`."""
    next_from: date | None


class LicenceChange(Model):
    """A licence after its add-on was changed."""

    licence: Licence
    change: str | None
    """Null: it is, or becomes, this already. More values may be added: `upgrade`, `same_price`, `downgrade`."""
    applies_from: date | None
    amount: str
    """The charge of an upgrade."""
    currency: str
    """ISO 4217."""


class NotSent(Model):
    """An e-mail or a call that has not been sent yet. It is tried again without a call."""

    step: str
    recipients: list[str]
    """`C-7`, `U-3`; `cc:1` is the first address of a copy."""
    reason: str
    sentence: str
    since: datetime
    tried_at: datetime
    attempts: int


class LicenceRequest(Model):
    """A request for licences."""

    id: str
    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    quantity: int
    note: str | None
    requested_by: str
    requested_at: datetime
    notified_at: datetime | None
    """When all owners had been notified."""
    purchase: str | None
    """The purchase that answered it: `LP-5`."""
    held: bool
    holds: list[Hold]
    """Why the owners cannot be notified."""
    not_sent: list[NotSent]


LicenceStatus: TypeAlias = Literal["free", "in_use", "given_back", "over"] | str
"""Whether a licence can be assigned to a number. More values may be added at any time."""


class Plan(Model):
    """A travel plan."""

    id: str
    name: str
    countries: list[str]
    data_mb: int
    """The data volume, in MB of a million bytes."""
    days: int
    """How long it lasts from the first connection in one of its countries."""
    price: str
    """An amount of money, with a point."""
    currency: str
    """ISO 4217."""
    shelf_life_months: int
    """It lapses if it is not used so long."""
    complimentary: bool
    """Whether it may be given free of charge."""
    profile: int | None
    """The IMSI profile in force: pinned, else computed. Null: it cannot be sold."""
    pinned_profile: int | None
    computed_profile: int | None
    """The cheapest that covers its countries."""
    withdrawn_at: datetime | None
    """Since when it is not sold any more."""


class LinePreview(Model):
    """What would be ordered now: the plan, and the eSIM that it would go on."""

    accepted: bool = True
    plan: Plan
    line_name: str
    esim_line: str | None
    """The line that the plan is added to. Null: a new one."""
    iccid: str | None
    """The eSIM of that line."""
    in_stock: int | None
    """How many eSIMs of the plan's profile are free for a new line, counted up to 100: 100 stands for that
    many or more. With 0, the order waits.
    """
    complimentary: bool


class Sim(Model):
    """A SIM."""

    id: str
    iccid: str | None
    """Null on a temporary eSIM whose ICCID is not known yet."""
    kind: str
    """`physical` or `esim`."""
    state: str
    """`in_stock`, `temporary`, `active`, `suspended`, `discarded`; more may be added."""
    mark: str
    """`SIM-Temp` on a temporary eSIM, else empty."""
    provider: str
    distributor: str | None
    employee: str | None
    groups: list[str]
    order: str | None
    """The order that created it."""
    discarded_at: datetime | None
    holder: str | None
    """What it serves, or will serve: `L-42`."""


class Line(Model):
    """A line in its slot, with the SIM in place and the temporary eSIM of an open order."""

    id: str
    msisdn: str
    """The phone number in E.164."""
    device: str
    slot: int
    provider: str
    groups: list[str]
    sim: Sim | None
    temporary: Sim | None
    open_order: str | None


class Mapping(Model):
    """What the account keeps for files of a kind."""

    kind: str
    map: list[str]
    """`THEIRS=ours`, and `"value"=ours` for all rows."""
    saved_at: datetime


class NewApiKey(Model):
    """A key that was just made."""

    id: str
    account: str | None
    name: str
    mode: str
    shown: str
    """The first characters, to tell it from others."""
    user: str | None
    """The service user that it acts as."""
    permissions: list[str]
    created_at: datetime
    created_by: str
    """`U-3`, or `operator`."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    key: str
    """The key itself: it is shown this once."""


class NewWebhook(Model):
    """An endpoint that was just made, or whose secret was."""

    id: str
    account: str
    url: str
    """A query, which may hold a token, is shown as `?…`, but in the answer that makes it."""
    types: list[str]
    """The types of events that are sent; empty: all."""
    description: str
    state: str
    """More values may be added: `enabled`, `failing`, `disabled`. `failing`: its receiver is tried less and
    less often, for three days, and then it is disabled.
    """
    disabled_at: datetime | None
    disabled_for: str | None
    """More values may be added: `asked`, `gone`, `failing`. `gone`: the receiver answered 410; `failing`:
    nothing was delivered for three days.
    """
    failures: int
    """In a row."""
    failing_since: datetime | None
    next_attempt_at: datetime | None
    """Until when its receiver is left alone."""
    secret_rotates_until: datetime | None
    """Until when earlier secrets sign, too."""
    created_at: datetime
    created_by: str
    """`U-3`, or `operator`."""
    secret: str
    """What its requests are signed with: it is shown this once."""


class NumberChange(Model):
    """What a change of a number has changed."""

    id: str
    number: str
    change: str
    """More values may be added: `change_user`, `delete`, `recover`, `suspend`, `resume`, `make_direct`,
    `make_shared`, `stop_esim`.
    """
    changed: bool
    """False if it was so already: then no provider is asked."""
    cancelled_order: str | None
    """The open order that the change cancelled."""
    ended_request: str | None
    """The request for a QR code that ended with the eSIM."""
    esim: str | None
    """The eSIM that was stopped, suspended or resumed."""
    notice: str | None
    """What its provider is asked to do with it. More values may be added: `stop`, `suspend`, `resume`."""


class AgentOfNumber(Model):
    """The agent who uses a number."""

    id: str
    name: str


class EsimOfNumber(Model):
    """The eSIM in place."""

    id: str
    state: str
    iccid: str | None
    code_known: bool
    """Its QR code was imported."""


class EventResource(Model):
    """Something that happened."""

    at: datetime
    type: str
    actor: str
    """`U-3`, `C-7`, `link:12`, `operator`, `provider` or `system`."""
    data: dict[str, Any]


class LicenceOfNumber(Model):
    """The licence that a number uses."""

    id: str
    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""


class OrderOfNumber(Model):
    """The open order."""

    id: str
    kind: str
    status: str


class UnfinishedChange(Model):
    """A change that has left something to be done: mostly, the provider is still to be asked."""

    id: str
    change: str
    """More values may be added: `change_user`, `delete`, `recover`, `suspend`, `resume`, `make_direct`,
    `make_shared`, `stop_esim`.
    """
    since: datetime
    notice: str | None
    """What the provider is still to be asked. More values may be added: `stop`, `suspend`, `resume`."""
    esim: str | None
    provider: str
    distributor: str
    overdue: bool
    """It is held, has failed, or takes longer than it may."""
    held: bool
    holds: list[Hold]
    not_sent: list[NotSent]


class Number(Model):
    """A number with its agent and its assignment."""

    id: str
    msisdn: str
    line_type: str
    """More values may be added: `direct`, `shared`."""
    state: str
    """More values may be added: `active`, `suspended`, `deleted`."""
    provider: str
    distributor: str
    agent: AgentOfNumber | None
    licence: LicenceOfNumber | None
    """Also while the order that assigns it is open."""
    esim: EsimOfNumber | None
    temporary_esim: str | None
    """The eSIM of the open order: `S-12`."""
    order: OrderOfNumber | None
    held: bool
    holds: list[Hold]
    """Of the open order, or the last one that is held."""
    unfinished_changes: list[UnfinishedChange]
    suspended_at: datetime | None
    suspended_for: str | None
    deleted_at: datetime | None
    recoverable_until: datetime | None
    events: list[EventResource] | None = None
    """With `expand=events`."""
    people: dict[str, str] | None = None
    """With `expand=people`: names and addresses of the people in its events by id, such as `U-3`; the address
    of each notification of a QR code.
    """


class Offer(Model):
    """An action on a line or a SIM: whether it is offered to this caller's user, and if not, why."""

    action: str
    label: str
    offered: bool
    refusals: list[Refusal]


class WaitsFor(Model):
    """What an order waits for."""

    what: str
    """More values may be added: `sending`, `acknowledgement`, `processing`, `stock`."""
    until: datetime | None
    """When the order is held for a person if nothing comes; null if it is held already, and while it waits
    for stock.
    """


class Order(Model):
    """An order as it is now."""

    id: str
    kind: str
    status: str
    """More values may be added: `submitted`, `provider_processing`, `processed`, `cancelled`, `refused`."""
    status_since: datetime
    placed_at: datetime
    placed_by: str
    subject: str | None
    """What it is about, such as `L-42`."""
    title: str
    """The subject in words, such as a phone number."""
    provider: str | None
    distributor: str | None
    esim: str | None
    """The eSIM that it created: `S-12`."""
    iccid: str | None
    note: str | None
    cancel_reason: str | None
    incident: bool
    """The provider processed it after it was cancelled."""
    held: bool
    holds: list[Hold]
    waits_for: WaitsFor | None
    """Null if it is over, and for an order from stock that waits for nothing."""
    refusals: list[Refusal]
    details: dict[str, Any] | None
    """What only orders of this kind have."""
    next: list[NextCall]
    events: list[EventResource] | None = None
    """With `expand=events`."""


OrderStatus: TypeAlias = (
    Literal["submitted", "provider_processing", "processed", "cancelled", "refused"] | str
)
"""The status of an order. "Processed" by a provider, a supplier or a vendor is one status. More values may be
added at any time.
"""


class NetworkRate(Model):
    """The cheapest network of a country with a profile."""

    country: str
    """ISO 3166-1 alpha-2."""
    network: str
    per_mb: str
    """An amount of money, with a point."""
    currency: str
    """ISO 4217."""


class ProfileCost(Model):
    """What a plan costs the operator with one IMSI profile."""

    profile: int
    """An IMSI profile."""
    per_mb: str | None
    """The mean of its networks. Null: the profile does not cover the plan."""
    networks: list[NetworkRate]
    missing: list[str]
    """The countries in which the profile has no network."""


class PlanDetails(Model):
    """A travel plan with the reason for its profile."""

    id: str
    name: str
    countries: list[str]
    data_mb: int
    """The data volume, in MB of a million bytes."""
    days: int
    """How long it lasts from the first connection in one of its countries."""
    price: str
    """An amount of money, with a point."""
    currency: str
    """ISO 4217."""
    shelf_life_months: int
    """It lapses if it is not used so long."""
    complimentary: bool
    """Whether it may be given free of charge."""
    profile: int | None
    """The IMSI profile in force: pinned, else computed. Null: it cannot be sold."""
    pinned_profile: int | None
    computed_profile: int | None
    """The cheapest that covers its countries."""
    withdrawn_at: datetime | None
    """Since when it is not sold any more."""
    costs: list[ProfileCost]
    """The cheapest profile first, then those that do not cover the plan."""


class PlanOffer(Model):
    """A plan that covers a journey, and which eSIM it would use."""

    id: str
    name: str
    countries: list[str]
    data_mb: int
    """The data volume, in MB of a million bytes."""
    days: int
    """How long it lasts from the first connection in one of its countries."""
    price: str
    """An amount of money, with a point."""
    currency: str
    """ISO 4217."""
    shelf_life_months: int
    """It lapses if it is not used so long."""
    complimentary: bool
    """Whether it may be given free of charge."""
    profile: int | None
    """The IMSI profile in force: pinned, else computed. Null: it cannot be sold."""
    pinned_profile: int | None
    computed_profile: int | None
    """The cheapest that covers its countries."""
    withdrawn_at: datetime | None
    """Since when it is not sold any more."""
    esim_line: str | None
    """The subscriber's eSIM line that it can be added to: `EL-9`. Null: a new eSIM is needed."""
    in_stock: int
    """How many eSIMs of its profile are free, counted up to 100: 100 stands for that many or more. With none,
    an order waits.
    """


class Price(Model):
    """What an add-on costs the account a month, from a day on."""

    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    since: date
    amount: str
    """An amount of money with two decimals."""
    currency: str
    """ISO 4217."""
    applies_from: date | None
    """The first billing cycle that is charged at it; null while there is no cycle day."""


class PriceChange(Model):
    """The prices of an add-on before and after one is set, by their days: the answer of a dry run."""

    price: Price
    before: list[Price]
    after: list[Price]


class Profile(Model):
    """An authorised actions profile, with its nine targets."""

    name: str
    is_default: bool
    users: int
    """How many users have it."""
    enabled: list[str]
    """The enabled ones of the nine targets: `switch_to_esim:2`."""


class Purchase(Model):
    """A purchase of licences."""

    id: str
    add_on: str
    """More values may be added: `voice_sms`, `voice_sms_data`, `voice_sms_data_pro`."""
    quantity: int
    bought_at: datetime
    bought_by: str
    licences: list[str]
    """All licences of the purchase."""
    again: list[str]
    """Those that had been given back, and were bought again at no cost."""
    amount: str
    """Until the end of the billing cycle; then each is charged monthly."""
    currency: str
    """ISO 4217."""
    answered_requests: list[str]


class QrCode(Model):
    """The current code of a SIM."""

    sim: str
    version: int
    imported_at: datetime
    activation_code: str
    """All of it, as the QR code holds it: `LPA:1$server$matching id`."""
    server: str
    """The SM-DP+ that has the profile."""
    server_in_unicode: str | None
    """The server's name if it is written in punycode: its characters may look like others."""
    matching_id: str
    oid: str | None
    confirmation_code_required: bool
    """The phone asks for a confirmation code besides."""
    confirmation_code: str | None
    """Null if it is not known here: the distributor has it."""
    install: dict[str, str]
    """Links that install it on the phone that opens them: `ios`, `android`."""


class QrLink(Model):
    """A link that was e-mailed; never its token."""

    id: str
    sim: str
    purpose: str
    """More values may be added: `upload`, `download`."""
    recipient: str | None
    """The contact to whom an upload link was sent."""
    request: str | None
    notification: str | None
    created_at: datetime
    expires_at: datetime
    state: str
    """More values may be added: `open`, `expired`, `revoked`, `request_over`."""


class QrNotification(Model):
    """An e-mail with a link that shows the code, until the link expires."""

    id: str
    sim: str
    version: int
    """The number of the code's version."""
    address: str
    created_at: datetime
    state: str
    """More values may be added: `waiting`, `sent`, `held`, `revoked`, `given_up`."""
    link_expires_at: datetime | None
    held: bool
    holds: list[Hold]
    not_sent: list[NotSent]
    next: list[NextCall]


class QrRound(Model):
    """One sending of a request."""

    number: int
    at: datetime
    cc: list[str]


class QrRequest(Model):
    """A request for a QR code as it is now."""

    id: str
    sim: str
    status: str
    """More values may be added: `requested`, `imported`, `withdrawn`, `sim_discarded`, `refused`."""
    status_since: datetime
    requested_at: datetime
    requested_by: str
    round: int
    """How often it was sent."""
    recipients: list[str]
    """Of the last round: `C-7`; `cc:1` is the first copy."""
    held: bool
    holds: list[Hold]
    not_sent: list[NotSent]
    refusals: list[Refusal]
    rounds: list[QrRound] | None = None
    """In the history of the SIM."""
    next: list[NextCall]


class QrVersion(Model):
    """A current or earlier version of a SIM's code; never the code."""

    number: int
    current: bool
    file_type: str
    """More values may be added: `png`, `jpeg`, `svg`, `tiff`, `pdf`; `typed` for a code as text."""
    imported_at: datetime
    imported_by: str
    """`U-3`, or `C-7` who used the link of a request."""
    request: str | None


class QrHistory(Model):
    """Everything about the QR code of one SIM, newest first, its events oldest first; never the code."""

    sim: str
    versions: list[QrVersion]
    requests: list[QrRequest]
    notifications: list[QrNotification]
    links: list[QrLink]
    events: list[EventResource]
    people: dict[str, str] | None = None
    """With `expand=people`: names and addresses by id, such as `C-7`."""


class QrImport(Model):
    """The outcome of an import."""

    sim: str
    version: QrVersion
    changed: bool
    """False if the SIM had this very code already."""
    replaced: int | None
    """The number of the version that the SIM had before."""
    dead_links: int
    """How many links to the replaced version show nothing any more."""
    request: str | None
    """The open request that the import ended."""
    manager: str | None
    """The address that a notification without `to` goes to."""
    sent_by_itself: bool
    """A number's agent gets the code by e-mail without a call."""
    warnings: list[str]


class QrRecipient(Model):
    """A contact who would get the e-mail."""

    id: str
    name: str
    email: str
    language: str


class QrRequestPreview(Model):
    """The e-mail as it would be sent; each recipient's also has facts about the SIM, and an upload link."""

    sim: str
    recipients: list[QrRecipient]
    subject: str
    text: str
    language: str
    """Of the pre-filled text: what is not edited, each recipient gets in their own language."""
    open_request: str | None
    """The request that is open: it can only be sent again."""
    version: int | None
    """The version of the code that the SIM has already."""


class Reminders(Model):
    """When distributors are reminded; null where the settings of the platform hold."""

    acknowledgement_days: int | None
    processing_days: int | None
    reminders: int | None
    qr_code_days: int | None
    qr_reminders: int | None


class ReplaceLicenceEsimBody(Body):
    """Replace the eSIM of a number; the licence stays. Of a lost or stolen phone the eSIM stops first, also
    where its replacement is then refused: its licence is then free. Needs the permission
    `assign_licences`.
    """

    number: str
    """A phone number, or `N-7`."""
    phone_confirmed: bool | None = None
    """The agent's phone was found to support eSIM."""
    kind: Literal["replace_licence_esim"] = "replace_licence_esim"
    reason: str
    """More values may be added: `new_phone`, `lost`, `stolen`."""


class ReplaceLineEsimBody(Body):
    """Replace the eSIM of a line by one of the same profile: its plans stay, the old code is dead. Needs the
    permission `sell_travel`.
    """

    kind: Literal["replace_line_esim"] = "replace_line_esim"
    line: str
    """`EL-9`, or the ICCID of its eSIM."""
    reason: str
    """More values may be added: `new_phone`, `deleted`."""


class ReplacementPreview(Model):
    """Whose eSIM would be replaced now."""

    accepted: bool = True
    esim_line: str
    line_name: str
    iccid: str | None
    """Its present eSIM; null where that was withdrawn."""
    in_stock: int
    """How many eSIMs of its profile are free, counted up to 100: 100 stands for that many or more. With 0,
    the order waits.
    """


class Replay(Model):
    """What is sent again."""

    webhook: str
    events: int
    """How many events."""


RequestStatus: TypeAlias = Literal["requested", "imported", "withdrawn", "sim_discarded", "refused"] | str
"""The status of a request for a QR code. More values may be added at any time."""


class Resent(Model):
    """An e-mail that is being sent again."""

    email: str
    """More values may be added: `qr_code`, `confirmation`."""
    esim_line: str
    id: str
    """Of the notification of the QR code, or of the order that is confirmed."""


class Retried(Model):
    """The outcome of a retry. Whether it is held again shows in its record, or in `GET /held`."""

    id: str
    outcome: str
    """`continues`, `started_again`: its workflow was lost; `over`: it had ended; `not_held`; `not_reached`:
    Temporal did not answer, call again. More values may be added.
    """
    reason: str | None = None
    """Why it was held, where many are retried."""


class RetriedMany(Model):
    """The outcomes of a retry of many."""

    data: list[Retried]
    left: int
    """How many were chosen but are left for the next call."""


RowCode: TypeAlias = Literal["present", "requested", "none"] | str
"""Whether an eSIM has its QR code, or it has been requested. More values may be added at any time."""

RowOrder: TypeAlias = Literal["open", "none", "submitted", "provider_processing"] | str
"""Whether a line has an open order, and its status. More values may be added at any time."""

RowOutcome: TypeAlias = Literal["done", "refused", "noted"] | str
"""What became of a row. More values may be added at any time."""


class Row(Model):
    """A row of the inventory."""

    id: str
    """The line, or the SIM without a slot."""
    device: str | None
    device_id: str | None
    slot: int | None
    msisdn: str | None
    """The phone number in E.164."""
    provider: str
    sim: str | None
    """The SIM in place, or the one without a slot."""
    sim_type: str | None
    """`physical` or `esim`; more may be added."""
    iccid: str | None
    state: str
    """`active`, `suspended`, `empty`, `in_stock` or `discarded`; more may be added."""
    distributor: str | None
    employee: str | None
    employee_name: str | None
    employee_email: str | None
    management_groups: list[str]
    temporary: str | None
    """The temporary eSIM of the open order."""
    temporary_iccid: str | None
    mark: str
    """`SIM-Temp` where there is a temporary eSIM, else empty."""
    open_order: str | None
    order_status: str | None
    qr_code: str | None
    """Of an eSIM: `present`, `requested` or `none`."""


RowState: TypeAlias = Literal["active", "suspended", "temporary", "empty", "in_stock", "discarded"] | str
"""The state of a row: that of its SIM, or `empty`. More values may be added at any time."""

SentAgain: TypeAlias = Literal["qr_code", "confirmation"] | str
"""Which e-mail is sent again. More values may be added at any time."""


class SentAgainResource(Model):
    """The e-mail that is on its way to the agent, with a link that shows the QR code."""

    id: str
    sim: str
    version: int
    """The number of the code's version."""
    address: str
    created_at: datetime
    state: str


class Pack(Model):
    """An item of an order pack."""

    id: str
    """The order pack."""
    name: str
    item: str
    section: str
    provider: str | None
    esim: bool
    distributor: str
    available: bool
    """False: withdrawn; nothing can be ordered from it."""


class Shop(Model):
    """What may be ordered for a line."""

    line: str
    action: str
    """The one kind of order that fits the SIM in place."""
    packs: list[Pack]
    chosen: str | None
    """The pack, if only one is eligible."""
    refusals: list[Refusal]
    """Why nothing may be ordered."""


SimKind: TypeAlias = Literal["physical", "esim"] | str
"""Physical card or profile in an eUICC. More values may be added at any time."""

SimState: TypeAlias = Literal["in_stock", "temporary", "active", "suspended", "discarded"] | str
"""The state of a SIM in its lifecycle. `discarded` is final (F21). More values may be added at any time."""

Sort: TypeAlias = (
    Literal[
        "device",
        "msisdn",
        "iccid",
        "employee_name",
        "provider",
        "newest",
        "-device",
        "-msisdn",
        "-iccid",
        "-employee_name",
        "-provider",
        "-newest",
    ]
    | str
)
"""What the grid is sorted by; with a minus from the end. Rows without a value come last, or first. More
values may be added at any time.
"""


class State(Model):
    """The state of an order after a call."""

    id: str
    status: str
    warnings: list[str]
    """To be shown to the user."""


class StockEsim(Model):
    """An eSIM of the stock, and whom it is allocated to."""

    id: str
    iccid: str
    profile: int
    """An IMSI profile."""
    provider: str
    ends_on: date | None
    """The last day on which it can be handed out, in UTC."""
    state: str
    """More values may be added: `free`, `reserved`, `on_line`, `revealed`, `ended`, `discarded`."""
    order: str | None
    """The order for which it is reserved, or that put it on its line."""
    esim_line: str | None
    subscriber: str | None
    revealed: bool
    """Whether its code was sent or shown: it never goes back to stock."""
    imported_at: datetime


class StockProfile(Model):
    """The stock of one IMSI profile."""

    profile: int
    """An IMSI profile."""
    free: int
    """What can be handed out, counted up to 100: 100 stands for that many or more. A higher threshold is
    counted up to.
    """
    waiting: int
    """Orders that wait for an eSIM of the profile."""
    threshold: int
    """With fewer free eSIMs than this the staff is alerted; 0: never."""
    low_since: datetime | None
    """Since when the alert is raised."""


StockState: TypeAlias = Literal["free", "reserved", "on_line", "revealed", "ended", "discarded"] | str
"""What an eSIM of the stock serves. More values may be added at any time."""


class LineOfSubscriber(Model):
    """An eSIM line of a subscriber, with its plans in the sequence in which they were added."""

    id: str
    name: str
    """The country, or the plan's name."""
    profile: int
    """An IMSI profile."""
    complimentary: bool
    added_at: datetime
    installed_at: datetime | None
    suspended_at: datetime | None
    ended_at: datetime | None
    """When its eSIM, which was never installed, went back to stock or was discarded."""
    esim: str | None
    """The eSIM in place, else that of the open order: `S-12`."""
    iccid: str | None
    esim_state: str | None
    open_order: str | None
    plans: list[AssignedPlan]


class SubscriberDetails(Model):
    """A subscriber with their eSIM lines."""

    id: str
    name: str
    phone_number: str | None
    """E.164. Its country is the subscriber's home."""
    email: str | None
    language: str
    """The language of e-mails to them."""
    plan: str
    """Their own plan at home."""
    bundles: int
    """Their unlimited bundles; each allows one complimentary eSIM."""
    esim_line_count: int
    complimentary: int
    """Complimentary eSIMs that they have or are being given."""
    complimentary_left: int | None
    """How many more they may have. Null: any number."""
    esim_lines: list[LineOfSubscriber]


class Subscriber(Model):
    """A customer who gets travel eSIMs; subscribers are no users."""

    id: str
    name: str
    phone_number: str | None
    """E.164. Its country is the subscriber's home."""
    email: str | None
    language: str
    """The language of e-mails to them."""
    plan: str
    """Their own plan at home."""
    bundles: int
    """Their unlimited bundles; each allows one complimentary eSIM."""
    esim_line_count: int
    complimentary: int
    """Complimentary eSIMs that they have or are being given."""
    complimentary_left: int | None
    """How many more they may have. Null: any number."""


class SwapBody(Body):
    """Switch a line to an eSIM, or replace its eSIM; the SIM in place is discarded when it is processed."""

    kind: Literal["switch_to_esim", "replace_esim"] | str
    line: str
    """A phone number, or `L-42`."""
    pack: str | None = None
    """The order pack: `P-4` or its name. Left out: the only one that fits."""
    quantity: int | None = None
    """Locked at 1."""
    discard_confirmed: bool | None = None
    """The user was warned that the SIM in place is discarded for ever, and agreed."""
    purchase_reference: str | None = None
    """The number of your purchase order."""
    comment: str | None = None
    """To the distributor, who reads it and the reference in the e-mail of the order."""


UserKind: TypeAlias = Literal["person", "service"] | str
"""A person signs in; a service user has an API key. Both have a role and a profile. More values may be added
at any time.
"""


class User(Model):
    """A user: the role says what it may do, the profile on which lines and SIMs."""

    id: str
    name: str
    email: str
    role: str
    profile: str
    kind: str
    """`person` or `service`."""
    language: str
    distributor: str | None
    """Whose orders a user of the provider desk sees."""
    deactivated_at: datetime | None


class WebhookAnswer(Model):
    """What the receiver answered to a ping."""

    delivered: bool
    outcome: str
    """More values may be added: `delivered`, `status`, `timeout`, `connection`, `tls`, `unknown_host`,
    `private_address`.
    """
    status: int | None
    """The HTTP status, if there was one."""
    answer: str
    """Of a failure the beginning of the answer, at most 2 KB."""
    milliseconds: int


class Webhook(Model):
    """An endpoint; its secret is answered once, when it is made."""

    id: str
    account: str
    url: str
    """A query, which may hold a token, is shown as `?…`, but in the answer that makes it."""
    types: list[str]
    """The types of events that are sent; empty: all."""
    description: str
    state: str
    """More values may be added: `enabled`, `failing`, `disabled`. `failing`: its receiver is tried less and
    less often, for three days, and then it is disabled.
    """
    disabled_at: datetime | None
    disabled_for: str | None
    """More values may be added: `asked`, `gone`, `failing`. `gone`: the receiver answered 410; `failing`:
    nothing was delivered for three days.
    """
    failures: int
    """In a row."""
    failing_since: datetime | None
    next_attempt_at: datetime | None
    """Until when its receiver is left alone."""
    secret_rotates_until: datetime | None
    """Until when earlier secrets sign, too."""
    created_at: datetime
    created_by: str
    """`U-3`, or `operator`."""


class PlaceOrdersBody(Body):
    """Switch or replace many."""

    kind: Literal["place_orders"] = "place_orders"
    rows: list[SwapBody]


class RequestQrCodesRowItem(Body):
    """A request for the QR code of a SIM, with the text and the contacts that are pre-filled."""

    sim: str
    """`S-12`, an ICCID as text, or a phone number."""
    contacts: list[str] | None = None
    """`C-7` or addresses; all if left out."""


class RequestQrCodesBody(Body):
    """Request many QR codes."""

    kind: Literal["request_qr_codes"] = "request_qr_codes"
    rows: list[RequestQrCodesRowItem]


class ImportQrCodesRowItem(Body):
    """The QR code of a SIM."""

    activation_code: str
    """`LPA:1$server$matching id`; `LPA:` may be left out. An install link with the code in it, a
    percent-encoded code, and server and activation code, labelled or on two lines, are read too.
    """
    confirmation_code: str | None = None
    """What the phone asks for besides, if the distributor gave one."""
    sim: str
    """An ICCID as text, `S-12`, or a phone number."""


class ImportQrCodesBody(Body):
    """Import many QR codes."""

    kind: Literal["import_qr_codes"] = "import_qr_codes"
    rows: list[ImportQrCodesRowItem]


class SetEmployeeRowItem(Body):
    """The employee who uses the SIM of a line."""

    line: str
    """A phone number, or `L-42`."""
    employee: str | None = None
    """Address, name or `E-3`; null removes it."""
    name: str | None = None
    """The name of an employee to be added."""


class SetEmployeeBody(Body):
    """Set the employees of many lines."""

    kind: Literal["set_employee"] = "set_employee"
    rows: list[SetEmployeeRowItem]


class SetGroupsRowItem(Body):
    """The management groups of a line."""

    line: str
    """A phone number, or `L-42`."""
    groups: list[str] | None = None
    mode: Literal["set", "add", "remove"] | str | None = None
    create: bool | None = None
    """Create groups that the account does not have."""


class SetGroupsBody(Body):
    """Set the management groups of many lines."""

    kind: Literal["set_groups"] = "set_groups"
    rows: list[SetGroupsRowItem]


class OrderStepsRowItem(Body):
    """A step of an order, as its provider desk reports it."""

    order: str
    """`order-...`."""
    action: Literal["acknowledge", "iccid", "processed", "cancel"] | str
    iccid: str | None = None
    """The ICCID of the eSIM, as text: for `iccid` always, for `processed` if new."""
    reason: str | None = None
    """Why it is cancelled."""


class OrderStepsBody(Body):
    """Acknowledge, enter the ICCIDs of, process and cancel many orders."""

    kind: Literal["order_steps"] = "order_steps"
    rows: list[OrderStepsRowItem]
