"""The keys part of a backup: the vault and HOME/keys in one file, plain or sealed with a passphrase. Knows no Django.

It is apart from the records because it ages: an old one would open again what was erased since. A newer one serves an
older backup of the records as well, because the vault never forgets a key that is not erased.

Sealed: a line of JSON (salt and cost of Argon2id, header), then XChaCha20-Poly1305 in chunks of 64 KiB (libsodium's
secretstream); the last one is marked, so that a file that was cut does not open.
"""

import json
import os
import re
import secrets
import tarfile
from pathlib import Path
from typing import IO, Final

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from bluelamp.project.keeping.archive import KeepingError, create, private_folder

PLAIN: Final = "keys.tar"
SEALED: Final = "keys.sealed"
SHORTEST: Final = 16
_FORMAT: Final = "bluelamp-keys-v1"
_CHUNK: Final = 1 << 16
_MEMBER = re.compile(r"vault\.(db|dump)|keys/[A-Za-z0-9][A-Za-z0-9._-]*")
_LAST: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MORE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE


def pack(*, folder: Path, target: Path, passphrase: bytes | None) -> None:
    """Write the files of a folder as one private file, sealed where there is a passphrase."""
    with create(target) as out:
        if passphrase is None:
            _write_tar(folder, out)
        else:
            plain = folder.with_name(f"{folder.name}.tar")
            try:
                with create(plain) as spool:
                    _write_tar(folder, spool)
                    spool.seek(0)
                    _seal(spool, out, passphrase)
            finally:
                plain.unlink(missing_ok=True)
        out.flush()
        os.fsync(out.fileno())


def unpack(*, source: Path, folder: Path, passphrase: bytes | None) -> None:
    """Write the files of a keys part into a folder, private. Raises KeepingError: sealed, wrong passphrase, damaged."""
    private_folder(folder)
    with source.open("rb") as stream:
        first = stream.readline(1_000)
        if not first.startswith(b'{"format"'):
            stream.seek(0)
            _read_tar(stream, folder, source)
            return
        if passphrase is None:
            raise KeepingError(
                f"{source} is sealed: name the file with its passphrase in BLUELAMP_BACKUP_PASSPHRASE_FILE."
            )
        plain = folder / ".keys.tar"
        try:
            with create(plain) as spool:
                _open(first, stream, spool, passphrase, source)
                spool.seek(0)
                _read_tar(spool, folder, source)
        finally:
            plain.unlink(missing_ok=True)


def read_passphrase(path: Path | None) -> bytes | None:
    """The passphrase in a file, without the line's end; None without a file. Raises KeepingError for a short one."""
    if path is None:
        return None
    passphrase = path.read_bytes().strip()
    if len(passphrase) < SHORTEST:
        raise KeepingError(f"The passphrase in {path} is shorter than {SHORTEST} characters. Use five or six words.")
    return passphrase


def _write_tar(folder: Path, out: IO[bytes]) -> None:
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            tar.add(path, arcname=path.relative_to(folder).as_posix(), recursive=False)


def _read_tar(stream: IO[bytes], folder: Path, source: Path) -> None:
    try:
        with tarfile.open(fileobj=stream, mode="r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() and _MEMBER.fullmatch(member.name) else None
                if content is None:
                    raise KeepingError(f"{source} holds something that is no key: {member.name!r}.")
                _write_private(folder / member.name, content)
    except (tarfile.TarError, EOFError) as problem:
        raise KeepingError(f"{source} is damaged: it is not the keys part of a backup.") from problem


def _write_private(path: Path, content: IO[bytes]) -> None:
    private_folder(path.parent)
    with create(path) as out:
        while chunk := content.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _seal(plain: IO[bytes], out: IO[bytes], passphrase: bytes) -> None:
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    cost = {"ops": argon2id.OPSLIMIT_MODERATE, "memory": argon2id.MEMLIMIT_MODERATE}
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, _key(passphrase, salt, cost))
    first = json.dumps({"format": _FORMAT, "salt": salt.hex(), **cost, "header": header.hex()}).encode() + b"\n"
    out.write(first)
    chunk = plain.read(_CHUNK)
    while True:
        following = plain.read(_CHUNK)
        tag = _MORE if following else _LAST
        out.write(bindings.crypto_secretstream_xchacha20poly1305_push(state, chunk, first, tag))
        if not following:
            return
        chunk = following


def _open(first: bytes, sealed: IO[bytes], out: IO[bytes], passphrase: bytes, source: Path) -> None:
    wrong = KeepingError(f"{source} does not open: the passphrase is another one, or the file was changed or cut.")
    try:
        held = json.loads(first)
        if held["format"] != _FORMAT:
            raise KeepingError(f"{source} is sealed in a form that this program does not know. Update the program.")
        cost = {"ops": int(held["ops"]), "memory": int(held["memory"])}
        if cost["ops"] > argon2id.OPSLIMIT_SENSITIVE or cost["memory"] > argon2id.MEMLIMIT_SENSITIVE:
            raise wrong
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        key = _key(passphrase, bytes.fromhex(held["salt"]), cost)
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, bytes.fromhex(held["header"]), key)
        tag = _MORE
        while tag != _LAST:
            chunk = sealed.read(_CHUNK + bindings.crypto_secretstream_xchacha20poly1305_ABYTES)
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, chunk, first)
            out.write(plain)
        if sealed.read(1):
            raise wrong
    except (CryptoError, ValueError, KeyError, TypeError) as problem:
        raise wrong from problem


def _key(passphrase: bytes, salt: bytes, cost: dict[str, int]) -> bytes:
    size = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
    return argon2id.kdf(size, passphrase, salt, opslimit=cost["ops"], memlimit=cost["memory"])
