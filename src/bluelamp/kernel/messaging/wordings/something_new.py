"""There is something new to read."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

SOMETHING_NEW = Wording(
    code="something-new",
    subject=Both(en="Something new for you", cy="Rhywbeth newydd i chi"),
    body=Both(
        en=(
            "Hello,\n\n"
            "There is something new for you. You can look when it suits you, in the place you know.\n\n"
            "There is nothing you have to do today."
        ),
        cy=(
            "Helo,\n\n"
            "Mae rhywbeth newydd i chi. Gallwch edrych pan fydd yn gyfleus, yn y lle rydych chi'n ei adnabod.\n\n"
            "Nid oes angen i chi wneud dim heddiw."
        ),
    ),
    sms=Both(
        en="There is something new for you. Look when it suits you, in the place you know.",
        cy="Mae rhywbeth newydd i chi. Edrychwch pan fydd yn gyfleus, yn y lle cyfarwydd.",
    ),
)
