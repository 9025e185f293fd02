"""What is sent of an event."""

from models.events import FeedEvent
from models.feed import FeedItem
from outbox.webhooks.sending import Post


def post_of(event: FeedEvent) -> Post:
    """The event as the API shows it: its type, its time, and ids, counts and codes."""
    return Post(**FeedItem.of(event).model_dump(mode="json"))
