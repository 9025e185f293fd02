"""The rules as properties: what is offered is never doubtful, and nothing is refused without a reason."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.catalogue.views import PackView
from models.errors import Refused
from models.fleet.inventory import SimKind, SimState
from models.fleet.offers import offers, shop
from models.orders.rules import SLOTS, TARGETS, Action, Choice, Facts, refusals, target
from models.people.callers import Permission
from models.people.profiles import ALL_TARGETS, parse_targets

ORDERING = (Action.SWITCH_TO_ESIM, Action.REPLACE_ESIM)

sims = st.sampled_from([(None, None), *((kind, state) for kind in SimKind for state in SimState)])
facts = st.builds(
    lambda sim, **rest: Facts(sim_kind=sim[0], sim_state=sim[1], **rest),
    sim=sims,
    slot=st.sampled_from([*SLOTS, None]),
    enabled_targets=st.frozensets(st.sampled_from(TARGETS)),
    esim_packs=st.dictionaries(st.integers(1, 3), st.text(), max_size=3),
    qr_contacts=st.frozensets(st.integers(1, 3)),
    open_order=st.sampled_from([None, "order-aaaaaaaaaaaaaaaa"]),
)
choices = st.builds(
    Choice, pack_id=st.integers(1, 4), quantity=st.integers(0, 2), discard_confirmed=st.booleans()
)


def expected(action: Action, seen: Facts) -> bool:
    """Whether the action is offered, said once more and differently: as the requirements do (F2 to F7)."""
    wanted = SimKind.PHYSICAL if action is Action.SWITCH_TO_ESIM else SimKind.ESIM
    allowed = seen.slot is None or target(action, seen.slot) in seen.enabled_targets
    fits = seen.sim_kind is wanted and seen.sim_state is SimState.ACTIVE
    if action is Action.GENERATE_QR_CODE:
        return allowed and fits and bool(seen.qr_contacts)
    return allowed and fits and bool(seen.esim_packs) and seen.open_order is None


@given(facts, st.sampled_from(Action))
def test_an_action_is_offered_or_there_is_a_reason(seen: Facts, action: Action) -> None:
    assert (refusals(action, seen) == []) == expected(action, seen)


@given(facts)
def test_switch_and_replace_exclude_each_other(seen: Facts) -> None:
    offered = [action for action in ORDERING if not refusals(action, seen)]
    assert len(offered) <= 1


@given(facts, choices, st.sampled_from(ORDERING))
def test_an_order_needs_the_offer_and_a_right_choice(seen: Facts, choice: Choice, action: Action) -> None:
    right = choice.pack_id in seen.esim_packs and choice.quantity == 1 and choice.discard_confirmed
    assert (refusals(action, seen, choice) == []) == (expected(action, seen) and right)


@given(facts)
def test_every_reason_has_a_code_and_a_sentence(seen: Facts) -> None:
    for action in Action:
        for reason in refusals(action, seen, Choice(pack_id=9, quantity=2)):
            assert reason.code.replace("_", "").isalpha()
            assert reason.sentence.endswith(".") or reason.code == "open_order"


@given(facts)
def test_the_shop_opens_exactly_when_an_order_is_offered(seen: Facts) -> None:
    packs = [
        PackView(id=n, name="", item="", section="", provider="", esim=True, distributor="")
        for n in seen.esim_packs
    ]
    opened = shop(1, seen, packs)
    offered = {offer.action for offer in offers(seen, frozenset(Permission)) if offer.offered}
    assert (opened.refusals == ()) == bool(offered & set(ORDERING))
    assert (opened.chosen is not None) == (len(opened.packs) == 1)
    if opened.refusals:
        assert opened.packs == ()
    else:
        assert opened.action in offered


@given(st.frozensets(st.sampled_from(TARGETS)))
def test_targets_are_read_as_they_are_written(chosen: frozenset[str]) -> None:
    assert frozenset(parse_targets(chosen)) == chosen


def test_targets_in_short() -> None:
    assert parse_targets([ALL_TARGETS]) == TARGETS
    assert parse_targets(["replace_esim"]) == ("replace_esim:1", "replace_esim:2", "replace_esim:3")


@given(st.text())
def test_anything_else_is_no_target(text: str) -> None:
    assume(text.strip().lower() not in {*TARGETS, *Action, ALL_TARGETS})
    with pytest.raises(Refused) as refused:
        parse_targets([text])
    assert refused.value.refusals[0].code == "unknown_target"
