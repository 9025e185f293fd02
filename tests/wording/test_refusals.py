"""Refusals: declared once, raised as declared, and worded in every language."""
# ruff: noqa: RUF001  French apostrophes

import ast
import re

import pytest

from models.codes.activation import Rule
from models.codes.requests import Caution, RequestStatus
from models.errors import NotFound, Refusal, Refused
from models.identifiers import iccid_warning
from models.imports import RowNotes
from models.language import Language, spoken_language
from models.licences.changes import ChangeResult
from models.licences.numbers import Change, Notice
from models.operations.not_sent import STEPS, NotSentReason
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.rules import DISCARD_WARNING, Action
from models.people.callers import Permission, Role, not_permitted
from models.refusals import DECLARED, SUBJECTS
from models.refusals.declared import UNAVAILABLE, fields
from models.refusals.words import WORDS
from models.travel.profiles import PlanState
from starter.cli.session import HINTS
from tests.wording import refusal_docs
from tests.wording.raised import constants, modules
from wording.french import SENTENCES
from wording.french.spaces import spaced
from wording.french.words import WORDS as FRENCH_WORDS
from wording.labels import (
    action_label,
    hold_sentence,
    not_sent_reason,
    not_sent_step,
    not_sent_words,
    order_status,
    request_status,
)
from wording.licences.numbers import changed, notice_words
from wording.pages import page_texts
from wording.refusals import sentence, sentences
from wording.warnings import warning

FROM_A_TABLE = {
    ("models/orders/lifecycle.py", "_ALREADY[status]"),
    ("models/codes/requests.py", "_OVER[status]"),
    ("models/cells.py", "lost"),
    ("workflows/failures.py", "lost or 'iccid_invalid'"),
    ("models/fleet/file.py", "code"),
    ("models/catalogue/file.py", "code"),
    ("store/fleet/conflicts.py", "code"),
    ("store/licences/file_import.py", "code"),
    ("store/codes/request_steps.py", "code"),
    ("models/travel/stock_file.py", "code"),
    ("store/travel/stock_import.py", "code"),
    ("starter/cli/imports.py", "reason"),
    ("qr/refusals.py", "reason"),
    ("models/errors.py", "code"),
}
"""Where a code is chosen among constants of the same module, or of `qr`."""


def test_each_code_is_declared_under_one_subject() -> None:
    assert len(DECLARED) == sum(map(len, SUBJECTS.values()))
    assert all(re.fullmatch("[a-z][a-z0-9_]+", code) for code in DECLARED)


def test_each_code_has_the_same_fields_in_every_language() -> None:
    assert SENTENCES.keys() == DECLARED.keys()
    for code, declared in DECLARED.items():
        assert fields(SENTENCES[code]) == declared.parameters, code
        for said in (SENTENCES[code], declared.sentence):
            assert said == said.strip(), code
            assert "  " not in said, code
    assert FRENCH_WORDS.keys() == WORDS.keys()
    for parameter, english in WORDS.items():
        assert FRENCH_WORDS[parameter].keys() == english.keys(), parameter


def test_every_permission_is_named_in_words() -> None:
    assert WORDS["permission"].keys() == set(Permission)
    refusal = not_permitted(Permission.PLACE_ORDERS)
    assert refusal.parameters == {"permission": "place_orders"}, "the code, for programs"
    assert sentence(refusal, Language.FR) == (
        "Votre rôle ne permet pas ceci\u00a0: passer des commandes. Contactez votre administrateur."
    )


def test_every_role_is_named_as_pages_name_it() -> None:
    assert WORDS["role"].keys() == set(Role)
    for language, of in ((Language.EN, WORDS), (Language.FR, FRENCH_WORDS)):
        named = page_texts(language)["roles"]
        assert {role: of["role"][role].casefold() for role in Role} == {
            role: named[role].casefold() for role in Role
        }
    refusal = Refusal.of("role_above_yours", role=Role.PROVIDER_DESK)
    assert refusal.parameters == {"role": "provider_desk"}, "the code, for programs"
    assert sentence(refusal, Language.EN).startswith("The role 'provider desk' allows more than yours;")
    assert "guichet de l’opérateur" in sentence(refusal, Language.FR)


def test_words_are_there_for_each_code_that_is_a_parameter() -> None:
    assert {action.value: action.label for action in Action} == WORDS["action"]
    assert {rule.value for rule in Rule} == WORDS["rule"].keys()
    ends = set(RequestStatus) - {RequestStatus.REQUESTED}
    assert {*ends, "over"} == WORDS["ended"].keys()
    assert set(PlanState) == WORDS["state"].keys()


def test_each_refusal_in_the_source_is_raised_as_declared() -> None:
    elsewhere = set()
    for module in modules():
        for code, parameters in module.raised:
            for constant in constants(code):
                assert constant in DECLARED, (module.path, constant)
                assert parameters == DECLARED[constant].parameters, (module.path, constant)
            if not constants(code):
                elsewhere.add((module.path, ast.unparse(code)))
    assert elsewhere == FROM_A_TABLE


def test_each_code_that_is_declared_is_used() -> None:
    used = set().union(*(module.words for module in modules()))
    assert DECLARED.keys() <= used, DECLARED.keys() - used


def test_no_refusal_that_is_answered_over_http_names_a_command_or_its_options() -> None:
    elsewhere = set[str]().union(
        *(module.words for module in modules() if not module.path.startswith(("starter/cli/", "sandbox/")))
    )
    assert {"number_shared", "unknown_group", "account_needed"} <= elsewhere
    for code, declared in DECLARED.items():
        if code not in elsewhere or code in SUBJECTS["Commands"] or declared.status == UNAVAILABLE:
            continue  # commands alone say them, but for the last: the portal says that it is unavailable
        for said in (declared.sentence, SENTENCES[code]):
            assert not re.search(r"esim-orders|(?<!\w)--\w", said), (code, said)
    for language in Language:
        for reason in HoldReason:
            assert "esim-orders" not in hold_sentence(reason, language)


def test_what_to_type_after_a_refusal_has_its_parameters() -> None:
    for code, hint in HINTS.items():
        assert fields(hint) <= DECLARED[code].parameters, code


def test_another_code_or_other_parameters_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Refusal.of("no_such_code")
    with pytest.raises(TypeError, match="order"):
        Refused.because("unknown_order")
    with pytest.raises(TypeError):
        NotFound.because("unknown_line", line="L-1")


@pytest.mark.parametrize("language", Language)
def test_a_refusal_of_another_version_is_read_by_its_code(language: Language) -> None:
    for known in ({"code": "of_tomorrow", "parameters": {"x": 1}}, {"code": "unknown_order"}):
        refusal = Refusal.model_validate(known)
        assert str(known["code"]) in sentence(refusal, language)
        assert refusal.status in {404, 422}


def test_a_refusal_is_told_in_the_reader_s_language() -> None:
    refused = Refused(
        Refusal.of("not_enabled", action=Action.SWITCH_TO_ESIM), Refusal.of("note_invalid", characters=2000)
    )
    assert sentences(refused, Language.EN) == [
        "Switch to eSIM is not enabled in your profile; contact your administrator.",
        "A note has at most 2,000 characters, all of them text: no NUL and no surrogates.",
    ]
    assert str(refused) == " ".join(sentences(refused, Language.EN))
    assert sentences(refused, Language.FR) == [
        spaced(
            "L’action « Passer à l’eSIM » n’est pas activée dans votre profil ; contactez votre "
            "administrateur."
        ),
        "Une note a au plus 2\u202f000 caractères, tous du texte\u00a0: ni NUL ni caractère de substitution.",
    ]
    newer = Refusal(code="not_enabled", parameters={"action": "fly_to_moon"})
    assert newer.sentence.startswith("fly to moon is not enabled")


def test_the_rows_of_a_file_are_told_in_french() -> None:
    notes = RowNotes()
    notes.add(3, "slot", Refusal.of("same_slot_before", line=2))
    notes.add(3, None, Refusal.of("cell_count_wrong", cells=2, columns=3))
    with pytest.raises(Refused) as refused:
        notes.refuse()
    assert str(refused.value) == "Line 3: slot: line 2 has the same slot. There are 2 columns instead of 3."
    assert sentences(refused.value, Language.FR) == [
        "Ligne 3\u00a0: slot\u00a0: la ligne 2 a le même emplacement. Il y a 2 colonnes au lieu de 3."
    ]


def test_more_rows_than_are_listed_are_counted() -> None:
    notes = RowNotes()
    for line in range(2, 104):
        notes.add(line, "slot", Refusal.of("cell_no_slot"))
    told = notes.warnings()
    assert len(told) == 101
    assert (told[0].code, told[-1].code, told[-1].parameters) == ("row_odd", "more_rows", {"lines": 2})


def test_labels_and_holds_are_in_every_language() -> None:
    for language in Language:
        assert all(action_label(action, language) for action in Action)
        assert all(order_status(status, language) for status in OrderStatus)
        assert all(request_status(status, language) for status in RequestStatus)
        assert all(hold_sentence(reason, language) for reason in HoldReason)
        assert hold_sentence("of_tomorrow", language) == "of_tomorrow"


def test_what_is_not_sent_is_said_with_the_same_fields_in_every_language() -> None:
    for language in Language:
        said = not_sent_words(language)
        assert {name: fields(text) for name, text in said.items()} == {
            name: fields(text) for name, text in not_sent_words(Language.EN).items()
        }
        steps = {not_sent_step(step, language) for step in STEPS}
        reasons = {not_sent_reason(reason, language) for reason in NotSentReason}
        assert (len(steps), len(reasons)) == (len(STEPS), len(NotSentReason))
    others = {language: set(not_sent_words(language).values()) for language in Language}
    assert not others[Language.EN] & others[Language.FR]


def test_changes_of_numbers_are_said_with_the_same_fields_in_every_language() -> None:
    for language in Language:
        said = notice_words(language)
        assert {name: fields(text) for name, text in said.items()} == {
            name: fields(text) for name, text in notice_words(Language.EN).items()
        }
        assert said.keys() >= set(Notice)
        made = [ChangeResult(change_id="", number_id=7, change=change, changed=True) for change in Change]
        results = {changed(result, language) for result in made}
        assert len(results) == len(Change)
        assert all("N-7" in result for result in results)
        for notice in Notice:
            result = made[0].model_copy(update={"notice": notice, "sim_id": 5, "cancelled_order": "order-a"})
            assert {"S-5", "order-a"} <= set(changed(result, language).replace(".", "").split())
    others = {language: set(notice_words(language).values()) for language in Language}
    assert not others[Language.EN] & others[Language.FR]


def test_warnings_are_told_in_french() -> None:
    odd = iccid_warning("8933010000000000009")
    assert odd is not None
    for english in (odd, DISCARD_WARNING, *Caution):
        assert warning(english, Language.EN) == english
        assert warning(english, Language.FR) != english
    assert "8933010000000000009" in warning(odd, Language.FR)
    assert warning("Of tomorrow.", Language.FR) == "Of tomorrow."


@pytest.mark.parametrize(
    ("text", "language"),
    [("fr_FR.UTF-8", Language.FR), ("FR", Language.FR), ("en-GB", Language.EN), ("C", None), ("", None)],
)
def test_a_locale_names_a_language(text: str, language: Language | None) -> None:
    assert spoken_language(text) is language


def test_every_code_is_documented() -> None:
    assert refusal_docs.PAGE.read_text() == refusal_docs.page()
