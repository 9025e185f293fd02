"""API keys of the demonstration: a service user of each, and its key."""

from models.people.callers import Role, UserKind
from sandbox.demo.scene import OPERATOR, Scene
from starter.people.api_keys import ApiKeyDesk
from starter.people.users import UserDesk


async def made_key(
    scene: Scene, name: str, account: str, role: Role = Role.MANAGER, distributor: str | None = None
) -> str:
    """The text of the key of a new service user."""
    database, settings = scene.desk.database, scene.qr_desk.settings
    letters = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    address = f"{letters}@{account.split(maxsplit=1)[0]}.example".lower()
    await UserDesk(database).create_user(
        OPERATOR, account, name, address, role=role, kind=UserKind.SERVICE, distributor=distributor
    )
    made = await ApiKeyDesk(database, settings).create(OPERATOR, name, user=address)
    scene.timeline.says(f"{name} has the key {made.key.shown}, as {role.value} of {account}")
    return made.key.text
