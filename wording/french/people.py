"""Refus au sujet de la gestion des comptes, et des modifications de lignes et de leurs SIM."""

ACCOUNTS = {
    "account_closed": "Le compte est fermé ; l’exploitant de la plateforme peut le rouvrir.",
    "name_in_use": "Il y a déjà un compte de ce nom.",
    "sender_name_invalid": "Le nom de l’expéditeur n’a ni @ ni < : il se lirait comme une adresse.",
    "reminders_invalid": (
        "Un rappel part après 1 à {days} jours, et 0 à {most} sont envoyés avant la mise en attente."
    ),
    # quelles lignes
    "no_lines": "Indiquez au moins une ligne.",
    "too_many_lines": "Un appel modifie au plus {lines:,} lignes.",
    "unknown_lines": "Ces lignes n’existent pas dans le compte : numéro {places} de celles indiquées.",
    "several_accounts": (
        "Les lignes appartiennent à plusieurs comptes ; modifiez celles d’un seul compte par appel."
    ),
    "slots_empty": "Il n’y a pas de SIM dans l’emplacement de : {lines}.",
    "no_open_order": "La ligne n’a pas de commande en cours, donc pas d’eSIM temporaire.",
    # le collaborateur
    "employee_needed": "Indiquez qui utilise les SIM : --employee EMPLOYEE, ou --employee none.",
    "unknown_employee": "Ce collaborateur n’existe pas dans le compte.",
    "employee_ambiguous": "Plusieurs collaborateurs portent ce nom ; indiquez-en un : {employees}.",
    "employee_exists": "L’adresse est celle de {employee}, qui porte un autre nom ; omettez le nom.",
    "employee_email_needed": "Un nouveau collaborateur a besoin d’une adresse e-mail en plus du nom.",
    "employee_address_taken": "L’adresse est celle d’un autre collaborateur : {employee}.",
    "employee_name_taken": (
        "Un autre collaborateur sans adresse porte ce nom : {employee}. Donnez une adresse à l’un d’eux."
    ),
    "employee_uses_sims": (
        "Le collaborateur utilise des SIM ({sims} au total) ; attribuez-les d’abord à un autre, ou à aucun."
    ),
    # le profil
    "profile_changed": (
        "Ce profil a été modifié entre-temps. Le formulaire montre ce qui est enregistré maintenant : "
        "refaites votre modification."
    ),
    "profile_is_default": (
        "Le profil par défaut ne peut pas être supprimé : les utilisateurs sans autre profil le reçoivent."
    ),
    "profile_in_use": (
        "Des utilisateurs ont ce profil ({users} au total) ; indiquez quel profil ils reçoivent à la place."
    ),
    "profile_replaced": "Un profil supprimé ne peut pas être celui que ses utilisateurs reçoivent.",
    # les groupes
    "no_such_group": "Ce groupe de gestion n’existe pas dans le compte.",
    "group_exists": "Le compte a déjà un groupe de gestion de ce nom.",
    "groups_needed": 'Indiquez les groupes : --groups "Ventes;Lyon".',
    "groups_contradicted": "Des groupes sont soit ajoutés, soit retirés.",
    "groups_mode_unknown": "Les opérations possibles sur les groupes sont : {modes}.",
    "no_groups": "Indiquez au moins un groupe à ajouter ou à retirer.",
    "group_name_invalid": "Le nom d’un groupe n’a pas de point-virgule.",
    "groups_unknown": "Ces groupes de gestion n’existent pas : {groups}.",
    "unknown_group": ("Ces groupes de gestion n’existent pas : numéro {places} de ceux indiqués."),
}
