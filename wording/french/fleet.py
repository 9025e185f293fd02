"""Refus au sujet des comptes, lignes, SIM, catalogues, contacts, utilisateurs et profils."""

FLEET = {
    "no_account": "Il n’y a pas encore de compte ; importez d’abord une flotte.",
    "account_needed": "Il y a plusieurs comptes ; indiquez-en un.",
    "unknown_account": "Ce compte n’existe pas.",
    "unknown_line": "Cette ligne n’existe pas dans le compte.",
    "unknown_sim": "Cette SIM n’existe pas dans le compte.",
    "unknown_device": "Cet appareil n’existe pas dans le compte.",
    "unknown_view": "Vous n’avez pas de telle vue enregistrée.",
    "unknown_rows": "Le parc n’a pas toutes ces lignes.",
    "view_exists": "Vous avez déjà une vue enregistrée de ce nom.",
    "too_many_views": "Vous avez {most} vues enregistrées ; supprimez-en une d’abord.",
    "slot_needed": (
        "La SIM n’est dans aucun emplacement d’un appareil ; cette action n’est donc pas possible ici."
    ),
    "bulk_too_many": "Une action groupée porte sur {most} lignes au plus ; affinez le filtre.",
    "bulk_changed": (
        "Les lignes ne sont plus celles qui ont été affichées : quelque chose a changé entre-temps. "
        "Regardez de nouveau, puis confirmez."
    ),
    "unknown_pack": "Ce pack n’existe pas dans le compte.",
    "unknown_user": "Cet utilisateur n’existe pas dans le compte.",
    "unknown_profile": "Ce profil n’existe pas dans votre compte.",
    "unknown_target": (
        "Une cible est l’une des actions {actions}, avec ou sans emplacement comme {example}, ou all."
    ),
    "unknown_role": "Les rôles possibles d’un contact sont : {roles}.",
    "unknown_user_role": "Les rôles possibles d’un utilisateur sont : {roles}.",
    "distributor_of_desk": (
        "Un distributeur est indiqué pour le rôle « guichet de l’opérateur », et pour aucun autre."
    ),
    "role_above_yours": (
        "Le rôle « {role} » permet plus que le vôtre ; adressez-vous à une personne qui a un tel rôle, ou à "
        "l’exploitant de la plateforme."
    ),
    "list_invalid": "L’adresse a un filtre ou une valeur qui n’existe pas : {fields}.",
    "own_user": (
        "C’est votre propre utilisateur : une autre personne qui peut gérer les utilisateurs vous désactive "
        "ou change votre rôle ou votre profil."
    ),
    "user_changed": (
        "Cette personne a été modifiée entre-temps. Le formulaire montre ce qui est enregistré maintenant : "
        "refaites votre modification."
    ),
    "last_who_manages_users": (
        "Personne d’autre dans le compte ne peut gérer les utilisateurs ; donnez d’abord un tel rôle à une "
        "autre personne."
    ),
    "profile_exists": "Le compte a déjà un profil de ce nom.",
    "name_invalid": (
        "Un nom a de 1 à {characters} caractères, sans saut de ligne ni caractère de contrôle ou "
        "bidirectionnel."
    ),
    "email_invalid": "Ce n’est pas une adresse e-mail.",
    "email_in_use": (
        "Cette adresse e-mail ne peut pas être celle d’un nouvel utilisateur : une adresse ne connecte "
        "qu’un utilisateur. Prenez-en une autre."
    ),
    "unknown_contact": "Ce contact n’existe pas.",
    "contact_ambiguous": "Plusieurs contacts ont cette adresse ; indiquez-en un : {contacts}.",
    "contact_exists": (
        "Le distributeur a déjà un contact avec cette adresse, {contact} ; `contact edit` le modifie."
    ),
    "role_contradicted": "Un rôle est soit donné, soit retiré.",
    "unknown_distributor": (
        "Ce distributeur n’existe pas ; il est créé par l’importation d’une flotte ou d’un catalogue."
    ),
    "unknown_person": "Personne n’est connu sous cette adresse, ce nom ou cette référence.",
    "person_ambiguous": "Plusieurs personnes ont ce nom ; indiquez-en une : {references}.",
    "person_needed": (
        "Cette personne est encore nécessaire ({count} au total) : {references}. Menez-les à leur terme, ou "
        "commencez par les annuler, les retirer ou les révoquer."
    ),
}
