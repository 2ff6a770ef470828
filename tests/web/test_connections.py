"""Connections: which addresses are permitted, resolved and reached, and within which time."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.servers import Reply, Server, redirect
from transforms.web import connections as addresses
from transforms.web.client import HttpClient
from transforms.web.connections import (
    Address,
    GuardedBackend,
    RequestDeadline,
    Resolve,
    address_kind,
    is_permitted,
    resolve,
)
from transforms.web.policy import FetchPolicy

KINDS = {
    "8.8.8.8": "public",
    "93.184.216.34": "public",
    "2606:4700:4700::1111": "public",
    "0.0.0.0": "unspecified",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "172.32.0.1": "public",
    "192.168.0.1": "private",
    "100.64.0.1": "shared",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.169.254": "metadata",
    "169.254.1.1": "link-local",
    "168.63.129.16": "metadata",
    "100.100.100.200": "metadata",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "203.0.113.9": "reserved",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "reserved",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fc00::1": "private",
    "fd00:ec2::254": "metadata",
    "fec0::1": "private",
    "ff02::1": "multicast",
    "2001:db8::1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "metadata",
    "::ffff:8.8.8.8": "public",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "metadata",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::a9fe:a9fe": "metadata",
    "64:ff9b::808:808": "public",
    "64:ff9b:1::1": "reserved",
    "64:ff9b::a00:1": "private",
    "64:ff9b::e000:1": "multicast",
    "2002:a00:1::": "private",
    "2002:c0a8:101::5": "private",
    "2002:808:808::": "public",
    "::ffff:10.0.0.1": "private",
    "::ffff:0.0.0.0": "unspecified",
    "::ffff:224.0.0.1": "multicast",
    "::ffff:100.100.100.200": "metadata",
    "::169.254.169.254": "reserved",
    "192.0.0.192": "metadata",
    "0.1.2.3": "unspecified",
    "ff0e::1": "multicast",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "loopback",  # Teredo, client 127.0.0.1 inverted
    "100::1": "reserved",
    "4000::1": "reserved",
}


@pytest.mark.parametrize(("address", "kind"), KINDS.items())
def test_kind(address: str, kind: str) -> None:
    assert address_kind(address) == kind


@given(st.ip_addresses())
def test_nothing_that_ipaddress_calls_not_global_is_asked(address: Address) -> None:
    if is_permitted(str(address), allow_private=False):
        assert not address.is_multicast
        inner = getattr(address, "sixtofour", None) or getattr(address, "ipv4_mapped", None) or address
        assert inner.is_global


@pytest.mark.parametrize("address", [a for a, kind in KINDS.items() if kind in ("metadata", "link-local", "multicast")])
def test_some_stay_shut_whatever_is_allowed(address: str) -> None:
    assert not is_permitted(address, allow_private=True)


def deadline(seconds: float = 5.0) -> RequestDeadline:
    made = RequestDeadline()
    made.start(seconds)
    return made


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f000001", "127.1", "::1"])
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(Trouble) as caught:
        GuardedBackend(deadline(), allow_private=False).connect_tcp(host, 80, 1.0)
    # glibc reads the odd spellings as addresses; where a system does not, the name does not resolve
    assert caught.value.code in ("fetch.private_address", "fetch.dns")
    if host in ("127.0.0.1", "localhost"):
        assert caught.value.code == "fetch.private_address"


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]  # a name that changes its mind
    with socket.create_server(("127.0.0.1", 0)) as listener:
        backend = GuardedBackend(deadline(), allow_private=True, resolver=lambda *_: answers.pop(0))
        stream = backend.connect_tcp("turncoat.example", listener.getsockname()[1], 1.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        stream.close()
        with pytest.raises(Trouble, match="metadata"):
            backend.connect_tcp("turncoat.example", listener.getsockname()[1], 1.0)


def test_the_second_address_is_tried_when_the_first_refuses() -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        both = ["127.0.0.3", "127.0.0.2"]
        backend = GuardedBackend(deadline(), allow_private=True, resolver=lambda *_: both)
        stream = backend.connect_tcp("two.example", listener.getsockname()[1], 1.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.2"
        stream.close()


def test_a_private_address_beside_a_public_one_is_left_out() -> None:
    backend = GuardedBackend(deadline(0.3), allow_private=False, resolver=lambda *_: ["127.0.0.1", "192.168.0.9"])
    with pytest.raises(Trouble, match=r"127.0.0.1 \(loopback\), 192.168.0.9 \(private\)"):
        backend.connect_tcp("mixed.example", 80, 0.2)


def test_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Trouble) as caught:
        GuardedBackend(deadline(), allow_private=True).connect_tcp("127.0.0.1", port, 1.0)
    assert caught.value.code == "fetch.connect"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_does_not_resolve(error: Exception) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(Trouble) as caught:
        GuardedBackend(deadline(), allow_private=False, resolver=fail).connect_tcp("nowhere.example", 80, 1.0)
    assert caught.value.code == "fetch.dns"


def test_a_resolver_that_hangs_takes_no_longer_than_the_time_limit() -> None:
    release = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        release.wait(600)
        return ["127.0.0.1"]

    with pytest.raises(Trouble, match="did not resolve within"):
        GuardedBackend(deadline(), allow_private=True, resolver=hang).connect_tcp("slow.example", 80, 0.2)
    release.set()


def test_no_time_left() -> None:
    with pytest.raises(httpcore.TimeoutException):
        GuardedBackend(deadline(-1), allow_private=True).connect_tcp("127.0.0.1", 80, 1.0)


HOSTS = (
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0x0.0x0.0x1",
    "00000177.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "224.0.0.1",
    "255.255.255.255",
    "10.0.0.1",
    "192.168.0.1",
    "127.0.0.1%00.example.org",
    "127\u30020\u30020\u30021",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "news@127.0.0.1",
    "user:secret@127.0.0.1",
    "example.org:80@127.0.0.1",
    "user@[::1]",
)
READ_BY_SOME = ("fetch.private_address", "fetch.dns", "fetch.bad_url")
"""Spellings that some systems resolve and others do not: each is refused, or is not a host."""

READ_BY_ALL = {"127.0.0.1", "2130706433", "017700000001", "0x7f.1", "0", "0.0.0.0", "localhost", "169.254.169.254"}


@pytest.fixture(scope="module")
def inside() -> Iterator[Server]:
    """What nobody may reach, on all addresses of this machine."""
    with Server({"*": Reply("secret")}, host="0.0.0.0") as server:
        yield server


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_host_leads_inside(inside: Server, host: str) -> None:
    with HttpClient(FetchPolicy(timeout_s=2)) as careful, pytest.raises(Trouble) as caught:
        careful.get(f"http://{host}:{inside.port}/")
    assert caught.value.code in READ_BY_SOME
    if host.startswith("[") or host in READ_BY_ALL:
        assert caught.value.code == "fetch.private_address"
    assert inside.log == []


@pytest.mark.parametrize("host", HOSTS)
def test_no_redirect_leads_inside(inside: Server, host: str) -> None:
    # The first hop is let in by its name alone, as a public one would be; the next one is on its own.
    def first_only(name: str, port: int) -> list[str]:
        return ["127.0.0.2"] if name == "public.example" else resolve(name, port)

    target = f"http://{host}:{inside.port}/"
    with Server({"/": redirect(target)}, host="127.0.0.2") as outside, only_open("127.0.0.2") as made:
        with made(first_only) as careful, pytest.raises(Trouble) as caught:
            careful.get(f"http://public.example:{outside.port}/")
        assert [asked.path for asked in outside.log] == ["/"]
    assert caught.value.code in READ_BY_SOME
    assert inside.log == []


@contextmanager
def only_open(address: str) -> Iterator[Callable[[Resolve], HttpClient]]:
    """Clients to which one loopback address counts as public, so that a test can play the public web."""
    with pytest.MonkeyPatch.context() as patch:
        kind = addresses.address_kind
        patch.setattr(addresses, "address_kind", lambda one: "public" if one == address else kind(one))
        yield lambda resolver: HttpClient(FetchPolicy(timeout_s=2), resolver=resolver)


def test_a_name_that_changes_its_mind_after_it_was_checked(inside: Server) -> None:
    answers = [["127.0.0.2"], ["127.0.0.1"], ["169.254.169.254"]]
    asked: list[str] = []

    def turncoat(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    page = Reply("<p>x", headers={"Connection": "close"})
    with Server({"*": page}, host="127.0.0.2") as outside, only_open("127.0.0.2") as made, made(turncoat) as careful:
        url = f"http://turncoat.example:{outside.port}/"
        assert careful.get(url).body == b"<p>x"
        assert asked == ["turncoat.example"]  # looked up once: what was checked is what was connected to
        for kind in ("loopback", "metadata"):
            with pytest.raises(Trouble, match=kind) as caught:
                careful.get(url.replace(str(outside.port), str(inside.port)))
            assert caught.value.code == "fetch.private_address"
    assert len(asked) == 3
    assert len(outside.log) == 1
    assert inside.log == []


def test_a_name_with_an_address_inside_among_others_leads_outside_alone() -> None:
    with (
        Server({"*": Reply("<p>x", headers={"Connection": "close"})}, host="127.0.0.2") as outside,
        only_open("127.0.0.2") as made,
        made(lambda *_: ["127.0.0.1", "169.254.169.254", "127.0.0.2"]) as careful,
        socket.create_server(("127.0.0.1", outside.port)) as at_home,
    ):
        at_home.settimeout(0)
        assert careful.get(f"http://mixed.example:{outside.port}/").body == b"<p>x"
        with pytest.raises(BlockingIOError):  # nobody has called
            at_home.accept()


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "0.0.0.0", "224.0.0.1"])
def test_some_stay_shut_behind_a_redirect_whatever_is_allowed(host: str) -> None:
    policy = FetchPolicy(timeout_s=2, allow_private=True)
    target = f"http://{host}/latest/meta-data/"
    with Server({"/": redirect(target)}) as server, HttpClient(policy) as client, pytest.raises(Trouble) as caught:
        client.get(server.url("/"))
    assert caught.value.code == "fetch.private_address"


def test_credentials_are_never_sent() -> None:
    with Server({"*": Reply("<p>x")}) as server:
        server.routes["/a"] = redirect(f"http://user:secret@127.0.0.1:{server.port}/b")
        with HttpClient(FetchPolicy(allow_private=True)) as client:
            page = client.get(f"http://user:secret@127.0.0.1:{server.port}/a")
        assert page.response.url == server.url("/b")
        assert all("Authorization" not in asked.headers for asked in server.log)
