"""The addresses of the desk."""

from django.urls import path

from bluelamp.project.desk import audit, demo, home, messages, people, person, work

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("capacity/", home.capacity, name="capacity"),
    path("account/", home.account, name="account"),
    path("second-factor/", home.second_factor, name="second-factor"),
    path("demo/", demo.cast, name="demo"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/organisations/", people.organisations, name="organisations"),
    path("people/recovery/", people.resets, name="resets"),
    path("people/<uuid:user_id>/", person.person, name="person"),
    path("people/<uuid:user_id>/link/", person.link, name="link"),
    path("people/<uuid:user_id>/grant/", person.grant, name="grant"),
    path("people/<uuid:user_id>/vetting/", person.vet, name="vet"),
    path("people/<uuid:user_id>/open/", person.set_open, name="open"),
    path("people/<uuid:user_id>/recovery/", person.ask_reset, name="ask-reset"),
    path("people/<uuid:user_id>/grants/<uuid:grant_id>/", person.revoke, name="revoke"),
    path("people/<uuid:user_id>/vetting/<uuid:vetting_id>/", person.withdraw_vetting, name="withdraw-vetting"),
    path("audit/", audit.search, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("messages/", messages.sink, name="messages"),
    path("work/", work.work, name="work"),
    path("work/<uuid:delivery_id>/revive/", work.revive, name="revive"),
    path("work/<uuid:delivery_id>/discard/", work.discard, name="discard"),
]
