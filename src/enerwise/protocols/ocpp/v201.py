"""OCPP 2.0.1. An outlet is an EVSE here; transactions are numbered by the charger."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from enerwise.core.time import Instant
from enerwise.protocols.ocpp import profiles
from enerwise.protocols.ocpp.meters import WANTED, quantities, sample201
from enerwise.protocols.ocpp.words import (
    Ask,
    Begun,
    Booted,
    Desk,
    Ended,
    Fact,
    Heard,
    Json,
    Limit,
    Metered,
    Stated,
    Status,
    stamp,
    stamped,
)

STATUSES: Final = {
    "Available": Status.FREE,
    "Occupied": Status.PLUGGED,
    "Reserved": Status.RESERVED,
    "Unavailable": Status.UNAVAILABLE,
    "Faulted": Status.FAULTED,
}
STATES: Final = {
    "Charging": Status.CHARGING,
    "EVConnected": Status.PLUGGED,
    "SuspendedEV": Status.SATED,
    "SuspendedEVSE": Status.HELD,
    "Idle": Status.FINISHING,
}
"""What a transaction says of its outlet, which a connector calls no more than occupied."""
TAG_LENGTH: Final = 36


class V201:
    """What is said in OCPP 2.0.1."""

    version = "2.0.1"
    subprotocol = "ocpp2.0.1"

    def hear(self, action: str, payload: Json, desk: Desk) -> Heard | None:
        """Return the answer to a charger's call; None where there is none to this action."""
        answer = ANSWERS.get(action)
        return None if answer is None else answer(payload, desk)

    def limit(self, outlet: int, limit: Limit, *, level: int, transaction: str | None, now: Instant) -> Ask:
        """Return the call that sets a limit."""
        profile = _profile(outlet, limit, level=level, purpose=profiles.purpose_of(transaction), now=now)
        if transaction is not None:
            profile["transactionId"] = transaction
        return Ask("SetChargingProfile", {"evseId": outlet, "chargingProfile": profile})

    def clear(self, outlet: int, *, level: int, purpose: str) -> Ask:
        """Return the call that takes back a limit."""
        criteria = {"evseId": outlet, "stackLevel": level, "chargingProfilePurpose": purpose}
        return Ask("ClearChargingProfile", {"chargingProfileCriteria": criteria})

    def start(self, outlet: int, tag: str, limit: Limit, *, number: int, now: Instant) -> Ask:
        """Return the call that starts a transaction under a limit."""
        profile = _profile(outlet, limit, level=profiles.PERMIT_LEVEL, purpose=profiles.TRANSACTION, now=now)
        asked = {
            "evseId": outlet,
            "idToken": {"idToken": tag[:TAG_LENGTH], "type": "Central"},
            "remoteStartId": number,
            "chargingProfile": profile,
        }
        return Ask("RequestStartTransaction", asked)

    def stop(self, transaction: str) -> Ask:
        """Return the call that ends a transaction."""
        return Ask("RequestStopTransaction", {"transactionId": transaction})

    def settings(self, interval_s: int) -> tuple[Ask, ...]:
        """Return the call that makes a charger tell what the house wants to know."""
        wanted = {
            "TxUpdatedMeasurands": ",".join(WANTED),
            "TxUpdatedInterval": str(interval_s),
        }
        rows = [
            {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": name}, "attributeValue": value}
            for name, value in wanted.items()
        ]
        return (Ask("SetVariables", {"setVariableData": rows}),)

    def questions(self, outlet: int) -> tuple[Ask, ...]:
        """Return the calls that make a charger tell how an outlet stands."""
        return (
            # The standard wants the connector here; the first is the only one most outlets have.
            Ask(
                "TriggerMessage",
                {"requestedMessage": "StatusNotification", "evse": {"id": outlet, "connectorId": 1}},
            ),
            Ask("TriggerMessage", {"requestedMessage": "MeterValues", "evse": {"id": outlet}}),
            Ask("TriggerMessage", {"requestedMessage": "TransactionEvent", "evse": {"id": outlet}}),
        )


def _profile(outlet: int, limit: Limit, *, level: int, purpose: str, now: Instant) -> Json:
    number = profiles.identity(outlet, level, purpose)
    return {
        "id": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        **profiles.kind(limit),
        "chargingSchedule": [{"id": number, **profiles.schedule(limit, now)}],
    }


# ---------------------------------------------------------------------------------------------------------------
# What a charger calls


def _boot(payload: Json, desk: Desk) -> Heard:
    answer = {"status": "Accepted", "currentTime": stamp(desk.now), "interval": desk.interval_s}
    station = payload["chargingStation"]
    return Heard(answer, (Booted(station["vendorName"], station["model"]),))


def _beat(payload: Json, desk: Desk) -> Heard:
    return Heard({"currentTime": stamp(desk.now)})


def _stated(payload: Json, desk: Desk) -> Heard:
    status = STATUSES.get(payload["connectorStatus"], Status.UNKNOWN)
    fault = payload["connectorStatus"] if status is Status.FAULTED else ""
    return Heard({}, (Stated(payload["evseId"], status, fault),))


def _authorize(payload: Json, desk: Desk) -> Heard:
    return Heard({"idTokenInfo": _info(payload["idToken"], desk)})


def _event(payload: Json, desk: Desk) -> Heard:
    answer = {"idTokenInfo": _info(payload["idToken"], desk)} if "idToken" in payload else {}
    return Heard(answer, tuple(_facts(payload)))


def _facts(payload: Json) -> Iterable[Fact]:
    info = payload["transactionInfo"]
    outlet, transaction = payload.get("evse", {}).get("id"), info["transactionId"]
    has_ended = payload["eventType"] == "Ended"
    if payload["eventType"] == "Started":
        yield Begun(outlet, transaction)
    state = STATES.get(info.get("chargingState", ""))
    if state is not None and not has_ended:
        yield Stated(outlet, state, transaction=transaction)
    yield from _metered(payload.get("meterValue", ()), outlet, transaction)
    if has_ended:
        yield Ended(outlet, transaction)


def _values(payload: Json, desk: Desk) -> Heard:
    return Heard({}, tuple(_metered(payload["meterValue"], payload["evseId"], None)))


def _metered(rows: Iterable[Mapping[str, Any]], outlet: int | None, transaction: str | None) -> Iterable[Fact]:
    for row in rows:
        found = quantities(sample201(each) for each in row["sampledValue"])
        if found:
            yield Metered(outlet, stamped(row["timestamp"]), found, transaction)


def _info(token: Mapping[str, Any], desk: Desk) -> Json:
    # Where a charger asks nobody, there is nobody to refuse.
    is_taken = token["type"] == "NoAuthorization" or desk.takes_tag(token["idToken"])
    return {"status": "Accepted" if is_taken else "Invalid"}


def _plainly(answer: Json) -> Callable[[Json, Desk], Heard]:
    return lambda payload, desk: Heard(dict(answer))


ANSWERS: Final[Mapping[str, Callable[[Json, Desk], Heard]]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "ClearedChargingLimit": _plainly({}),
    "DataTransfer": _plainly({"status": "UnknownVendorId"}),
    "FirmwareStatusNotification": _plainly({}),
    "Heartbeat": _beat,
    "LogStatusNotification": _plainly({}),
    "MeterValues": _values,
    "NotifyChargingLimit": _plainly({}),
    "NotifyCustomerInformation": _plainly({}),
    "NotifyDisplayMessages": _plainly({}),
    "NotifyEVChargingNeeds": _plainly({"status": "Rejected"}),
    "NotifyEVChargingSchedule": _plainly({"status": "Accepted"}),
    "NotifyEvent": _plainly({}),
    "NotifyMonitoringReport": _plainly({}),
    "NotifyReport": _plainly({}),
    "ReportChargingProfiles": _plainly({}),
    "ReservationStatusUpdate": _plainly({}),
    "SecurityEventNotification": _plainly({}),
    "SignCertificate": _plainly({"status": "Rejected"}),
    "StatusNotification": _stated,
    "TransactionEvent": _event,
}
"""By action. Displays, firmware and certificates are no business of an energy manager: they are taken note of."""
