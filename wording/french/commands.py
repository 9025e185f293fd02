"""Refus de la ligne de commande."""

COMMANDS = {
    "unexpected": "Une erreur inattendue a interrompu la commande ({failure}) ; {log} indique où.",
    "not_confirmed": "Sans confirmation, rien n’a été fait.",
    "confirmation_needed": "Il n’y a pas de terminal pour confirmer : ajoutez --yes.",
    "stdin_taken": (
        "Le texte vient de l’entrée standard, rien ne peut donc y être confirmé : ajoutez --yes."
    ),
    "language_unknown": "Cette langue n’existe pas ; il y a {languages}.",
    "order_id_invalid": "L’identifiant d’une commande est order- suivi de 16 lettres et chiffres.",
    "request_id_invalid": "L’identifiant d’une demande est qr-request- suivi de 16 lettres et chiffres.",
    "notification_id_invalid": (
        "L’identifiant d’une notification est qr-notification- suivi de 16 lettres et chiffres."
    ),
    "status_invalid": "Ce statut n’existe pas ; il y a {statuses}.",
    "reason_unknown": "Ce motif n’existe pas ; il y a {reasons}.",
    "query_invalid": (
        "Temporal ne comprend pas cette requête ; docs/operations.md en montre qu’il comprend."
    ),
    "no_space": "La sortie ne peut pas être écrite : il n’y a plus de place.",
    "selection_invalid": (
        "Indiquez-en par leur id, ou choisissez-en plusieurs avec --query, --reason, --all-held ou "
        "--without-workflow."
    ),
    "retry_many_invalid": (
        'RetryHeld prend {{"reason": "mail_unavailable"}}, {{"query": "Provider = \'Orange\'"}} ou '
        '{{"all": true}}, et "why" si vous le souhaitez.'
    ),
    "retry_many_id": (
        "L’identifiant d’une commande, d’une demande ou d’une notification est celui de son workflow ; "
        "nommez celui-ci autrement, par exemple retry-1."
    ),
    "nothing_to_change": "Indiquez ce qui change : --name, --email, --language, --role ou --no-role.",
    "notify_contradicted": "Indiquez --notify ou --no-notify, mais pas les deux.",
    "no_code_given": "Indiquez un fichier (FILE) avec le QR code, ou saisissez le code avec --code -.",
    "code_as_argument": (
        "Un code n’est jamais un argument, que d’autres pourraient lire : indiquez --code - et saisissez-le "
        "ou envoyez-le par un tube."
    ),
    "output_contradicted": "Indiquez -o - ou --json, mais pas les deux.",
    "output_needed": "Indiquez où avec -o FILE ; le code n’est dessiné que dans un terminal.",
    "output_not_piped": "Avec -o -, l’image doit être envoyée vers un tube ou un fichier.",
    "format_unknown": "Nommez le fichier en .png ou .svg, ou indiquez le format avec --format.",
    "terminal_too_narrow": (
        "Le code demande {columns} colonnes ; élargissez le terminal, ou écrivez-le dans un fichier avec -o."
    ),
    "file_not_there": "Le fichier {file} n’existe pas.",
    "file_is_folder": "Le fichier {file} est un dossier.",
    "file_not_permitted": "La lecture du fichier {file} n’est pas autorisée.",
    "file_unreadable": "Le fichier {file} ne peut pas être lu.",
    "file_exists": "Le fichier {file} existe déjà ; --force l’écrase.",
    "file_not_replaceable": "{file} n’est pas un fichier qui puisse être remplacé.",
    "report_not_ours": (
        "{file} existe déjà et n’est pas le rapport d’une importation ; choisissez un autre fichier pour le "
        "rapport."
    ),
    "file_unwritable": "Le fichier {file} ne peut pas être écrit.",
    "sandbox_missing": "Le bac à sable n’est pas installé ici : pip install 'esim-orders[sandbox]'.",
    "sandbox": "Le bac à sable ne peut pas continuer : {reason}",
    "sandbox_silent": (
        "Le bac à sable dans {folder} ne répond pas, car il démarre ou s’arrête ; réessayez dans un instant."
    ),
    "sandbox_part_unknown": "Le bac à sable n’a pas de composant {part} ; il a : {parts}.",
    "sandbox_part_external": (
        "{part} n’appartient pas au bac à sable, car {variable} en désigne un autre : "
        "arrêtez-le et démarrez-le là où il s’exécute."
    ),
    "sandbox_part_slow": (
        "{part} n’est toujours pas dans l’état « {state} » ; voyez son journal et esim-orders sandbox status."
    ),
    "sandbox_clock_external": (
        "Un bac à sable avec une horloge fait tourner lui-même tous ses composants, mais {variables} en "
        "désigne un autre : supprimez d’abord cette variable."
    ),
    "no_sandbox_clock": (
        "Ce n’est pas un bac à sable avec une horloge : seule celle de `esim-orders up --clock` peut être "
        "avancée."
    ),
    "clock_duration_invalid": ("Indiquez la durée en ISO 8601, comme P30D ou P1DT2H ; {most} jours au plus."),
    "time_invalid": (
        "Une heure s’écrit comme 2026-07-01 ou 2026-07-01T12:00, en UTC, ou avec son décalage : "
        "2026-07-01T12:00+02:00."
    ),
    "clock_stopped": (
        "L’horloge s’est arrêtée le {at}, {left} avant la fin : l’étape {step} de {work} échoue ({reason}). "
        "Corrigez la cause, relancez (`esim-orders order retry {work}`), puis avancez l’horloge de {left}."
    ),
    "data_dir_unusable": "Le bac à sable ne peut pas utiliser le dossier {folder} : {reason}.",
    "unknown_mail": "Il n’y a pas de message numéro {number}.",
    "demo": "La flotte de démonstration n’a plus de ligne pour l’action « {action} ».",
}
