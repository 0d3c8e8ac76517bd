"""The addresses of the triage desk, below /desk/reports/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import desk, desk_decide, desk_duty, desk_figures, desk_more, desk_report

app_name = "triage"

urlpatterns: list[URLPattern] = [
    path("benefits/", desk_figures.benefits_page, name="benefits"),
    path("figures/", desk_figures.figures_page, name="figures"),
    path("figures/<uuid:figures_id>/check/", desk_figures.check, name="check-figures"),
    path("figures/<uuid:figures_id>/publish/", desk_figures.publish, name="publish-figures"),
    path("", desk.queue, name="queue"),
    path("views/", desk.save_view, name="save-view"),
    path("views/<int:view_id>/remove/", desk.remove_view, name="remove-view"),
    path("shift/", desk.hand_on, name="shift"),
    path("duties/", desk_duty.duties, name="duties"),
    path("duties/on/", desk_duty.on_duty, name="on-duty"),
    path("duties/off/", desk_duty.off_duty, name="off-duty"),
    path("duties/<uuid:duty_id>/seen/", desk_duty.seen, name="duty-seen"),
    path("duties/<uuid:duty_id>/done/", desk_duty.done, name="duty-done"),
    path("numbers/", desk_duty.numbers, name="numbers"),
    path("handovers/", desk_duty.handovers, name="handovers"),
    path("handovers/<uuid:handover_id>/acknowledge/", desk_duty.acknowledge, name="acknowledge"),
    path("handovers/<uuid:handover_id>/reference/", desk_duty.note_reference, name="note-reference"),
    path("handovers/<uuid:handover_id>/back/", desk_duty.take_back, name="take-back"),
    path("reviews/", desk_duty.reviews, name="reviews"),
    path("campaigns/", desk_more.campaign_list, name="campaigns"),
    path("campaigns/<uuid:campaign_id>/", desk_more.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/add/", desk_more.campaign_add, name="campaign-add"),
    path("campaigns/<uuid:campaign_id>/remove/<uuid:report_id>/", desk_more.campaign_remove, name="campaign-remove"),
    path("campaigns/<uuid:campaign_id>/decide/", desk_more.campaign_decide, name="campaign-decide"),
    path("given/<uuid:disclosure_id>/", desk_more.disclosed, name="disclosed"),
    path("given/<uuid:disclosure_id>/end/", desk_more.disclosure_end, name="disclosure-end"),
    path("<uuid:report_id>/", desk_report.report, name="report"),
    path("<uuid:report_id>/safety/", desk_report.safety, name="safety"),
    path("<uuid:report_id>/contact/", desk_report.contact, name="contact"),
    path("<uuid:report_id>/take/", desk_report.take, name="take"),
    path("<uuid:report_id>/give/", desk_report.give, name="give"),
    path("<uuid:report_id>/put-back/", desk_report.put_back, name="put-back"),
    path("<uuid:report_id>/note/", desk_report.add_note, name="note"),
    path("<uuid:report_id>/answer/", desk_report.answer, name="answer"),
    path("<uuid:report_id>/ask/", desk_decide.ask, name="ask"),
    path("<uuid:report_id>/decide/", desk_decide.decide, name="decide"),
    path("<uuid:report_id>/hand-over/", desk_decide.hand_over, name="hand-over"),
    path("<uuid:report_id>/number/", desk_duty.number, name="number"),
    path("<uuid:report_id>/cancel/", desk_duty.cancel, name="cancel"),
    path("<uuid:report_id>/link/", desk_report.link, name="link"),
    path("<uuid:report_id>/links/<int:link_id>/", desk_report.decide_link, name="decide-link"),
    path("<uuid:report_id>/disclose/", desk_more.disclose, name="disclose"),
    path("<uuid:report_id>/keep/", desk_duty.keep, name="keep"),
    path("<uuid:report_id>/erase/", desk_duty.erase, name="erase"),
]
