"""Roles and permissions are data; what was decided about them holds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.orders.cancelling import may_cancel
from models.orders.lifecycle import OrderStatus
from models.people.callers import (
    PERMISSIONS,
    USER_ROLES,
    AllAccounts,
    Caller,
    LinkBearer,
    OfAccount,
    Permission,
    Role,
    may_grant,
)


def having(permission: Permission) -> set[Role]:
    """The roles that include the permission."""
    return {role for role in Role if permission in PERMISSIONS[role]}


def test_every_role_has_its_permissions_and_the_operator_has_all() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.OPERATOR] == set(Permission)
    assert Role.OPERATOR not in USER_ROLES
    assert all(having(permission) for permission in Permission)


def test_only_the_provider_desk_and_the_operator_speak_for_the_provider() -> None:
    for permission in (
        Permission.ACKNOWLEDGE_ORDERS,
        Permission.REPORT_PROCESSED,
        Permission.CANCEL_ORDERS,
    ):
        assert having(permission) == {Role.PROVIDER_DESK, Role.OPERATOR}


@pytest.mark.covers("F64")
def test_who_may_enter_an_iccid() -> None:
    assert having(Permission.ENTER_ICCID) == {
        Role.OWNER,
        Role.ADMINISTRATOR,
        Role.MANAGER,
        Role.PROVIDER_DESK,
        Role.OPERATOR,
    }


def test_a_viewer_sees_everything_but_activation_codes_subscribers_and_the_audit() -> None:
    views = {permission for permission in Permission if permission.startswith("view_")}
    assert PERMISSIONS[Role.VIEWER] == views - {
        Permission.VIEW_QR_CODES,
        Permission.VIEW_TRAVEL,
        Permission.VIEW_AUDIT,
    }


def test_the_platforms_own_work_is_the_operators_alone() -> None:
    for permission in (Permission.ERASE_PEOPLE, Permission.SEE_OPERATIONS, Permission.MANAGE_ACCOUNTS):
        assert having(permission) == {Role.OPERATOR}


@pytest.mark.parametrize(("role", "status"), list(itertools.product(Role, OrderStatus)))
def test_before_the_acknowledgement_who_places_may_cancel(role: Role, status: OrderStatus) -> None:
    speaks_for_provider = role in (Role.PROVIDER_DESK, Role.OPERATOR)
    places = role in (Role.OWNER, Role.ADMINISTRATOR, Role.MANAGER, Role.SUPPORT)
    early = status in (OrderStatus.SUBMITTED, OrderStatus.CANCELLED)  # a repeat changes nothing
    assert may_cancel(PERMISSIONS[role], status, Permission.PLACE_ORDERS) == (
        speaks_for_provider or (places and early)
    )


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_nobody_gives_a_role_with_more_than_they_have(giver: Role, given_role: Role) -> None:
    assert may_grant(PERMISSIONS[giver], given_role) == (PERMISSIONS[given_role] <= PERMISSIONS[giver])


def test_a_caller_shows_ids_only_and_a_bearer_no_token() -> None:
    caller = Caller("user:3", OfAccount(1), frozenset(), 3)
    assert repr(caller) == "Caller('user:3', OfAccount(account_id=1))"
    assert "secret" not in repr(LinkBearer("secret"))


def test_what_is_refused_names_the_permission() -> None:
    nobody = Caller("user:3", OfAccount(1), frozenset(), 3)
    with pytest.raises(Refused) as refused:
        nobody.require(Permission.PLACE_ORDERS)
    (reason,) = refused.value.refusals
    assert reason.code == "not_permitted"
    assert ": place orders." in reason.sentence
    operator = Caller("operator", AllAccounts(), PERMISSIONS[Role.OPERATOR], None)
    operator.require(Permission.PLACE_ORDERS)
    with pytest.raises(Refused) as refused:
        operator.user  # noqa: B018  it raises
    assert refused.value.refusals[0].code == "user_needed"
