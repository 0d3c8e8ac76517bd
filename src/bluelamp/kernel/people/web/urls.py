"""The addresses of signing in: the library's own, with our views where an organisation's provider is asked."""

from django.urls import include, path

from bluelamp.kernel.people.web import organisation

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("oidc/<str:provider_id>/login/", organisation.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", organisation.callback, name="openid_connect_callback"),
]
