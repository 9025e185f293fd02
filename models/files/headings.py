"""Usual headings of columns in the exports of device management (Intune, Jamf), of inventories (GLPI) and of
operators, in English and French. Case, accents, blanks and punctuation do not count. Of several in one file
the first one counts.
"""

ACCOUNT = (
    *("Account name", "Company", "Company name", "Customer", "Customer name", "Organization", "Organisation"),
    *("Entity", "Compte", "Société", "Entreprise", "Client", "Nom du client", "Entité", "Raison sociale"),
)
DEVICE = (
    *("Device name", "Handset", "Terminal", "Appareil", "Nom de l'appareil", "Nom du terminal", "Équipement"),
    *("Mobile device", "Display name", "Computer name", "Asset tag", "Matériel", "Nom du matériel"),
    *("Name", "Nom"),
)
PHONE = (
    *("Phone number", "Phone", "Mobile number", "Mobile", "Line number", "Line", "Subscriber number"),
    *("Numéro de téléphone", "Téléphone", "Numéro de ligne", "N° de ligne", "Ligne", "Numéro d'appel"),
    *("Numéro mobile", "N° de téléphone", "N° mobile", "Ligne mobile", "Tél. portable", "Numéro", "Portable"),
)
PROVIDER = (
    *("Carrier", "Subscriber carrier", "Operator", "Mobile operator", "Network operator", "Network"),
    *("Home carrier network", "Current carrier network", "Opérateur", "Opérateur mobile", "Réseau"),
)
ICCID = (
    *(
        "ICC ID",
        "ICC",
        "SIM ICCID",
        "eSIM ICCID",
        "SIM number",
        "SIM card number",
        "SIM serial number",
        "SIM",
    ),
    *("Numéro ICCID", "N° ICCID", "Numéro de SIM", "Numéro SIM", "N° SIM", "N° de SIM", "N° de carte SIM"),
    *("Numéro de carte SIM", "Carte SIM", "Numéro de série de la SIM", "Numéro de série", "N° de série"),
)
DISTRIBUTOR = ("Supplier", "Reseller", "Vendor", "Distributeur", "Revendeur", "Fournisseur")
PERSON = (
    *("Employee", "Employee name", "User display name", "Full name", "User name", "User", "Holder"),
    *("Collaborateur", "Nom du collaborateur", "Salarié", "Utilisateur", "Nom de l'utilisateur"),
    *("Nom complet", "Nom et prénom", "Prénom et nom", "Bénéficiaire", "Name", "Nom"),
)
EMAIL = (
    *("Email address", "E-mail", "Mail", "Employee email", "User email", "User principal name", "UPN"),
    *("Adresse e-mail", "Adresse email", "Adresse mail", "Courriel", "Adresse électronique"),
    *("Adresse de messagerie", "Email de l'utilisateur"),
)
GROUPS = (
    *("Management group", "Groups", "Group", "Department", "Site", "Groupes de gestion", "Groupe de gestion"),
    *("Groupes", "Groupe", "Service", "Département"),
)
LANGUAGE = ("Preferred language", "Langue", "Langue préférée", "Employee language", "Langue du collaborateur")
EID = ("EID", "eUICC ID", "eSIM identifier", "Numéro EID", "Identifiant eSIM")
ACTIVATION_CODE = (
    *(
        "Activation string",
        "LPA",
        "LPA string",
        "LPA code",
        "QR code",
        "QR code text",
        "eSIM activation code",
    ),
    *("Code d'activation", "Chaîne d'activation", "Code QR"),
)
MATCHING_ID = ("Matching ID", "Matching identifier", "Matching", "Identifiant de correspondance")
"""The last part of an activation code, beside a column with the server."""
SERVER = (
    *("RSP URL", "SM-DP+ address", "SM-DP+", "SM-DP+ URL", "SM-DP+ FQDN", "SMDP address", "SMDP", "SM-DP"),
    *("Server address", "Adresse SM-DP+", "Serveur", "Adresse du serveur"),
)
CONFIRMATION_CODE = ("Confirmation", "eSIM PIN", "Code de confirmation")
