"""Refus d’un fichier importé, et ce qui est faux ou étrange dans une de ses lignes."""

IMPORTS = {
    "import_running": "Une autre importation est en cours ; recommencez lorsqu’elle sera terminée.",
    "inventory_changed": "Le parc a changé pendant l’importation du fichier ; importez-le de nouveau.",
    "checked_file_gone": (
        "{job} n’a pas de fichier, ou il n’est plus conservé : un fichier vérifié est conservé un jour. "
        "Choisissez-le à nouveau."
    ),
    "too_many_empty_lines": (
        "Le fichier a plus de {lines:,} lignes vides ; supprimez-les et enregistrez-le à nouveau."
    ),
    "too_many_rows": "Le fichier a plus de {rows:,} lignes ; divisez-le.",
    "no_rows": "Le fichier n’a aucune ligne.",
    "too_many_bytes": "Le fichier dépasse {megabytes} Mo ; divisez-le.",
    "too_many_columns": "Le fichier a plus de {columns} colonnes ; retirez celles qui ne servent pas.",
    "file_not_utf8": (
        "Le fichier ne contient aucun tableau lisible ; enregistrez-le en CSV avec l’encodage UTF-8 ou comme "
        "classeur Excel (.xlsx)."
    ),
    "line_not_utf8": (
        "Ligne {line} : le fichier n’est ni du texte UTF-8 ni du Windows-1252 ; enregistrez-le en CSV avec "
        "l’encodage UTF-8."
    ),
    "workbook_old": (
        "Le fichier est un classeur Excel à l’ancien format (.xls) ou protégé par un mot de passe ; "
        "enregistrez-le en .xlsx sans mot de passe."
    ),
    "workbook_damaged": (
        "Le fichier n’est pas un classeur Excel lisible ; ouvrez-le dans un tableur et enregistrez-le en "
        ".xlsx ou en CSV."
    ),
    "workbook_empty": "Aucune feuille du classeur n’a de tableau.",
    "workbook_too_demanding": (
        "La lecture du classeur a demandé trop de mémoire ou de temps ; enregistrez la feuille seule, ou en "
        "CSV, et importez-la."
    ),
    "line_not_csv": (
        "Ligne {line} : ce n’est pas du CSV ; cherchez un guillemet non fermé ou un champ très long."
    ),
    "column_twice": "La colonne {column} apparaît deux fois.",
    "columns_missing": "La première ligne doit nommer les colonnes ; il manque : {missing}.",
    "columns_unknown": (
        "colonnes non lues, car leurs en-têtes ne sont pas connus : {unknown} ; connus : {known}."
    ),
    "columns_recognised": "des en-têtes ont été reconnus : {recognised}.",
    "map_invalid": (
        "Une correspondance s’écrit LEUR=colonne : l’en-tête du fichier, puis la colonne qu’il désigne ; ou "
        '"valeur"=colonne : la valeur d’une colonne dans toutes les lignes.'
    ),
    "map_column_unknown": (
        "Une correspondance désigne une colonne que ce fichier n’a pas ; ses colonnes sont : {known}."
    ),
    "map_heading_missing": "Une correspondance nomme un en-tête absent du fichier : {heading}.",
    "unknown_mapping": "Aucune correspondance n’est enregistrée pour de tels fichiers.",
    "map_value_not_kept": (
        "Une correspondance enregistrée ne garde aucune valeur de {column}, qui peut désigner une "
        "personne ou être secrète ; importez le fichier sans enregistrer sa correspondance."
    ),
    "map_too_long": (
        "Une correspondance enregistrée a au plus {most:,} éléments de {characters:,} caractères au plus."
    ),
    "mapping_used": "la correspondance enregistrée le {day} a été utilisée : {used}.",
    "mapping_heading_missing": (
        "la correspondance enregistrée nomme des en-têtes que le fichier n’a pas : {headings}."
    ),
    "file_read_as_windows": (
        "le fichier n’est pas en UTF-8, il a donc été lu en Windows-1252 ; vérifiez les accents, comme "
        "dans : {sample}."
    ),
    "sheets_not_read": (
        "seule la première feuille avec un tableau a été lue ; feuilles non lues : {sheets:,}."
    ),
    "merged_cells_filled": (
        "des cellules fusionnées sur plusieurs lignes ont été lues comme la même valeur dans chacune ; "
        "cellules lues ainsi : {cells:,}."
    ),
    "codes_of_intune": (
        "le fichier n’a pas d’en-têtes mais un serveur sur sa première ligne, comme les fichiers pour "
        "Intune : chaque ligne est lue comme un ICCID et son identifiant de correspondance sur ce serveur."
    ),
    "map_of_archive": "Un ZIP d’images n’a pas de colonnes qu’une correspondance pourrait nommer.",
    "archive_damaged": "Le fichier ZIP est endommagé ou incomplet ; créez-le à nouveau.",
    "archive_empty": (
        "Le fichier ZIP ne contient aucune image de QR code ; mettez-y des fichiers PNG, JPG, SVG, TIFF ou "
        "PDF, chacun nommé par l’ICCID de sa SIM, par exemple 8933010000000800013.png."
    ),
    "archive_too_many": "Le fichier ZIP contient plus de {entries:,} fichiers ; divisez-le.",
    "archive_too_large": (
        "Une fois décompressées, les images du fichier ZIP dépassent {megabytes} Mo ; divisez-le."
    ),
    "entry_damaged": (
        "Ce fichier du ZIP est endommagé, ou n’a pas la taille que le ZIP annonce ; créez le ZIP à nouveau."
    ),
    "entry_encrypted": (
        "Ce fichier du ZIP demande un mot de passe ; créez le ZIP à nouveau sans mot de passe."
    ),
    "entry_packed_otherwise": (
        "Ce fichier est compressé par une méthode qui n’est pas lue ; créez le ZIP à nouveau avec la méthode "
        "usuelle (Deflate)."
    ),
    "entry_is_archive": (
        "Une archive dans le ZIP n’est pas lue ; décompressez-la et mettez ses images dans un seul ZIP."
    ),
    "entry_path_odd": (
        "Le nom de ce fichier mène hors du ZIP ; créez le ZIP à nouveau à partir du dossier des images."
    ),
    "picture_name_no_iccid": (
        "Le nom de l’image n’est pas un ICCID ; nommez-la par l’ICCID de sa SIM, par exemple "
        "8933010000000800013.png."
    ),
    "picture_name_two_iccids": (
        "Le nom de l’image contient plusieurs ICCID ; nommez-la par le seul ICCID de sa SIM."
    ),
    "iccid_in_another_row": "une autre ligne a le même ICCID : {row} ; ne laissez que la bonne.",
    "code_in_another_row": (
        "Une autre ligne a le même code d’activation : {row} ; demandez au distributeur pour quelle SIM il "
        "est."
    ),
    "columns_differ": (
        "La première ligne doit nommer les colonnes ; il manque : {missing} ; inconnues : {unknown}. Une "
        "correspondance peut dire ce qu’elles sont : {entries}."
    ),
    "columns_left_out": (
        "La première ligne doit nommer les colonnes ; il manque : {missing}. Une correspondance peut les "
        "ajouter : {entries}."
    ),
    "row_invalid": "Ligne {line} :",
    "row_odd": "Ligne {line} :",
    "more_rows": "Et d’autres lignes du fichier : {lines:,}.",
    "cell_count_wrong": "il y a {cells} colonnes au lieu de {columns}.",
    "cell_formula_failed": (
        "une formule du tableur a échoué ici ou n’a jamais été calculée ; corrigez-la, ou videz la cellule "
        "si elle doit rester vide, puis enregistrez le fichier à nouveau."
    ),
    "cell_unprintable": "il s’y trouve un saut de ligne ou un autre caractère de commande.",
    "cell_too_long": "le texte a plus de {characters} caractères.",
    "cell_empty": "la valeur manque.",
    "account_not_yours": (
        "ce n’est pas le compte pour lequel le fichier est importé ; la correspondance {entry} laisse cette "
        "colonne de côté."
    ),
    "cell_no_slot": "la valeur doit être 1, 2 ou 3.",
    "iccid_scientific": (
        "un tableur a écrit l’ICCID comme un nombre, tel que 8,93E+18, et ses derniers chiffres sont "
        "perdus ; mettez la colonne au format texte et saisissez l’ICCID à nouveau."
    ),
    "iccid_rounded": (
        "un tableur a arrondi l’ICCID à 15 chiffres et mis des zéros à la place des autres ; mettez la "
        "colonne au format texte et saisissez l’ICCID à nouveau. S’il se termine vraiment par ces "
        "zéros, écrivez une apostrophe devant."
    ),
    "cell_no_sim_type": "la valeur doit être physical ou esim, ou vide si iccid est vide.",
    "cell_no_step": "la valeur doit être acknowledge, iccid, processed ou cancel, ou rester vide.",
    "cell_not_yes_or_no": "la valeur doit être yes ou no.",
    "msisdn_invalid": "Un numéro de téléphone s’écrit avec + et l’indicatif du pays, comme +33612345678.",
    "msisdn_without_plus": (
        "le numéro de téléphone n’a pas de +, qu’un tableur enlève ; mettez la colonne au format texte et "
        "écrivez + devant l’indicatif du pays, comme +33612345678."
    ),
    "address_without_name": "une adresse demande un nom.",
    "contact_incomplete": "un contact a un nom et une adresse.",
    "esim_without_provider": "une eSIM en a un.",
    "same_order_before": "la ligne {line} a la même commande.",
    "same_number_before": "la ligne {line} a le même numéro de téléphone.",
    "same_slot_before": "la ligne {line} a le même emplacement.",
    "same_iccid_before": "la ligne {line} a le même ICCID.",
    "same_item_before": "la ligne {line} a déjà le même article.",
    "same_provider_before": "la ligne {line} a déjà une eSIM de cet opérateur dans le pack.",
    "cell_no_language": "il faut en ou fr, ou rien.",
    "language_without_name": "une langue demande un nom.",
    "language_without_contact": "une langue demande un contact.",
    "other_language_before": "la ligne {line} en a une autre pour le même collaborateur.",
    "other_before": "la ligne {line} indique autre chose pour la même adresse.",
    "other_name_before": "la ligne {line} a un autre nom pour la même adresse.",
    "other_pack_before": "la ligne {line} indique autre chose pour le même pack.",
    "number_elsewhere": "ce numéro de téléphone est déjà dans un autre emplacement.",
    "slot_taken": "un autre numéro de téléphone est déjà dans cet emplacement.",
    "iccid_discarded": "cette SIM a été mise au rebut, ce qui est irréversible.",
    "iccid_temporary": "c’est l’eSIM provisoire d’une commande en cours.",
    "iccid_elsewhere": "cette SIM est déjà utilisée ailleurs.",
    "kind_differs": "la SIM qui a cet ICCID est connue avec l’autre type.",
    "sim_open_order": ("la ligne a une commande en cours ; une importation ne peut pas changer sa SIM."),
    "sim_removed": "il y a une SIM dans cet emplacement ; une importation ne la retire pas.",
    "sim_replaced": "une autre SIM est dans cet emplacement ; passez une commande pour la remplacer.",
    "provider_open_order": "la ligne a une commande en cours ; son opérateur ne peut pas changer maintenant.",
    "account_not_imported": "ce compte n’existe pas ; importez d’abord sa flotte.",
    "pack_open_orders": (
        "le pack figure dans des commandes en cours ; son distributeur ne peut pas changer maintenant."
    ),
    "check_digit_wrong": (
        "La clé de contrôle de l’ICCID {iccid} est fausse ; il est conservé, comparez-le avec la carte."
    ),
    "code_in_small_letters": (
        "le code contient des minuscules, que la spécification ne prévoit pas ; elles sont conservées telles "
        "quelles."
    ),
    "iccid_ends_with_zeros": (
        "l’ICCID se termine par des zéros, comme si un tableur l’avait arrondi ; il est conservé, "
        "comparez-le avec la carte."
    ),
    "empty_slot_data": (
        "l’emplacement est vide ; le distributeur et le collaborateur vont avec une SIM, et sont omis."
    ),
    "section_not_shown": "la boutique n’affiche que les eSIM de la section {section}.",
    "provider_of_no_line": "aucune ligne du compte n’a cet opérateur.",
    "distributor_without_contact": (
        "aucun contact de ce distributeur n’a le rôle « order » ; ses commandes restent en attente jusqu’à "
        "ce que l’un d’eux l’ait."
    ),
}
