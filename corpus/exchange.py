"""One request and its answer, on a connection of its own to a checked address. The only user of httpcore.

Each connection serves one request: nothing that a server left behind in it can reach the next one.
"""

import functools
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpcore

from corpus.addresses import Target, check_addresses, is_ip_address
from corpus.errors import FetchFailed, FetchRefused

#: Bytes that the head of an answer and the framing of its body may have, beyond the body.
FRAMING = 200_000

#: Addresses of one name that are tried, one after the other.
ADDRESSES_TRIED = 4


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the IP addresses of a name, the best one first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


#: The certificates that are trusted, the system's and those of certifi; loading them takes a moment.
trusted_certificates = functools.cache(httpcore.default_ssl_context)


@dataclass(frozen=True, slots=True)
class Network:
    """The way out: who resolves names, who opens connections, and who vouches for certificates."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    backend: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    tls: Callable[[], ssl.SSLContext] = trusted_certificates


#: Seconds after which an end of all fetching is noticed while a server is silent.
_NOTICED_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When an exchange ends, whatever the server does: a moment, a size, or the end of all fetching."""

    clock: Callable[[], float]
    until: float
    connect_s: float
    largest: int  # bytes on the wire
    closing: threading.Event

    def left_s(self, most: float = float("inf")) -> float:
        """Return the seconds that are left, or `most` if that is less.

        Raises:
            _OutOfTime: there are none.
        """
        left = self.until - self.clock()
        if left <= 0 or self.closing.is_set():
            raise _OutOfTime
        return min(left, most)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: all of its head, and its body while the exchange lasts."""

    status: int
    headers: Mapping[str, str]  # small letters; what was said twice is joined by commas
    body: Iterable[bytes]


@contextmanager
def exchange(
    target: Target, headers: Collection[tuple[str, str]], *, network: Network, limits: Limits
) -> Iterator[Answer]:
    """Send a GET request, and have its answer while the block lasts.

    Raises:
        FetchRefused: more comes than may.
        FetchFailed: there is no such name, it leads to a forbidden address, there is no connection, no valid
            certificate, or no whole answer in time.
    """
    with _explained(target, limits):
        addresses = check_addresses(target, _addresses(target, network, limits))
        wire = _Wiring(addresses, network.backend, limits)
        origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
        tls = network.tls() if target.scheme == "https" else None
        with httpcore.HTTPConnection(origin, ssl_context=tls, network_backend=wire) as connection:
            yield from _answers(connection, target, headers)


class _OutOfTime(Exception):
    """No time is left; explained before anybody sees it."""


class _TooMuch(Exception):
    """More came than may; explained before anybody sees it."""


class _Wiring(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name may lead to by now."""

    def __init__(self, addresses: Sequence[str], backend: httpcore.NetworkBackend, limits: Limits) -> None:
        self._addresses = addresses
        self._backend = backend
        self._limits = limits

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - resolved already, and only once
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the limits know it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses[:ADDRESSES_TRIED]:
            seconds = self._limits.left_s(self._limits.connect_s)
            try:
                stream = self._backend.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Wire(stream, self._limits)
        raise failure


class _Wire(httpcore.NetworkStream):
    """A connection that ends when the limits say so, however slowly or much the server goes on."""

    def __init__(self, stream: httpcore.NetworkStream, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        some = self._next_bytes(max_bytes)
        self._received += len(some)
        if self._received > self._limits.largest + FRAMING:
            raise _TooMuch
        return some

    def _next_bytes(self, max_bytes: int) -> bytes:
        """Wait for bytes a little at a time, so that an end of all fetching is noticed soon."""
        while True:
            seconds = self._limits.left_s(_NOTICED_WITHIN_S)
            try:
                return self._stream.read(max_bytes, seconds)
            except httpcore.ReadTimeout:
                self._limits.left_s()  # raises when that was the end

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._limits.left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        seconds = self._limits.left_s(self._limits.connect_s)
        return _Wire(self._stream.start_tls(ssl_context, server_hostname, seconds), self._limits)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _addresses(target: Target, network: Network, limits: Limits) -> Sequence[str]:
    """Resolve a name, once; in a thread, since the system's resolver knows no deadline of ours."""
    if is_ip_address(target.host):
        return [target.host]
    thread = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        found = thread.submit(network.resolve, target.host, target.port).result(limits.left_s())
    except TimeoutError as error:
        raise _OutOfTime from error
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{target.host} cannot be found; is its name right, and the network up?") from error
    finally:
        thread.shutdown(wait=False)
    return found


def _answers(
    connection: httpcore.HTTPConnection, target: Target, headers: Collection[tuple[str, str]]
) -> Iterator[Answer]:
    url = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    host = target.origin.partition("://")[2]
    sent = [(name.encode(), value.encode("latin-1", "replace")) for name, value in (("Host", host), *headers)]
    with connection.stream("GET", url, headers=sent) as response:
        yield Answer(response.status, _joined(response.headers), response.iter_stream())


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


@contextmanager
def _explained(target: Target, limits: Limits) -> Iterator[None]:
    """Say in plain words what went wrong between the two machines."""
    host = target.host
    try:
        yield
    except (_OutOfTime, httpcore.TimeoutException) as error:
        reason = "fetching is being ended" if limits.closing.is_set() else "it did not answer in time"
        raise FetchFailed(f"{host}: {reason}") from error
    except _TooMuch as error:
        raise FetchRefused(
            f"{host}: it sends more than {limits.largest:,} bytes, which is too much"
        ) from error
    except httpcore.ConnectError as error:
        raise FetchFailed(f"{host}: {_why_no_connection(error)}") from error
    except httpcore.NetworkError as error:
        raise FetchFailed(f"{host}: it broke off before all of its answer was there") from error
    except httpcore.ProtocolError as error:
        raise FetchFailed(f"{host}: it broke off, or its answer is no HTTP that can be read") from error


def _why_no_connection(error: httpcore.ConnectError) -> str:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return "no encrypted connection with it comes about"
    return "it cannot be reached"
