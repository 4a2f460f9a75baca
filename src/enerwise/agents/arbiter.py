"""The arbiter: many proposals become at most one wish for each asset.

For each asset it starts from the envelope and goes from high to low priority; every band narrows what is left, so that
nobody widens what somebody above has narrowed. The preference of the highest priority that has one wins, clamped to
what is left at the end; whoever must win insists on a band, and it is his reason where that moved what another
preferred. Equal priority sorts by agent, so that the order in which proposals arrive decides nothing. What breaks the
shared connection is cut: lowest priority first, and beyond zero only within the bands agents left open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enerwise.core.intent import Mandate, Proposal
from enerwise.core.quantity import POWER_W
from enerwise.core.time import Instant
from enerwise.guard import row
from enerwise.guard.envelope import Allowed, Envelope
from enerwise.guard.judge import Wish


class DropReason(StrEnum):
    """Why a proposal is not heard."""

    NO_MANDATE = "the agent has no mandate"
    OUTSIDE_MANDATE = "outside the agent's mandate"
    EXPIRED = "expired"
    NO_SUCH_SETPOINT = "no such setpoint"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A proposal that is not heard, and why."""

    proposal: Proposal
    why: DropReason


@dataclass(frozen=True, slots=True)
class Arbitration:
    """One wish for each asset that anybody spoke of, and what was not heard."""

    wishes: tuple[Wish, ...]
    dropped: tuple[Dropped, ...] = ()


def arbitrate(envelope: Envelope, proposals: Iterable[Proposal], mandates: Mapping[str, Mandate]) -> Arbitration:
    """Join proposals.

    Args:
        envelope: What is allowed now.
        proposals: From all agents, in any order.
        mandates: What each agent may touch, by its name; an agent without one is not heard.

    Returns:
        Wishes within the envelope, in its order of assets, and what was dropped, sorted.
    """
    ordered = sorted(proposals, key=_rank)
    refused = [(each, _why_not(each, envelope, mandates.get(each.agent))) for each in ordered]
    joined = {
        asset: _joined(asset, allowed, heard)
        for asset, allowed in envelope.assets.items()
        if (heard := [each for each, why in refused if why is None and each.asset == asset])
    }
    dropped = tuple(Dropped(each, why) for each, why in refused if why is not None)
    return Arbitration(_in_row(envelope, joined), dropped)


@dataclass(frozen=True, slots=True)
class _Joined:
    """What the agents of one asset agreed on."""

    value: float
    band: tuple[float, float]
    voice: Proposal
    """Whose reason it is: who prefers, or whose band moved that; who insists first where nobody prefers."""
    cause: tuple[str, ...]


def _rank(proposal: Proposal) -> tuple[object, ...]:
    """Order proposals from high to low priority; all that is equal after this is interchangeable."""
    preferred = (proposal.preferred is None, proposal.preferred or 0.0)
    words = (proposal.reason.code, proposal.cause or "", proposal.quantity, str(proposal.valid_until))
    return (-proposal.priority, proposal.agent, proposal.asset, proposal.lower, proposal.upper, *preferred, *words)


def _why_not(proposal: Proposal, envelope: Envelope, mandate: Mandate | None) -> DropReason | None:
    if mandate is None:
        return DropReason.NO_MANDATE
    if not is_within(mandate, proposal):
        return DropReason.OUTSIDE_MANDATE
    if is_expired(proposal, envelope.at):
        return DropReason.EXPIRED
    if proposal.asset not in envelope.assets or proposal.quantity != POWER_W:
        return DropReason.NO_SUCH_SETPOINT
    return None


def is_within(mandate: Mandate, proposal: Proposal) -> bool:
    """Tell whether neither the preference nor the band of a proposal asks for what its agent may not cause."""
    forces_none = proposal.lower <= mandate.upper_w and proposal.upper >= mandate.lower_w
    return mandate.allows(proposal) and forces_none


def is_expired(proposal: Proposal, now: Instant) -> bool:
    """Tell whether a proposal is past its time; one without a time always is."""
    return not proposal.valid_until > now


def _joined(asset: str, allowed: Allowed, heard: Sequence[Proposal]) -> _Joined:
    """Narrow the bounds of one asset by proposals that come from high to low priority."""
    low, high = allowed.lower_w, allowed.upper_w
    prefers = next((each for each in heard if each.preferred is not None), None)
    value = allowed.rest_w if prefers is None or prefers.preferred is None else prefers.preferred
    voice, wished = prefers or heard[0], allowed.clamp(value)
    for proposal in heard:
        low, high = _clamp(proposal.lower, low, high), _clamp(proposal.upper, low, high)
        moved, wished = _clamp(wished, low, high) != wished, _clamp(wished, low, high)
        voice = proposal if moved and prefers is not None else voice
    causes = dict.fromkeys(each.cause for each in (voice, *heard) if each.cause is not None)
    return _Joined(_clamp(value, low, high), (low, high), voice, tuple(causes))


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _in_row(envelope: Envelope, joined: Mapping[str, _Joined]) -> tuple[Wish, ...]:
    rest = {asset: allowed.clamp(allowed.rest_w) for asset, allowed in envelope.assets.items()}
    fitted = row.fit(
        envelope,
        {**rest, **{asset: each.value for asset, each in joined.items()}},
        {asset: each.voice.priority for asset, each in joined.items()},
        {asset: each.band for asset, each in joined.items()},
    )
    return tuple(
        Wish(asset, fitted[asset], each.voice.priority, each.voice.reason, each.cause, agent=each.voice.agent)
        for asset, each in joined.items()
    )
