"""Refus de démarrer : réglages incorrects, et ce qui n’est pas encore en place."""

OPERATIONS = {
    "settings_invalid": "Ces réglages ne sont pas valables : {settings}.",
    "settings_file_damaged": (
        "Le fichier {file} du dossier de données est endommagé ; redémarrez le bac à sable."
    ),
    "mail_settings_invalid": "{reason} Voir ESIM_SMTP_URL et ESIM_MAIL_FROM.",
    "codec_origin_invalid": (
        "ESIM_CODEC_ORIGIN doit être l’origine exacte de l’interface web : https://hôte ou "
        "https://hôte:port, en minuscules, sans chemin ni barre oblique finale."
    ),
    "codec_token_invalid": (
        "ESIM_CODEC_TOKEN doit avoir au moins {characters} caractères ASCII ; un bon jeton : "
        "openssl rand -hex 32."
    ),
    "portal_address_unavailable": (
        "Le portail ne peut pas écouter à cette adresse ; voir ESIM_PORTAL_HOST et ESIM_PORTAL_PORT."
    ),
    "health_address_unavailable": (
        "La page de santé ne peut pas être servie à cette adresse ; voir ESIM_HEALTH_ADDRESS."
    ),
    "metrics_address_unavailable": (
        "Les métriques ne peuvent pas être servies à cette adresse ; voir ESIM_METRICS_ADDRESS."
    ),
    "openid_not_installed": (
        "ESIM_OPENID_ISSUER est défini, mais ce qui vérifie les connexions n’est pas installé ; exécutez : "
        "pip install 'esim-orders[oidc]'"
    ),
    "traces_not_installed": (
        "ESIM_OTLP_ENDPOINT est défini, mais l’envoi des traces n’est pas installé ; "
        "exécutez : pip install 'esim-orders[traces]'"
    ),
    "search_attributes_missing": (
        "Des attributs de recherche ne sont pas enregistrés ; exécutez : "
        "temporal operator search-attribute create {options}"
    ),
    "restore_unannounced": (
        "La base de données a été restaurée à partir d’une sauvegarde ; exécutez : esim-orders db restored"
    ),
    "cursor_invalid": "Ce n’est pas un curseur du flux d’événements.",
    "unknown_workflow": "{workflow} n’est pas le workflow d’un élément qui puisse être en attente.",
    "database_not_at_head": (
        "La base de données est à la révision {found}, ce worker demande {needed} ; "
        "exécutez : esim-orders db upgrade"
    ),
}
