"""One connection to a broker, from its beginning to its end, on the paho client without its threads.

The client reads and writes where the event loop says so. Only the call itself, with the look-up of the name and the
greeting of TLS, is made in a thread of its own. A connection is never mended: whoever wants another opens another, so
that nothing old lies in a client's memory.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from enerwise.protocols.mqtt import Message

KEEPALIVE_S: Final = 10
"""The broker takes a client for dead after one and a half times this. [s]"""
CONNECT_S: Final = 5.0
LOOK_S: Final = 1.0
QOS: Final = 1
WINDOW_COUNT: Final = 20
"""So many messages may be on their way at once."""
LASTING_S: Final = 7 * 86_400
"""For so long a broker that speaks version 5 keeps what came while we were away. [s]"""
V311: Final = "3.1.1"
V5: Final = "5"
VERSIONS: Final = {V311: paho.MQTTv311, V5: paho.MQTTv5}

Take = Callable[[str, bytes, bool], None]
"""Gets what comes: topic, payload, and whether the broker kept it from before."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a broker is, and as whom it is called."""

    host: str
    port: int
    client_id: str
    version: str = V311
    user: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class TlsSocket(ssl.SSLSocket):
    """A socket that does not stay behind when the other side is not believed."""

    def do_handshake(self, block: bool = False) -> None:
        """Greet, or close."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


class MqttLine:
    """One connection."""

    def __init__(
        self,
        account: Account,
        *,
        will: Message | None = None,
        topics: Sequence[str] = (),
        is_lasting: bool = False,
        take: Take = lambda topic, payload, is_retained: None,
    ) -> None:
        """Prepare a connection.

        Args:
            account: Whom to call.
            will: Published by the broker when this connection ends without a goodbye.
            topics: What is listened to.
            is_lasting: Whether the broker shall keep what comes while we are away.
            take: Gets what comes; it must not raise.
        """
        self._account, self._topics, self._take = account, tuple(topics), take
        self._loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._acks: dict[int, asyncio.Future[None]] = {}
        self._fd = -1
        self._look: asyncio.TimerHandle | None = None
        self._lock = threading.Lock()
        self._is_dialling, self._is_closed = False, False
        self._is_lasting = is_lasting
        self._client = self._made(will)

    def _made(self, will: Message | None) -> paho.Client:
        account = self._account
        is_old = account.version == V311
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=account.client_id,
            protocol=VERSIONS[account.version],
            clean_session=not self._is_lasting if is_old else None,
            reconnect_on_failure=False,
        )
        client.max_inflight_messages_set(2 * WINDOW_COUNT)
        client.connect_timeout = CONNECT_S
        if account.user is not None:
            client.username_pw_set(account.user, account.password)
        if account.tls is not None:
            account.tls.sslsocket_class = TlsSocket
            client.tls_set_context(account.tls)
        if will is not None:
            client.will_set(will.topic, will.payload, QOS, will.is_retained)
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_publish, client.on_message = self._on_publish, self._on_message
        return client

    # -- Beginning and end ---------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Call the broker, and return when it listens and has taken every topic.

        Raises:
            OSError: It does not answer, does not let us in, or says nothing sensible.
        """
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._dial()
                await self._greeted
        except TimeoutError:
            raise TimeoutError(f"the broker {self._account} does not answer within {CONNECT_S:g} s") from None

    def close(self) -> None:
        """Say goodbye, and let go of everything. A second call does nothing."""
        self._end(ConnectionError("the connection was closed"))
        with self._lock:
            self._is_closed = True
            if self._is_dialling:
                return  # The thread that still calls hangs up when it is through.
        self._hang_up()

    def check(self) -> None:
        """Raise OSError where the connection has ended."""
        if self._ended.done():
            self._ended.result()

    async def wait_end(self) -> None:
        """Wait until the connection has ended, and raise why."""
        await asyncio.shield(self._ended)

    @property
    def ended(self) -> "asyncio.Future[None]":
        """Fails when the connection has ended."""
        return self._ended

    async def _dial(self) -> None:
        dialled: asyncio.Future[None] = self._loop.create_future()
        self._is_dialling = True
        threading.Thread(target=self._dial_apart, args=(dialled,), daemon=True, name="mqtt").start()
        await dialled
        sock = self._client.socket()
        if sock is None:
            raise ConnectionError(f"the broker {self._account} hung up at once")
        self._fd = sock.fileno()
        self._loop.add_reader(self._fd, self._hear)
        self._step(lambda: None)
        self._look_later()

    def _dial_apart(self, dialled: "asyncio.Future[None]") -> None:
        error: Exception | None = None
        try:
            self._client.connect(self._account.host, self._account.port, KEEPALIVE_S, **self._session())
        except Exception as failure:  # Whatever it was, the call gets an end.
            error = failure
        with self._lock:
            self._is_dialling = False
            is_closed = self._is_closed
        if is_closed:
            self._hang_up()
        # The loop may have ended while the broker was thinking; then nobody waits any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_settle, dialled, _told(error, self._account))

    def _session(self) -> dict[str, Any]:
        """Return what version 5 is told of the session; the older one was told when the client was made."""
        if self._account.version != V5:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        if self._is_lasting:
            properties.SessionExpiryInterval = LASTING_S
        return {"clean_start": not self._is_lasting, "properties": properties}

    def _hang_up(self) -> None:
        sock = self._client.socket()
        if sock is None:
            return
        # The goodbye also closes, where it can be sent at once; otherwise the connection is cut under it.
        with contextlib.suppress(Exception):
            self._client.disconnect()
        if self._client.socket() is not None:
            with contextlib.suppress(OSError):
                if isinstance(sock, socket.socket):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            with contextlib.suppress(Exception):
                self._client.loop_read()

    def _end(self, error: Exception) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
            self._fd = -1
        if self._look is not None:
            self._look.cancel()
            self._look = None
        for future in (self._greeted, self._ended, *self._acks.values()):
            if not future.done():
                future.set_exception(error)
                future.exception()  # It is told to whoever asks, and to nobody who does not.
        self._acks.clear()

    # -- Bytes ---------------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        self._step(self._read)

    def _read(self) -> MQTTErrorCode:
        while True:
            code = self._client.loop_read()
            sock = self._client.socket()
            # TLS may hold more than the socket shows.
            if code != paho.MQTT_ERR_SUCCESS or not isinstance(sock, ssl.SSLSocket) or not sock.pending():
                return code

    def _step(self, work: Callable[[], MQTTErrorCode | None]) -> None:
        """Do something with the client, and see what became of the connection."""
        if self._ended.done():
            return
        try:
            code = work()
        except Exception as error:  # What a peer can make a library raise has no list.
            self._end(ConnectionError(f"the broker {self._account} talks nonsense: {error}"))
            return
        if code not in (None, paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_AGAIN) or self._client.socket() is None:
            self._end(ConnectionError(f"the connection to {self._account} is lost: {_words(code)}"))
        elif self._client.want_write():
            self._loop.add_writer(self._fd, self._write)
        else:
            self._loop.remove_writer(self._fd)

    def _write(self) -> None:
        self._step(self._client.loop_write)

    def _look_later(self) -> None:
        if self._fd >= 0:
            self._look = self._loop.call_later(LOOK_S, self._look_now)

    def _look_now(self) -> None:
        self._step(self._client.loop_misc)
        self._look_later()

    # -- Messages ------------------------------------------------------------------------------------------------

    def publish(self, message: Message, *, qos: int = QOS, expires_s: float | None = None) -> "asyncio.Future[None]":
        """Send a message, and return what is done when the broker has it, and fails when the connection ends before.

        Args:
            message: What is sent.
            qos: 0 is done as soon as it is on its way.
            expires_s: After this the broker hands it to nobody any more, where it speaks version 5. [s]
        """
        sent: asyncio.Future[None] = self._loop.create_future()
        if self._ended.done():
            sent.set_exception(self._ended.exception() or ConnectionError("the connection was closed"))
            sent.exception()
            return sent

        def work() -> MQTTErrorCode:
            properties = self._expiring(expires_s)
            info = self._client.publish(message.topic, message.payload, qos, message.is_retained, properties)
            if qos and info.rc == paho.MQTT_ERR_SUCCESS:
                self._acks[info.mid] = sent
            elif not sent.done():
                sent.set_result(None)
            return info.rc

        self._step(work)
        return sent

    def _expiring(self, expires_s: float | None) -> Properties | None:
        if expires_s is None or self._account.version != V5:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = max(1, int(expires_s))
        return properties

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._refuse(f"the broker {self._account} does not let us in: {reason}")
        elif self._topics:
            client.subscribe([(each, QOS) for each in self._topics])
        else:
            _settle(self._greeted, None)

    def _on_subscribe(self, client: paho.Client, data: Any, mid: int, reasons: Any, properties: Any) -> None:
        refused = [topic for topic, reason in zip(self._topics, reasons, strict=False) if reason.is_failure]
        if refused:
            self._refuse(f"the broker {self._account} does not let us listen to {', '.join(refused)}")
        else:
            _settle(self._greeted, None)

    def _refuse(self, why: str) -> None:
        _settle(self._greeted, ConnectionRefusedError(why))

    def _on_publish(self, client: paho.Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        ack = self._acks.pop(mid, None)
        if ack is not None:
            _settle(ack, None)

    def _on_message(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        self._take(message.topic, bytes(message.payload), message.retain)


@contextlib.asynccontextmanager
async def connected(
    account: Account,
    *,
    will: Message | None = None,
    topics: Sequence[str] = (),
    is_lasting: bool = False,
    take: Take = lambda topic, payload, is_retained: None,
) -> AsyncIterator[MqttLine]:
    """Open a connection, hand it out, and let go of it; see `MqttLine`.

    Raises:
        OSError: The broker does not answer, does not let us in, or says nothing sensible.
    """
    line = MqttLine(account, will=will, topics=topics, is_lasting=is_lasting, take=take)
    try:
        await line.open()
        yield line
    finally:
        line.close()


def _settle(future: "asyncio.Future[None]", error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
        future.exception()


def _told(error: Exception | None, account: Account) -> Exception | None:
    """Return a failure in words that name the broker."""
    if error is None:
        return None
    if isinstance(error, ssl.SSLCertVerificationError):
        return OSError(f"the broker {account}: its certificate is not trusted: {error.verify_message}")
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return OSError(f"the broker {account} cannot be reached: {words}")


def _words(code: object) -> str:
    return paho.error_string(code) if isinstance(code, MQTTErrorCode) and code else "the broker hung up"
