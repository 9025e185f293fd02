"""Refusals about travel eSIMs, in French."""

TRAVEL = {
    "unknown_subscriber": "Cet abonné n’existe pas dans le compte.",
    "subscriber_without_address": (
        "L’abonné n’a pas d’adresse e-mail ; le QR code et la confirmation y sont envoyés."
    ),
    "unknown_travel_plan": "Ce forfait voyage n’existe pas dans le compte.",
    "plan_withdrawn": "Ce forfait n’est plus vendu.",
    "plan_without_profile": (
        "Le forfait n’a pas de profil IMSI : aucun profil n’a de tarif dans chacun de ses pays. Importez les "
        "tarifs, ou fixez un profil."
    ),
    "plan_not_complimentary": "Ce forfait ne peut pas être offert.",
    "complimentary_not_allowed": (
        "Une eSIM offerte demande le forfait Unlimited All, ou une option illimitée pour chacune : l’abonné "
        "a {bundles} options et {given} eSIM offertes."
    ),
    "destination_not_covered": "Le forfait ne couvre pas : {countries}.",
    "country_unknown": "Aucun pays n’a ce nom en anglais ou en français : {country}.",
    "country_ambiguous": "Plusieurs pays ont le nom {country} : {codes}.",
    "unknown_esim_line": "Cette ligne eSIM n’existe pas dans le compte.",
    "profile_differs": (
        "Le forfait demande le profil {plan}, et l’eSIM de cette ligne a le profil {line}. Ajoutez une "
        "ligne : la nouvelle eSIM aura le bon profil (`esim-orders travel add-line`)."
    ),
    "line_without_esim": "La ligne n’a pas d’eSIM en service : elle a été mise au rebut.",
    "esim_line_open_order": "La ligne eSIM a déjà une commande en cours : {order}.",
    "esim_line_changed": (
        "La ligne eSIM, son eSIM ou l’eSIM réservée a changé depuis la commande ; annulez celle-ci."
    ),
    "plan_not_queued": (
        "{plan} ne peut pas être révoqué : son état est « {state} ». Seul un forfait en attente peut l’être."
    ),
    "unknown_plan_on_line": "Ce forfait n’existe sur aucune ligne eSIM du compte.",
    "esim_line_suspended": "La ligne eSIM est déjà suspendue.",
    "esim_line_not_suspended": "La ligne eSIM n’est pas suspendue.",
    "suspension_without_reason": "Indiquez pourquoi la ligne eSIM est suspendue.",
    "key_used_for_report": "Cette clé a servi à un autre signalement.",
    "time_without_zone": "Indiquez l’heure avec son fuseau, comme 2026-07-01T12:00:00Z.",
    "data_volume_invalid": "Les données utilisées sont un nombre d’octets de 0 à {most}.",
    "esim_not_allocated": "Cette eSIM est en stock : elle n’est sur aucune ligne.",
}
