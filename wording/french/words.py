"""Mots français pour les paramètres qui sont eux-mêmes des codes."""

from models.licences.add_ons import AddOn
from models.refusals.declared import Words
from wording.french.labels import ACTIONS, PLAN_STATES

WORDS: Words = {
    "action": {action.value: label for action, label in ACTIONS.items()},
    "add_on": {add_on.value: add_on.label for add_on in AddOn},
    "ended": {
        "imported": "le QR code a déjà été importé, il ne reste rien à faire",
        "withdrawn": "elle a été retirée, le QR code n’est plus nécessaire",
        "sim_discarded": "la SIM a été mise au rebut, le QR code n’est plus nécessaire",
        "refused": "elle a été refusée",
        "over": "le QR code n’est plus attendu",
    },
    "order_status": {"processed": "traitée", "cancelled": "annulée", "refused": "refusée"},
    "rule": {
        "length": "il a plus de 255 caractères",
        "form": "il n’a pas la forme LPA:1$SERVEUR$MATCHING-ID",
        "server": "il ne nomme aucun serveur SM-DP+",
        "matching_id": (
            "son matching ID ne contient pas que des majuscules, des chiffres et des traits d’union"
        ),
        "oid": "son troisième champ n’est pas un identifiant d’objet",
        "flag": "son dernier champ n’est pas l’indicateur 1",
    },
    "state": {state.value: label for state, label in PLAN_STATES.items()},
}
