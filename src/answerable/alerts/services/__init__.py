"""What pages, the worker and the rooms to the right call. Alarms: one function, one durable transaction, an act.

`tell_post`, `queue_delivery` and their like are steps that other rooms' services compose.
"""

from answerable.alerts.services.alarms import acknowledge, answer, decline, note, raise_alert, resolve
from answerable.alerts.telling import drop_queued, queue_delivery, take_back, tell_post, tell_posts

__all__ = [
    "acknowledge",
    "answer",
    "decline",
    "drop_queued",
    "note",
    "queue_delivery",
    "raise_alert",
    "resolve",
    "take_back",
    "tell_post",
    "tell_posts",
]
