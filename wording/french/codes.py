"""Refus au sujet des QR codes : demandes, messages, liens, importations et notifications."""

CODES = {
    "no_qr_contact": "Aucun contact du distributeur de la SIM n’a le rôle « eSIM QR Code ».",
    "no_recipient": "Une demande a au moins un destinataire.",
    "no_recipient_left": (
        "Aucun des contacts sollicités n’a plus le rôle « eSIM QR Code » ; envoyez de nouveau la demande."
    ),
    "recipient_lacks_role": (
        "Un destinataire n’est pas un contact du distributeur de la SIM avec le rôle « eSIM QR Code »."
    ),
    "recipient_not_eligible": (
        "Seuls des contacts avec le rôle « eSIM QR Code » peuvent être choisis : {contacts}."
    ),
    "open_qr_request": "Le code a déjà été demandé : {request}. Envoyez de nouveau cette demande-là.",
    "esim_needed": "Seule une eSIM a un QR code ; il s’agit ici d’une carte SIM.",
    "unknown_request": "La demande {request} n’existe pas.",
    "request_stalled": "Le workflow de {request} a été arrêté ; `qr retry` le redémarre.",
    "already_imported": "La demande est close : le code a été importé.",
    "already_withdrawn": "La demande est close : elle a été retirée.",
    "already_sim_discarded": "La demande est close : la SIM a été mise au rebut.",
    "request_refused": "La demande a été refusée ; faites-en une nouvelle.",
    "key_used_for_sim": "Cette clé a déjà servi pour une autre SIM, {sim}.",
    "key_used_for_request": "Cette clé a déjà servi pour une autre demande ; prenez-en une nouvelle.",
    "unknown_email_text": "Le compte n’a pas de texte d’e-mail de ce numéro.",
    "subject_not_one_line": "L’objet doit tenir sur une seule ligne.",
    "subject_empty": "L’objet est vide.",
    "subject_too_long": "L’objet a plus de {characters:,} caractères.",
    "text_empty": "Le texte est vide.",
    "text_too_long": "Le texte a plus de {characters:,} caractères.",
    "text_not_storable": "Le texte contient un caractère qui ne peut pas être conservé.",
    "text_not_utf8": "Le texte n’est pas en UTF-8.",
    "too_many_cc": "Une demande est envoyée en copie à {most} destinataires supplémentaires au maximum.",
    "no_qr_code_yet": "La SIM n’a pas encore de QR code.",
    "unknown_version": "Cette version de QR code n’existe pas.",
    "activation_code_invalid": "Ce n’est pas un code d’activation valable : {rule}.",
    "code_in_parts": (
        "On ne distingue pas le serveur du code d’activation, ou l’un des deux manque ; saisissez les deux "
        "sur une seule ligne, sous la forme LPA:1$SERVEUR$CODE."
    ),
    "several_codes": (
        "Ce texte contient plusieurs codes d’activation ; saisissez seulement celui de cette eSIM."
    ),
    "code_shared": (
        "Ce code est le même pour tout le monde : sans matching ID, il ne désigne aucune eSIM ; demandez à "
        "l’opérateur le code de cette eSIM."
    ),
    "confirmation_code_in_code": (
        "La dernière partie de ce code d’activation est un code de confirmation ; retirez-la, et "
        "saisissez-la comme code de confirmation."
    ),
    "install_link_without_code": (
        "Ce lien d’installation ne contient pas de code d’activation ; copiez le lien en entier, ou "
        "saisissez le code lui-même, qui commence par LPA:1$."
    ),
    "web_address_instead": (
        "C’est une adresse web, pas un code d’activation ; saisissez le code lui-même, qui commence par "
        "LPA:1$."
    ),
    "confirmation_code_instead": (
        "Ceci ressemble à un code de confirmation seul ; saisissez le code d’activation, qui commence par "
        "LPA:1$, et celui-ci à côté."
    ),
    "iccid_instead": (
        "C’est un ICCID, le numéro de la SIM, pas son code d’activation, qui commence par LPA:1$."
    ),
    "eid_instead": (
        "C’est un EID, le numéro de la puce eSIM du téléphone, pas un code d’activation, qui commence par "
        "LPA:1$."
    ),
    "phone_number_instead": (
        "C’est un numéro de téléphone, pas un code d’activation, qui commence par LPA:1$."
    ),
    "wifi_code_instead": (
        "Ce code connecte un téléphone à un réseau Wi-Fi ; le code d’activation d’une eSIM commence par "
        "LPA:1$."
    ),
    "confirmation_code_invalid": (
        "Un code de confirmation compte de 1 à {characters} caractères, sur une seule ligne."
    ),
    "code_on_another_sim": (
        "Ce code d’activation appartient déjà à une autre SIM ; demandez le bon code au distributeur."
    ),
    "link_unknown": "Ce lien n’existe pas ; copiez-le en entier, ou demandez-en un nouveau à son expéditeur.",
    "link_expired": "Ce lien a expiré ; demandez-en un nouveau à son expéditeur.",
    "unknown_link": "Le lien {link} n’existe pas.",
    "link_id_invalid": "Ce n’est pas le nom d’un lien : il s’écrit link:7, voir `qr history`.",
    "link_revoked": "Ce lien n’est plus valable ; demandez-en un nouveau à son expéditeur.",
    "too_many_tries": "Ce lien a été utilisé trop souvent en quelques minutes ; réessayez dans dix minutes.",
    "request_over": "La demande est close : {ended}.",
    "upload_unknown": "Le fichier vérifié n’est plus conservé ; déposez-le de nouveau.",
    "not_imported": "Aucun code n’a été importé avec ce lien.",
    "nothing_chosen": "Choisissez d’abord un fichier, ou saisissez le code.",
    "upload_unreadable": "L’envoi n’a pas pu être lu : envoyez un seul fichier et réessayez.",
    "cross_site": ("Ce formulaire a été envoyé depuis un autre site ; ouvrez sa page ici et réessayez."),
    "no_manager": (
        "Aucun utilisateur n’a demandé ce code et le compte n’a pas d’adresse de contact ; indiquez qui "
        "prévenir."
    ),
    "unknown_notification": "La notification {notification} n’existe pas.",
    "code_replaced": (
        "La SIM a reçu un code plus récent entre-temps ; demandez de nouveau l’envoi d’une notification."
    ),
    "key_used_for_notification": (
        "Cette clé a déjà servi pour une autre notification ; prenez-en une nouvelle."
    ),
    "secret_keys_missing": (
        "Il n’y a pas de clés pour conserver les QR codes : donnez à ESIM_SECRET_KEYS la même valeur dans "
        "tous les processus."
    ),
    "keys_invalid": (
        "{setting} doit contenir des entrées id:clé, la plus récente d’abord, séparées par des virgules, "
        "chaque id une seule fois (lettres, chiffres, . _ -) et chaque clé de 32 octets aléatoires en Base64 "
        "; seule ESIM_PAYLOAD_KEYS peut commencer par `plain`. Une nouvelle : esim-orders keys new."
    ),
}
