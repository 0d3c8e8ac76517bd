import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("index", "0002_observed_targeting"),
        ("people", "0003_shared_counters"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "check_code",
                    models.CharField(
                        choices=[
                            ("coverage", "coverage"),
                            ("stale", "stale"),
                            ("jumps", "jumps"),
                            ("differencing", "differencing"),
                            ("removed", "removed"),
                            ("late", "late"),
                            ("errors", "errors"),
                            ("previews", "previews"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("severity", models.CharField(max_length=5)),
                ("subject", models.CharField(blank=True, max_length=400)),
                ("values", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["ask", "block"])), name="check_severity_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlyAccess",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["given_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="early_access_has_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MakerLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("maker_key", models.CharField(max_length=120)),
                ("how_known", models.CharField(max_length=200)),
                ("linked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["linked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("product_key", models.CharField(max_length=300)),
                ("maker_key", models.CharField(max_length=120)),
                ("evidence_hash", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("ends_on", models.DateField()),
                ("told", models.CharField(max_length=200)),
                ("first_seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["ends_on", "product_key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("told", ""), _negated=True), name="preview_says_how_told"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("regular", "regular edition"), ("correction", "correction")], max_length=10
                    ),
                ),
                ("on", models.DateField()),
                ("origin", models.CharField(default="live", max_length=12)),
                ("announced_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["on", "announced_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["regular", "correction"])), name="release_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["live", "exercise", "simulation", "test"])),
                        name="release_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("cancelled_reason", "")),
                            models.Q(
                                ("cancelled_at__isnull", False), models.Q(("cancelled_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="release_cancelled_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("old", models.DateField()),
                ("new", models.DateField()),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("product_key", models.CharField(max_length=300)),
                ("maker_key", models.CharField(max_length=120)),
                ("origin", models.CharField(default="live", max_length=12)),
                ("text", models.TextField()),
                ("language", models.CharField(default="en", max_length=2)),
                ("claims_error", models.BooleanField(default=False)),
                ("fix_on", models.DateField(null=True)),
                ("sent_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("accepted", "accepted"), ("refused", "refused")], max_length=8
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("refused_rule", models.CharField(blank=True, max_length=20)),
                ("decision_reason", models.CharField(blank=True, max_length=500)),
                ("error_found", models.BooleanField(null=True)),
                ("error_reason", models.CharField(blank=True, max_length=500)),
                (
                    "fix_outcome",
                    models.CharField(
                        blank=True,
                        choices=[("there", "the fix is there"), ("not-there", "it is not there")],
                        max_length=10,
                    ),
                ),
                ("fix_noted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["sent_at", "id"],
                "indexes": [models.Index(fields=["product_key", "decision"], name="reply_product")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["live", "exercise", "simulation", "test"])),
                        name="reply_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "cy"])), name="reply_language_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("error_found__isnull", True),
                            models.Q(("claims_error", True), models.Q(("error_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reply_error_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.UUIDField()),
                ("capacity", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("request_id", "capacity"), name="signature_once_per_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__in", ("analyst", "head-of-profession"))),
                        name="signature_capacity_known",
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="edition",
            options={"ordering": ["number", "revision"]},
        ),
        migrations.AddField(
            model_name="edition",
            name="previous",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checked_against_it",
                to="index.edition",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="changes",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="edition",
            name="checked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="edition",
            name="drafted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="evidence",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="edition",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="edition",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="edition",
            name="replaced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="edition",
            name="replaces",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="edition",
            name="version_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="edition",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="edition",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="editionrow",
            name="crimes_withheld",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="editionrow",
            name="withheld",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="edition",
            name="number",
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name="edition",
            name="status",
            field=models.CharField(
                choices=[
                    ("specimen", "specimen"),
                    ("draft", "draft"),
                    ("published", "published"),
                    ("replaced", "replaced by a correction"),
                    ("withdrawn", "withdrawn"),
                ],
                default="specimen",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(fields=("number", "revision"), name="edition_revision_once"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "published")), fields=("number",), name="edition_one_published_revision"
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["specimen", "draft", "published", "replaced", "withdrawn"])),
                name="edition_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["published", "replaced", "withdrawn"]), _negated=True),
                    models.Q(
                        ("drafted_by__isnull", False),
                        ("origin", "live"),
                        ("published_at__isnull", False),
                        models.Q(("version_hash", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="edition_out_is_live_and_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "specimen"), _negated=True),
                    models.Q(("drafted_by__isnull", True), ("published_at__isnull", True)),
                    _connector="OR",
                ),
                name="edition_specimen_never_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    models.Q(models.Q(("status", "withdrawn"), _negated=True), ("withdrawn_at__isnull", True)),
                    _connector="OR",
                ),
                name="edition_withdrawn_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "replaced"), _negated=True), ("replaced_at__isnull", False), _connector="OR"
                ),
                name="edition_replaced_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("revision", 0)),
                    models.Q(("replaces__isnull", False), ("revision__gt", 0), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="edition_correction_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="acknowledged_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="earlyaccess",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="early_access", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="earlyaccess",
            name="given_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="earlyaccess",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="makerlink",
            name="linked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="makerlink",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="preview",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="previews", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="preview",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="announced_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="edition",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="release", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="releasemove",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="releasemove",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="index.release"
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="index.edition"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_reason", "")),
                    models.Q(
                        ("acknowledged_at__isnull", False),
                        ("acknowledged_by__isnull", False),
                        ("severity", "ask"),
                        models.Q(("acknowledged_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="check_acknowledged_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlyaccess",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("edition", "person"), name="early_access_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="earlyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_by", models.F("person")), _negated=True), name="early_access_not_to_oneself"
            ),
        ),
        migrations.AddConstraint(
            model_name="makerlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organisation", "maker_key"),
                name="maker_link_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="preview",
            constraint=models.UniqueConstraint(fields=("edition", "product_key", "evidence_hash"), name="preview_once"),
        ),
        migrations.AddConstraint(
            model_name="releasemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="release_move_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decision", ""), ("refused_rule", "")),
                    models.Q(("decided_at__isnull", False), ("decision", "accepted"), ("refused_rule", "")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decision", "refused"),
                        ("refused_rule__in", ("off-topic", "advertising", "persons", "helps-attackers", "unlawful")),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reply_decided_by_a_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="reply_not_decided_by_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("request_id", "person"), name="signature_once_per_person"),
        ),
    ]
