"""Refus des appels par HTTP, et des clés d’API."""

API = {
    "api_key_needed": "Envoyez votre clé d’API : Authorization: Bearer esim_live_... ou esim_test_....",
    "api_key_invalid": (
        "La clé d’API est inconnue, a expiré, a été révoquée, ou son utilisateur est désactivé."
    ),
    "account_header_invalid": (
        "Esim-Account et Esim-User sont pour les clés de la plateforme ; cette clé agit pour son propre "
        "compte."
    ),
    "account_header_needed": "Une clé de la plateforme nomme le compte de l’appel : Esim-Account: NOM.",
    "header_doubled": "Envoyez l’en-tête {header} une seule fois.",
    "idempotency_key_needed": (
        "Envoyez avec cet appel une Idempotency-Key à vous ; une répétition avec la même clé ne fait rien "
        "deux fois."
    ),
    "key_reused": (
        "Cette Idempotency-Key a servi avec un autre contenu ; prenez une nouvelle clé pour un autre appel."
    ),
    "page_cursor_invalid": (
        "Le curseur est d’une autre liste ou d’un autre filtre ; demandez la première page, sans curseur."
    ),
    "json_invalid": "Le contenu n’est pas du JSON valide en UTF-8.",
    "body_invalid": "L’appel n’est pas comme le dit la référence : {fields}.",
    "file_needed": (
        "Envoyez un seul fichier, avec son nom, dans le champ `file` d’un envoi multipart/form-data."
    ),
    "unknown_record": "Cet enregistrement n’existe pas.",
    "work_kind_unknown": "Le genre de travail est l’un de : {kinds}.",
    "held_choice": "Nommez un motif ou des identifiants, {most} au plus.",
    "unknown_job": "Cette tâche n’existe pas.",
    "job_kind_unknown": "Le genre de tâche est l’un de : {kinds}.",
    "job_status_unknown": "Le statut d’une tâche est l’un de : {statuses}.",
    "job_rows_invalid": "Une tâche a de 1 à {most} lignes.",
    "job_over": "{job} est terminée, ou ses lignes sont écrites ; elle ne peut plus être annulée.",
    "job_given_up": "Une étape de la tâche échouait toujours, et n’a pas été relancée à temps.",
    "api_key_over": "La clé d’API qui a créé la tâche a expiré ou a été révoquée.",
    "unknown_event_type": (
        "Ces types d’événements n’existent pas : {types}. Tous les types : GET /event-types."
    ),
    "too_many_calls": "Cette clé appelle trop souvent ; attendez autant que le dit Retry-After.",
    "too_many_streams": ("Cette clé a {most} flux ouverts, le maximum à la fois ; fermez-en un d’abord."),
    "unknown_api_key": "Cette clé d’API n’existe pas.",
    "service_user_needed": (
        "La clé d’API d’un compte agit en utilisateur de service ; cet utilisateur est une personne."
    ),
    "permission_above_yours": (
        "Une clé d’API a au plus les droits de son utilisateur et de qui la crée ; pas : {permissions}."
    ),
    "unknown_permission": "Ce droit n’existe pas : {permissions}.",
    "expiry_invalid": "La fin d’une clé d’API est dans le futur, avec son fuseau horaire.",
    "expiry_after_yours": (
        "Une clé créée avec une clé ne dure pas plus que celle-ci : donnez expires_at, au plus tard {latest}."
    ),
    "api_key_made": (
        "Cette Idempotency-Key a créé la clé d’API {key}, dont le texte a été montré une seule fois. S’il "
        "est perdu, révoquez {key} et créez-en une autre avec une nouvelle Idempotency-Key."
    ),
    "unknown_webhook": "Ce webhook n’existe pas.",
    "webhook_types_unknown": (
        "Ces types d’événements n’existent pas : {types}. Tous les types : GET /event-types."
    ),
    "webhook_url_invalid": (
        "L’adresse d’un webhook commence par https:// et un hôte ; elle n’a ni nom d’utilisateur ni "
        "fragment. http:// n’est que pour cette machine, et "
        "seulement où cette installation le permet."
    ),
    "webhook_query_hidden": (
        "Les paramètres de l’adresse sont masqués : `?…`. Donnez-les de nouveau en entier, ou sans eux."
    ),
    "webhook_address_private": (
        "L’hôte du webhook a une adresse qui n’est pas publique ; seules les adresses publiques sont "
        "appelées."
    ),
    "webhook_host_unknown": "L’hôte de l’adresse du webhook est introuvable.",
    "webhook_description_invalid": "Une description a au plus {most} caractères.",
    "webhook_changed": "Le webhook a été modifié entre-temps : regardez-le de nouveau.",
    "webhook_made": (
        "Cette Idempotency-Key a créé le webhook {webhook}, dont le secret a été montré une seule fois. S’il "
        "est perdu, renouvelez le secret de {webhook}."
    ),
    "webhook_rotated": (
        "Cette Idempotency-Key a renouvelé le secret de {webhook}, qui a été montré une seule fois. S’il est "
        "perdu, renouvelez-le avec une nouvelle Idempotency-Key."
    ),
    "webhook_ping_unanswered": (
        "Un ping a été envoyé avec cette Idempotency-Key et sa réponse n’est pas encore connue. Redemandez "
        "dans dix secondes, ou envoyez-en un autre avec une nouvelle Idempotency-Key."
    ),
    "too_many_secrets": (
        "{most} anciens secrets signent encore. Attendez la fin de l’un d’eux, ou renouvelez sans en garder."
    ),
    "too_many_webhooks": "Un compte a au plus {most} webhooks ; supprimez-en un d’abord.",
    "webhook_replay_choice": (
        "Dites ce qui est envoyé de nouveau : soit un événement, soit à partir de quand et, si vous voulez, "
        "jusqu’à quand ; pas les deux."
    ),
    "webhook_replay_span": (
        "L’heure à partir de laquelle les événements sont envoyés de nouveau a un fuseau horaire, précède "
        "l’heure de fin et n’est pas dans le futur."
    ),
    "webhook_replay_many": (
        "Plus de {most:,} événements se trouvent dans cette période ; choisissez-en une plus courte."
    ),
    "webhook_keep_invalid": "L’ancien secret signe encore pendant 0 à 720 heures.",
    "unknown_event": "Cet événement n’existe pas.",
    "key_user_or_platform": (
        "Dites de qui est la clé : --user UTILISATEUR_DE_SERVICE, ou --platform live (ou test)."
    ),
    "mode_unknown": "Le mode est l’un de : live, test.",
}
