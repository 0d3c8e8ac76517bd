"""Two states for what a restored backup would send again. SQLite makes the table anew, so its triggers come again."""

from importlib import import_module

from django.db import migrations, models

_GUARDS = import_module("bluelamp.kernel.messaging.migrations.0002_guards")
_STATES = [
    ("queued", "waiting to be sent"),
    ("waiting-hours", "waiting for the person's hours"),
    ("sending", "being handed over"),
    ("sent", "handed over"),
    ("delivered", "delivered"),
    ("failed", "failed"),
    ("suppressed", "not sent: no messages wanted or possible"),
    ("unsafe", "not sent: messages are not safe"),
    ("held", "held after a restore: it may have been sent"),
    ("dropped", "not sent again after a restore"),
]


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_guards")]

    operations = [
        migrations.RunPython(_GUARDS.drop, _GUARDS.create),
        migrations.RemoveConstraint(model_name="message", name="message_state_known"),
        migrations.AlterField("message", "state", models.CharField(choices=_STATES, max_length=13)),
        migrations.AlterField("messageevent", "state", models.CharField(choices=_STATES, max_length=13)),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _ in _STATES])), name="message_state_known"
            ),
        ),
        migrations.RunPython(_GUARDS.create, _GUARDS.drop),
    ]
