"""Somebody asks the person something."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

QUESTION = Wording(
    code="question",
    subject=Both(en="A question for you", cy="Cwestiwn i chi"),
    body=Both(
        en=(
            "Hello,\n\n"
            "We have a question for you. You can answer it when it suits you, in the place you know.\n\n"
            "If you would rather not answer, that is fine."
        ),
        cy=(
            "Helo,\n\n"
            "Mae gennym gwestiwn i chi. Gallwch ei ateb pan fydd yn gyfleus, yn y lle rydych chi'n ei adnabod.\n\n"
            "Os yw'n well gennych beidio ag ateb, mae hynny'n iawn."
        ),
    ),
    sms=Both(
        en="We have a question for you. Answer when it suits you, in the place you know.",
        cy="Mae gennym gwestiwn i chi. Atebwch pan fydd yn gyfleus, yn y lle cyfarwydd.",
    ),
)
