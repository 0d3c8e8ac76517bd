"""The examples of the methods page: each number written there is reckoned again by the code of the figures."""

import pytest

from bluelamp.index.domain.combining import combined_dates
from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.web.examples import worked_example

pytestmark = pytest.mark.any_engine


def _row(at: int) -> tuple[int, str, str, str, tuple[int, int], str]:
    line = worked_example().lines[at]
    alone = f"{line.alone.low:.2f} to {line.alone.high:.2f}"
    return (
        line.dates,
        alone,
        f"{line.estimate:.2f}",
        f"{line.learnt.low:.2f} to {line.learnt.high:.2f}",
        line.rank,
        line.band,
    )


def test_the_example_is_that_of_the_method_document() -> None:
    # docs/methods/index-method.md, "Worked example", which says how to run it.
    assert _row(0) == (9, "2.53 to 7.54", "3.73", "1.85 to 6.16", (1, 2), "high")
    assert _row(1) == (4, "0.83 to 4.23", "1.70", "0.58 to 3.32", (1, 5), "high")
    assert _row(2) == (2, "0.29 to 2.77", "0.89", "0.17 to 2.07", (2, 5), "cannot-tell")
    assert _row(3) == (1, "0.09 to 1.95", "0.48", "0.04 to 1.37", (2, 20), "cannot-tell")
    assert f"{worked_example().mean:.2f} {worked_example().worth:.2f}" == "0.41 0.47"


def test_what_its_sentences_say_is_true_of_its_numbers() -> None:
    example = worked_example()
    first, second, third, _ = example.lines
    assert example.mean < first.estimate < first.rate, "drawn towards its kind"
    assert min(second.alone.low, second.learnt.low) > example.threshold > min(third.alone.low, third.learnt.low)
    assert second.band == "high" and third.band == "cannot-tell"
    assert example.change.trend == "rising" and f"{example.change.ratio.low:.2f}" == "1.54"
    assert 1 < example.change.others < example.change.ratio.low
    assert example.since_base.trend == "no-clear-change"
    assert example.since_base.ratio.low < 1 < example.since_base.ratio.high
    assert example.times_least < example.times < first.dates / example.expected
    assert (example.products, example.total, Parameters().level, Parameters().rank_confidence) == (20, 17, 0.9, 0.95)


def test_the_examples_in_words() -> None:
    authority, paper, sensor = (SourceFact(id=i, authority=i == "a", derived_from=None) for i in ("a", "p", "s"))
    seen = {("exploited", authority): 2, ("exploited", paper): 9, ("attack_telemetry", sensor): 30}
    assert combined_dates(seen=seen, parameters=Parameters()) == 2
    del seen["exploited", authority]
    assert combined_dates(seen=seen, parameters=Parameters()) == 1
    assert round(1000 * 436 / 5729) == 76 and round(60 / 100 * 5, 6) == 3
