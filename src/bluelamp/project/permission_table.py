"""Who may do what: the actions of every package by capacity, and the rule of every address.

docs/reference/permissions.md shows it; tests prove that nothing is missing and try every capacity on every address.
"""

from dataclasses import dataclass
from enum import Enum

from bluelamp.index import permissions as index
from bluelamp.kernel.clients import permissions as clients
from bluelamp.kernel.people import permissions as people
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.project.desk import permissions as desk
from bluelamp.reporting import permissions as reporting

ADMINISTRATOR = frozenset({"administrator"})
AUDITOR = frozenset({"auditor"})
ANALYST = frozenset({"analyst"})
HEAD = frozenset({"head-of-profession"})
MAKER = frozenset({"maker"})
TRIAGE = frozenset({"triage-officer"})
SAFEGUARDING = frozenset({"safeguarding-officer"})
REGISTRAR = frozenset({"crime-registrar"})
OFFICERS = TRIAGE | SAFEGUARDING
SUPPORTING = frozenset({"supporting-organisation"})
# Who may be put on the access list of an edition, to be ready when it comes out.
EARLY = frozenset({"outreach-author", "outreach-approver", "cyber-authority-approver", "partner-analyst"})


class Open(Enum):
    """Rules that need no capacity."""

    PUBLIC = "everyone; the session is not looked at"
    ENTRANCE = "everyone; a step of signing in"
    SETUP = "signed in, before the second factor is set up"
    SIGNED_IN = "signed in with a second factor"
    KEY = "a program with a key, where it is switched on; no session"
    CLOSED = "nobody: the address does not exist"


@dataclass(frozen=True)
class Declared:
    """An action and the capacities that may do it."""

    action: Action
    capacities: frozenset[str]


ALLOWED = (
    Declared(people.SEE, ADMINISTRATOR | AUDITOR),
    Declared(people.INVITE, ADMINISTRATOR),
    Declared(people.GRANT, ADMINISTRATOR),
    Declared(people.VET, ADMINISTRATOR),
    Declared(people.CLOSE, ADMINISTRATOR),
    Declared(people.ORGANISE, ADMINISTRATOR),
    Declared(people.RESET, ADMINISTRATOR),
    Declared(clients.SEE, ADMINISTRATOR),
    Declared(clients.MANAGE, ADMINISTRATOR),
    Declared(desk.SEARCH_AUDIT, AUDITOR),
    Declared(desk.EXPORT_AUDIT, AUDITOR),
    Declared(desk.SEE_WORK, ADMINISTRATOR),
    Declared(desk.MEND_WORK, ADMINISTRATOR),
    Declared(desk.SEE_MESSAGES, ADMINISTRATOR),
    Declared(index.SEE, ANALYST | HEAD),
    Declared(index.DRAFT, ANALYST),
    Declared(index.CHECK, ANALYST),
    Declared(index.PREVIEW, ANALYST),
    Declared(index.LINK, ADMINISTRATOR),
    Declared(index.REPLY, MAKER),
    Declared(index.DECIDE, ANALYST | HEAD),
    Declared(index.ASK, ANALYST),
    Declared(index.SIGN, ANALYST | HEAD),
    Declared(index.PUBLISH, HEAD),
    Declared(index.CORRECT, ANALYST),
    Declared(index.WITHDRAW, HEAD),
    Declared(index.CALENDAR, HEAD),
    Declared(index.ACCESS, HEAD),
    Declared(index.LOOK, EARLY),
    Declared(reporting.SEE_FIGURES, ANALYST | HEAD),
    Declared(reporting.CHECK_FIGURES, ANALYST),
    Declared(reporting.PUBLISH_FIGURES, HEAD),
    Declared(reporting.SEE_BENEFITS, OFFICERS | REGISTRAR | ANALYST | HEAD),
    Declared(reporting.QUEUE, OFFICERS | REGISTRAR),
    Declared(reporting.READ, OFFICERS | REGISTRAR),
    Declared(reporting.READ_SAFETY, SAFEGUARDING),
    Declared(reporting.READ_CONTACT, OFFICERS),
    Declared(reporting.NOTE, OFFICERS | REGISTRAR),
    Declared(reporting.ASSIGN, OFFICERS),
    Declared(reporting.DECIDE, OFFICERS),
    Declared(reporting.RECORD, REGISTRAR),
    Declared(reporting.HAND_OVER, OFFICERS),
    Declared(reporting.LINK, OFFICERS),
    Declared(reporting.DISCLOSE, OFFICERS),
    Declared(reporting.DUTY, OFFICERS),
    Declared(reporting.REVIEW, OFFICERS | REGISTRAR),
    Declared(reporting.WRITE, OFFICERS),
    Declared(reporting.BEHALF, SUPPORTING),
    Declared(reporting.OWN, SUPPORTING),
)
TABLE = {declared.action.code: declared.capacities for declared in ALLOWED}

Rule = Open | Action
_PUBLIC = (
    "index:home index:search index:check index:compare index:table index:category index:product "
    "index:maker index:methods index:data index:accessibility index:download-csv index:download-json "
    "index:download-package index:download-pdf index:editions index:edition index:releases index:feed "
    "advice:topics advice:topic advice:safely api-1:openapi-json "
    "report:start report:models report:figures report:figures-csv "
    "report:receipt report:receipt-pdf report:answers report:receipt-keys "
    "report:before report:question report:devices report:body report:sent report:gone report:away "
    "report:on report:save report:resume report:exit "
    "report:follow report:following report:follow-told report:follow-leave report:follow-write report:follow-call "
    "report:follow-take-back report:follow-done report:follow-ways report:follow-own-word report:follow-recover "
    "report:follow-code "
    "many:start many:template many:check many:send many:sent many:result many:mend many:discard "
    "report:offline report:offline-questions report:offline-worker report:offline-manifest report:offline-send "
    "api-1:current_edition api-1:products api-1:one_product api-1:compare api-1:search api-1:categories api-1:api-root "
    "running:healthz running:readyz running:metrics"
)
_ENTRANCE = (
    "account_login account_logout account_inactive account_reset_password_from_key "
    "account_reset_password_from_key_done mfa_authenticate mfa_login_webauthn desk:demo"
)
_SETUP = (
    "account_reauthenticate account_change_password mfa_index mfa_reauthenticate mfa_activate_totp mfa_list_webauthn "
    "mfa_add_webauthn mfa_reauthenticate_webauthn desk:second-factor"
)
_SIGNED_IN = (
    "mfa_deactivate_totp mfa_edit_webauthn mfa_remove_webauthn mfa_view_recovery_codes mfa_generate_recovery_codes "
    "mfa_download_recovery_codes usersessions_list desk:home desk:capacity desk:account"
)
_KEY = (
    "report-api:openapi-json report-api:report_questions report-api:send_report report-api:send_many "
    "report-api:report_status report-api:own_reports "
    "open311:discovery open311:services open311:service open311:requests open311:request "
    "open311:token"
)
# Addresses that are closed unless a setting opens them, by how the names of their views begin (RED-LINES 20).
SWITCHES = {"report-api:": "BLUELAMP_REPORT_API", "open311:": "BLUELAMP_OPEN311"}
_CLOSED = (
    "account_signup account_email account_email_verification_sent account_confirm_email account_set_password "
    "account_reset_password account_reset_password_done account_confirm_login_code socialaccount_signup "
    "socialaccount_connections"
)
_ORGANISATIONS_SIGN_IN = (
    "socialaccount_login_cancelled socialaccount_login_error openid_connect_login openid_connect_callback"
)
ROUTES: dict[str, Rule] = {
    **dict.fromkeys(_PUBLIC.split(), Open.PUBLIC),
    **dict.fromkeys(_ENTRANCE.split(), Open.ENTRANCE),
    **dict.fromkeys(_ORGANISATIONS_SIGN_IN.split(), Open.ENTRANCE),
    **dict.fromkeys(_SETUP.split(), Open.SETUP),
    **dict.fromkeys(_SIGNED_IN.split(), Open.SIGNED_IN),
    **dict.fromkeys(_KEY.split(), Open.KEY),
    **dict.fromkeys(_CLOSED.split(), Open.CLOSED),
    "desk:people": people.SEE,
    "desk:person": people.SEE,
    "desk:invite": people.INVITE,
    "desk:link": people.INVITE,
    "desk:grant": people.GRANT,
    "desk:revoke": people.GRANT,
    "desk:vet": people.VET,
    "desk:withdraw-vetting": people.VET,
    "desk:open": people.CLOSE,
    "desk:organisations": people.ORGANISE,
    "desk:ask-reset": people.RESET,
    "desk:resets": people.RESET,
    "desk:clients": clients.SEE,
    "desk:client": clients.MANAGE,
    "desk:audit": desk.SEARCH_AUDIT,
    "desk:audit-export": desk.EXPORT_AUDIT,
    "desk:work": desk.SEE_WORK,
    "desk:messages": desk.SEE_MESSAGES,
    "desk:revive": desk.MEND_WORK,
    "desk:discard": desk.MEND_WORK,
    "desk:editions": index.SEE,
    "desk:edition": index.SEE,
    "desk:edition-products": index.SEE,
    "desk:edition-product": index.SEE,
    "desk:draft": index.DRAFT,
    "desk:redraft": index.DRAFT,
    "desk:withhold": index.DRAFT,
    "desk:take-date": index.DRAFT,
    "desk:checks": index.CHECK,
    "desk:acknowledge": index.CHECK,
    "desk:open-previews": index.PREVIEW,
    "desk:decide-reply": index.DECIDE,
    "desk:ask-sign-off": index.ASK,
    "desk:sign": index.SIGN,
    "desk:publish": index.PUBLISH,
    "desk:correct": index.CORRECT,
    "desk:withdraw": index.WITHDRAW,
    "desk:calendar": index.CALENDAR,
    "desk:early-access": index.ACCESS,
    "desk:early": index.LOOK,
    "desk:look": index.LOOK,
    "desk:look-product": index.LOOK,
    "desk:previews": index.REPLY,
    "desk:preview": index.REPLY,
    "desk:maker-links": index.LINK,
    "triage:benefits": reporting.SEE_BENEFITS,
    "triage:figures": reporting.SEE_FIGURES,
    "triage:check-figures": reporting.CHECK_FIGURES,
    "triage:publish-figures": reporting.PUBLISH_FIGURES,
    "triage:queue": reporting.QUEUE,
    "triage:save-view": reporting.QUEUE,
    "triage:remove-view": reporting.QUEUE,
    "triage:shift": reporting.QUEUE,
    "triage:duties": reporting.DUTY,
    "triage:on-duty": reporting.DUTY,
    "triage:off-duty": reporting.DUTY,
    "triage:duty-seen": reporting.DUTY,
    "triage:duty-done": reporting.DUTY,
    "triage:numbers": reporting.RECORD,
    "triage:handovers": reporting.HAND_OVER,
    "triage:acknowledge": reporting.HAND_OVER,
    "triage:note-reference": reporting.HAND_OVER,
    "triage:take-back": reporting.HAND_OVER,
    "triage:reviews": reporting.REVIEW,
    "triage:campaigns": reporting.LINK,
    "triage:campaign": reporting.LINK,
    "triage:campaign-add": reporting.LINK,
    "triage:campaign-remove": reporting.LINK,
    "triage:campaign-decide": reporting.DECIDE,
    "triage:disclosed": reporting.DISCLOSE,
    "triage:disclosure-end": reporting.DISCLOSE,
    "triage:report": reporting.READ,
    "triage:safety": reporting.READ_SAFETY,
    "triage:contact": reporting.READ_CONTACT,
    "triage:take": reporting.ASSIGN,
    "triage:give": reporting.ASSIGN,
    "triage:put-back": reporting.ASSIGN,
    "triage:note": reporting.NOTE,
    "triage:answer": reporting.WRITE,
    "triage:ask": reporting.WRITE,
    "triage:decide": reporting.DECIDE,
    "triage:hand-over": reporting.HAND_OVER,
    "triage:number": reporting.RECORD,
    "triage:cancel": reporting.RECORD,
    "triage:link": reporting.LINK,
    "triage:decide-link": reporting.LINK,
    "triage:disclose": reporting.DISCLOSE,
    "triage:keep": reporting.REVIEW,
    "triage:erase": reporting.REVIEW,
    "behalf:own": reporting.OWN,
    "behalf:one": reporting.BEHALF,
    "behalf:start": reporting.BEHALF,
    "behalf:template": reporting.BEHALF,
    "behalf:check": reporting.BEHALF,
    "behalf:send": reporting.BEHALF,
    "behalf:sent": reporting.BEHALF,
    "behalf:result": reporting.BEHALF,
    "behalf:mend": reporting.BEHALF,
    "behalf:discard": reporting.BEHALF,
}
