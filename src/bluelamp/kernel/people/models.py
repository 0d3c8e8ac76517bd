"""Users. The model is our own from the first migration, because it cannot be changed later."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with an account. Citizens who report have none: they hold a receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
