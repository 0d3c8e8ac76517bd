"""What can be done with editions of the Index."""

from bluelamp.kernel.people.domain.actions import Action

SEE = Action("index.see-drafts", "See drafts of editions, their checks, previews and sign-off")
DRAFT = Action("index.draft", "Draft an edition, build it anew, withhold a product or a count")
CHECK = Action("index.check", "Run the checks and acknowledge what they found")
PREVIEW = Action("index.open-previews", "Open makers' previews of what is named for the first time")
LINK = Action("index.link-maker", "Say which makers of the catalogue an organisation speaks for")
REPLY = Action("index.reply", "See one's own previews, reply, announce a fix")
DECIDE = Action("index.decide-reply", "Accept or refuse a maker's reply, note what became of a fix")
ASK = Action("index.ask-sign-off", "Ask for the sign-off of a draft")
SIGN = Action("index.sign", "Sign a draft off, or reject it")
PUBLISH = Action("index.publish", "Publish a signed draft")
CORRECT = Action("index.correct", "Begin a correction of a published edition")
WITHDRAW = Action("index.withdraw", "Withdraw a published edition")
CALENDAR = Action("index.calendar", "Announce, move and cancel dates of the release calendar")
ACCESS = Action("index.access-list", "Say who may see an edition before its release", personal_data=True)
LOOK = Action("index.look-before-release", "See a draft before its release, if on its access list")

ACTIONS = (
    SEE,
    DRAFT,
    CHECK,
    PREVIEW,
    LINK,
    REPLY,
    DECIDE,
    ASK,
    SIGN,
    PUBLISH,
    CORRECT,
    WITHDRAW,
    CALENDAR,
    ACCESS,
    LOOK,
)
