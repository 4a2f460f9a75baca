"""A device behind a gateway, as the door sees it: what it is told, what it says, and what is believed."""

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import AnchoredClock
from enerwise.devices.gateway_words import Allowed, Beat, News, Rested, Took, Troubles, Word, line_of, word_of
from enerwise.devices.port import Receipt
from enerwise.door.remote import TROUBLES_COUNT, Remote
from enerwise.door.setup import GatewayPlace
from enerwise.guard import Check
from enerwise.guard.permit import Permit, seal
from enerwise.site.wiring import OCPP, Device
from tests.door.builders import DOOR_KEY, SECOND, START

CAR = Key("car", POWER_W)
DEVICE = Device("chargers", OCPP, "127.0.0.1:9000", serves={"CP-1": "car"}, comms_loss_s=60.0, timeout_s=0.5)


class Peer:
    """The gateway's end of the line, in the test's hand, and the door's end on a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "g.sock"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()
        self._line: socket.socket | None = None
        place = GatewayPlace(self.path, 2.0, frozenset({"car"}))
        self.remote = Remote(DEVICE, place, AnchoredClock(START, 0), safe_w={"car": 0.0})
        self.sampled: list[tuple[Key, float, int]] = []
        self.acked: list[tuple[str, float]] = []
        self.remote.sampled = lambda key, value, at_ns: self.sampled.append((key, value, at_ns))
        self.remote.acknowledged = lambda asset, value, at_ns: self.acked.append((asset, value))
        self.now_ns = self.nonce = 0
        self.tick()
        self.meet()

    def meet(self) -> None:
        self._line, _ = self._server.accept()

    def tick(self, seconds: float = 0.0) -> None:
        self.now_ns += int(seconds * SECOND)
        self.remote.tick(self.now_ns)

    def apply(self, value: float) -> Permit:
        self.nonce += 1
        until = START + np.timedelta64(self.now_ns // 1_000_000 + 60_000, "ms")
        permit = seal(DOOR_KEY, asset="car", quantity=POWER_W, value=value, valid_until=until, nonce=self.nonce)
        self.remote.apply(permit, START, self.now_ns)
        return permit

    def say(self, *words: Word) -> None:
        assert self._line is not None
        self._line.sendall(b"".join(map(line_of, words)))
        self.tick()

    def takes(self, permit: Permit, value: float | None = None, check: Check = Check.OPENS) -> None:
        told = permit.value if value is None else value
        self.say(Took(permit.nonce, Receipt("car", POWER_W, told, check, START)))

    def heard(self) -> list[Word | None]:
        assert self._line is not None
        self._line.setblocking(False)
        try:
            words = [word_of(line) for line in self._line.recv(1 << 20).splitlines()]
        except BlockingIOError:
            return []
        return [each for each in words if not isinstance(each, Beat)]

    def cut(self) -> None:
        assert self._line is not None
        self._line.close()
        self.tick()

    def close(self) -> None:
        self.remote.link.close()
        if self._line is not None:
            self._line.close()
        self._server.close()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    found = Peer(tmp_path)
    yield found
    found.close()


def test_a_permit_goes_over_once_and_counts_when_it_was_taken(peer: Peer) -> None:
    permit = peer.apply(3000.0)
    assert peer.heard() == [Allowed(permit)]
    peer.apply(3000.0)
    assert peer.heard() == [], "it is on its way"
    peer.takes(permit, 2990.0)
    assert peer.acked == [("car", 2990.0)]
    assert peer.remote.targets["car"].acked_w == 2990.0


def test_less_is_told_at_once_and_what_becomes_of_more_is_of_no_interest_then(peer: Peer) -> None:
    more, less = peer.apply(3000.0), peer.apply(1400.0)
    assert peer.heard() == [Allowed(more), Allowed(less)]
    peer.takes(more)
    assert peer.acked == []
    peer.takes(less)
    assert peer.acked == [("car", 1400.0)]


def test_what_was_brought_to_rest_there_does_not_count_as_told(peer: Peer) -> None:
    peer.takes(peer.apply(3000.0))
    peer.say(Rested("no heartbeat for 2 s", True))
    assert np.isnan(peer.remote.targets["car"].acked_w)


def test_who_talks_nonsense_without_end_is_not_listened_to(peer: Peer) -> None:
    assert peer._line is not None
    peer._line.sendall(b"\n" * 60_000)
    for _ in range(20):
        peer.tick(0.01)
    assert peer.remote.link.lost_count == 1


def test_it_is_renewed_well_before_the_device_lets_go_and_no_oftener(peer: Peer) -> None:
    peer.takes(peer.apply(3000.0))
    peer.heard()
    for _ in range(19):
        peer.tick(1.0)
        peer.apply(3000.0)
    assert peer.heard() == []
    peer.tick(1.5)
    again = peer.apply(3000.0)
    assert peer.heard() == [Allowed(again)]


@pytest.mark.parametrize(("check", "value"), [(Check.EXPIRED, 3000.0), (Check.OPENS, float("nan"))])
def test_what_was_not_taken_is_told_again(peer: Peer, check: Check, value: float) -> None:
    peer.takes(peer.apply(3000.0), value, check)
    assert peer.acked == []
    assert "setpoint car" in peer.remote.problems
    peer.heard()
    again = peer.apply(3000.0)
    assert peer.heard() == [Allowed(again)]
    peer.takes(again)
    assert "setpoint car" not in peer.remote.problems


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(peer: Peer) -> None:
    peer.apply(3000.0)
    peer.tick(2.0)
    assert peer.remote.problems["setpoint car"] == "no answer in time"
    peer.heard()
    again = peer.apply(3000.0)
    assert peer.heard() == [Allowed(again)]


def test_after_a_lost_line_nothing_counts_as_told(peer: Peer) -> None:
    peer.takes(peer.apply(3000.0))
    assert peer.remote.comms_loss_s == 2.0 and peer.remote.is_connected
    peer.cut()
    assert not peer.remote.is_connected and np.isnan(peer.remote.comms_loss_s)
    assert np.isnan(peer.remote.targets["car"].acked_w)
    peer.tick(0.3)
    peer.meet()
    assert peer.heard() == []
    again = peer.apply(3000.0)
    assert peer.heard() == [Allowed(again)]


def test_a_reflex_overtakes_what_is_on_its_way_and_is_followed_to_its_receipt(peer: Peer) -> None:
    peer.apply(3000.0)
    done: list[float] = []
    reflex = seal(DOOR_KEY, asset="car", quantity=POWER_W, value=0.0, valid_until=START, nonce=1 << 62)
    assert peer.remote.fire(reflex, START, peer.now_ns, lambda asset, value, at_ns: done.append(value))
    peer.takes(reflex)
    assert (done, peer.acked) == ([0.0], [])
    peer.cut()
    assert not peer.remote.fire(reflex, START, peer.now_ns, lambda asset, value, at_ns: None)


def test_readings_are_as_old_as_they_say_and_never_from_tomorrow(peer: Peer) -> None:
    peer.tick(100.0)
    at = START + np.timedelta64(95, "s")
    ahead = START + np.timedelta64(900, "s")
    peer.say(News((Reading(CAR, at, 1400.0, at), Reading(CAR, ahead, 1500.0, ahead))))
    assert peer.sampled == [(CAR, 1400.0, 95 * SECOND), (CAR, 1500.0, 100 * SECOND)]
    assert peer.remote.is_fresh(peer.now_ns)
    peer.tick(31.0)
    assert not peer.remote.is_fresh(peer.now_ns)


def test_what_it_says_of_others_or_without_words_for_it_is_not_kept(peer: Peer) -> None:
    others = [Key("battery", POWER_W), Key("car", "mood"), Key("", ""), Key("car", "")]
    peer.say(News(tuple(Reading(key, START, 1.0, START) for key in others)))
    assert peer.sampled == []


def test_however_much_it_complains_it_is_told_in_a_few_lines(peer: Peer) -> None:
    peer.say(Troubles(tuple("x" * 1000 for _ in range(60))))
    assert len(peer.remote.problems) == TROUBLES_COUNT
    assert max(map(len, peer.remote.problems.values())) < 300
    peer.say(Troubles(()))
    assert peer.remote.problems == {}
