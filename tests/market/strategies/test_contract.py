"""Every way of bidding keeps the contract."""

from enerwise.market.strategies.as_designed import AsDesigned
from enerwise.market.strategies.as_designed_corrected import AsDesignedCorrected
from enerwise.market.strategies.marginal_value import MarginalValue
from enerwise.market.strategies.price_curve import PriceCurve
from enerwise.market.strategies.shaded import Shaded
from enerwise.market.strategies.truthful import Truthful
from enerwise.market.strategies.zero_intelligence import ZeroIntelligence
from enerwise.testing.contracts.strategies import StrategyContract


class TestAsDesigned(StrategyContract):
    strategy = AsDesigned()


class TestAsDesignedCorrected(StrategyContract):
    strategy = AsDesignedCorrected()


class TestMarginalValue(StrategyContract):
    strategy = MarginalValue()


class TestPriceCurve(StrategyContract):
    strategy = PriceCurve()


class TestTruthful(StrategyContract):
    strategy = Truthful()


class TestShaded(StrategyContract):
    strategy = Shaded()


class TestZeroIntelligence(StrategyContract):
    strategy = ZeroIntelligence()
    draws = True
