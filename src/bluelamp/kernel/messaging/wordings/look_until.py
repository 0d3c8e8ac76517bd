"""There is something to look at until a day."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

LOOK_UNTIL = Wording(
    code="look-until",
    subject=Both(en="Something to look at until {day}", cy="Rhywbeth i edrych arno tan {day}"),
    body=Both(
        en=(
            "Hello,\n\n"
            "There is something for you to look at until the end of {day}. You can answer until then, in the place you "
            "know.\n\n"
            "If you would rather not answer, that is fine."
        ),
        cy=(
            "Helo,\n\n"
            "Mae rhywbeth i chi edrych arno tan ddiwedd {day}. Gallwch ateb tan hynny, yn y lle rydych chi'n ei "
            "adnabod.\n\n"
            "Os yw'n well gennych beidio ag ateb, mae hynny'n iawn."
        ),
    ),
    sms=Both(
        en="There is something for you to look at until the end of {day}, in the place you know.",
        cy="Mae rhywbeth i chi edrych arno tan ddiwedd {day}, yn y lle cyfarwydd.",
    ),
    params=frozenset({"day"}),
)
