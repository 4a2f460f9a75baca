"""OCPP 1.6, the version most chargers speak."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from enerwise.core.time import Instant
from enerwise.protocols.ocpp import profiles
from enerwise.protocols.ocpp.meters import WANTED, quantities, sample16
from enerwise.protocols.ocpp.words import (
    TAG_LENGTH,
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
    "Preparing": Status.PLUGGED,
    "Charging": Status.CHARGING,
    "SuspendedEVSE": Status.HELD,
    "SuspendedEV": Status.SATED,
    "Finishing": Status.FINISHING,
    "Reserved": Status.RESERVED,
    "Unavailable": Status.UNAVAILABLE,
    "Faulted": Status.FAULTED,
}
NO_FAULT: Final = "NoError"


class V16:
    """What is said in OCPP 1.6."""

    version = "1.6"
    subprotocol = "ocpp1.6"

    def hear(self, action: str, payload: Json, desk: Desk) -> Heard | None:
        """Return the answer to a charger's call; None where there is none to this action."""
        answer = ANSWERS.get(action)
        return None if answer is None else answer(payload, desk)

    def limit(self, outlet: int, limit: Limit, *, level: int, transaction: str | None, now: Instant) -> Ask:
        """Return the call that sets a limit."""
        profile = _profile(outlet, limit, level=level, purpose=profiles.purpose_of(transaction), now=now)
        if transaction is not None:
            profile["transactionId"] = int(transaction)
        return Ask("SetChargingProfile", {"connectorId": outlet, "csChargingProfiles": profile})

    def clear(self, outlet: int, *, level: int, purpose: str) -> Ask:
        """Return the call that takes back a limit."""
        asked = {"connectorId": outlet, "stackLevel": level, "chargingProfilePurpose": purpose}
        return Ask("ClearChargingProfile", asked)

    def start(self, outlet: int, tag: str, limit: Limit, *, number: int, now: Instant) -> Ask:
        """Return the call that starts a transaction under a limit; this version does not number its starts."""
        profile = _profile(outlet, limit, level=profiles.PERMIT_LEVEL, purpose=profiles.TRANSACTION, now=now)
        asked = {"connectorId": outlet, "idTag": tag[:TAG_LENGTH], "chargingProfile": profile}
        return Ask("RemoteStartTransaction", asked)

    def stop(self, transaction: str) -> Ask:
        """Return the call that ends a transaction."""
        return Ask("RemoteStopTransaction", {"transactionId": int(transaction)})

    def settings(self, interval_s: int) -> tuple[Ask, ...]:
        """Return the calls that make a charger tell what the house wants to know."""
        wanted = {
            "MeterValuesSampledData": ",".join(WANTED),
            "MeterValueSampleInterval": str(interval_s),
        }
        return tuple(Ask("ChangeConfiguration", {"key": key, "value": value}) for key, value in wanted.items())

    def questions(self, outlet: int) -> tuple[Ask, ...]:
        """Return the calls that make a charger tell how an outlet stands."""
        asked = ("StatusNotification", "MeterValues")
        return tuple(Ask("TriggerMessage", {"requestedMessage": each, "connectorId": outlet}) for each in asked)


def _profile(outlet: int, limit: Limit, *, level: int, purpose: str, now: Instant) -> Json:
    return {
        "chargingProfileId": profiles.identity(outlet, level, purpose),
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        **profiles.kind(limit),
        "chargingSchedule": profiles.schedule(limit, now),
    }


# ---------------------------------------------------------------------------------------------------------------
# What a charger calls


def _boot(payload: Json, desk: Desk) -> Heard:
    answer = {"status": "Accepted", "currentTime": stamp(desk.now), "interval": desk.interval_s}
    return Heard(answer, (Booted(payload["chargePointVendor"], payload["chargePointModel"]),))


def _beat(payload: Json, desk: Desk) -> Heard:
    return Heard({"currentTime": stamp(desk.now)})


def _stated(payload: Json, desk: Desk) -> Heard:
    fault = payload["errorCode"]
    status = STATUSES.get(payload["status"], Status.UNKNOWN)
    return Heard({}, (Stated(payload["connectorId"], status, "" if fault == NO_FAULT else fault),))


def _authorize(payload: Json, desk: Desk) -> Heard:
    return Heard({"idTagInfo": _info(payload["idTag"], desk)})


def _begun(payload: Json, desk: Desk) -> Heard:
    transaction = desk.next_transaction()
    answer = {"transactionId": transaction, "idTagInfo": _info(payload["idTag"], desk)}
    return Heard(answer, (Begun(payload["connectorId"], str(transaction)),))


def _ended(payload: Json, desk: Desk) -> Heard:
    transaction = str(payload["transactionId"])
    metered = _metered(payload.get("transactionData", ()), None, transaction)
    return Heard({}, (*metered, Ended(None, transaction)))


def _values(payload: Json, desk: Desk) -> Heard:
    number = payload.get("transactionId")
    transaction = None if number is None else str(number)
    return Heard({}, tuple(_metered(payload["meterValue"], payload["connectorId"], transaction)))


def _metered(rows: Iterable[Mapping[str, Any]], outlet: int | None, transaction: str | None) -> Iterable[Fact]:
    for row in rows:
        found = quantities(sample16(each) for each in row["sampledValue"])
        if found:
            yield Metered(outlet, stamped(row["timestamp"]), found, transaction)


def _info(tag: str, desk: Desk) -> Json:
    return {"status": "Accepted" if desk.takes_tag(tag) else "Invalid"}


def _plainly(answer: Json) -> Callable[[Json, Desk], Heard]:
    return lambda payload, desk: Heard(dict(answer))


ANSWERS: Final[Mapping[str, Callable[[Json, Desk], Heard]]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "DataTransfer": _plainly({"status": "UnknownVendorId"}),
    "DiagnosticsStatusNotification": _plainly({}),
    "FirmwareStatusNotification": _plainly({}),
    "Heartbeat": _beat,
    "LogStatusNotification": _plainly({}),
    "MeterValues": _values,
    "SecurityEventNotification": _plainly({}),
    "SignCertificate": _plainly({"status": "Rejected"}),
    "SignedFirmwareStatusNotification": _plainly({}),
    "StartTransaction": _begun,
    "StatusNotification": _stated,
    "StopTransaction": _ended,
}
"""By action. Firmware, logs and certificates are no business of an energy manager: they are taken note of."""
