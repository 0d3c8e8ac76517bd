"""Nothing more is to be done."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

ALL_DONE = Wording(
    code="all-done",
    subject=Both(en="All done", cy="Popeth wedi'i wneud"),
    body=Both(
        en=(
            "Hello,\n\n"
            "What you asked for is done. You can read about it when it suits you, in the place you know.\n\n"
            "Thank you."
        ),
        cy=(
            "Helo,\n\n"
            "Mae'r hyn y gwnaethoch ofyn amdano wedi'i wneud. Gallwch ddarllen amdano pan fydd yn gyfleus, yn y "
            "lle rydych chi'n ei adnabod.\n\n"
            "Diolch."
        ),
    ),
    sms=Both(
        en="What you asked for is done. Read about it when it suits you, in the place you know.",
        cy="Mae'r hyn y gwnaethoch ofyn amdano wedi'i wneud. Darllenwch amdano pan fydd yn gyfleus.",
    ),
)
