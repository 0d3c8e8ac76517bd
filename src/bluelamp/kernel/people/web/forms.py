"""Forms of signing in."""

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """Address and password. The hint about forgotten passwords goes: a new link comes from an administrator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
