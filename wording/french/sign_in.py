"""Refus à la connexion, et des mots de passe et sessions."""

SIGN_IN = {
    "sign_in_refused": (
        "L’adresse ou le mot de passe n’est pas le bon, ou l’utilisateur ne peut pas se connecter."
    ),
    "openid_refused": "La connexion n’a pas abouti, ou l’utilisateur ne peut pas se connecter ici.",
    "sign_in_too_often": "Trop d’essais ; réessayez dans {seconds:,} secondes.",
    "unknown_session": "Vous n’avez pas de session de ce numéro.",
    "password_wrong": "Ce n’est pas votre mot de passe.",
    "password_too_short": "Un mot de passe a au moins {least} caractères.",
    "password_too_long": "Un mot de passe a au plus {most} caractères.",
    "password_usual": "Ce mot de passe est parmi les premiers que l’on essaie ; choisissez-en un autre.",
    "passwords_differ": "Les deux mots de passe ne sont pas les mêmes.",
    "mailed_link_over": "Le lien n’est pas valable, a expiré ou a déjà servi ; demandez-en un autre.",
    "person_needed_to_sign_in": (
        "Un utilisateur de service a des clés d’API et pas de mot de passe ; seules des personnes sont "
        "invitées."
    ),
}
