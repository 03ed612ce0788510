"""Classifies every text field: it has a canary, it's public, or it holds no one's text."""

from django.apps import apps
from django.db import models

from tests.canaries.table import WHO

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
# Everyone may read these of each record, or of each that is listed, published or open.
PUBLIC = """
    term.label term.help term.translations term.edition issuearea.name issuearea.translations issuearea.about issuearea.source
    jurisdiction.name jurisdiction.other_names jurisdiction.about jurisdiction.website jurisdiction.source
    stageentry.note
    department.name department.other_names department.about department.website department.source
    wording.label wording.help sitetext.text
    population.source population.link population.note
"""
# Keys, states and counters, copies of other fields in indexes and stored documents, and references of logs.
PLAIN = """
    webhook.kinds webhookdelivery.occurrence webhookdelivery.subject_type webhookdelivery.record_type
    apitoken.writes apitoken.reads apitoken.addresses
    term.key issuearea.key issuearea.path jurisdiction.path jurisdiction.state jurisdiction.zone department.path
    contact.zone meeting.zone checkinplan.zone checkinplan.source person.zone person.language agreement.currency
    organization.open_fields
    suggestion.before suggestion.decisions confirmation.fingerprint claimfile.content_type
    tombstone.resource facetcount.resource facetcount.facet facetcount.value heartbeat.name outdated.resource
    searchentry.resource searchentry.title searchentry.names searchentry.body searchword.word searchgram.gram
    publication.body change.verb change.record_type
    contact.language suggestion.language meetingseries.rule meetingseries.zone follow.record_type distinctpair.record_type
    suppression.recipient
    digestentry.occurrence digestentry.subject_type
    email.occurrence email.recipient email.subject_type email.message_id
    round.zone roundside.key networkreading.key networkreading.query networkreading.result samplework.problems
    merge.record_type merge.lost_public_id wording.vocabulary wording.key sitetext.key columnmemory.field
    valuememory.field valuememory.value
    import.columns import.picked import.fixes import.reader import.content draft.page
    report.content report.pdf report.problem savedlist.list listfile.list listfile.reader listfile.content
    permission.name permission.codename group.name contenttype.app_label contenttype.model
    makeup.counts makeup.kept_back makeup.shown population.counts measure.limits round.facts
    measuregroup.key datapoint.cell reading.cell reading.number_then
    lefttext.model lefttext.field nameskeleton.text distinctpair.reason
    logentry.object_id logentry.object_repr logentry.change_message
"""
# Secrets, which no page shows to anyone. tests/secret_leaks.py searches for them.
SECRET = """
    webhook.seed webhook.old_seed
    calendarfeed.prefix calendarfeed.digest formermember.digest seatconsent.code
    logincode.asked logincode.seed ratecount.key
    askedparty.code respondent.code respondent.kept_for respondent.mark
    respondent.digest
    submittedform.mark submittedform.content submittedform.answer submittedform.page
    person.password apitoken.prefix apitoken.digest apitoken.old_prefix apitoken.old_digest
    session.session_key session.session_data
    suppression.digest usersession.session_key usersession.data authenticator.data emailaddress.email emailconfirmation.key
    socialapp.provider socialapp.provider_id socialapp.name socialapp.client_id socialapp.secret socialapp.key
    socialapp.settings socialaccount.provider socialaccount.uid socialaccount.extra_data
    socialtoken.token socialtoken.token_secret
"""


def fields() -> set[str]:
    """All text fields except choices and public ids, as “model.field”."""
    return {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, TEXT) and not field.choices and field.name != "public_id"
    }


def unplaced() -> list[str]:
    """Fields in none or several of these lists, and names that aren't fields."""
    with_canary = {name.partition(" ")[0] for name in WHO}
    placed = [*with_canary, *PUBLIC.split(), *PLAIN.split(), *SECRET.split()]
    relations = {"organization.kind", "organization.area", "organization.issue_areas", "retentionrun.erased"}
    relations |= {"organization.languages", "organization.led_by", "organization.communities"}
    twice = {name for name in placed if placed.count(name) > 1}
    return sorted(twice | (set(placed) ^ (fields() | relations)))
