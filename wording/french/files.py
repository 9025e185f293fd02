"""Refus d’un fichier déposé : pourquoi, et que faire, en une phrase."""

FILES = {
    "file_empty": "Le fichier est vide ; choisissez-le de nouveau ou enregistrez-le à nouveau.",
    "file_too_large": "Le fichier dépasse 5 Mo ; déposez une image plus petite du QR code.",
    "file_type_unknown": (
        "Seuls les fichiers PNG, JPG, SVG, TIFF et PDF sont acceptés ; enregistrez le QR code sous l’un de "
        "ces formats."
    ),
    "file_type_mismatch": (
        "Le contenu du fichier ne correspond pas à son nom ; enregistrez de nouveau le QR code en PNG, JPG, "
        "SVG, TIFF ou PDF."
    ),
    "file_damaged": "Le fichier est endommagé ou incomplet ; enregistrez-le de nouveau.",
    "file_protected": (
        "Le fichier PDF demande un mot de passe ; déposez-en un sans mot de passe, ou une image du QR code."
    ),
    "file_unsafe": (
        "Le fichier SVG contient des scripts, des effets, des déclarations ou des références extérieures ; "
        "enregistrez le QR code en PNG."
    ),
    "too_many_pages": "Le fichier a plus de 5 pages ; ne déposez que la page du QR code.",
    "too_many_pixels": (
        "L’image dépasse 25 mégapixels ; déposez-en une plus petite, ou seulement le QR code."
    ),
    "too_slow": "La lecture du fichier a pris trop de temps ; déposez une image PNG du seul QR code.",
    "too_demanding": (
        "La lecture du fichier a demandé trop de ressources ; déposez une image PNG du seul QR code."
    ),
    "no_qr_code": "Aucun QR code lisible dans le fichier ; déposez-en un où il est net et complet.",
    "no_activation_code": (
        "Le QR code ne contient pas de code d’activation, qui commence par LPA:1$ ; déposez le QR code de "
        "l’eSIM."
    ),
    "broken_activation_code": (
        "Le QR code ne contient pas de code d’activation valable ; demandez-en un nouveau à l’opérateur : "
        "{rule}."
    ),
    "several_activation_codes": (
        "Le fichier contient plusieurs codes d’activation ; déposez-en un avec le seul QR code de cette eSIM."
    ),
}
