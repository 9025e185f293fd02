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
    "permission": {
        "view_inventory": "voir l’inventaire",
        "edit_inventory": "modifier les collaborateurs et les groupes de gestion",
        "import_inventory": "importer une flotte",
        "view_catalogue": "voir le catalogue",
        "edit_catalogue": "modifier le catalogue",
        "view_orders": "voir les commandes",
        "place_orders": "passer des commandes",
        "cancel_orders": "annuler des commandes",
        "acknowledge_orders": "accuser réception des commandes",
        "report_processed": "déclarer les commandes traitées",
        "enter_iccid": "saisir les ICCID",
        "retry_work": "relancer ce qui est retenu",
        "request_qr_codes": "demander des QR codes",
        "import_qr_codes": "importer des QR codes",
        "view_qr_codes": "voir les QR codes",
        "notify_qr_codes": "envoyer des QR codes",
        "view_people": "voir les utilisateurs et les contacts",
        "view_licences": "voir les licences, les numéros et les agents",
        "buy_licences": "acheter, changer et rendre des licences",
        "assign_licences": "attribuer des licences",
        "manage_numbers": "gérer les numéros et les agents",
        "view_travel": "voir les eSIM de voyage",
        "sell_travel": "vendre des eSIM de voyage",
        "report_travel": "signaler l’usage des eSIM de voyage",
        "manage_travel": "gérer les forfaits de voyage, les tarifs et le stock",
        "manage_users": "gérer les utilisateurs",
        "manage_profiles": "gérer les profils",
        "manage_contacts": "gérer les contacts",
        "manage_api_keys": "gérer les clés d’API",
        "run_jobs": "lancer des imports et des actions groupées",
        "view_audit": "voir le journal d’audit",
        "manage_accounts": "gérer les comptes",
        "erase_people": "effacer des personnes",
        "see_operations": "voir l’exploitation",
    },
    "role": {
        "owner": "propriétaire",
        "administrator": "administrateur",
        "manager": "gestionnaire de parc",
        "viewer": "lecteur",
        "support": "assistance",
        "provider_desk": "guichet de l’opérateur",
        "operator": "exploitant de la plateforme",
    },
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
