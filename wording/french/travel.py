"""Refusals about travel eSIMs, in French."""

TRAVEL = {
    "unknown_subscriber": "Cet abonné n’existe pas dans le compte.",
    "subscriber_ambiguous": (
        "Plusieurs abonnés ont ce nom ou cette adresse : {references}. Désignez-en un par sa référence."
    ),
    "subscriber_exists": "Le compte a déjà un abonné avec ce numéro de téléphone.",
    "subscriber_invalid": "L’abonné n’est pas valide :",
    "subscriber_erased": "L’abonné a été effacé et le reste ; ajoutez-en un nouveau.",
    "subscriber_changed": (
        "Le numéro de téléphone de l’abonné a été changé entre-temps par un autre appel ; répétez l’appel."
    ),
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
        "Une eSIM offerte demande le forfait Unlimited All, ou une option illimitée pour chacune. Options de "
        "l’abonné : {bundles} ; eSIM offertes : {given}."
    ),
    "destination_not_covered": "Le forfait ne couvre pas : {countries:countries}.",
    "cell_no_day": "une date s’écrit 2027-12-31.",
    "same_code_before": "la ligne {line} a le même code d’activation.",
    "iccid_in_stock": "une eSIM avec cet ICCID est déjà en stock.",
    "code_in_stock": "une eSIM en stock a déjà ce code d’activation.",
    "code_elsewhere": "une autre SIM a déjà ce code d’activation.",
    "confirmation_code_needed": (
        "le code d’activation indique qu’un code de confirmation est demandé ; indiquez-le."
    ),
    "esim_ended": "son dernier jour est passé : elle ne sera pas attribuée.",
    "unknown_stock_state": "L’état d’une eSIM est l’un de : {states}.",
    "profile_invalid": "Un profil IMSI est un nombre de 1 à {most}.",
    "threshold_invalid": "Un seuil est un nombre d’eSIM de 0 à {most}.",
    "travel_plan_exists": "Le compte a déjà un forfait voyage de ce nom.",
    "profile_needed": "Il faut un profil, ou --none : le moins cher s’applique alors de nouveau.",
    "data_invalid": "Un volume de données s’écrit 1 GB ou 500 MB, jusqu’à {most} GB.",
    "shelf_life_invalid": "Une durée de conservation est de 1 à {most} mois.",
    "no_countries": "Il faut au moins un pays.",
    "country_unknown": "Aucun pays n’a ce nom en anglais ou en français : {country}.",
    "country_ambiguous": "Plusieurs pays ont le nom {country} : {codes}.",
    "cell_no_rate": (
        "ce doit être le prix d’un mégaoctet avec sa devise, comme $0.004 ou 0,004 EUR, avec au plus six "
        "décimales."
    ),
    "cell_rate_ambiguous": (
        "la virgule peut séparer des décimales ou des milliers ; écrivez les décimales après un point."
    ),
    "cell_no_subscriber_plan": "ce doit être des lettres, chiffres, espaces et tirets bas.",
    "cell_no_bundles": "ce doit être un nombre de 0 à {most}.",
    "other_rate_before": "la ligne {line} a un autre prix pour le même réseau et le même profil.",
    "other_currency_before": "la ligne {line} est dans une autre devise.",
    "same_plan_before": "la ligne {line} a le même forfait.",
    "plan_stays_withdrawn": "le forfait est retiré ; un import ne le propose pas de nouveau.",
    "unknown_esim_line": "Cette ligne eSIM n’existe pas dans le compte.",
    "profile_differs": (
        "Le forfait demande le profil {plan}, et l’eSIM de cette ligne a le profil {line}. Ajoutez une "
        "ligne : la nouvelle eSIM aura le bon profil."
    ),
    "line_without_esim": (
        "La ligne n’a pas d’eSIM en service. Si des forfaits y attendent, remplacez l’eSIM."
    ),
    "esim_line_open_order": "La ligne eSIM a déjà une commande en cours : {order}.",
    "esim_line_changed": (
        "La ligne eSIM, son eSIM ou l’eSIM réservée a changé depuis la commande ; annulez celle-ci."
    ),
    "line_without_code": "Le code de l’eSIM de la ligne n’est pas connu.",
    "emails_not_sent_yet": ("Un e-mail de {order} n’a pas encore été envoyé ; la commande dit pourquoi."),
    "email_not_chosen": (
        "Choisissez un e-mail : le QR code, ou la confirmation de la commande qui a ajouté la ligne, ou "
        "celle d’une autre commande."
    ),
    "no_esim_reserved": (
        "Aucune eSIM n’est réservée pour la commande : elle attend du stock de son profil IMSI."
    ),
    "volume_invalid": "Un volume de données est un nombre et une unité, comme 200MB ou 1.5GB.",
    "unknown_esim_reason": "Le motif du remplacement d’une eSIM est l’un de : {reasons}.",
    "plan_not_queued": (
        "{plan} ne peut pas être révoqué : son état est « {state} ». Seul un forfait en attente peut l’être."
    ),
    "unknown_plan_on_line": "Ce forfait n’existe sur aucune ligne eSIM du compte.",
    "suspension_without_reason": "Indiquez pourquoi la ligne eSIM est suspendue.",
    "key_used_for_report": "Cette clé a servi à un autre signalement.",
    "esim_left_line": (
        "L’eSIM n’est plus sur la ligne depuis le {left}. Ce qu’elle a fait avant compte : indiquez-en "
        "l’heure."
    ),
    "usage_without_key": (
        "Indiquez une clé, ou l’heure à laquelle les données ont été utilisées : un signalement répété "
        "compterait deux fois."
    ),
    "time_without_zone": "Indiquez l’heure avec son fuseau, comme 2026-07-01T12:00:00Z.",
    "data_volume_invalid": "Les données utilisées sont un nombre d’octets de 0 à {most}.",
    "esim_not_allocated": "Cette eSIM est en stock : elle n’est sur aucune ligne.",
    "stock_esim_used": "L’eSIM est sur une ligne ou réservée pour une commande.",
}
