"""Refus au sujet des commandes et de ce qu’il leur faut."""

ORDERS = {
    "not_enabled": (
        "L’action « {action} » n’est pas activée dans votre profil ; contactez votre administrateur."
    ),
    "slot_empty": "Il n’y a pas de SIM dans cet emplacement.",
    "sim_discarded": "Cette SIM a été mise au rebut.",
    "sim_temporary": (
        "L’eSIM est provisoire jusqu’à ce que la commande soit traitée ; seul l’ICCID peut être saisi."
    ),
    "already_esim": "Une eSIM est déjà dans cet emplacement ; remplacez-la plutôt.",
    "not_an_esim": "Une carte SIM est dans cet emplacement ; passez-la à l’eSIM.",
    "no_esim_pack": (
        "Votre catalogue n’a aucun pack de commande avec une eSIM de l’opérateur de cette ligne."
    ),
    "open_order": "La ligne a déjà une commande en cours : {order}.",
    "offer_changed": (
        "Le prix ou l’effet n’est plus celui qui était affiché. Vérifiez, puis confirmez à nouveau."
    ),
    "pack_not_eligible": (
        "Ce pack n’est pas disponible avec une eSIM de l’opérateur de la ligne ; ceux-ci le sont : "
        "{packs}{more:more}."
    ),
    "pack_not_chosen": "Plusieurs packs conviennent à cette ligne ; choisissez-en un : {packs}.",
    "quantity_locked": "La quantité d’une eSIM pour une ligne est de 1.",
    "discard_not_confirmed": (
        "À confirmer : la SIM en place sera mise au rebut automatiquement et irréversiblement dès que "
        "l’opérateur aura traité la commande."
    ),
    "input_invalid": "La saisie n’est pas valable : {fields}.",
    "key_used": "Cette clé a déjà servi pour une autre commande : {order}.",
    "key_invalid": "Une clé a au plus {characters} caractères de texte.",
    "key_is_ours": "Une clé ne peut pas commencer par {beginning} comme celles des lignes des tâches.",
    "user_needed": "Cela est fait par un utilisateur du compte : indiquez lequel.",
    "not_permitted": "Votre rôle ne permet pas ceci : {permission}. Contactez votre administrateur.",
    "key_not_permitted": ("La clé d’API n’a pas cette autorisation : {permission}. Créez une clé qui l’a."),
    "user_deactivated": "L’utilisateur est désactivé.",
    "unknown_actor": (
        "L’auteur n’est ni un utilisateur du compte ni un contact du distributeur de la commande."
    ),
    "unknown_origin": "L’origine n’est pas celle d’un appel de cet auteur.",
    "unknown_order": "La commande {order} n’existe pas.",
    "unknown_note": "Cette note n’existe pas pour cette commande.",
    "note_invalid": (
        "Une note a au plus {characters:,} caractères, tous du texte : ni NUL ni caractère de substitution."
    ),
    "not_acknowledged": (
        "L’opérateur n’a pas encore accusé réception de la commande ; accusez-en d’abord réception."
    ),
    "already_submitted": "La commande est déjà transmise.",
    "already_provider_processing": (
        "La commande a déjà fait l’objet d’un accusé de réception ; l’opérateur la traite."
    ),
    "already_processed": "La commande est déjà traitée ; cela ne peut plus être modifié.",
    "already_cancelled": "La commande est déjà annulée ; cela ne peut plus être modifié.",
    "already_refused": "La commande a été refusée ; passez-en une nouvelle.",
    "iccid_invalid": "Un ICCID a de 18 à 20 chiffres.",
    "iccid_unknown": "L’ICCID de l’eSIM n’est pas encore connu ; indiquez-le avec cet appel.",
    "iccid_not_entered": ("L’ICCID de ce type de commande vient de l’opérateur ; il ne peut pas être saisi."),
    "sim_suspended": "Cette SIM est suspendue ; réactivez-la d’abord.",
    "iccid_in_use": "L’ICCID {iccid} appartient à une autre SIM.",
    "line_changed": (
        "La SIM de la ligne n’est plus celle qui était en place au moment de la commande ; annulez celle-ci."
    ),
    "order_over": "{order} est {order_status} depuis le {since} ; il n’y a rien à relancer.",
    "order_ended": "{order} est terminée ; elle n’est pas renvoyée.",
    "order_is_held": "{order} est en attente et dit pourquoi ; relancez-la, et ce qui manque est envoyé.",
    "order_not_mailed": (
        "{order} n’a pas encore été envoyée par e-mail à son distributeur, ou ne l’est jamais pour ce type."
    ),
    "no_order_contact": (
        "Le distributeur n’a aucun contact avec le rôle « Commande » ; ajoutez-en un d’abord."
    ),
    "order_mailed_just_now": (
        "{order} a été envoyée par e-mail à son distributeur il y a moins d’une minute, ou l’est en ce "
        "moment."
    ),
    "not_held": "{workflow} n’est pas en attente ; il n’y a rien à relancer.",
    "not_taken": "Le workflow n’a pas accepté cet appel.",
}
