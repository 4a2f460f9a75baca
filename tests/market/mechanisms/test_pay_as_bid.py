"""Pay as bid: served as at one price, paid at one's own."""

from enerwise.market.book import Book
from enerwise.market.clearing import SURPLUS, payments
from enerwise.market.mechanisms.pay_as_bid import PayAsBid
from enerwise.testing.contracts.mechanisms import MechanismContract


class TestPayAsBid(MechanismContract):
    mechanism = "pay_as_bid"


def test_buyers_pay_their_bid_sellers_get_their_ask_and_the_rest_is_told() -> None:
    book = Book.of([(1, 0, True, 1000, 300_000), (2, 1, True, 500, 200_000), (3, 2, False, 1500, 100_000)])
    paid = payments(book, PayAsBid().clear(book))
    assert paid.participant_ueur.tolist() == [300_000, 100_000, -150_000]
    assert dict(paid.accounts_ueur) == {SURPLUS: -250_000}
