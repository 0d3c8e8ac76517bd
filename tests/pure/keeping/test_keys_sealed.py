"""The keys part: plain or sealed; nothing but keys comes out of it, and nothing where it was cut or changed."""

import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from bluelamp.project.keeping import keyspart
from bluelamp.project.keeping.archive import KeepingError

PASSPHRASE = b"five words on a paper"
FILES = {"vault.db": b"v" * 200_000, "keys/master": b"m" * 32, "keys/audit-signing": b"s"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least cost: each opening would take half a second otherwise."""
    monkeypatch.setattr(keyspart.argon2id, "OPSLIMIT_MODERATE", keyspart.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(keyspart.argon2id, "MEMLIMIT_MODERATE", keyspart.argon2id.MEMLIMIT_MIN)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    folder = tmp_path / "held"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def sealed(held: Path) -> Path:
    target = held.with_name("keys.sealed")
    keyspart.pack(folder=held, target=target, passphrase=PASSPHRASE)
    return target


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_round_trip(held: Path, tmp_path: Path, passphrase: bytes | None) -> None:
    target = tmp_path / "part"
    keyspart.pack(folder=held, target=target, passphrase=passphrase)
    keyspart.unpack(source=target, folder=tmp_path / "out", passphrase=passphrase)
    assert contents(tmp_path / "out") == FILES
    assert (b"vault.db" in target.read_bytes()) == (passphrase is None)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in [target, *(tmp_path / "out").rglob("*")] if p.is_file()}
    assert modes == {0o600}
    assert not held.with_name("held.tar").exists(), "no plain spool is left"


def test_the_same_twice_is_not_the_same_file(held: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        keyspart.pack(folder=held, target=tmp_path / name, passphrase=PASSPHRASE)
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


def test_an_empty_folder_seals_too(tmp_path: Path) -> None:
    (tmp_path / "held").mkdir()
    keyspart.unpack(source=sealed(tmp_path / "held"), folder=tmp_path / "out", passphrase=PASSPHRASE)
    assert contents(tmp_path / "out") == {}


def test_another_passphrase_or_none_opens_nothing(held: Path, tmp_path: Path) -> None:
    target = sealed(held)
    with pytest.raises(KeepingError, match="does not open"):
        keyspart.unpack(source=target, folder=tmp_path / "out", passphrase=PASSPHRASE + b"!")
    with pytest.raises(KeepingError, match="is sealed: name the file"):
        keyspart.unpack(source=target, folder=tmp_path / "out", passphrase=None)
    assert contents(tmp_path / "out") == {}


def test_every_cut_and_every_change_is_noticed(held: Path, tmp_path: Path) -> None:
    whole = sealed(held).read_bytes()
    first = whole.index(b"\n") + 1
    chunk = (1 << 16) + 17
    spoilt = [whole[:size] for size in (first, first + 1, first + chunk, first + 2 * chunk, len(whole) - 1)]
    spoilt += [whole + b"x", whole[:first] + whole[first + chunk :], whole + whole[first:]]
    for place in (30, first - 3, first, first + 5, first + chunk + 3, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        spoilt.append(bytes(changed))
    swapped = whole[:first] + whole[first + chunk : first + 2 * chunk] + whole[first : first + chunk]
    spoilt.append(swapped + whole[first + 2 * chunk :])
    for number, content in enumerate(spoilt):
        (tmp_path / "spoilt").write_bytes(content)
        with pytest.raises(KeepingError, match=r"does not open|is damaged|does not know"):
            keyspart.unpack(source=tmp_path / "spoilt", folder=tmp_path / f"out{number}", passphrase=PASSPHRASE)
        assert contents(tmp_path / f"out{number}") == {}, "what was not whole brought nothing out"


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "zz"},
        {"ops": "many"},
        {"ops": 10**9},
        {"memory": 1 << 40},
        {"header": ""},
        {"header": None},
        {"ops": 0},
    ],
)
def test_a_first_line_that_lies_is_refused_and_costs_nothing(held: Path, tmp_path: Path, change: object) -> None:
    assert isinstance(change, dict)
    first, rest = sealed(held).read_bytes().split(b"\n", 1)
    line = json.dumps({**json.loads(first), **change}).encode()
    (tmp_path / "spoilt").write_bytes(line + b"\n" + rest)
    with pytest.raises(KeepingError, match="does not open"):
        keyspart.unpack(source=tmp_path / "spoilt", folder=tmp_path / "out", passphrase=PASSPHRASE)


def test_a_later_form_asks_for_a_later_program(held: Path, tmp_path: Path) -> None:
    first, rest = sealed(held).read_bytes().split(b"\n", 1)
    (tmp_path / "later").write_bytes(first.replace(b"keys-v1", b"keys-v2") + b"\n" + rest)
    with pytest.raises(KeepingError, match="Update the program"):
        keyspart.unpack(source=tmp_path / "later", folder=tmp_path / "out", passphrase=PASSPHRASE)


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "keys/../../escaped", "keys/.hidden", "main.db", "keys"])
def test_nothing_but_keys_comes_out(tmp_path: Path, name: str) -> None:
    _tar(tmp_path / "evil", tarfile.TarInfo(name), b"x")
    with pytest.raises(KeepingError, match="no key"):
        keyspart.unpack(source=tmp_path / "evil", folder=tmp_path / "in" / "out", passphrase=None)
    assert contents(tmp_path / "in") == {} and not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_no_link_device_or_folder_comes_out(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("keys/master")
    member.type, member.linkname = kind, "/etc/passwd"
    _tar(tmp_path / "evil", member, b"")
    with pytest.raises(KeepingError, match="no key"):
        keyspart.unpack(source=tmp_path / "evil", folder=tmp_path / "out", passphrase=None)
    assert contents(tmp_path / "out") == {}


def test_what_is_no_archive_is_damaged(tmp_path: Path) -> None:
    for content in (b"", b"no archive", b"\x00" * 100, b"x" * 2_000):
        (tmp_path / "part").write_bytes(content)
        with pytest.raises(KeepingError, match="is damaged"):
            keyspart.unpack(source=tmp_path / "part", folder=tmp_path / "out", passphrase=None)


def test_a_plain_one_that_was_cut_is_damaged(held: Path, tmp_path: Path) -> None:
    keyspart.pack(folder=held, target=tmp_path / "part", passphrase=None)
    with (tmp_path / "part").open("r+b") as out:
        out.truncate(100_000)
    with pytest.raises(KeepingError, match="is damaged"):
        keyspart.unpack(source=tmp_path / "part", folder=tmp_path / "out", passphrase=None)


def test_the_passphrase_is_read_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(PASSPHRASE + b"\r\n")
    assert keyspart.read_passphrase(path) == PASSPHRASE and keyspart.read_passphrase(None) is None
    path.write_bytes(b"x" * 15 + b"\n")
    with pytest.raises(KeepingError, match="shorter than 16"):
        keyspart.read_passphrase(path)


def _tar(path: Path, member: tarfile.TarInfo, content: bytes) -> None:
    member.size = len(content)
    with tarfile.open(path, "w") as tar:
        tar.addfile(member, io.BytesIO(content))
