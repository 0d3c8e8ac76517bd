"""Searches that smell of being watched: who writes them may need the safe way, not a list of products (RED-LINES 8).

A fixed rule over the words of one text. Nothing is kept, counted or told; no name of such a program is ever shown,
offered or put in an order (RED-LINES 6).
"""

from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.words import words

_SHORTEST_FUZZY = 6
_LONGEST_RUN = 3
# Words that say it alone, English and Welsh (accents are off).
_ALONE_WORDS = """
spyware stalkerware stalker stalkers stalking stalked spying spied keylogger airtag airtags smarttag smarttags bugged
ysbio ysbiwr stelcio stelciwr
"""
# What somebody does, and to whom or to what of theirs.
_DONE_WORDS = """
track tracks tracking tracked trace tracing watching watched following followed spy spies listening monitor monitoring
monitored tracio dilyn gwylio gwrando monitro
"""
_TO_WORDS = """
me us someone somebody anyone who ex husband wife partner boyfriend girlfriend phone iphone car location whereabouts
messages texts calls fi ni rhywun gwr gwraig ffon lleoliad negeseuon
"""
# What is hidden, and how it is said that it is.
_HIDDEN_WORDS = "hidden secret spy gps cudd"
_THING_WORDS = "camera cameras cam tracker trackers tag microphone mic bug recorder tracwyr tracydd"
# Programs that are sold for watching people, by the letters of their names, in the order of the alphabet.
_PROGRAM_WORDS = """
catwatchful clevguard cocospy copy9 eyezy flexispy fonemonitor guestspy highstermobile hoverwatch ikeymonitor kidsguard
letmespy minspy mobilespy mobistealth mspy neatspy ownspy pctattletale spapp spybubble spyera spyfone spyhide spyhuman
spyic spylive360 spymasterpro spytoapp spyzie thetruthspy truthspy umobix webwatcher xnspy xspy
"""
_ALONE, _DONE, _TO = (frozenset(w.split()) for w in (_ALONE_WORDS, _DONE_WORDS, _TO_WORDS))
_HIDDEN, _THINGS, _PROGRAMS = (frozenset(w.split()) for w in (_HIDDEN_WORDS, _THING_WORDS, _PROGRAM_WORDS))


def smells_of_being_watched(text: str) -> bool:
    """Whether a text asks about being watched, tracked or listened to, or names a program that is sold for it."""
    said = words(text)
    held = frozenset(said)
    if held & _ALONE or (held & _DONE and held & _TO) or (held & _HIDDEN and held & _THINGS):
        return True
    runs = {"".join(said[i:j]) for i in range(len(said)) for j in range(i + 1, min(i + _LONGEST_RUN, len(said)) + 1)}
    return bool(runs & _PROGRAMS) or any(_is_slip(run, name) for run in runs for name in _PROGRAMS)


def _is_slip(written: str, name: str) -> bool:
    return len(name) >= _SHORTEST_FUZZY and written[:1] == name[:1] and OSA.distance(written, name, score_cutoff=1) <= 1
