"""Callers: their identity, roles, permissions and scope.

A caller has *permissions* (what its role may do) and a *scope* (whose records it sees). The authorised
actions profile of a user is separate: the rules in `models.orders.rules` also check it for each action and
slot. Only `starter.callers` makes callers, from an authenticated request of a portal, API or command.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.errors import Refusal, Refused

OPERATOR = "operator"
"""The actor in events for the platform's operators."""


class Role(StrEnum):
    """The role of a user in the account. `operator` is not a user's role: it is the platform's."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    VIEWER = "viewer"
    SUPPORT = "support"
    """Staff who sell and support travel eSIMs (T1)."""
    PROVIDER_DESK = "provider_desk"
    """Staff of one distributor, who acknowledge and process the orders sent to it."""
    OPERATOR = "operator"


class UserKind(StrEnum):
    """A person signs in; a service user has an API key. Both have a role and a profile."""

    PERSON = "person"
    SERVICE = "service"


class Permission(StrEnum):
    """A permission. Each public method of a desk requires exactly one."""

    VIEW_INVENTORY = "view_inventory"
    EDIT_INVENTORY = "edit_inventory"
    IMPORT_INVENTORY = "import_inventory"
    VIEW_CATALOGUE = "view_catalogue"
    EDIT_CATALOGUE = "edit_catalogue"
    VIEW_ORDERS = "view_orders"
    PLACE_ORDERS = "place_orders"
    CANCEL_ORDERS = "cancel_orders"
    ACKNOWLEDGE_ORDERS = "acknowledge_orders"
    REPORT_PROCESSED = "report_processed"
    ENTER_ICCID = "enter_iccid"
    RETRY_WORK = "retry_work"
    REQUEST_QR_CODES = "request_qr_codes"
    IMPORT_QR_CODES = "import_qr_codes"
    VIEW_QR_CODES = "view_qr_codes"
    NOTIFY_QR_CODES = "notify_qr_codes"
    VIEW_PEOPLE = "view_people"
    """Users, their profiles, and the distributors' contacts."""
    VIEW_LICENCES = "view_licences"
    """Licences, the numbers that use them, and the agents."""
    BUY_LICENCES = "buy_licences"
    """Buy, change and give back licences (L2)."""
    ASSIGN_LICENCES = "assign_licences"
    """Assign a licence to a number, replace its eSIM, send the agent's e-mail again, request licences."""
    MANAGE_NUMBERS = "manage_numbers"
    """Import, change, suspend, delete and recover numbers, and edit their agents."""
    VIEW_TRAVEL = "view_travel"
    """Subscribers, travel plans, the stock and eSIM lines (T1)."""
    SELL_TRAVEL = "sell_travel"
    """Give subscribers eSIM lines and plans, and serve these: revoke, suspend, replace, send again."""
    REPORT_TRAVEL = "report_travel"
    """Report what networks and phones say of eSIM lines: connections, usage, installations."""
    MANAGE_TRAVEL = "manage_travel"
    """Import subscribers, rates and stock, edit plans and thresholds."""
    MANAGE_USERS = "manage_users"
    MANAGE_PROFILES = "manage_profiles"
    MANAGE_CONTACTS = "manage_contacts"
    MANAGE_API_KEYS = "manage_api_keys"
    """Make, list and revoke API keys, with at most one's own permissions (A1)."""
    MANAGE_WEBHOOKS = "manage_webhooks"
    """Make, list, change and delete the endpoints that events of the account are sent to (A11)."""
    RUN_JOBS = "run_jobs"
    """Run imports and bulk actions in the background; each kind needs its own permission besides (A21)."""
    VIEW_AUDIT = "view_audit"
    """What was changed in the account: who, when, from where and by which key or session (A17)."""
    MANAGE_ACCOUNTS = "manage_accounts"
    ERASE_PEOPLE = "erase_people"
    SEE_OPERATIONS = "see_operations"


_VIEWS = frozenset(
    {
        Permission.VIEW_INVENTORY,
        Permission.VIEW_CATALOGUE,
        Permission.VIEW_ORDERS,
        Permission.VIEW_PEOPLE,
        Permission.VIEW_LICENCES,
    }
)
_MANAGER = _VIEWS | {
    Permission.EDIT_INVENTORY,
    Permission.PLACE_ORDERS,
    Permission.ENTER_ICCID,
    Permission.REQUEST_QR_CODES,
    Permission.IMPORT_QR_CODES,
    Permission.VIEW_QR_CODES,
    Permission.NOTIFY_QR_CODES,
    Permission.RUN_JOBS,
}
_TRAVEL = frozenset({Permission.VIEW_TRAVEL, Permission.SELL_TRAVEL, Permission.REPORT_TRAVEL})
_ADMINISTRATOR = _MANAGER | {
    Permission.IMPORT_INVENTORY,
    Permission.EDIT_CATALOGUE,
    Permission.MANAGE_PROFILES,
    Permission.MANAGE_USERS,
    Permission.MANAGE_CONTACTS,
    Permission.MANAGE_API_KEYS,
    Permission.MANAGE_WEBHOOKS,
    Permission.VIEW_AUDIT,
    Permission.RETRY_WORK,
    Permission.ASSIGN_LICENCES,
    Permission.MANAGE_NUMBERS,
    *_TRAVEL,
    Permission.MANAGE_TRAVEL,
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: _ADMINISTRATOR | {Permission.BUY_LICENCES},
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.MANAGER: _MANAGER,
    Role.VIEWER: _VIEWS,
    Role.SUPPORT: _VIEWS
    | _TRAVEL
    | {
        Permission.PLACE_ORDERS,
        Permission.REQUEST_QR_CODES,
        Permission.NOTIFY_QR_CODES,
        Permission.RUN_JOBS,
    },
    Role.PROVIDER_DESK: frozenset(
        {
            Permission.VIEW_ORDERS,
            Permission.ACKNOWLEDGE_ORDERS,
            Permission.REPORT_PROCESSED,
            Permission.CANCEL_ORDERS,
            Permission.ENTER_ICCID,
            Permission.RUN_JOBS,
        }
    ),
    Role.OPERATOR: frozenset(Permission),
}
"""What each role may do (F2, F53, F64, L1, T1)."""

USER_ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
"""The roles that a user of an account may have."""


def may_grant(permissions: Collection[Permission], role: Role) -> bool:
    """Whether a caller with these permissions may give a user the role: it may not exceed their own."""
    return PERMISSIONS[role] <= frozenset(permissions)


def not_permitted(permission: Permission, *, of_key: bool = False) -> Refusal:
    """The refusal of a call whose permission the caller's role lacks, or only the API key (`of_key`)."""
    return Refusal.of("key_not_permitted" if of_key else "not_permitted", permission=permission)


@dataclass(frozen=True)
class OfAccount:
    """The records of one account."""

    account_id: int
    travel: bool = field(default=True, repr=False)
    """Whether travel eSIMs exist in it, with their codes, notifications and orders: for the staff that has
    the permission to see them, and for no other user (T1).
    """


@dataclass(frozen=True)
class OfDistributor:
    """Only the orders of one distributor of one account."""

    account_id: int
    distributor_id: int


@dataclass(frozen=True)
class OfLink:
    """Only the SIM of an e-mailed link."""

    link_id: int
    account_id: int
    sim_id: int


@dataclass(frozen=True)
class OfOrderLink:
    """Only the order of a link that was e-mailed to a contact of its distributor (P9)."""

    link_id: int
    account_id: int
    order_id: str


@dataclass(frozen=True)
class AllAccounts:
    """Every record: for the platform's operators, the command line and the worker."""


@dataclass(frozen=True)
class OfMode:
    """The accounts of one mode, `live` or `test`: for a platform key that names no account (A18).

    Only accounts are listed and created with it; every other call of such a key names its account.
    """

    mode: str


Scope = OfAccount | OfDistributor | OfLink | OfOrderLink | OfMode | AllAccounts


@dataclass(frozen=True)
class By:
    """The actor of a call as events record it, and its origin: a row of `store.origins`."""

    actor: str
    origin_id: int | None = None


@dataclass(frozen=True, repr=False)
class Caller:
    """The caller of a desk: the first argument of every public method, without default."""

    actor: str
    """The actor in events: `operator`, `user:3`, `contact:7`, `link:12`. Never a name or an address."""
    scope: Scope
    permissions: frozenset[Permission]
    user_id: int | None
    """The acting user; None for an operator and for a contact with a link."""
    origin_id: int | None = None
    """The row of `store.origins` with the surface and session of the call."""
    language: str = "en"
    of_role: frozenset[Permission] = frozenset()
    """What the user's role may do, for a caller who may do less, as with an API key."""

    def __repr__(self) -> str:
        return f"Caller({self.actor!r}, {self.scope!r})"

    @property
    def by(self) -> By:
        """The actor and origin, as events record them."""
        return By(self.actor, self.origin_id)

    def may(self, permission: Permission) -> bool:
        """Whether the caller has this permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise `Refused` (`not_permitted`; `key_not_permitted`, where the role has it and the key has not)
        unless the caller has this permission.

        Look the record up first: the refusal must not reveal that another account's record exists.
        """
        if permission not in self.permissions:
            raise Refused(not_permitted(permission, of_key=permission in self.of_role))

    def of_account(self, account_id: int) -> OfAccount:
        """Of the caller's scope the records of this account."""
        return OfAccount(account_id, travel=self.may(Permission.VIEW_TRAVEL))

    @property
    def user(self) -> int:
        """The acting user. Raises `Refused` (`user_needed`) for a caller that is not a user."""
        if self.user_id is None:
            raise Refused.because("user_needed")
        return self.user_id

    @property
    def account(self) -> int:
        """The caller's account. Raises `Refused` (`user_needed`) if there is none."""
        if isinstance(self.scope, AllAccounts | OfMode):
            raise Refused.because("user_needed")
        return self.scope.account_id


@dataclass(frozen=True)
class LinkBearer:
    """The bearer of an e-mailed link. The token is a secret: the `repr` is redacted."""

    token: str = field(repr=False)
    origin_id: int | None = None
    """The row of `store.origins` with the session and address that used the link."""
