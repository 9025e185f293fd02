"""Sample calls about licences that the HTTP API alone needs: one record of each kind, and the counts."""

from tests.callers.sample import P, Sample

LICENCES: dict[str, Sample] = {
    "LicencePlanDesk.plan": Sample(lambda d, c, _, a: d.licence_plan.plan(c, a), P.VIEW_LICENCES),
    "LicencePlanDesk.check_buy": Sample(
        lambda d, c, _, a: d.licence_plan.check_buy(c, a, "voice_sms", 1), P.BUY_LICENCES
    ),
    "LicencePlanDesk.charge_lines": Sample(
        lambda d, c, _, a: d.licence_plan.charge_lines(c, a), P.VIEW_LICENCES
    ),
    "LicencePlanDesk.changes": Sample(
        lambda d, c, k, _: d.licence_plan.changes(c, k.licence), P.BUY_LICENCES
    ),
    "LicenceDesk.licence": Sample(lambda d, c, k, _: d.licences.licence(c, k.licence), P.VIEW_LICENCES),
    "LicenceDesk.counts": Sample(lambda d, c, _, a: d.licences.counts(c, a), P.VIEW_LICENCES),
    "LicenceDesk.purchase": Sample(lambda d, c, k, _: d.licences.purchase(c, k.purchase), P.VIEW_LICENCES),
    "LicenceRequestDesk.find": Sample(
        lambda d, c, k, _: d.licence_requests.find(c, k.licence_request), P.VIEW_LICENCES
    ),
    "AgentDesk.agent": Sample(lambda d, c, k, _: d.agents.agent(c, k.agent), P.VIEW_LICENCES),
}
