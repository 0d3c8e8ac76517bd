import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("messaging", "0004_account"),
        ("people", "0004_language"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfflineAnswer",
            fields=[
                ("draft", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120)),
                ("scope", models.CharField(max_length=60)),
                ("origin", models.CharField(max_length=12)),
                ("opened_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_digest", models.CharField(max_length=64, null=True, unique=True)),
                ("words_digest", models.CharField(max_length=64, null=True, unique=True)),
                ("key_by_token", models.BinaryField(null=True)),
                ("key_by_words", models.BinaryField(null=True)),
                (
                    "keep",
                    models.CharField(
                        choices=[
                            ("sitting", "as long as somebody is at it: others may see the device"),
                            ("browser", "a day: only this person sees the device"),
                            ("words", "thirty days: it was saved, and words open it"),
                        ],
                        default="sitting",
                        max_length=7,
                    ),
                ),
                ("language", models.CharField(choices=[("en", "English"), ("cy", "Cymraeg")], max_length=2)),
                ("origin", models.CharField(default="live", max_length=12)),
                ("sealed", models.BinaryField()),
                ("sent_as", models.UUIDField(null=True, unique=True)),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["live", "exercise", "simulation", "test"])),
                        name="draft_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("keep__in", ["sitting", "browser", "words"])), name="draft_keep_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "cy"])), name="draft_language_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("keep", "words"), _negated=True),
                            models.Q(("key_by_words__isnull", False), ("words_digest__isnull", False)),
                            _connector="OR",
                        ),
                        name="draft_saved_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("page", models.CharField(max_length=40)),
                ("what", models.CharField(max_length=12)),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("day", "page", "what"), name="journey_count_once")],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=11, unique=True)),
                ("draft", models.UUIDField(null=True, unique=True)),
                ("client", models.CharField(blank=True, max_length=60)),
                ("client_key", models.CharField(blank=True, max_length=100)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "web"),
                            ("offline", "offline"),
                            ("bulk", "bulk"),
                            ("api", "api"),
                            ("open311", "open311"),
                            ("desk", "desk"),
                        ],
                        max_length=8,
                    ),
                ),
                ("origin", models.CharField(max_length=12)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("registered", "registered"),
                            ("recorded", "recorded"),
                            ("not-recorded", "not-recorded"),
                            ("handed-over", "handed-over"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("scope", models.CharField(max_length=60)),
                ("body", models.CharField(max_length=60)),
                ("route_reason", models.CharField(max_length=40)),
                ("alternatives", models.JSONField(default=list)),
                ("boundary", models.BooleanField(default=False)),
                ("kinds", models.JSONField(default=list)),
                ("priority", models.PositiveSmallIntegerField(default=0)),
                ("anonymous", models.BooleanField()),
                ("watched", models.BooleanField()),
                ("quiet", models.BooleanField()),
                ("own_word", models.CharField(blank=True, max_length=64)),
                ("burst", models.BooleanField(default=False)),
                ("words_digest", models.CharField(max_length=64, null=True, unique=True)),
                ("shelf_version", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("safety", models.BinaryField()),
                ("contact", models.BinaryField()),
                ("receipt", models.BinaryField(default=b"")),
                ("answers_given", models.PositiveSmallIntegerField(default=0)),
                ("organisation_id", models.UUIDField(null=True)),
                ("received_at", models.DateTimeField(db_index=True)),
                ("registered_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("review_on", models.DateField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["received_at", "id"],
                "indexes": [
                    models.Index(fields=["scope", "state", "-priority", "received_at"], name="report_queue"),
                    models.Index(fields=["state", "-priority", "received_at"], name="report_queue_national"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=[
                            "scope",
                            "-priority",
                            "received_at",
                            "id",
                            "decided_at",
                            "kinds",
                            "channel",
                            "burst",
                            "assigned_to",
                        ],
                        name="report_open",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=[
                            "-priority",
                            "received_at",
                            "id",
                            "decided_at",
                            "kinds",
                            "channel",
                            "burst",
                            "assigned_to",
                        ],
                        name="report_open_national",
                    ),
                    models.Index(
                        condition=models.Q(("review_on__isnull", False)),
                        fields=["scope", "review_on"],
                        name="report_review_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["live", "exercise", "simulation", "test"])),
                        name="report_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("received", "registered", "recorded", "not-recorded", "handed-over", "withdrawn"),
                            )
                        ),
                        name="report_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ("web", "offline", "bulk", "api", "open311", "desk"))),
                        name="report_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "cy"])), name="report_language_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("watched", False),
                            ("quiet", True),
                            models.Q(("own_word", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="report_quiet",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state__in", ("recorded", "not-recorded", "handed-over", "withdrawn")),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ("recorded", "not-recorded", "handed-over", "withdrawn")),
                                    _negated=True,
                                ),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="report_closed_has_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("client_key", ""), _negated=True),
                        fields=("client", "client_key"),
                        name="report_once_for_a_client",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "message"),
                            ("addition", "addition"),
                            ("correction", "correction"),
                            ("withdrawal", "withdrawal"),
                            ("complaint", "complaint"),
                            ("question", "question"),
                            ("answer", "answer"),
                            ("decision", "decision"),
                            ("helped", "helped"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_reporter", models.BooleanField()),
                ("sealed", models.BinaryField()),
                ("role", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "message",
                                    "addition",
                                    "correction",
                                    "withdrawal",
                                    "complaint",
                                    "question",
                                    "answer",
                                    "decision",
                                    "helped",
                                ),
                            )
                        ),
                        name="post_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", True), ("from_reporter", True)),
                            ("from_reporter", False),
                            _connector="OR",
                        ),
                        name="post_reporter_unknown",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficerNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("role", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("to", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("their_reference", models.CharField(blank=True, max_length=60)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_why", models.CharField(blank=True, max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handovers", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("acknowledged_at__isnull", True), ("returned_at__isnull", True)),
                        fields=("report",),
                        name="handover_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("token_digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("full", models.BooleanField()),
                ("opened_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reporting.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FingerprintKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, max_length=80)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reporting.report"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "report"), name="fingerprint_key_once")],
            },
        ),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facts", models.JSONField()),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fingerprint", to="reporting.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=10)),
                ("scope", models.CharField(max_length=60)),
                ("raised_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("escalated", models.PositiveSmallIntegerField(default=0)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_how", models.CharField(blank=True, max_length=40)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [models.Index(fields=["scope", "done_at", "due_at"], name="duty_open")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)), fields=("report", "kind"), name="duty_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True), ("acknowledged_at__isnull", False), _connector="OR"
                        ),
                        name="duty_done_was_acknowledged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("parts", models.JSONField()),
                ("purpose", models.CharField(max_length=40)),
                ("basis", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("until", models.DateField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disclosures", to="reporting.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("recorded", "recorded"),
                            ("not-recorded", "not-recorded"),
                            ("handed-over", "handed-over"),
                            ("advised", "advised"),
                            ("duplicate", "duplicate"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=40)),
                ("sealed", models.BinaryField()),
                ("offence", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="reporting.campaign",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ("recorded", "not-recorded", "handed-over", "advised", "duplicate"))
                        ),
                        name="decision_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CrimeRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("force", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=40)),
                ("offence", models.CharField(max_length=20)),
                ("recorded_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_reason", models.CharField(blank=True, max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="crime", to="reporting.report"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("force", "number"), name="crime_number_once")],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="reports",
            field=models.ManyToManyField(related_name="campaigns", to="reporting.report"),
        ),
        migrations.CreateModel(
            name="ReportContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verified_at", models.DateTimeField(null=True)),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("code_until", models.DateTimeField(null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="messaging.contact"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="reporting.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30)),
                ("level", models.CharField(max_length=10)),
                ("source", models.CharField(max_length=120)),
                ("reason", models.CharField(max_length=60)),
                ("raised_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["raised_at", "id"],
                "constraints": [models.UniqueConstraint(fields=("report", "code", "source"), name="report_flag_once")],
            },
        ),
        migrations.CreateModel(
            name="ReportLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.FloatField()),
                ("reasons", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("suggested", "suggested"),
                            ("linked", "linked"),
                            ("duplicate", "the same report again"),
                            ("apart", "not the same"),
                        ],
                        default="suggested",
                        max_length=10,
                    ),
                ),
                ("suggested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to_later",
                        to="reporting.report",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to_earlier",
                        to="reporting.report",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="report_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one", models.F("other")), _negated=True), name="report_link_of_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product_key", models.CharField(db_index=True, max_length=200)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="products", to="reporting.report"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("report", "product_key"), name="report_product_once")],
            },
        ),
        migrations.CreateModel(
            name="ReportSighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product_key", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("citizen_report", "citizens' report"), ("recorded_crime", "recorded crime")],
                        max_length=14,
                    ),
                ),
                ("on", models.DateField()),
                ("place", models.CharField(blank=True, max_length=40)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["on", "product_key", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("report", "product_key", "kind"), name="report_sighting_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["citizen_report", "recorded_crime"])), name="sighting_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=500)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [models.UniqueConstraint(fields=("person", "name"), name="saved_view_once")],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("act", models.CharField(max_length=30)),
                ("role", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=60)),
                ("shown", models.BooleanField()),
                ("detail", models.JSONField(default=dict)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="reporting.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("language", models.CharField(choices=[("en", "English"), ("cy", "Cymraeg")], max_length=2)),
                ("origin", models.CharField(default="live", max_length=12)),
                ("rows", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("organisation_id", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["live", "exercise", "simulation", "test"])),
                        name="upload_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "cy"])), name="upload_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("reference", models.CharField(max_length=11)),
                ("sealed", models.BinaryField()),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sent", to="reporting.upload"
                    ),
                ),
            ],
            options={
                "ordering": ["row"],
                "constraints": [models.UniqueConstraint(fields=("upload", "row"), name="upload_row_once")],
            },
        ),
        migrations.CreateModel(
            name="DutyWatch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("scope", models.CharField(max_length=60)),
                ("started_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "grant",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.grant"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "id"],
                "indexes": [models.Index(fields=["scope", "ended_at", "ends_at"], name="duty_watch_now")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("person",), name="duty_watch_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("started_at"))), name="duty_watch_ends"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicFigures",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=7, unique=True)),
                ("tables", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-quarter"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by__isnull", True),
                            models.Q(
                                ("checked_by__isnull", False),
                                models.Q(("published_by", models.F("checked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="figures_two_people",
                    )
                ],
            },
        ),
    ]
