"""One charger's connection: frames, schemas and answers in time, by the ``ocpp`` library; what is meant stands above.

Whatever a charger says, it gets an answer or an error, never silence and never a crash. Calls to it go one by one, as
the standard wants it.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, Final

import ocpp.exceptions as faults  # type: ignore[import-untyped]
from ocpp.messages import Call, CallError, CallResult, MessageType, unpack, validate_payload  # type: ignore[import-untyped]
from ocpp.v16.enums import Action as Action16  # type: ignore[import-untyped]
from ocpp.v201.enums import Action as Action201  # type: ignore[import-untyped]
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from enerwise.protocols.ocpp.words import Ask, Dialect, Json

ACTIONS: Final = {"1.6": frozenset(map(str, Action16)), "2.0.1": frozenset(map(str, Action201))}
NAMES16: Final = {
    "FormatViolation": "FormationViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
}
"""Errors that 1.6 spells otherwise. Source: OCPP-J 1.6, 4.2.3."""
UNKNOWN_ID: Final = "-1"
"""Names a message that could not be read. Source: OCPP-J 2.0.1, 4.2.3."""
ID_LENGTH: Final = 36

TEXT_LENGTH: Final = 200

Answer = Callable[[str, Json], Json | None]
"""Return the answer to a call, None where there is none to this action."""


class Refused(Exception):
    """A charger answered a call with an error, or with something that is no answer."""


class OcppLine:
    """One connection, from its beginning to its end."""

    def __init__(self, connection: ServerConnection, dialect: Dialect, answer: Answer) -> None:
        """Take a connection whose handshake is done.

        Args:
            connection: The websocket.
            dialect: The version both sides agreed on.
            answer: Called for each call that keeps to its schema.
        """
        self.dialect = dialect
        self._connection, self._answer = connection, answer
        self._turn = asyncio.Lock()
        self._count = 0
        self._waiting: tuple[str, str, asyncio.Future[Json]] | None = None
        self.refused_count = 0
        """Messages that were answered with an error."""

    async def run(self) -> None:
        """Hear the charger until the connection ends."""
        try:
            async for text in self._connection:
                await self._take(text)
        except ConnectionClosed:
            pass
        finally:
            self._give_up("the connection has ended")

    async def close(self, why: str) -> None:
        """End the connection; a peer that does not say goodbye is not waited for long."""
        self._give_up(why)
        await self._connection.close(reason=why)

    async def ask(self, ask: Ask, *, timeout_s: float) -> Json:
        """Call the charger and return its answer.

        Raises:
            TimeoutError: It does not answer in time.
            Refused: It answers with an error or with nonsense.
            OSError: The connection has ended.
        """
        try:
            async with asyncio.timeout(timeout_s), self._turn:
                return await self._asked(ask)
        except TimeoutError:
            raise TimeoutError(f"{ask.action} is not answered within {timeout_s:g} s") from None
        except ConnectionClosed:
            raise ConnectionError("the connection has ended") from None

    async def _asked(self, ask: Ask) -> Json:
        self._count += 1
        call = Call(str(self._count), ask.action, ask.payload)
        # What breaks the schema here is a mistake of ours, and no charger is bothered with it.
        await validate_payload(call, self.dialect.version)
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting = (call.unique_id, ask.action, answered)
        try:
            await self._connection.send(call.to_json())
            return await answered
        finally:
            self._waiting = None

    def _give_up(self, why: str) -> None:
        if self._waiting is not None and not self._waiting[2].done():
            self._waiting[2].set_exception(ConnectionError(why))

    # -- What comes ----------------------------------------------------------------------------------------------

    async def _take(self, text: str | bytes) -> None:
        try:
            message = unpack(text)
        except faults.OCPPError as fault:
            # An answer that is none is no question: answering it could go on for ever.
            if not _is_answer(text):
                await self._refuse(_id_in(text), fault)
        except (ValueError, RecursionError) as error:
            await self._refuse(UNKNOWN_ID, faults.FormatViolationError(description=_short(error)))
        else:
            await self._sort(message)

    async def _sort(self, message: Any) -> None:
        match message:
            case Call():
                await self._called(message)
            case CallResult():
                await self._answered(message)
            case CallError():
                self._settle(message.unique_id, Refused(f"{message.error_code}: {_short(message.error_description)}"))

    async def _called(self, call: Any) -> None:
        if not isinstance(call.unique_id, str) or not 0 < len(call.unique_id) <= ID_LENGTH:
            await self._refuse(UNKNOWN_ID, faults.FormatViolationError(description="the message has no proper id"))
            return
        try:
            answer = await self._answer_to(call)
        except faults.OCPPError as fault:
            await self._refuse(call.unique_id, fault)
        except Exception as error:  # Whatever a charger made us stumble over, it gets an error and the line lives on.
            await self._refuse(call.unique_id, faults.InternalError(description=_short(error)))
        else:
            await self._send(call.create_call_result(answer).to_json())

    async def _answer_to(self, call: Any) -> Json:
        # The name of an action becomes the name of a file in the library: only names that are known go there.
        if not isinstance(call.action, str) or call.action not in ACTIONS[self.dialect.version]:
            raise faults.NotSupportedError(description=f"{_short(call.action)} is not known here")
        await validate_payload(call, self.dialect.version)
        answer = self._answer(call.action, call.payload)
        if answer is None:
            raise faults.NotImplementedError(description=f"{call.action} is not for this side")
        return answer

    async def _answered(self, result: Any) -> None:
        if self._waiting is None or self._waiting[0] != result.unique_id:
            return  # Late: nobody waits any more.
        result.action = self._waiting[1]
        try:
            await validate_payload(result, self.dialect.version)
        except faults.OCPPError as fault:
            self._settle(result.unique_id, Refused(f"the answer is none: {_short(fault.details.get('cause', fault))}"))
        else:
            self._settle(result.unique_id, result.payload)

    def _settle(self, unique_id: object, outcome: Json | Refused) -> None:
        if self._waiting is None or self._waiting[0] != unique_id or self._waiting[2].done():
            return
        if isinstance(outcome, Refused):
            self._waiting[2].set_exception(outcome)
        else:
            self._waiting[2].set_result(outcome)

    async def _refuse(self, unique_id: str, fault: Any) -> None:
        self.refused_count += 1
        code = NAMES16.get(fault.code, fault.code) if self.dialect.version == "1.6" else fault.code
        cause = fault.details.get("cause") if isinstance(fault.details, dict) else None
        await self._send(CallError(unique_id, code, _short(cause or fault.description), {}).to_json())

    async def _send(self, text: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(text)


def _id_in(text: str | bytes) -> str:
    """Return the id of a message that is none, as far as it has one."""
    row = _row(text)
    has_one = len(row) > 1 and isinstance(row[1], str) and 0 < len(row[1]) <= ID_LENGTH
    return str(row[1]) if has_one else UNKNOWN_ID


def _is_answer(text: str | bytes) -> bool:
    return _row(text)[:1] in ([MessageType.CallResult], [MessageType.CallError])


def _row(text: str | bytes) -> list[Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return row if isinstance(row, list) else []


def _short(text: object) -> str:
    return str(text)[:TEXT_LENGTH]
