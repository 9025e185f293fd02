"""Sentences of the commands `qr import` and `qr show`, in French, by the English ones."""

WORDS = {
    # qr import
    "Activation code (not shown)": "Code d’activation (non affiché)",
    "Confirmation code (not shown)": "Code de confirmation (non affiché)",
    "Nothing was imported.": "Rien n’a été importé.",
    "{sim} has its QR code: version {version}, {came}.": "{sim} a son QR code : version {version}, {came}.",
    "from a {kind} file": "tirée d’un fichier {kind}",
    "from an {kind} file": "tirée d’un fichier {kind}",
    "typed in": "saisie",
    "It replaces version {version}.": "Elle remplace la version {version}.",
    "It replaces version {version}; {links} link that showed it shows nothing any more.": (
        "Elle remplace la version {version} ; {links} lien qui la montrait ne montre plus rien."
    ),
    "It replaces version {version}; {links} links that showed it show nothing any more.": (
        "Elle remplace la version {version} ; {links} liens qui la montraient ne montrent plus rien."
    ),
    "{sim} has this very code already, as version {version}; nothing is changed.": (
        "{sim} a déjà exactement ce code, en version {version} ; rien n’est changé."
    ),
    "The number's agent gets it by e-mail; nothing else is to be done.": (
        "L’agent du numéro le reçoit par e-mail ; il n’y a rien d’autre à faire."
    ),
    "The number's agent gets it by e-mail as soon as the agent has an address.": (
        "L’agent du numéro le recevra par e-mail dès qu’il aura une adresse."
    ),
    "ADDRESS": "ADRESSE",
    "To notify a person: esim-orders qr notify {sim} --to {to}": (
        "Pour avertir quelqu’un : esim-orders qr notify {sim} --to {to}"
    ),
    # whom to notify
    "A manager can be notified by e-mail, with a link that shows the code. The address offered "
    "is of who requested it, else the account's contact address, else of who imported it.": (
        "Un responsable peut être averti par e-mail, avec un lien qui montre le code. L’adresse proposée est "
        "celle de la personne qui l’a demandé, sinon l’adresse de contact du compte, sinon celle de la "
        "personne qui l’a importé."
    ),
    "Notify whom by e-mail? (Enter: the manager; -: no one)": (
        "Qui avertir par e-mail ? (Entrée : le responsable ; - : personne)"
    ),
    "Notify whom by e-mail? (Enter: no one; -: no one)": (
        "Qui avertir par e-mail ? (Entrée : personne ; - : personne)"
    ),
    "No notification was sent.": "Aucune notification n’a été envoyée.",
    "{notification}: {address} is notified of version {version} of {sim}.": (
        "{notification} : {address} est averti de la version {version} de {sim}."
    ),
    # qr show
    "{sim}, version {version} of its QR code, since {since}": (
        "{sim}, version {version} de son QR code, depuis le {since}"
    ),
    "Its server is {server}: its characters may look like others; ask the distributor.": (
        "Son serveur est {server} : ses caractères peuvent ressembler à d’autres ; demandez au distributeur."
    ),
    "The QR code is in {file}.": "Le QR code est dans {file}.",
    "If the phone asks for a confirmation code, enter: {code}": (
        "Si le téléphone demande un code de confirmation, saisissez : {code}"
    ),
}
