"""Pay as bid: served as at one price, paid at one's own."""

from hypothesis import given

from enerwise.market.book import Book
from enerwise.market.clearing import SURPLUS, payments, trades_of
from enerwise.market.mechanisms.pay_as_bid import PayAsBid
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestPayAsBid(MechanismContract):
    mechanism = "pay_as_bid"


def test_buyers_pay_their_bid_sellers_get_their_ask_and_the_rest_is_told() -> None:
    book = Book.of([(1, 0, True, 1000, 300_000), (2, 1, True, 500, 200_000), (3, 2, False, 1500, 100_000)])
    paid = payments(book, PayAsBid().clear(book))
    assert paid.participant_ueur.tolist() == [300_000, 100_000, -150_000]
    assert dict(paid.accounts_ueur) == {SURPLUS: -250_000}


@given(books())
def test_every_trade_is_at_the_prices_of_both_orders(book: Book) -> None:
    cleared = PayAsBid().clear(book)
    trades = trades_of(book, cleared)
    assert trades.buy_price_ueur_per_kwh.tolist() == book.price_ueur_per_kwh[trades.buy].tolist()
    assert trades.sell_price_ueur_per_kwh.tolist() == book.price_ueur_per_kwh[trades.sell].tolist()
    assert cleared.filled_wh.tolist() == Uniform().clear(book).filled_wh.tolist()
