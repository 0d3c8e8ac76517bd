"""How hard an English text is to read: the grade of Flesch and Kincaid.

Grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59; about five more is the reader's age. Syllables are
guessed: groups of vowels, without a silent e at the end, with an end of -le after a consonant, and at least one.
Figures count one, so that a telephone number does not make a text hard.
"""

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[.!?:;](?:\s+|$)|\n+")
_WORD = re.compile(r"[A-Za-z'\u2019-]+|\d+")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """About how many syllables a word has."""
    plain = re.sub(r"some(?=[a-z])", "som", re.sub(r"[^a-z]", "", word.lower()))
    if not plain:
        return 1
    count = len(_VOWELS.findall(plain))
    if re.search(r"[^aeiouyl]e$", plain) or re.search(r"(?<![td])ed$", plain) or re.search(r"[^aeiouscxzg]es$", plain):
        count -= 1
    if re.search(r"(?:ia|io|iu|eo|ua)(?!u)|[aeiou].*ea$", plain) and not re.search(
        r"(?:tion|sion|cial|tial|gua|qua|ious)", plain
    ):
        count += 1
    return max(1, count)


def grade(texts: Iterable[str]) -> float:
    """The grade of texts read together; each ends a sentence. 0 for no words."""
    sentences = [words for text in texts for part in _SENTENCE.split(text) if (words := _WORD.findall(part))]
    count = sum(map(len, sentences))
    if not count:
        return 0.0
    spoken = sum(syllables(word) for words in sentences for word in words)
    return 0.39 * count / len(sentences) + 11.8 * spoken / count - 15.59
