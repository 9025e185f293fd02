"""Refusals about licences, numbers and agents, in French."""

LICENCES = {
    "unknown_number": "Ce numéro n’existe pas dans le compte.",
    "not_french_mobile": (
        "Une licence eSIM est réservée aux numéros mobiles français : +33 6 ou +33 7, "
        "avec neuf chiffres après +33."
    ),
    "number_shared": ("C’est une ligne partagée ; convertissez-la d’abord en numéro direct."),
    "number_suspended": "Le numéro est suspendu ; réactivez-le d’abord.",
    "number_deleted": "Le numéro est supprimé ; récupérez-le d’abord.",
    "number_gone": "Le numéro est supprimé depuis trop longtemps ; il ne peut plus être récupéré.",
    "number_taken": (
        "Le numéro ne peut pas être récupéré : son numéro de téléphone est désormais celui d’un autre numéro."
    ),
    "number_has_esim": "Le numéro a déjà une eSIM : {sim}.",
    "number_without_esim": "Le numéro n’a pas d’eSIM ; attribuez-lui une licence.",
    "number_open_order": "Le numéro a déjà une commande en cours : {order}.",
    "number_without_agent": "Aucun agent n’utilise ce numéro ; changez d’abord son utilisateur.",
    "number_without_code": (
        "Le QR code de l’eSIM du numéro n’est pas encore connu ; l’agent le recevra dès que le distributeur "
        "l’aura envoyé."
    ),
    "number_changed": (
        "L’agent, la licence ou l’eSIM du numéro a changé depuis la commande ; annulez celle-ci."
    ),
    "unknown_agent": "Cet agent n’existe pas dans le compte.",
    "agent_needed": ("Il faut un agent, ou --none : alors plus aucun agent n’utilise le numéro."),
    "agent_exists": "Le compte a déjà un agent avec cette adresse.",
    "agent_deactivated": "L’agent est désactivé.",
    "agent_changed": (
        "Un autre agent que celui qui était affiché utilise maintenant le numéro. Vérifiez, puis confirmez "
        "de nouveau."
    ),
    "agent_without_address": "L’agent n’a pas d’adresse e-mail ; donnez-lui-en une d’abord.",
    "phone_unconfirmed": (
        "À confirmer : le téléphone de l’agent est compatible eSIM. Son EID le montre aussi."
    ),
    "eid_invalid": "Un EID a 32 chiffres, dont les deux derniers sont une clé de contrôle.",
    "unknown_line_type": "Un type de ligne est l’un de : {types}.",
    "esim_not_stopped": ("L’eSIM {sim} fonctionne encore. Arrêtez l’eSIM du numéro."),
    "esim_stopped": "L’eSIM {sim} est tout de même arrêtée ; il est demandé à son opérateur de l’arrêter.",
    "licence_freed": (
        "La licence {licence} est de nouveau libre. Attribuez-la à {number} quand les autres motifs seront "
        "levés."
    ),
    "reason_needed": "Une suspension demande un motif.",
    "unknown_stop_reason": "Un motif d’arrêt d’une eSIM est l’un de : {reasons}.",
    "unknown_replace_reason": "Un motif de remplacement d’une eSIM est l’un de : {reasons}.",
    "cell_no_line_type": "la valeur doit être direct ou shared.",
    "agent_without_name": "un agent demande un nom.",
    "agent_renamed": "{agent} est renommé.",
    "other_agent_before": "la ligne {line} indique autre chose pour le même agent.",
    "number_of_other_account": "ce numéro de téléphone est déjà dans un autre compte.",
    "number_other_agent": (
        "une importation ne change pas l’utilisateur d’un numéro ; changez celui du numéro lui-même."
    ),
    "number_not_recovered": (
        "le numéro est supprimé, et une importation ne le récupère pas ; récupérez le numéro lui-même."
    ),
    "number_served": (
        "le numéro a une eSIM ou une commande en cours ; son opérateur et son distributeur ne peuvent pas "
        "changer, et il ne peut pas devenir une ligne partagée."
    ),
    "licence_not_chosen": "Il faut une licence ou une option, et pas les deux.",
    "unknown_licence": "Cette licence n’existe pas dans le compte.",
    "unknown_add_on": "Une option est l’une de : {add_ons}.",
    "no_free_licence": "Aucune licence {add_on} n’est libre : {used} sur {bought} sont utilisées.",
    "licence_in_use": "La licence est utilisée pour {number}.",
    "licence_over": "La licence a été rendue, et sa période payée est terminée.",
    "licence_given_back": "La licence est déjà rendue.",
    "too_few_licences": (
        "Licences {add_on} libres qui peuvent être rendues : {free}, moins que les {asked} demandées."
    ),
    "licences_invalid": "Le nombre de licences va de 1 à {most}.",
    "key_used_for_purchase": "Cette clé a servi à un autre achat.",
    "key_used_for_give_back": "Avec cette clé, d’autres licences ont été rendues.",
    "key_used_for_licence_request": "Cette clé a servi à une autre demande de licences.",
    "key_used_for_change": "Cette clé a servi à un autre changement de numéro.",
    "no_price": "Il n’y a pas encore de prix pour {add_on} ; l’opérateur de la plateforme le fixe.",
    "price_invalid": "Un prix est un montant de 0.00 à 99999.99, avec au plus deux décimales.",
    "price_in_the_past": "Un changement de prix s’applique à partir d’un jour postérieur à aujourd’hui.",
    "billing_fixed": (
        "Le jour de facturation, le fuseau horaire et la devise ne changent plus après le premier achat."
    ),
    "day_invalid": "Un jour de facturation va de 1 à 31.",
    "date_invalid": "Un jour s’écrit 2026-12-31.",
    "licence_or_add_on": "Nommez une licence, ou une option avec le nombre de licences, mais pas les deux.",
    "month_invalid": "Un mois s’écrit 2026-12 ; il y en a de 0001-01 à 9999-12.",
    "time_zone_invalid": "Un fuseau horaire est l’un de la base IANA, tel que Europe/Paris.",
    "currency_invalid": (
        "Une devise est le code, à trois lettres (ISO 4217), d’une devise avec centimes, tel que EUR."
    ),
    "unknown_purchase": "Cet achat de licences n’existe pas.",
    "unknown_licence_request": "Cette demande de licences n’existe pas.",
}
