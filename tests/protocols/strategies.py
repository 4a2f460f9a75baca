"""Requests of every kind, and the answers a good device gives."""

from hypothesis import strategies as st

from enerwise.protocols.pdu import (
    BIT_READS,
    COUNT_MAX,
    MULTIPLE_WRITES,
    READS,
    SINGLE_WRITES,
    TABLES,
    Request,
    Response,
    Table,
)

WORDS = st.integers(0, 0xFFFF)
BITS = st.integers(0, 1)
UNITS = st.integers(0, 0xFF)
TRANSACTIONS = st.integers(0, 0xFFFF)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    function = draw(st.sampled_from(sorted(COUNT_MAX)))
    count = draw(st.integers(1, COUNT_MAX[function]))
    address = draw(st.integers(0, 0x10000 - count))
    return Request(draw(UNITS), function, address, count, _words(draw, function, 0 if function in READS else count))


@st.composite
def answers(draw: st.DrawFn, request: Request, transaction: int | None = None) -> Response:
    """Draw a good answer: nonsense in it, but of the right shape."""
    function = request.function
    if function in READS:
        count = (request.count + 7) // 8 * 8 if function in BIT_READS else request.count
        words = _words(draw, function, count)
        return Response(request.unit_id, function, words, transaction=transaction)
    return Response(
        unit_id=request.unit_id,
        function=function,
        words=request.words if function in SINGLE_WRITES else (),
        address=request.address,
        count=request.count if function in MULTIPLE_WRITES else 0,
        transaction=transaction,
    )


@st.composite
def refusals(draw: st.DrawFn, request: Request, transaction: int | None = None) -> Response:
    code = draw(st.integers(1, 0xFF))
    return Response(request.unit_id, request.function, exception_code=code, transaction=transaction)


@st.composite
def exchanges(draw: st.DrawFn, transaction: int | None = None) -> tuple[Request, Response]:
    request = draw(requests())
    return request, draw(st.one_of(answers(request, transaction), refusals(request, transaction)))


def _words(draw: st.DrawFn, function: int, count: int) -> tuple[int, ...]:
    is_bits = TABLES[function] in (Table.COIL, Table.DISCRETE)
    # One seed for all: a list of two thousand drawn numbers takes too long.
    seed = draw(st.binary(min_size=2, max_size=8))
    content = (seed * (2 * count // len(seed) + 1))[: 2 * count]
    words = (int.from_bytes(content[2 * at : 2 * at + 2], "big") for at in range(count))
    return tuple(word & 1 for word in words) if is_bits else tuple(words)
