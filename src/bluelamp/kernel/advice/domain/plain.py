"""Plain words: how long sentences are, and words that advice must not use."""

import re

AVERAGE_WORDS = 20
LONGEST_WORDS = 30

_END = re.compile(r"[.!?:](?:\s+|$)")
_WORD = re.compile(r"[\w'@/-]+")
# Of products we say what to do, never what to think of them or whether to buy them.
_BANNED = {
    "en": (
        r"unsafe|insecure|do(?: not|n't) buy|avoid buying|buy(?:ing)? (?:a|an|the|another)|"
        r"cheap\w*|expensive|prices?|best|worst|we recommend|trusted brand|guarantee\w*|"
        r"utilise|leverage|prior to|in order to|ensure that|please"
    ),
    "cy": r"anniogel|ansicr|peidiwch â phrynu|osgowch brynu|rhad|drud|pris(?:iau)?|gorau|gwaethaf|argymhellwn",
}
_PATTERNS = {
    language: re.compile(rf"[£$€]|(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for language, words in _BANNED.items()
}


def sentence_lengths(text: str) -> list[int]:
    """The number of words of each sentence; a colon ends one too."""
    return [n for n in (len(_WORD.findall(part)) for part in _END.split(text)) if n]


def problems(*, texts: tuple[str, ...], language: str) -> list[str]:
    """What is not plain in some texts that are read together, one sentence each."""
    found = [f"uses {m.group()!r}" for text in texts for m in _PATTERNS[language].finditer(text)]
    lengths = [n for text in texts for n in sentence_lengths(text)]
    if not lengths:
        return [*found, "has no sentence"]
    if sum(lengths) / len(lengths) > AVERAGE_WORDS:
        found.append(f"has sentences of {sum(lengths) / len(lengths):.0f} words on average, more than {AVERAGE_WORDS}")
    if max(lengths) > LONGEST_WORDS:
        found.append(f"has a sentence of {max(lengths)} words, more than {LONGEST_WORDS}")
    return found
