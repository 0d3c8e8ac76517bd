"""The mail sink: messages that went to nobody, because they belong to an exercise, a test or the demonstration."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bluelamp.kernel.messaging.queries import sink_messages, status
from bluelamp.project.desk.words import message_words, way_words


@require_safe
def sink(request: HttpRequest) -> HttpResponse:
    """What would have been sent, as it would have been read, and how many messages are in each state."""
    found = status(now=datetime.now(tz=UTC))
    states = [(message_words(state), number) for state, number in found.states.items()]
    sunk = [(message, way_words(kind=message.kind, language=message.language)) for message in sink_messages()]
    return render(request, "desk/messages.html", {"sunk": sunk, "states": states, "unsafe": found.unsafe_contacts})
