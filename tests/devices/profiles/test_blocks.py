"""Blocks: everything asked for is read, nothing is split, and no message is too long."""

from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.blocks import Span, blocks, image_of, words_at
from enerwise.devices.points import Read
from enerwise.protocols.pdu import Table

SPANS = st.lists(
    st.tuples(st.sampled_from(list(Table)), st.integers(0, 400), st.sampled_from([1, 2, 4])), min_size=1, max_size=40
)


@given(spans=SPANS, block_max=st.integers(4, 125), gap_max=st.integers(0, 40))
def test_every_span_lies_whole_in_a_block_that_fits(spans: list[Span], block_max: int, gap_max: int) -> None:
    found = blocks(spans, block_max=block_max, gap_max=gap_max)
    assert all(read.count <= block_max for read in found)
    for table, address, count in spans:
        assert any(
            read.table is table and read.address <= address and address + count <= read.address + read.count
            for read in found
        )
    assert len(found) <= len(set(spans))


@given(spans=SPANS)
def test_without_gaps_nothing_else_is_read(spans: list[Span]) -> None:
    read = {
        (each.table, each.address + at) for each in blocks(spans, block_max=125, gap_max=0) for at in range(each.count)
    }
    assert read == {(table, address + at) for table, address, count in spans for at in range(count)}


def test_a_gap_is_read_to_save_a_message() -> None:
    spans = [(Table.INPUT, 0, 2), (Table.INPUT, 10, 2), (Table.HOLDING, 12, 1)]
    assert blocks(spans, block_max=125, gap_max=8) == (Read(Table.HOLDING, 12, 1), Read(Table.INPUT, 0, 12))
    assert len(blocks(spans, block_max=125, gap_max=7)) == 3
    assert len(blocks(spans, block_max=11, gap_max=8)) == 3


def test_words_lie_at_their_addresses_and_short_answers_leave_holes() -> None:
    image = image_of({Read(Table.INPUT, 5, 3): [1, 2], Read(Table.HOLDING, 5, 1): [9, 9]})
    assert image == {(Table.INPUT, 5): 1, (Table.INPUT, 6): 2, (Table.HOLDING, 5): 9}
    assert words_at(image, Table.INPUT, 5, 2) == (1, 2)
    assert words_at(image, Table.INPUT, 6, 2) is None
    assert words_at({(Table.INPUT, 0): 0x10000}, Table.INPUT, 0, 1) is None
