"""A socket that tells what the stream of events tells, and takes commands, followed until their fate is known.

A command is ``received`` when it is understood and allowed, then ``acknowledged``, ``refused`` or ``expired``. An
override is acknowledged when a verdict of the guard has taken it up; anything else when the site process has.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.face import Desk, Face, NoAnswer
from enerwise.serve.api.live.hub import Hub, Hubs, Listener
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.wire import to_json

MESSAGE_CHARS: Final = 16_384
ID_CHARS: Final = 64
COMMANDS_MOST: Final = 16
"""Commands of one socket that may be under way."""
FATE_S: Final = 90.0
"""A turn lasts a minute at most on twins, and a wish waits for the next one."""
STOP_S: Final = 5.0
LOOK_S: Final = 0.05
CHECK_S: Final = 30.0
"""How often it is asked whether the other side may still listen."""
POLICY: Final = 1008
AGAIN: Final = 1013
DOES: Final = {"mode": Action.CONTROL, "override": Action.CONTROL, "withdraw": Action.CONTROL, "goal": Action.CONTROL}
FIELDS: Final = ("mode", "asset", "action", "power_w", "until", "reason", "goal")
STATE: Final = "state"
TOPICS: Final = frozenset({STATE, "heartbeat", "stop"})
"""Snapshots and changes are one topic, whatever else is told is named as it is."""
SETTLED: Final = frozenset({"acting", "cut"})
OVER: Final = frozenset({"refused", "ended", "withdrawn"})


class Talk:
    """One socket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._socket = websocket
        self._face: Face = websocket.app.state.face
        self._hubs: Hubs = websocket.app.state.hubs
        self._out: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(256)
        self._topics: dict[str, frozenset[str]] = {}
        self._told: dict[str, asyncio.Task[None]] = {}
        self._commands: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Talk until the other side goes."""
        caller = await self._caller()
        if caller is None:
            await self._socket.close(POLICY, "sign in first, and come from the server's own page")
            return
        await self._socket.accept()
        beside = [asyncio.create_task(self._send()), asyncio.create_task(self._check_for_ever())]
        try:
            while (text := await self._next()) is not None and await self._heard(text):
                continue
        finally:
            tasks = [*beside, *self._told.values(), *self._commands]
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close(POLICY, "ended")

    async def _next(self) -> str | None:
        """Return the next message, empty where it is no text; None when the other side has gone."""
        if self._socket.client_state is WebSocketState.DISCONNECTED:
            return None
        message = await self._socket.receive()
        return None if message["type"] == "websocket.disconnect" else message.get("text") or ""

    async def _check_for_ever(self) -> None:
        """Tell nothing more to a session that has ended, and nothing of a site whose right was taken away."""
        while True:
            await asyncio.sleep(CHECK_S)
            caller = await self._caller()
            if caller is None:
                await self._close(POLICY, "sign in again")
                return
            for site in [each for each in self._told if not caller.may(Action.SEE, each)]:
                self._leave(site)
                self._say({"type": "error", "code": "no-such-site", "site": site})

    async def _close(self, code: int, why: str) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code, why)

    async def _caller(self) -> Caller | None:
        try:
            # Asked first, for the accounts put on record what a foreign page tries with a session.
            caller = await self._face.accounts.caller(self._socket)
        except Trouble:
            return None
        origin = self._socket.headers.get("origin")
        # A browser says where its page is from; one of a foreign page must not speak with our cookie.
        here = {urlsplit(self._face.origin).netloc, self._socket.headers.get("host", "")}
        return caller if origin is None or urlsplit(origin).netloc in here else None

    async def _heard(self, text: str) -> bool:
        """Do what a message says; False ends the talk."""
        # Asked anew with every message: a session that has ended commands nothing.
        caller = await self._caller()
        if caller is None:
            return False
        try:
            said: Any = json.loads(text) if len(text) <= MESSAGE_CHARS else None
        except (ValueError, RecursionError):
            said = None
        match said:
            case {"type": "subscribe"}:
                self._subscribe(caller, said)
            case {"type": "command", "id": str(command_id)} if 0 < len(command_id) <= ID_CHARS:
                self._command(caller, command_id, said)
            case _:
                self._say({"type": "error", "code": "wrong-message", "detail": "send subscribe or command, as JSON"})
        return True

    # -- telling -------------------------------------------------------------------------------------------------

    def _subscribe(self, caller: Caller, asked: Mapping[str, Any]) -> None:
        topics, sites = _words(asked.get("topics"), TOPICS), _words(asked.get("sites"), frozenset())
        if unknown := sorted(topics - TOPICS):
            self._say({"type": "error", "code": "no-such-topic", "detail": f"{unknown[0]!r}: choose {sorted(TOPICS)}"})
            return
        for site in sorted(sites):
            if site not in self._face.desks or not caller.may(Action.SEE, site):
                self._say({"type": "error", "code": "no-such-site", "site": site})
            elif topics:
                self._topics[site] = topics
                if site not in self._told:
                    self._told[site] = asyncio.create_task(self._tell(site, self._hubs[site]))
            else:
                self._leave(site)

    def _leave(self, site: str) -> None:
        if (task := self._told.pop(site, None)) is not None:
            task.cancel()

    async def _tell(self, site: str, hub: Hub) -> None:
        listener: Listener = hub.listen()
        try:
            while (message := await listener.queue.get()) is not None:
                kind, content = _parts(message)
                if (kind if kind in TOPICS else STATE) in self._topics[site]:
                    await self._out.put({"type": kind, "site": site, "seq": content.get("seq"), "data": content})
            # The hub has let it go: too much was waiting.
            await self._close(AGAIN, "too slow; come again")
        finally:
            hub.leave(listener)

    async def _send(self) -> None:
        while (message := await self._out.get()) is not None:
            await self._socket.send_text(to_json(message).decode())

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._out.put_nowait(message)

    # -- commands ------------------------------------------------------------------------------------------------

    def _command(self, caller: Caller, command_id: str, asked: Mapping[str, Any]) -> None:
        refusal = self._refusal(caller, asked)
        if refusal is not None:
            self._fate(command_id, "refused", **refusal)
            return
        self._fate(command_id, "received")
        desk = self._face.desks[str(asked["site"])]
        task = asyncio.create_task(self._carry_out(caller, command_id, desk, asked))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    def _refusal(self, caller: Caller, asked: Mapping[str, Any]) -> dict[str, str] | None:
        site, what = str(asked.get("site")), asked.get("do")
        if site not in self._face.desks or not caller.may(Action.SEE, site):
            return {"code": "no-such-site", "detail": f"there is no site {site[:80]!r} that you may see"}
        if what == "stop":
            return (
                None
                if caller.may(Action.STOP, site)
                else {"code": "not-allowed", "detail": "you may not stop this site"}
            )
        if what not in DOES:
            return {"code": "unknown-command", "detail": f"do one of {', '.join((*DOES, 'stop'))}"}
        if not caller.may(DOES[str(what)], site):
            return {"code": "not-allowed", "detail": f"this needs the right to {DOES[str(what)]}"}
        if len(self._commands) >= COMMANDS_MOST:
            return {"code": "too-many", "detail": f"{COMMANDS_MOST} commands are under way"}
        return None

    async def _carry_out(self, caller: Caller, command_id: str, desk: Desk, asked: Mapping[str, Any]) -> None:
        if asked["do"] == "stop":
            await self._stop(caller, command_id, desk)
            return
        told = {name: asked[name] for name in FIELDS if name in asked} | {"since": asked.get("from")}
        lease_id = str(asked.get("lease") or command_id)
        try:
            answer = await desk.site_line.ask({**told, "do": asked["do"], "id": lease_id, "who": caller.id})
            taken(answer)
        except NoAnswer as error:
            self._fate(command_id, "expired", code="site-silent", detail=str(error))
        except Trouble as trouble:
            self._fate(command_id, "refused", code=trouble.code, detail=trouble.detail)
        else:
            await self._followed(command_id, desk, lease_id, is_lease=asked["do"] == "override")

    async def _stop(self, caller: Caller, command_id: str, desk: Desk) -> None:
        """Stop, as if it had come on the page's own way; acknowledged when the door has taken it."""
        order = self._socket.app.state.stop_way.begin(desk, command_id, caller.id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                while order.answer is None:
                    await asyncio.sleep(LOOK_S)
        if order.answer is None or "state" not in order.answer:
            why = "nobody has answered" if order.answer is None else str(order.answer.get("why"))
            self._fate(command_id, "expired", code="site-silent", detail=why, by_file=order.by_file)
        else:
            self._fate(command_id, "acknowledged")

    async def _followed(self, command_id: str, desk: Desk, lease_id: str, *, is_lease: bool) -> None:
        if not is_lease:
            self._fate(command_id, "acknowledged")
            return
        hub = self._hubs[desk.site.id]
        try:
            async with asyncio.timeout(FATE_S):
                while (lease := _lease(hub.shown, lease_id))["state"] not in SETTLED | OVER:
                    await hub.changed()
        except TimeoutError:
            self._fate(command_id, "expired", code="no-verdict", detail="no turn has judged it in time")
            return
        state = "acknowledged" if lease["state"] in SETTLED else "refused"
        self._fate(command_id, state, lease=lease, code=str(lease.get("rule", "")))

    def _fate(self, command_id: str, state: str, **more: Any) -> None:
        self._say({"type": "command", "id": command_id, "state": state, **more})


def _lease(shown: Mapping[str, Any], lease_id: str) -> dict[str, Any]:
    found = next((each for each in shown.get("leases", ()) if each["id"] == lease_id), None)
    return dict(found) if found is not None else {"state": "waiting"}


def _words(said: Any, otherwise: frozenset[str]) -> frozenset[str]:
    return frozenset(str(each) for each in said) if isinstance(said, list) else otherwise


def _parts(message: bytes) -> tuple[str, dict[str, Any]]:
    """Return kind and content of a server-sent event."""
    lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
    return lines[b"event"].decode(), json.loads(lines[b"data"])
