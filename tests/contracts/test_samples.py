"""Every sample is read as it says, and every word of the table is heard in one."""

from collections.abc import Mapping

import msgspec

from accord.connector_kit.connector import Connector
from accord.engine.ports import Delivery
from tests.contracts.bench import envelope
from tests.contracts.folder import SAMPLED_AT, Sample, samples_of


def test_a_sample_is_read_as_it_says(
    connector: Connector, settings: Mapping[str, str | bool], sample: Sample
) -> None:
    given = Delivery(sample.topic, sample.headers, msgspec.json.encode(sample.body))

    parsed = connector.parse(envelope(given, sample.origin, SAMPLED_AT), settings)

    assert list(parsed.reports) == sample.reports
    assert [msgspec.to_builtins(lookup.ref) for lookup in parsed.lookups] == sample.lookups
    assert parsed.ignored == sample.ignored


def test_every_word_of_the_table_is_heard_in_a_sample(connector: Connector) -> None:
    table = connector.vocabulary
    known = {(row.kind, row.word.casefold()) for row in table.rows}
    known |= {(row.kind, row.word.casefold()) for row in table.ignored}
    heard = {(r.kind, r.word.casefold()) for s in samples_of(connector).values() for r in s.reports}

    assert known - heard == set()
