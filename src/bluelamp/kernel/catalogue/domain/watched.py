"""Searches that smell of being watched: who writes them may need the safe way, not a list of products (RED-LINES 8).

A fixed rule over the words of one text, asked by every search of the catalogue. Nothing is kept, counted or told; no
name of such a program is ever shown, offered or put in an order (RED-LINES 6).
"""

from itertools import pairwise

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
track tracks tracking tracked trace tracing watching watched following followed spy spies listening monitoring
monitored monitors tracio dilyn gwylio gwrando
"""
_TO_WORDS = """
me someone somebody anyone who ex husband wife partner boyfriend girlfriend phone iphone car location whereabouts
messages texts calls ni rhywun gwr gwraig ffon lleoliad negeseuon
"""
# These say it only side by side: a monitor is a screen too, also one for a phone or a car; "us" is a country as well,
# and "fi" half of Wi-Fi.
_BESIDE_ONLY_WORDS, _PEOPLE_BESIDE_WORDS = "monitor monitro", "us fi"
_SOLD_FOR = frozenset({"phone", "iphone", "car"})
_BETWEEN = frozenset(["my", "our", "his", "her", "their", "the", "a", "an", "on", "fy", "ei", "ein", "ar", "y", "yr"])
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
_BESIDE_ONLY, _PEOPLE_BESIDE = (frozenset(w.split()) for w in (_BESIDE_ONLY_WORDS, _PEOPLE_BESIDE_WORDS))
_HIDDEN, _THINGS, _PROGRAMS = (frozenset(w.split()) for w in (_HIDDEN_WORDS, _THING_WORDS, _PROGRAM_WORDS))


def smells_of_being_watched(text: str) -> bool:
    """Whether a text asks about being watched, tracked or listened to, or names a program that is sold for it."""
    said = words(text)
    held = frozenset(said)
    if held & _ALONE or (held & _DONE and held & _TO) or (held & _HIDDEN and held & _THINGS) or _side_by_side(said):
        return True
    runs = {"".join(said[i:j]) for i in range(len(said)) for j in range(i + 1, min(i + _LONGEST_RUN, len(said)) + 1)}
    return bool(runs & _PROGRAMS) or any(_is_slip(run, name) for run in runs for name in _PROGRAMS)


def _side_by_side(said: tuple[str, ...]) -> bool:
    """Whether what is done stands right before whom it is done to, but for little words between."""
    close = [w for w in said if w not in _BETWEEN]
    for done, to in pairwise(close):
        if done in _DONE and to in _PEOPLE_BESIDE:
            return True
        if done in _BESIDE_ONLY and (to == "fi" or to in _TO) and (to not in _SOLD_FOR or len(close) < len(said)):
            return True
    return False


def _is_slip(written: str, name: str) -> bool:
    return len(name) >= _SHORTEST_FUZZY and written[:1] == name[:1] and OSA.distance(written, name, score_cutoff=1) <= 1
