"""Licences over HTTP: list, buy, give back and change them (L2, L32, L33, L36)."""

from typing import Annotated

from fastapi import Query, Response

from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceStatus
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, required
from portal.api.licences.licence_resources import (
    AddOnResource,
    LicenceChangeResource,
    LicenceResource,
    PurchaseResource,
)
from portal.api.licences.shared import Quantity
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made, say_replayed
from portal.api.routing import router

routes = router("Licences")
Viewing = Annotated[Caller, needs(Permission.VIEW_LICENCES)]
Buying = Annotated[Caller, needs(Permission.BUY_LICENCES)]


class PurchaseBody(Body):
    """What is bought."""

    add_on: AddOn
    quantity: Quantity


class GiveBackBody(Body):
    """How many free licences of an add-on are given back, the newest first."""

    add_on: AddOn
    quantity: Quantity


class AddOnBody(Body):
    """What a licence becomes."""

    add_on: AddOn


@routes.get("/add-ons", summary="List add-ons with the counts of their licences")
async def list_add_ons(caller: Viewing, desks: At) -> ListOf[AddOnResource]:
    """All add-ons there are, on one page. Licences that are over are not counted."""
    counts = {one.add_on: one for one in await desks.licences.counts(caller)}
    found = [AddOnResource.of(add_on, counts.get(add_on)) for add_on in AddOn]
    return ListOf.whole(found)


@routes.get("/licences", summary="List licences")
async def list_licences(
    caller: Viewing,
    desks: At,
    pages: Pages,
    add_on: Annotated[AddOn | None, Query(description="What they are today.")] = None,
    status: LicenceStatus | None = None,
) -> ListOf[LicenceResource]:
    """The licences of the account, the oldest first; those that are over with `status=over`."""
    found = await desks.licences.licences(
        caller, add_on=add_on, status=status, limit=pages.limit, after=pages.after
    )
    return pages.of(found, LicenceResource.of)


@routes.get("/licences/{licence}", summary="Show a licence")
async def show_licence(caller: Viewing, desks: At, licence: Id) -> LicenceResource:
    """One licence (`LI-3`), also one that is over."""
    return LicenceResource.of(await desks.licences.licence(caller, licence))


@routes.post("/licence-purchases", summary="Buy licences", status_code=201)
async def buy_licences(
    caller: Buying,
    desks: At,
    body: PurchaseBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> PurchaseResource:
    """Licences that were given back and are still usable are bought again first, at no cost until the next
    billing cycle. The purchase answers open requests for the add-on.
    """
    key = required(idempotency_key)
    bought = await desks.licences.buy(caller, None, body.add_on, body.quantity, key=key)
    say_made(response, f"/licence-purchases/{bought.reference}", replayed=bought.replayed)
    return PurchaseResource.of(bought)


@routes.get("/licence-purchases/{purchase}", summary="Show a purchase of licences")
async def show_purchase(caller: Viewing, desks: At, purchase: Id) -> PurchaseResource:
    """One purchase (`LP-5`), with what it cost on its day."""
    return PurchaseResource.of(await desks.licences.purchase(caller, purchase))


@routes.post("/licences/give-back", summary="Give licences of an add-on back")
async def give_licences_back(
    caller: Buying,
    desks: At,
    body: GiveBackBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ListOf[LicenceResource]:
    """So many free ones, the newest first, or none at all. They stay usable to the end of the period that is
    paid.
    """
    given = await desks.licences.give_back(
        caller, add_on=body.add_on, quantity=body.quantity, key=required(idempotency_key)
    )
    say_replayed(response, replayed=any(one.replayed for one in given))
    return ListOf.whole(map(LicenceResource.of, given))


@routes.post("/licences/{licence}/give-back", summary="Give a licence back")
async def give_licence_back(
    caller: Buying, desks: At, licence: Id, response: Response, idempotency_key: IdempotencyKey = None
) -> LicenceResource:
    """It stays usable to the end of the period that is paid. One that a number uses cannot be given back."""
    (given,) = await desks.licences.give_back(caller, licence, key=required(idempotency_key))
    say_replayed(response, replayed=given.replayed)
    return LicenceResource.of(given)


@routes.post("/licences/{licence}/change", summary="Change a licence to another add-on")
async def change_licence(caller: Buying, desks: At, licence: Id, body: AddOnBody) -> LicenceChangeResource:
    """To a dearer one at once, with a charge of the difference for the days left; to a cheaper one from the
    next billing cycle on. The eSIM stays. Idempotent.
    """
    return LicenceChangeResource.of(await desks.licences.change(caller, licence, body.add_on))
