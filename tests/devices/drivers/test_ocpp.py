"""The central system against a foreign charge point, and against chargers that do everything wrong."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus

from enerwise.core import quantity as q
from enerwise.core.errors import ProblemsFound
from enerwise.core.series import Key
from enerwise.core.time import LiveClock
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.drivers.ocpp import DIALECTS, Ocpp, make
from enerwise.devices.drivers.ocpp_line import ACTIONS
from enerwise.guard.permit import Check
from enerwise.protocols.ocpp.words import STATUS_CODES, Status, stamp
from tests.devices.drivers.charger_rig import (
    CAR,
    SAFE_W,
    Client,
    Rig,
    a_client,
    a_device,
    a_permit,
    a_rig,
    a_seat,
)
from tests.peers.ocpp_peer import charge_point
from tests.peers.ports import LOOPBACK, free_port

POWER = Key(CAR, q.POWER_W)
VERSIONS = ("1.6", "2.0.1")
BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}


def run(use: Callable[[Rig], Awaitable[None]], **facts: Any) -> None:
    async def body() -> None:
        async with a_rig(**facts) as rig:
            await use(rig)

    asyncio.run(body())


# ---------------------------------------------------------------------------------------------------------------
# A foreign charge point


@pytest.mark.parametrize("version", VERSIONS)
def test_a_foreign_charge_point_is_started_limited_and_stopped(version: str) -> None:
    """ocpp-rpc checks every message against the standard; which limit holds when is worked out on its side."""

    async def use(rig: Rig) -> None:
        async with charge_point(rig.endpoint, "CP-1", version) as charger:
            assert (await charger.do("boot"))["status"] == "Accepted"
            await charger.do("plug")
            await charger.until("got", "TriggerMessage")
            assert await charger.do("limit") == {"limit": SAFE_W, "unit": "W", "purpose": "TxDefaultProfile"}

            assert await rig.apply(3680.0) == 3680.0
            await charger.until("begun")
            assert await rig.apply(4000.0, valid_s=5.0) == 4000.0
            end = LiveClock().now() + np.timedelta64(5, "s")
            assert (await charger.do("limit"))["limit"] == 4000.0
            after = await charger.do("limit", at=stamp(end + np.timedelta64(100, "ms")))
            assert after == {"limit": SAFE_W, "unit": "W", "purpose": "TxDefaultProfile"}, (
                "the limit outlives its permit"
            )

            await charger.do("meter", power_w=3900.0)
            await rig.until_read(Key(CAR, q.IMPORTED_WH))
            told = {each.key.quantity: each.value for each in rig.read}
            assert told[q.POWER_W] == 3900.0 and told[q.IMPORTED_WH] == 1010.0
            assert told[q.STATE_CODE] == STATUS_CODES[Status.CHARGING]

            assert await rig.driver.rest()
            assert (await charger.do("limit"))["limit"] == SAFE_W
            assert await rig.driver.stop(CAR)
            await charger.until("ended")
            assert await charger.do("transaction") is None
            assert not await rig.driver.stop(CAR), "there is nothing left to be stopped"
            assert rig.driver.problems() == ()

    run(use)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_foreign_charge_point_falls_back_by_itself_when_the_central_system_is_gone(version: str) -> None:
    async def body() -> None:
        async with a_rig() as rig, charge_point(rig.endpoint, "CP-1", version) as charger:
            await charger.do("boot")
            await charger.until("got", "TriggerMessage")
            await charger.do("begin", tag="HERS")
            assert await rig.apply(7360.0, valid_s=2.0) == 7360.0
            end = LiveClock().now() + np.timedelta64(2, "s")
            await rig.driver.close()
            await charger.until("is", "cut")
            assert (await charger.do("limit"))["limit"] == 7360.0
            assert (await charger.do("limit", at=stamp(end)))["limit"] == SAFE_W

    asyncio.run(body())


def test_a_foreign_charge_point_with_a_wrong_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARGER_PASSWORD", "0123456789abcdef")

    async def use(rig: Rig) -> None:
        async with charge_point(rig.endpoint, "CP-1", "1.6", "0123456789abcdeX") as charger:
            assert (await charger.until("is"))["code"] == 401
        async with charge_point(rig.endpoint, "CP-1", "1.6", "0123456789abcdef") as charger:
            assert (await charger.do("boot"))["status"] == "Accepted"

    run(use, options={"CP-1.password_from": "CHARGER_PASSWORD"})


def test_a_foreign_charge_point_learns_whose_card_is_taken() -> None:
    async def use(rig: Rig) -> None:
        async with charge_point(rig.endpoint, "CP-1", "2.0.1") as charger:
            await charger.do("boot")
            await charger.do("begin", tag="STRANGER")
            assert any(each.get("refused") == "STRANGER" for each in charger.told)
            await charger.do("begin", tag="HERS")
            assert any("begun" in each for each in charger.told)

    run(use, options={"tags": "HERS, HIS"})


# ---------------------------------------------------------------------------------------------------------------
# Permits


def test_a_permit_that_is_not_genuine_or_not_in_time_asks_the_charger_nothing() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            count = len(charger.asked)
            permit, now = a_permit(3000.0, nonce=1), LiveClock().now()
            altered = [replace(permit, value=each) for each in (3001.0, math.nan, math.inf, -math.inf, 2.0**31, 1e308)]
            altered += [replace(permit, asset="other"), a_permit(3000.0, nonce=1, key=bytes(32))]
            for each in altered:
                assert (await rig.driver.apply(each, now)).check is Check.ALTERED
            assert (await rig.driver.apply(permit, permit.valid_until)).check is Check.EXPIRED
            assert (await charger.call("Heartbeat"))[0] == 3
            assert len(charger.asked) == count

    run(use)


def test_a_permit_is_carried_out_once_and_below_zero_means_nothing_is_taken() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            permit = a_permit(-3000.0, nonce=1)
            applied = asyncio.create_task(rig.driver.apply(permit, LiveClock().now()))
            asked = await charger.until_asked("SetChargingProfile", count=2)
            assert asked["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 0.0
            assert (await applied).value == 0.0
            assert (await rig.driver.apply(permit, LiveClock().now())).check is Check.USED

    run(use)


def test_a_limit_in_amperes_stays_below_the_permit_and_the_receipt_says_what_it_is() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            applied = asyncio.create_task(rig.apply(11_100.0))
            asked = await charger.until_asked("SetChargingProfile", count=2)
            schedule = asked["csChargingProfiles"]["chargingSchedule"]
            assert schedule["chargingRateUnit"] == "A"
            assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 16.0, "numberPhases": 3}]
            assert await applied == 16.0 * 3 * 230.0

    run(use, options={"CP-1.unit": "A", "CP-1.phases": "3"})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": "Rejected"}, "answers SetChargingProfile with Rejected"),
        ({"status": "Perhaps"}, "the answer is none"),
        ({}, "the answer is none"),
        (None, "is not answered within"),
    ],
)
def test_a_charger_that_does_not_accept_a_limit_is_told_and_the_receipt_says_nothing(answer: Any, why: str) -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            charger.answers["SetChargingProfile"] = answer
            applied = asyncio.create_task(rig.apply(3000.0))
            await charger.until_asked("SetChargingProfile", count=2)
            assert math.isnan(await applied)
            assert rig.is_told(why)
            # The line lives on.
            charger.answers.clear()
            applied = asyncio.create_task(rig.apply(2000.0))
            await charger.until_asked("SetChargingProfile", count=3)
            assert await applied == 2000.0
            assert rig.driver.problems() == ()

    run(use, timeout_s=0.1 if answer is None else 0.5)


def test_an_answer_with_an_error_is_told() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            # Settings asked are counted: the next call to the charger is the seventh.
            number = str(len(charger.asked) + 1)
            charger.answers["SetChargingProfile"] = json.dumps([4, number, "NotSupported", "no smart charging", {}])
            applied = asyncio.create_task(rig.apply(3000.0))
            await charger.until_asked("SetChargingProfile", count=2)
            assert math.isnan(await applied)
            assert rig.is_told("NotSupported: no smart charging")

    run(use)


def test_an_offline_charger_is_told_its_permit_when_it_comes_and_its_safe_value_when_the_permit_has_ended() -> None:
    async def use(rig: Rig) -> None:
        assert rig.is_told("CP-1 is not connected")
        assert math.isnan(await rig.apply(3000.0, valid_s=5.0))
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            told = await charger.until_asked("SetChargingProfile", count=2)
            assert told["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 3000.0
        await rig.until(lambda: rig.is_told("CP-1 is not connected"))
        assert not await rig.driver.rest()
        async with a_client(rig) as charger:
            await charger.call("Heartbeat")
            safe = await charger.until_asked("SetChargingProfile")
            assert safe["csChargingProfiles"]["stackLevel"] == 0
            await charger.until_asked("ClearChargingProfile")
            assert len([each for each in charger.asked if each[2] == "SetChargingProfile"]) == 1

    run(use)


def test_when_permits_stop_the_limit_is_taken_back() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            applied = asyncio.create_task(rig.apply(3000.0, valid_s=0.15))
            await charger.until_asked("SetChargingProfile", count=2)
            await applied
            cleared = await charger.until_asked("ClearChargingProfile", count=2)
            assert cleared == {"connectorId": 1, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile"}

    run(use)


def test_a_running_charge_is_brought_to_the_safe_value_and_one_that_cannot_clear_is_overwritten() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            charger.answers["ClearChargingProfile"] = {"status": "Perhaps"}
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            answer = await charger.call(
                "StartTransaction", connectorId=1, idTag="HERS", meterStart=0, timestamp=stamp(LiveClock().now())
            )
            count = len([each for each in charger.asked if each[2] == "SetChargingProfile"])
            rested = asyncio.create_task(rig.driver.rest())
            safe = (await charger.until_asked("SetChargingProfile", count=count + 1))["csChargingProfiles"]
            assert safe["transactionId"] == answer[2]["transactionId"]
            assert safe["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == SAFE_W
            over = (await charger.until_asked("SetChargingProfile", count=count + 2))["csChargingProfiles"]
            assert (over["stackLevel"], over["chargingProfilePurpose"]) == (1, "TxDefaultProfile")
            assert await rested

    run(use)


def test_a_read_only_central_system_asks_for_nothing_but_news() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("BootNotification", **BOOT)
            await charger.until_asked("TriggerMessage", count=2)
            assert math.isnan(await rig.apply(3000.0))
            assert await rig.driver.rest() and not await rig.driver.stop(CAR)
            await charger.call("Heartbeat")
            assert {each[2] for each in charger.asked} == {"TriggerMessage"}

    run(use, is_read_only=True)


def test_a_permit_for_what_no_charger_serves_is_told() -> None:
    async def use(rig: Rig) -> None:
        assert math.isnan(await rig.apply(3000.0, asset="boiler"))
        assert rig.is_told("no charger takes power_w of boiler")

    run(use)


# ---------------------------------------------------------------------------------------------------------------
# Who may come


@pytest.mark.parametrize("identity", ["CP-2", "", "..", "CP-1%00", "CP-1/../CP-1/x"])
def test_an_unknown_charger_is_refused(identity: str) -> None:
    async def use(rig: Rig) -> None:
        with pytest.raises(InvalidStatus) as found:
            async with a_client(rig, identity):
                pass
        assert found.value.response.status_code == 404
        assert rig.is_told("is no charger of this site")

    run(use)


@pytest.mark.parametrize("shown", ["", "wrong", "0123456789abcdef\n", "x" * 4000])
def test_a_charger_that_does_not_show_its_password_is_refused(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARGER_PASSWORD", "0123456789abcdef")

    async def use(rig: Rig) -> None:
        with pytest.raises(InvalidStatus) as found:
            async with a_client(rig, password=shown):
                pass
        assert found.value.response.status_code == 401
        assert not rig.is_told("0123456789abcdef"), "the password is shown"

    run(use, options={"CP-1.password_from": "CHARGER_PASSWORD"})


def test_without_the_password_in_the_environment_nobody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHARGER_PASSWORD", raising=False)

    async def use(rig: Rig) -> None:
        with pytest.raises(InvalidStatus):
            async with a_client(rig, password="anything"):
                pass
        assert rig.is_told("the environment has no CHARGER_PASSWORD")

    run(use, options={"CP-1.password_from": "CHARGER_PASSWORD"})


def test_a_charger_that_speaks_no_version_of_ours_is_refused() -> None:
    async def use(rig: Rig) -> None:
        for version in ("", "ocpp1.5"):
            with pytest.raises(InvalidStatus) as found:
                async with a_client(rig, version=version):
                    pass
            assert found.value.response.status_code == 400

    run(use)


def test_a_second_connection_of_the_same_charger_takes_the_place_of_the_first() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as first:
            await first.call("BootNotification", **BOOT)
            await first.until_asked("TriggerMessage", count=2)
            async with a_client(rig) as second:
                with pytest.raises(ConnectionClosed):
                    await first.answer()
                await second.call("Heartbeat")
                await second.until_asked("TriggerMessage", count=2)
                applied = asyncio.create_task(rig.apply(3000.0))
                await second.until_asked("SetChargingProfile", count=2)
                assert await applied == 3000.0
                assert rig.driver.problems() == ()

    run(use)


# ---------------------------------------------------------------------------------------------------------------
# What they say


def test_statuses_transactions_and_values_become_readings() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("StatusNotification", connectorId=1, errorCode="NoError", status="Available")
            assert await rig.until_read(POWER) == 0.0
            at = stamp(LiveClock().now())
            samples = [
                {"value": "1000", "measurand": "Power.Active.Import", "phase": f"L{line}", "unit": "W"}
                for line in (1, 2)
            ]
            await charger.call(
                "MeterValues", connectorId=1, transactionId=7, meterValue=[{"timestamp": at, "sampledValue": samples}]
            )
            await rig.look()
            assert {each.key: each.value for each in rig.read}[POWER] == 2000.0
            # That transaction began before this central system did; it can be stopped all the same.
            stopped = asyncio.create_task(rig.driver.stop(CAR))
            assert await charger.until_asked("RemoteStopTransaction") == {"transactionId": 7}
            assert await stopped

    run(use)


def test_a_fault_of_a_charger_is_told_until_it_is_gone() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            await charger.call("StatusNotification", connectorId=1, errorCode="GroundFailure", status="Faulted")
            assert rig.is_told("GroundFailure")
            assert await rig.until_read(Key(CAR, q.ALARM_CODE)) == 1.0
            await charger.call("StatusNotification", connectorId=1, errorCode="NoError", status="Available")
            assert not rig.is_told("GroundFailure")

    run(use)


@pytest.mark.parametrize("shift_s", [-3600, 3600])
def test_values_from_long_ago_or_from_a_wrong_clock_are_no_readings(shift_s: int) -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            at = stamp(LiveClock().now() + np.timedelta64(shift_s, "s"))
            row = {"timestamp": at, "sampledValue": [{"value": "1000", "measurand": "Power.Active.Import"}]}
            await charger.call("MeterValues", connectorId=1, meterValue=[row])
            assert await rig.look() == []
            assert rig.is_told("its clock is wrong, by 3600 s")
            row["timestamp"] = stamp(LiveClock().now() + np.timedelta64(2, "s"))
            await charger.call("MeterValues", connectorId=1, meterValue=[row])
            (found,) = await rig.look()
            assert found.start_utc <= found.known_at, "a value from the future"

    run(use)


BAD = (
    (b"", "FormationViolation"),
    (b"no json", "FormationViolation"),
    (b"\xff\xfe\x00", "FormationViolation"),
    (b"{}", "ProtocolError"),
    (b"[]", "ProtocolError"),
    (b"null", "ProtocolError"),
    (b'[2,"a"]', "ProtocolError"),
    (b'[9,"a","Heartbeat",{}]', "PropertyConstraintViolation"),
    (b"[" * 60_000, "FormationViolation"),
    (b"[2," + b"9" * 5000 + b',"Heartbeat",{}]', "FormationViolation"),
    (b'[2,7,"Heartbeat",{}]', "FormationViolation"),
    (b'[2,"","Heartbeat",{}]', "FormationViolation"),
    (b'[2,"a",7,{}]', "NotSupported"),
    (b'[2,"a",["Heartbeat"],{}]', "NotSupported"),
    (b'[2,"a","../../../secret",{}]', "NotSupported"),
    (b'[2,"a","Heartbeat",[]]', "TypeConstraintViolation"),
    (b'[2,"a","Heartbeat",{"more":1}]', "FormationViolation"),
    (b'[2,"a","SetChargingProfile",{}]', "ProtocolError"),
    (b'[2,"a","Reset",{"type":"Hard"}]', "NotImplemented"),
    (b'[2,"a","BootNotification",{}]', "ProtocolError"),
    (b'[2,"a","BootNotification",{"chargePointVendor":1,"chargePointModel":"M"}]', "TypeConstraintViolation"),
    (b'[2,"a","StartTransaction",{"connectorId":1.5,"idTag":"a","meterStart":0,"timestamp":"x"}]', "TypeConstraint"),
)


@pytest.mark.parametrize(("text", "code"), BAD)
def test_what_breaks_the_standard_is_answered_with_an_error_and_the_line_lives_on(text: bytes, code: str) -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            kind, _, told, description, details = await charger.say(
                text.decode("latin-1") if text[:1] != b"\xff" else text
            )
            assert kind == 4 and told.startswith(code)
            assert isinstance(description, str) and len(description) <= 255 and details == {}
            assert (await charger.call("Heartbeat"))[0] == 3

    run(use)


def test_answers_to_nothing_are_passed_over() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger:
            for text in (
                '[3,"x",{}]',
                '[3,"x"]',
                "[3]",
                '[4,"x","y","z",{}]',
                "[4]",
                '[3,"1",7]',
                "[4,null,null,null]",
            ):
                await charger.connection.send(text)
            assert (await charger.call("Heartbeat"))[0] == 3

    run(use)


def test_a_message_without_end_costs_its_sender_the_line_and_nobody_else() -> None:
    async def use(rig: Rig) -> None:
        async with a_client(rig) as charger, a_client(rig, "CP-9") as other:
            with pytest.raises(ConnectionClosed):
                await charger.say("x" * (1 << 20))
            assert (await other.call("Heartbeat"))[0] == 3

    run(use, serves={"CP-1": CAR, "CP-9": "other"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FRAMES = {
    version: st.one_of(
        JSON,
        st.tuples(st.sampled_from([2, 3, 4]), st.text(max_size=3), st.sampled_from(sorted(ACTIONS[version])), JSON),
    )
    for version in VERSIONS
}


@pytest.mark.parametrize("subprotocol", sorted(DIALECTS))
def test_whatever_a_charger_says_the_line_lives_on(subprotocol: str) -> None:
    version = DIALECTS[subprotocol].version

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(frames=st.lists(FRAMES[version], max_size=5))
    def check(frames: list[Any]) -> None:
        async def talk() -> None:
            for frame in frames:
                await charger.connection.send(json.dumps(frame))
            assert (await charger.call("Heartbeat"))[0] == 3

        loop.run_until_complete(talk())

    loop = asyncio.new_event_loop()
    try:
        rig_at, client_at = a_rig(), None
        rig = loop.run_until_complete(rig_at.__aenter__())
        client_at = a_client(rig, version=subprotocol)
        charger: Client = loop.run_until_complete(client_at.__aenter__())
        check()
        loop.run_until_complete(client_at.__aexit__(None, None, None))
        loop.run_until_complete(rig_at.__aexit__(None, None, None))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


# ---------------------------------------------------------------------------------------------------------------
# The listener


def test_a_port_that_is_taken_is_told_and_taken_when_it_is_free() -> None:
    async def body() -> None:
        async with a_rig() as first:
            second = Ocpp(a_device(first.port), seat=a_seat())
            await second.open()
            async with asyncio.timeout(5.0):
                while not any("address already in use" in each for each in second.problems()):
                    await asyncio.sleep(0.005)
                await first.driver.close()
                while any("in use" in each for each in second.problems()):
                    await asyncio.sleep(0.005)
            await second.close()

    asyncio.run(body())


def test_it_opens_and_closes_as_often_as_it_is_told_and_leaves_nothing_behind() -> None:
    async def body() -> None:
        before = asyncio.all_tasks()
        driver: Driver = make(a_device(free_port()))
        await driver.close()
        for _ in range(2):
            await driver.open()
        await asyncio.sleep(0)
        for _ in range(2):
            await driver.close()
        assert asyncio.all_tasks() == before
        assert list(await driver.read(LiveClock().now())) == []

    asyncio.run(body())


def test_it_listens_on_the_loopback_interface_only_unless_every_charger_has_a_password() -> None:
    assert make(a_device()).central.host == LOOPBACK
    assert make(replace(a_device(), address=":9000")).central.host == LOOPBACK
    with pytest.raises(ProblemsFound, match="anybody in the network can pass for CP-1"):
        make(replace(a_device(), address="0.0.0.0:9000"))
    guarded = a_device(options={"CP-1.password_from": "CHARGER_PASSWORD"})
    assert make(replace(guarded, address="ws://0.0.0.0:9000")).central.host == "0.0.0.0"


def test_everything_wrong_with_a_device_is_told_at_once() -> None:
    options = {
        "CP-1.unit": "kW",
        "CP-1.phases": "4",
        "CP-1.voltage": "3 kW",
        "CP-1.tag": "x" * 21,
        "colour": "red",
    }
    device = replace(
        a_device(options=options), address="wss://nowhere", serves={"CP-1": CAR, "bad id": "b", "CP-3/x": "c"}
    )
    with pytest.raises(ProblemsFound) as found:
        make(device)
    places = {each.place.removeprefix("chargers.") for each in found.value.problems}
    assert places == {
        "address",
        "options.CP-1.unit",
        "options.CP-1.phases",
        "options.CP-1.voltage",
        "options.CP-1.tag",
        "options.colour",
        "serves.bad id",
        "serves.CP-3/x",
    }
    with pytest.raises(ProblemsFound, match="names no charger"):
        make(a_device(serves={}))


def test_outlets_are_told_apart() -> None:
    driver = make(a_device(serves={"CP-1": "left", "CP-1/2": "right"}, options={"CP-1/2.unit": "A"}))
    sockets = driver.central.sockets["CP-1"]
    assert {number: (each.asset, each.unit) for number, each in sockets.items()} == {
        1: ("left", "W"),
        2: ("right", "A"),
    }
