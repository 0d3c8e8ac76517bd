"""FIRST's daily exploit predictions: read by the watch list only, never a sighting."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bluelamp.formats import epss
from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds.base import EpssRow, Feed, Row


class EpssDaily(Feed):
    """One day's probability, by CVE, of exploitation within 30 days; its models are not comparable with each other."""

    id = "epss-daily"
    source_id = "first-epss"
    title = "Exploit Prediction Scoring System, daily scores"
    publisher = "FIRST"
    licence = "Free use with attribution to FIRST"
    url = "https://www.first.org/epss/data_stats"
    cadence = "daily"
    precedence = 50
    table = "epss"
    names = ("*epss*.csv*",)
    sign = b"#model_version"
    sample = "epss.csv"
    pull_url = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        for s in epss.parse(stream, today=today):
            yield s if isinstance(s, Rejected) else EpssRow(s.line, s.cve, s.on, s.model, s.probability)
