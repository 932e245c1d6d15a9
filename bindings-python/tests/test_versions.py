"""Versions, against dpkg's own library and the shared vectors."""

from __future__ import annotations

import functools
import itertools
import json
import pickle

import apt_pkg
import pytest
from conftest import ROOT

from reposnap import Version, version_compare

VECTORS = ROOT / "tests/vectors/versions.json"

SPELLINGS = [
    "0", "0-0", "0:0", "1", "1.0", "1.00", "1.0-0", "0:1.0", "1.0-1", "1.0~rc1-1", "1.0~~", "1.0~", "1.0a", "1.0+b1",
    "1.0.", "1:0.1", "2:0", "1.2.3-4.5", "1.10", "1.9", "9999999999999999999999", "10000000000000000000000", "1a1",
    "1a01", "1aa", "2.36-9+deb12u8", "2.36-9+deb12u10", "1.0-1~bpo12+1", "1.0-1+b1",
]  # fmt: skip


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def test_order_is_that_of_apt() -> None:
    apt_pkg.init_system()
    for a, b in itertools.product(SPELLINGS, repeat=2):
        expected = sign(apt_pkg.version_compare(a, b))
        assert version_compare(a, b) == expected, (a, b)
        x, y = Version(a), Version(b)
        assert (x < y, x <= y, x == y, x != y, x >= y, x > y) == (
            expected < 0, expected <= 0, expected == 0, expected != 0, expected >= 0, expected > 0,
        )  # fmt: skip
        assert expected != 0 or hash(x) == hash(y)
    assert sorted(SPELLINGS, key=Version) == sorted(SPELLINGS, key=functools.cmp_to_key(version_compare))


def test_versions_as_values() -> None:
    version = Version("1:2.36-9+deb12u8")
    assert (version.epoch, version.upstream, version.revision) == (1, "2.36", "9+deb12u8")
    assert Version("1.0").revision is None
    assert str(version) == "1:2.36-9+deb12u8"
    assert repr(version) == 'Version("1:2.36-9+deb12u8")'
    assert str(pickle.loads(pickle.dumps(version))) == str(version)
    assert version != "1:2.36-9+deb12u8"
    assert len({Version("1.0"), Version("1.0-0"), Version("0:1.00")}) == 1


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not there")
def test_shared_vectors() -> None:
    signs = {"<": -1, "=": 0, ">": 1}
    for a, order, b in json.loads(VECTORS.read_text()):
        assert version_compare(a, b) == signs[order], (a, order, b)
        assert version_compare(b, a) == -signs[order], (a, order, b)
