"""A code that shows that an address belongs to the person."""

from bluelamp.kernel.messaging.domain.wording import Both, Wording

ONE_TIME_CODE = Wording(
    code="one-time-code",
    subject=Both(en="Your code", cy="Eich cod"),
    body=Both(
        en=("Hello,\n\nYour code is {code}.\n\nIf you did not ask for a code, you need not do anything."),
        cy=("Helo,\n\nEich cod yw {code}.\n\nOs na wnaethoch ofyn am god, nid oes angen i chi wneud dim."),
    ),
    sms=Both(
        en="Your code is {code}. If you did not ask for one, you need not do anything.",
        cy="Eich cod yw {code}. Os na wnaethoch ofyn am un, nid oes angen gwneud dim.",
    ),
    params=frozenset({"code"}),
)
