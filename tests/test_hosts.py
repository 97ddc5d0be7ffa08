"""Which hosts are asked: names of the settings, public addresses, and nothing that hides another."""

import socket

import pytest

from labelwright.domain.errors import Invalid, Unreachable
from labelwright.hosts import find_addresses, is_named, is_public


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((each, True) for each in ("8.8.8.8", "140.82.112.3", "2606:4700::1111")),
        *((each, True) for each in ("::ffff:8.8.8.8", "64:ff9b::808:808")),
        *((each, False) for each in ("127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254")),
        *((each, False) for each in ("100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1")),
        *((each, False) for each in ("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1")),
        *((each, False) for each in ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe")),
        *((each, False) for each in ("168.63.129.16", "fec0::1", "::127.0.0.1", "64:ff9b:1::1", "fd00:ec2::254")),
        *((each, False) for each in ("2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::")),
    ],
)  # fmt: skip
def test_an_address_is_public_or_not(address, expected):
    assert is_public(address) is expected


def names_to(monkeypatch, *addresses):
    """Let every host name stand for the addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_all_addresses_of_a_host_must_be_public(monkeypatch):
    names_to(monkeypatch, "140.82.112.3", "8.8.8.8")
    assert find_addresses("git.example.org", (), setting="SOME_HOSTS") == ["140.82.112.3", "8.8.8.8"]
    names_to(monkeypatch, "140.82.112.3", "10.0.0.1")
    with pytest.raises(Invalid, match="asked only when SOME_HOSTS names it"):
        find_addresses("git.example.org", (), setting="SOME_HOSTS")
    assert find_addresses("git.example.org", ("git.example.org",), setting="SOME_HOSTS") == [
        "140.82.112.3",
        "10.0.0.1",
    ]


def test_a_host_nobody_knows_is_told(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        Unreachable, match=r"the host nowhere\.invalid is not known: Name or service not known"
    ):
        find_addresses("nowhere.invalid", (), setting="SOME_HOSTS")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.org", True),
        ("b.org", False),
        ("x.c.org", True),
        ("x.y.c.org", True),
        ("c.org", False),
        ("xc.org", False),
    ],
)
def test_hosts_are_named_whole_or_by_what_is_above_them(host, expected):
    assert is_named(host, ("a.org", "*.c.org")) is expected
