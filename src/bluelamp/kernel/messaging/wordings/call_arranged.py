"""A telephone call at a time the person chose."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

CALL_ARRANGED = Wording(
    code="call-arranged",
    subject=Both(en="Call on {day}", cy="Galwad ar {day}"),
    body=Both(
        en=(
            "Hello,\n\n"
            "As agreed, we will ring you on {day} at {time}. If that no longer suits you, let it ring: we will "
            "find another time."
        ),
        cy=(
            "Helo,\n\n"
            "Fel y cytunwyd, byddwn yn eich ffonio ar {day} am {time}. Os nad yw hynny'n gyfleus mwyach, gadewch "
            "iddo ganu: byddwn yn dod o hyd i amser arall."
        ),
    ),
    sms=Both(
        en="As agreed, we will ring you on {day} at {time}. If that no longer suits you, let it ring.",
        cy="Fel y cytunwyd, byddwn yn eich ffonio ar {day} am {time}. Os nad yw'n gyfleus, gadewch iddo ganu.",
    ),
    params=frozenset({"day", "time"}),
)
