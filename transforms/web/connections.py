"""Connections to hosts whose IP address was checked.

The backend checks the address that a name resolves to, and connects to that very address. So a machine of the private
network is not reached by a name that points there, by a host spelled as a decimal, octal or hexadecimal number, or by
a name that resolves differently the second time.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from schemas.trouble import Trouble
from transforms.web.head_filter import HeadFilter

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Resolves a host name and port to numeric addresses, best first. Raises OSError or UnicodeError."""

METADATA = frozenset({"169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"})
"""Addresses at which cloud hosts give credentials to any program on the machine."""

OPENED = frozenset({"private", "loopback", "shared"})
"""Kinds of address that ``allow_private`` permits. The others are never permitted: no news is served there."""

# IANA special-purpose address registries (RFC 6890 and updates). Listed here, since ipaddress.is_private differs
# between patch releases of Python.
_SPECIAL = [
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),  # carrier-grade NAT, RFC 6598
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "reserved"),  # NAT64 of a local network, RFC 8215
        ("fc00::/7", "private"),
        ("fec0::/10", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "reserved"),
        ("3fff::/20", "reserved"),
    )
]
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_MOST_ADDRESSES = 8
_NOT_THE_LAST_S = 5.0  # one dead address of several must not use up the time of all
_NAMES_S = 60.0


def address_kind(address: str) -> str:
    """Classify an address: 'public', or the reason why news is not served there.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64, Teredo) has the kind of that one.

    >>> [address_kind(a) for a in ("93.184.216.34", "127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::")]
    ['public', 'loopback', 'private', 'loopback']

    Raises:
        ValueError: the text is not a numeric address.
    """
    ip = ipaddress.ip_address(address)
    inner = _embedded(ip)
    if inner is not None:
        return address_kind(str(inner))
    bare = address.partition("%")[0].lower()
    if bare in METADATA or str(ip).partition("%")[0] in METADATA:
        return "metadata"
    for network, kind in _SPECIAL:
        if ip.version == network.version and ip in network:
            return kind
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return "reserved"
    return "public" if ip.is_global else "reserved"


def _embedded(ip: Address) -> ipaddress.IPv4Address | None:
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def is_permitted(address: str, *, allow_private: bool) -> bool:
    """Return whether a connection to a numeric address is permitted.

    >>> is_permitted("192.168.1.1", allow_private=False), is_permitted("192.168.1.1", allow_private=True)
    (False, True)
    >>> is_permitted("169.254.169.254", allow_private=True)
    False
    """
    kind = address_kind(address)
    return kind == "public" or (allow_private and kind in OPENED)


def resolve(host: str, port: int) -> list[str]:
    """Resolve a host by the system's resolver; the addresses keep its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class RequestDeadline(threading.local):
    """Deadline of the current thread's request, and whether it has opened a connection."""

    until: float = float("inf")
    connected: bool = False

    def start(self, seconds: float) -> None:
        """Start a request that may take ``seconds``."""
        self.until = time.monotonic() + seconds
        self.connected = False

    def left(self) -> float:
        """Return the seconds left; not positive once the deadline has passed."""
        return self.until - time.monotonic()

    def bounded(self, timeout: float | None) -> float:
        """Return the shorter of a timeout and the time left.

        Raises:
            httpcore.ReadTimeout: no time is left.
        """
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("no time left")
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Network backend of httpcore that connects to permitted addresses only, before the deadline.

    Safe for use by many threads.

    Args:
        deadline: that of the current thread's request.
        allow_private: permit loopback, private and carrier-grade NAT addresses. Link-local, metadata,
            multicast and reserved addresses are never permitted.
        resolver: resolves a name to addresses.
    """

    def __init__(self, deadline: RequestDeadline, *, allow_private: bool, resolver: Resolve = resolve) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first permitted address that accepts.

        Raises:
            Trouble: fetch.dns, fetch.private_address or fetch.connect.
            httpcore.TimeoutException: the deadline or the timeout has passed.
        """
        self._deadline.connected = True
        addresses = self._checked(host, port, self._deadline.bounded(timeout))
        failure: Exception | None = None
        for rank, address in enumerate(addresses, start=1):
            patience = self._deadline.bounded(timeout)
            if rank < len(addresses):
                patience = min(patience, _NOT_THE_LAST_S)
            try:
                stream = self._plain.connect_tcp(address, port, patience, local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        if isinstance(failure, httpcore.ConnectTimeout):
            raise failure
        raise Trouble("fetch.connect", f"no connection to {host} port {port} ({', '.join(addresses)}): {failure}")

    def _checked(self, host: str, port: int, timeout: float) -> list[str]:
        addresses = self._resolve(host, port, timeout)[:_MOST_ADDRESSES]
        good = [address for address in addresses if is_permitted(address, allow_private=self._allow_private)]
        if not good:
            kinds = ", ".join(f"{address} ({address_kind(address)})" for address in addresses)
            raise Trouble("fetch.private_address", f"{host} is {kinds}, to which no connection is made")
        return good

    def _resolve(self, host: str, port: int, timeout: float) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]  # nothing to look up, so nothing to wait for
        except ValueError:
            pass
        answer: list[Sequence[str]] = []
        failure: list[Exception] = []

        def look_up() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, ValueError) as error:  # ValueError: names that cannot be encoded
                failure.append(error)

        # The system's resolver takes no time limit, so it runs on a thread that is abandoned after the limit.
        thread = threading.Thread(target=look_up, name="newsmill-dns", daemon=True)
        thread.start()
        thread.join(min(timeout, _NAMES_S))
        if answer and answer[0]:
            return answer[0]
        if failure or answer:
            raise Trouble("fetch.dns", f"{host[:200]!r} does not resolve: {failure[0] if failure else 'no address'}")
        raise Trouble("fetch.dns", f"{host[:200]!r} did not resolve within {timeout:.0f} s")


class _TimedStream(httpcore.NetworkStream):
    """A stream on which no step waits beyond the deadline, so that a slow trickle ends, too.

    It returns heads of responses as :class:`HeadFilter` cleans them.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: RequestDeadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._heads = HeadFilter()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data = self._stream.read(max_bytes, self._deadline.bounded(timeout))
            out = self._heads.feed(data)
            if out or not data:
                return out

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._heads.expect()
        self._stream.write(buffer, self._deadline.bounded(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        name = server_hostname.rstrip(".") if server_hostname else server_hostname
        try:
            stream = self._stream.start_tls(ssl_context, name, self._deadline.bounded(timeout))
        except (httpcore.ConnectError, ValueError) as error:
            raise Trouble("fetch.tls", f"TLS with {name} failed: {error}") from error
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
