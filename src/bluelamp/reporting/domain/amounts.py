"""Amounts of money as people write them."""

import re
from decimal import Decimal

from bluelamp.reporting.domain.tidying import plain_form
from bluelamp.reporting.domain.values import Money

LARGEST = Decimal(10) ** 10
LONGEST_TEXT = 60

_CURRENCIES = {
    "GBP": "£ gbp pound pounds quid sterling punt punnoedd bunt bunnoedd",
    "EUR": "€ eur euro euros ewro",
    "USD": "$ us$ usd dollar dollars doler",
    "BTC": "btc bitcoin bitcoins",
    "ETH": "eth ethereum ether",
    "USDT": "usdt tether",
}
_CODES = {word: code for code, words in _CURRENCIES.items() for word in words.split()}
_DECIMALS = {"BTC": 8, "ETH": 18, "USDT": 6}
_ABOUT = re.compile(r"^(?:about|around|approximately|approx\.?|roughly|nearly|over|some|tua|oddeutu|rhyw|~|c\.)\s*")
_FORM = re.compile(r"(?P<number>\d[\d.,' ]*)(?:\s?(?P<times>k|m|thousand|million|mil|miliwn))?")
_TIMES = {"k": 1_000, "thousand": 1_000, "mil": 1_000, "m": 1_000_000, "million": 1_000_000, "miliwn": 1_000_000}


class AmountError(ValueError):
    """A text is no amount; `code` names the problem."""

    def __init__(self, code: str) -> None:
        """`code` is one of the error codes of money."""
        super().__init__(code)
        self.code = code


def read_amount(*, text: str) -> Money:
    """The amount that a text means; pounds unless it names another currency. Raises AmountError."""
    if len(text) > LONGEST_TEXT:
        raise AmountError("money-unclear")
    words = plain_form(text)
    if re.match(r"[-\u2212(]", words) or re.match(r"\D{0,4}[-\u2212]\s?\d", words):
        raise AmountError("money-negative")
    rest = _ABOUT.sub("", words)
    about = rest != words
    currency, rest = _currency(rest)
    match = _FORM.fullmatch(rest)
    if not match:
        raise AmountError("money-unclear")
    amount = _number(match["number"].strip(), places=_DECIMALS.get(currency, 2)) * _TIMES.get(match["times"] or "", 1)
    if amount >= LARGEST:
        raise AmountError("money-too-large")
    if amount == 0:
        raise AmountError("money-zero")
    shown = f"{amount:f}"
    if "." in shown and currency in _DECIMALS:
        shown = shown.rstrip("0").rstrip(".")
    elif "." in shown:
        shown = f"{amount:.2f}".removesuffix(".00")
    return Money(amount=shown, currency=currency, about=about)


def _currency(words: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?P<before>[a-z]*[£€$]|[a-z]+ )?\s*(?P<amount>.*?)\s*(?P<after>[£€$]|[a-z]{3,})?", words)
    if not found:
        raise AmountError("money-unclear")
    names = [name.strip() for name in (found["before"], found["after"]) if name]
    amount = found["amount"]
    if names and names[-1] in _TIMES:  # 2 thousand
        amount = f"{amount} {names.pop()}"
    if any(name not in _CODES for name in names) or len({_CODES[name] for name in names}) > 1:
        raise AmountError("money-unclear")
    if not names:
        inner = re.fullmatch(r"(.*\d)\s*(k|m)\s*", amount)
        return "GBP", f"{inner[1]}{inner[2]}" if inner else amount
    # 5 thousand pounds: the word for a thousand stands before the currency, inside the amount.
    return _CODES[names[0]], amount


def _number(text: str, *, places: int) -> Decimal:
    bare = re.sub(r"[ ']", "", text)
    if re.fullmatch(rf"\d+(\.\d{{1,{places}}})?", bare):
        # 1.250 in pounds may be a thousand written as abroad: we ask rather than guess.
        return Decimal(bare)
    if re.fullmatch(rf"\d{{1,3}}(,\d{{3}})+(\.\d{{1,{places}}})?", bare):
        return Decimal(bare.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d{2}", bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    raise AmountError("money-unclear")
