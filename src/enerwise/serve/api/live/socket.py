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
FATE_S: Final = 60.0
POLICY: Final = 1008
DOES: Final = {"mode": Action.CONTROL, "override": Action.CONTROL, "withdraw": Action.CONTROL, "goal": Action.CONTROL}
FIELDS: Final = ("mode", "asset", "action", "power_w", "until", "reason", "goal", "lease")
TOPICS: Final = frozenset({"state", "heartbeat"})
SETTLED: Final = frozenset({"acting", "cut"})
OVER: Final = frozenset({"refused", "ended", "withdrawn"})


class Talk:
    """One socket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._socket = websocket
        self._face: Face = websocket.app.state.face
        self._hubs: Hubs = websocket.app.state.hubs
        self._out: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(256)
        self._told: dict[str, asyncio.Task[None]] = {}
        self._commands: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Talk until the other side goes."""
        caller = await self._caller()
        if caller is None:
            await self._socket.close(POLICY, "sign in first, and come from the server's own page")
            return
        await self._socket.accept()
        sender = asyncio.create_task(self._send())
        try:
            with contextlib.suppress(WebSocketDisconnect):
                while True:
                    await self._heard(await self._socket.receive_text())
        finally:
            for each in (sender, *self._told.values(), *self._commands):
                each.cancel()

    async def _caller(self) -> Caller | None:
        origin = self._socket.headers.get("origin")
        # A browser says where its page is from; one of a foreign page must not speak with our cookie.
        here = {urlsplit(self._face.origin).netloc, self._socket.headers.get("host", "")}
        if origin is not None and urlsplit(origin).netloc not in here:
            return None
        try:
            return await self._face.accounts.caller(self._socket)
        except Trouble:
            return None

    async def _heard(self, text: str) -> None:
        # Asked anew with every message: a session that has ended commands nothing.
        caller = await self._caller()
        if caller is None:
            raise WebSocketDisconnect(POLICY)
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

    # -- telling -------------------------------------------------------------------------------------------------

    def _subscribe(self, caller: Caller, asked: Mapping[str, Any]) -> None:
        sites = [str(each) for each in asked.get("sites", ())] if isinstance(asked.get("sites"), list) else []
        topics = (
            {str(each) for each in asked.get("topics", TOPICS)} if isinstance(asked.get("topics", []), list) else TOPICS
        )
        if unknown := sorted(topics - TOPICS):
            self._say({"type": "error", "code": "no-such-topic", "detail": f"{unknown[0]!r}: choose {sorted(TOPICS)}"})
            return
        for site in sites:
            if site not in self._face.desks or not caller.may(Action.SEE, site):
                self._say({"type": "error", "code": "no-such-site", "site": site})
            elif site not in self._told:
                self._told[site] = asyncio.create_task(self._tell(site, self._hubs[site], topics))

    async def _tell(self, site: str, hub: Hub, topics: set[str] | frozenset[str]) -> None:
        listener: Listener = hub.listen()
        try:
            while (message := await listener.queue.get()) is not None:
                kind, content = _parts(message)
                if ("heartbeat" if kind == "heartbeat" else "state") in topics:
                    await self._out.put({"type": kind, "site": site, "seq": content.get("seq"), "data": content})
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
            self._socket.app.state.stop_way.begin(desk, command_id, caller.id)
            self._fate(command_id, "acknowledged")
            return
        told = {name: asked[name] for name in FIELDS if name in asked}
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


def _parts(message: bytes) -> tuple[str, dict[str, Any]]:
    """Return kind and content of a server-sent event."""
    lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
    return lines[b"event"].decode(), json.loads(lines[b"data"])
