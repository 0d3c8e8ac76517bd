"""Words that would tell a stranger, or somebody who watches a phone, what a message is about."""

import re

# Parts of words, so that "reported" and the mutated forms of Welsh are found too (trosedd, drosedd, throsedd).
GIVEAWAYS: tuple[str, ...] = (
    "police|polic|bluelamp|blue lamp|constab|officer|detective|crime|criminal|offence|offend|report|evidence|witness",
    "victim|survivor|suspect|abuse|abusi|violen|assault|harass|stalk|threat|danger|unsafe|safeguard|refuge|helpline",
    "hack|fraud|scam|theft|stolen|steal|burgl|ransom|blackmail|sextort|intimate|attack|incident|investigat|court|arrest",
    "emergency|999|101|alert|warning|secret",
    "heddlu|heddwas|rosedd|adrodd|tystiolaeth|dystiolaeth|dioddef|camdrin|cam-drin|gam-drin|trais|drais|aflonydd|stelc",
    "bygyth|fygyth|perygl|berygl|diogelu|lloches|twyll|dwyll|lladr|ladrad|dwyn|ddwyn|byrgl|ymosod|digwyddiad|ymchwil",
    "argyfwng|rhybudd|cyfrinach|llys",
)
_PATTERN = re.compile("|".join(GIVEAWAYS), re.IGNORECASE)


def giveaways(text: str) -> tuple[str, ...]:
    """The telling parts of words in a text, in their order; empty for a neutral text."""
    return tuple(match.group().lower() for match in _PATTERN.finditer(text))
