"""Rules about the house that no linter sees."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from bluelamp.index.facts import FACTS, fact_path
from bluelamp.index.feeds import FEEDS
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.domain.keys import is_product_key
from bluelamp.kernel.catalogue.queries import packaged_tables
from bluelamp.project.config import ConfigError, read_config, secret_key
from bluelamp.project.databases import databases
from bluelamp.project.setting_table import SETTINGS

ROOT = Path(__file__).parents[2]
LEVELS = [
    "outbox",
    "fetching",
    "vault",
    "audit",
    "places",
    "people",
    "approvals",
    "messaging",
    "clients",
    "catalogue",
    "advice",
    "evidence",
    "index",
    "reporting",
]


def test_no_foreign_key_points_upward() -> None:
    for model in apps.get_models():
        label = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or not target or label not in LEVELS or target._meta.app_label not in LEVELS:
                continue
            assert LEVELS.index(target._meta.app_label) <= LEVELS.index(label), f"{model} -> {target}"


@pytest.mark.django_db(databases=["default", "stream", "vault"])
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_packaged_facts_are_small_and_all_there() -> None:
    assert sum(fact_path(name=n).stat().st_size for n in FACTS) < 4_000_000
    with pytest.raises(KeyError):
        fact_path(name="nonesuch")


def test_hand_made_tables_hold_together() -> None:
    tables = packaged_tables()
    makers = {r["maker_key"] for r in tables.makers}
    products = {r["product_key"]: r for r in tables.products}
    models = {r["model_key"]: r["product_key"] for r in tables.models}
    assert all(is_product_key(k) for k in (*products, *models))
    assert {r["maker_key"] for r in tables.products} <= makers and set(models.values()) <= set(products)
    assert {r["category"] for r in tables.products} <= set(CATEGORIES)
    assert {c.group for c in CATEGORIES.values()} == set(GROUPS)
    for place in tables.aliases.values():
        assert place.maker_key in makers
        assert not place.product_key or place.product_key in products
        assert not place.model_key or models[place.model_key] == place.product_key
    for former, moved in tables.moved.items():
        assert is_product_key(former) and former not in products and former not in models
        assert moved.product_key in products
    for rule in tables.rules:
        assert rule.category in CATEGORIES and (not rule.product_key or rule.product_key in products)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_documented(setting: object) -> None:
    assert f"`{setting.name}`" in (ROOT / "docs/reference/settings.md").read_text()  # type: ignore[attr-defined]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_every_feed_is_documented(feed: object) -> None:
    assert f"`{feed.id}`" in (ROOT / "docs/reference/feeds.md").read_text()  # type: ignore[attr-defined]


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/reference/commands.md").read_text()
    for words in (
        "setup",
        "start",
        "run",
        "serve",
        "doctor",
        "manage",
        "feeds list",
        "feeds load",
        "feeds pull",
        "feeds schedule",
        "feeds status",
        "feeds quarantine",
        "index build",
        "index show",
        "index verify",
        "index export",
        "index print",
        "index site",
        "index editions",
        "places force",
        "places find",
        "places list",
        "watchlist show",
        "watchlist learn",
        "watchlist try",
        "watchlist backtest",
        "work",
        "outbox status",
        "outbox dead",
        "outbox revive",
        "outbox discard",
        "people first-administrator",
        "people recover-administrator",
        "people matrix",
        "audit seal",
        "audit verify",
        "audit head",
        "audit search",
        "audit export",
        "vault status",
        "vault rotate",
        "backup",
        "verify-backup",
        "restore",
        "migrate",
        "keys status",
        "keys rotate-secret",
        "keys bring-back",
        "receipt verify",
        "receipt keys",
        "receipt new-key",
        "retention show",
        "retention run",
        "messages held",
        "messages release",
        "messages drop",
        "messages status",
        "messages send",
        "clients add",
        "clients list",
        "clients rotate",
        "clients revoke",
        "advice list",
        "advice check",
    ):
        assert f"`bluelamp {words}" in text


def test_make_alone_lists_every_documented_target() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    readme = (ROOT / "README.md").read_text()
    for target in re.findall(r"`make (\w+)`", readme):
        assert f"make {target}" in shown


def test_dependencies_are_pinned_with_hashes_and_name_no_host() -> None:
    for name in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "http" not in text and text.count("--hash=sha256:") >= len(re.findall(r"^\S+==", text, re.M))
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_settings_say_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BLUELAMP_PORT"):
        read_config({"BLUELAMP_PORT": "http"})
    with pytest.raises(ConfigError, match="postgresql://"):
        databases(read_config({"BLUELAMP_DATABASE_URL": "mysql://x"}))
    for wrong in (
        "example.org",
        "localhost,2026",
        "example.org,2026-13",
        "Example.org,2026",
        "a b.org,2026",
        "x.org,26",
    ):
        with pytest.raises(ConfigError, match="BLUELAMP_TAG_AUTHORITY"):
            read_config({"BLUELAMP_TAG_AUTHORITY": wrong})
    for right in ("police.example,2026", "index.example.org,2026-11-25"):
        assert read_config({"BLUELAMP_TAG_AUTHORITY": right}).tag_authority == right
    empty = tmp_path / "key"
    empty.touch()
    with pytest.raises(ConfigError, match="no usable key"):
        secret_key(empty)
    made = tmp_path / "keys" / "secret"
    assert secret_key(made) == secret_key(made) and stat.S_IMODE(made.stat().st_mode) == 0o600


def test_of_processes_that_start_at_once_one_makes_the_signing_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looked before any had made it; the others take that of the quickest."""
    path = tmp_path / "keys" / "secret"
    first = secret_key(path)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert secret_key(path) == first and [kept.name for kept in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    ("env", "outside"),
    [
        ({}, False),
        ({"BLUELAMP_BIND": "0.0.0.0"}, True),
        ({"BLUELAMP_HOSTS": "index.example"}, True),
        ({"BLUELAMP_HOSTS": "localhost"}, False),
    ],
)
def test_anything_but_loopback_is_outside(env: dict[str, str], outside: bool) -> None:
    assert read_config(env).outside is outside


def test_default_databases_are_two_files_with_the_settings_of_the_design() -> None:
    found = databases(read_config({}))
    for alias in ("default", "stream"):
        options = found[alias]["OPTIONS"]
        assert isinstance(options, dict) and options["transaction_mode"] == "IMMEDIATE"
        assert "synchronous=FULL" in options["init_command"] and "journal_mode=WAL" in options["init_command"]


def test_a_wrong_setting_ends_the_command_with_a_sentence() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bluelamp")), "setup"],
        env={"BLUELAMP_PORT": "x"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and done.stderr.startswith("bluelamp: BLUELAMP_PORT") and "Traceback" not in done.stderr
