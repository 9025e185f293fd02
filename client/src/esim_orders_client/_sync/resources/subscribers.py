"""Subscribers: `client.subscribers`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Subscriber, SubscriberDetails


class SubscribersApi:
    """Subscribers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self, *, find: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Subscriber]:
        """List subscribers.

        The subscribers of the account, by name.

        Needs the permission `view_travel`.

        find: The beginnings of words of the name, or of the e-mail address, or the last digits of the
            phone number (with `+`, the first).
        """
        return self._connection.ask(
            Page[Subscriber],
            Call("GET", path_of("subscribers"), query={"find": find, "limit": limit, "cursor": cursor}),
        )

    def iterate(self, *, find: str | None = None, limit: int = 100) -> Iterator[Subscriber]:
        """List subscribers: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(find=find, limit=limit, cursor=cursor))

    def add(
        self,
        *,
        name: str,
        phone_number: str,
        plan: str,
        email: str | Omit | None = OMIT,
        bundles: int | Omit = OMIT,
        language: str | Omit | None = OMIT,
        key: str | None = None,
    ) -> SubscriberDetails:
        """Add a subscriber.

        Add a subscriber by the rules of the import, once per `Idempotency-Key`. A phone number that
        another subscriber has is refused; an e-mail address may be that of several.

        Needs the permission `manage_travel`.

        phone_number: With `+` and the country code; of one subscriber. Its country is the home.
        plan: Their own plan at home; `Unlimited All` is `unlimited_all`.
        email: Where QR codes and notices go.
        bundles: Their unlimited bundles; each allows a complimentary eSIM.
        language: The account's if left out. More values may be added: `en`, `fr`.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            SubscriberDetails,
            Call(
                "POST",
                path_of("subscribers"),
                body=body_of(
                    {
                        "name": name,
                        "phone_number": phone_number,
                        "plan": plan,
                        "email": email,
                        "bundles": bundles,
                        "language": language,
                    }
                ),
                key=new_key(key),
            ),
        )

    def get(self, subscriber: str) -> SubscriberDetails:
        """Show a subscriber.

        A subscriber (`SB-4`, phone number, e-mail address or full name) with eSIM lines and plans.

        Needs the permission `view_travel`.
        """
        return self._connection.ask(
            SubscriberDetails, Call("GET", path_of("subscribers", "{subscriber}", subscriber=subscriber))
        )

    def edit(
        self,
        subscriber: str,
        *,
        name: str | Omit = OMIT,
        phone_number: str | Omit = OMIT,
        plan: str | Omit = OMIT,
        email: str | Omit | None = OMIT,
        bundles: int | Omit = OMIT,
        language: str | Omit | None = OMIT,
    ) -> SubscriberDetails:
        """Edit a subscriber.

        What is held for the e-mail address continues with a new one. QR codes of eSIMs that no phone has
        installed are revoked at the address before; those not sent, or with a valid link, go to the new
        one.

        Needs the permission `manage_travel`.

        phone_number: With `+` and the country code; of one subscriber. Its country is the home.
        plan: Their own plan at home; `Unlimited All` is `unlimited_all`.
        bundles: Their unlimited bundles; each allows a complimentary eSIM.
        language: More values may be added: `en`, `fr`.
        """
        return self._connection.ask(
            SubscriberDetails,
            Call(
                "PATCH",
                path_of("subscribers", "{subscriber}", subscriber=subscriber),
                body=body_of(
                    {
                        "name": name,
                        "phone_number": phone_number,
                        "plan": plan,
                        "email": email,
                        "bundles": bundles,
                        "language": language,
                    }
                ),
            ),
        )
