"""`bluelamp backup`, `verify-backup`, `restore`, `migrate`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from bluelamp.project.cli.screen import console, notes, print_json
from bluelamp.project.keeping.backup import KeysWanted, Made, make_backup, write_down
from bluelamp.project.keeping.migrating import Migrated, migrate_all
from bluelamp.project.keeping.restoring import Chosen, Findings, restore_backup, verify_backup

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Folder = Annotated[Path, typer.Argument(metavar="BACKUP", exists=True, file_okay=False, help="Folder of the backup.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", exists=True, dir_okay=False, help="Keys part, where it lies elsewhere.")
]
Erasures = Annotated[
    Path | None,
    typer.Option("--erasures", exists=True, dir_okay=False, help="A later erasures.jsonl that was kept elsewhere."),
]
Anchor = Annotated[
    Path | None, typer.Option("--anchor", exists=True, dir_okay=False, help="A head of the audit log kept elsewhere.")
]
WithoutKeys = Annotated[bool, typer.Option("--without-keys", help="Go on without the keys part.")]


def backup(
    to: Annotated[Path | None, typer.Option("--to", file_okay=False, help="Folder; else HOME/backups.")] = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Leave the keys part out.")] = False,
    keys_to: Annotated[
        Path | None, typer.Option("--keys-to", dir_okay=False, help="Write the keys part to this new file.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Try it right away, as verify-backup does.")] = False,
    as_json: Json = False,
) -> None:
    """Back up databases, files and keys while the program runs."""
    if without_keys and keys_to:
        raise typer.BadParameter("Choose --without-keys or --keys-to.")
    now = datetime.now(tz=UTC)
    with notes.status("Backing up ..."):
        made = make_backup(to=to, keys=KeysWanted(left_out=without_keys, elsewhere=keys_to), now=now)
    sha256 = write_down(made=made, now=now)
    findings = _verified(Chosen(folder=made.folder, keys=keys_to)) if verify else None
    if as_json:
        print_json({**_made(made), "manifest_sha256": sha256, "verified": _found(findings) if findings else None})
    else:
        files = made.manifest.files
        notes.print(f"{len(files):,} files, {sum(f.size for f in files):,} bytes:", highlight=False)
        console.print(str(made.folder), soft_wrap=True, highlight=False, markup=False)
        if made.keys and keys_to:
            notes.print(f"Keys part: {made.keys}", soft_wrap=True, highlight=False, markup=False)
        for name in made.manifest.missing:
            notes.print(f"Missing in the home: {name}", soft_wrap=True, markup=False)
        if findings:
            _say(findings)
    raise typer.Exit(code=int(bool(made.manifest.missing or (findings and findings.problems))))


def verify_backup_command(
    folder: Folder,
    keys: Keys = None,
    without_keys: WithoutKeys = False,
    anchor: Anchor = None,
    as_json: Json = False,
) -> None:
    """Try a backup in a copy: every hash, database, file, the audit log. Exit code 1 with what is wrong."""
    findings = _verified(Chosen(folder=folder, keys=keys, without_keys=without_keys, anchor=anchor))
    if as_json:
        print_json(_found(findings))
    else:
        _say(findings)
    raise typer.Exit(code=int(bool(findings.problems)))


def restore(
    folder: Folder,
    home: Annotated[Path | None, typer.Option("--home", help="Home to make; else BLUELAMP_HOME.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put a home that holds data aside.")] = False,
    keys: Keys = None,
    without_keys: WithoutKeys = False,
    erasures: Erasures = None,
    anchor: Anchor = None,
    despite: Annotated[
        bool, typer.Option("--despite-problems", help="Restore although log, keys or files are not whole.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Restore a backup, after trying it. What was erased since stays erased; everybody signs in again."""
    chosen = Chosen(folder, keys, without_keys, erasures, anchor, despite)
    target = home or Path(settings.BLUELAMP_HOME)
    with notes.status("Restoring ..."):
        done = restore_backup(chosen=chosen, home=target, replace=replace, now=datetime.now(tz=UTC))
    if as_json:
        print_json({"home": str(done.home), "aside": str(done.aside) if done.aside else None, **_found(done.findings)})
        return
    _say(done.findings)
    notes.print(f"Restored to {done.home}", soft_wrap=True, highlight=False, markup=False)
    if done.aside:
        notes.print(f"The old home is in {done.aside}", soft_wrap=True, highlight=False, markup=False)


def migrate(
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Do not back up before.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the databases to this program's schema; backs up first. Changes nothing where they are."""
    done = bring_up_to_date(backup=not no_backup)
    if as_json:
        print_json({"steps": dict(done.steps), "backup": str(done.backup) if done.backup else None})
    elif not done.steps:
        notes.print("The databases have this program's schema.")


def bring_up_to_date(*, backup: bool) -> Migrated:
    """Migrate, telling what takes time and where the backup is."""
    with notes.status("Bringing the databases up to date ..."):
        done = migrate_all(backup=backup, now=datetime.now(tz=UTC))
    if done.backup:
        notes.print(f"Backed up before the migration: {done.backup}", soft_wrap=True, highlight=False, markup=False)
        notes.print(f"{sum(done.steps.values())} steps of migration done.")
    return done


def _verified(chosen: Chosen) -> Findings:
    with notes.status("Trying the backup ..."):
        return verify_backup(chosen=chosen, now=datetime.now(tz=UTC))


def _say(findings: Findings) -> None:
    for text in (*findings.problems, *findings.notes):
        notes.print(text, soft_wrap=True, highlight=False, markup=False)
    numbers = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in findings.numbers.items())
    state = f"{len(findings.problems)} problems" if findings.problems else "whole"
    notes.print(f"Backup {findings.manifest.id} is {state}. {numbers}", soft_wrap=True, highlight=False)


def _made(made: Made) -> dict[str, object]:
    return {
        "path": str(made.folder),
        "keys": str(made.keys) if made.keys else None,
        "files": len(made.manifest.files),
        "bytes": sum(f.size for f in made.manifest.files),
        "missing": list(made.manifest.missing),
    }


def _found(findings: Findings) -> dict[str, object]:
    return {
        "backup": findings.manifest.id,
        "whole": not findings.problems,
        "problems": findings.problems,
        "notes": findings.notes,
        "numbers": findings.numbers,
    }
