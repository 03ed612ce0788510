"""Form fields, labels and components: what people see, and what assistive technology is told."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import formats, translation

from partnerships.models import Meeting
from partnerships.web.by_link.forms import CheckInForm
from partnerships.web.components.forms.statements import StatementForm
from partnerships.web.frame import words
from partnerships.web.frame.forms import fields
from tests.factories import make_issue_area, make_term


class Sample(forms.Form):
    title = forms.CharField(label="Title", max_length=10, help_text="As people call it.")
    summary = forms.CharField(label="Summary", max_length=3000, widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Contract"), ("b", "Training")], widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(choices=[("h", "Housing")], widget=forms.CheckboxSelectMultiple, required=False)
    starts = forms.DateField(label="Start", required=False)
    seats = forms.IntegerField(label="Seats", required=False, min_value=1)
    note = forms.CharField(label="Note", required=False, error_messages={"invalid": "Own words."})
    email = forms.EmailField(label="Email", required=False)


def draw(bound):
    return re.sub(r"\s+", " ", bound.as_field_group())


def test_a_field_tells_its_input_of_hint_and_error():
    html = draw(Sample({"title": ""})["title"])
    assert '<label class="label" for="id_title">Title <span class="needed">(required)</span>' in html
    assert '<span class="hint" id="id_title_helptext">As people call it.</span>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Enter a value." in html


def test_a_long_text_says_how_much_fits():
    html = draw(Sample()["summary"])
    assert '<span class="hint" id="id_summary_helptext">Up to 3,000 characters.</span>' in html
    assert 'aria-describedby="id_summary_helptext"' in html
    assert "(required)" not in html


def test_a_browser_does_not_cut_a_pasted_text():
    """It says nothing when it does. The error says how long the text is, and the text stays."""
    form = Sample({"title": "x" * 12, "summary": "y" * 3001})
    assert [("maxlength" in draw(form[name])) for name in ("title", "summary")] == [False, False]
    assert draw(form["title"]).count(f'value="{"x" * 12}"') == 1


@pytest.mark.parametrize(("form", "name"), [(CheckInForm, "changed"), (StatementForm, "words")])
def test_the_end_of_a_line_counts_as_one_character(form, name):
    most = form().fields[name].max_length
    lines = "a\r\n" * (most // 2 - 1)  # as browsers send them
    bound = [form({name: lines + rest}) for rest in ("bc", "bcd")]
    assert [name in one.errors for one in bound] == [False, True]
    assert bound[0].cleaned_data[name] == lines.replace("\r\n", "\n") + "bc"


def test_one_of_several_options_is_not_wrong_by_itself():
    html = draw(Sample({})["kind"])
    assert html.count("<fieldset") == 1
    assert 'aria-describedby=" id_kind_error"' in html
    assert "aria-invalid" not in html


def test_shapes_of_form_fields():
    form = Sample()
    shapes = [fields.shape(form[name]) for name in ("title", "kind", "areas", "starts")]
    assert shapes == ["input", "tiles", "checks", "input"]
    form = Sample()
    form.fields["starts"].help_text = "Only if it has closed: its last day. " * 5
    assert fields.shape(form["starts"]) == "long"


def test_a_date_is_the_browsers_own_until_it_cannot_show_what_was_typed():
    assert 'type="date"' in draw(Sample({"starts": "2026-04-30"})["starts"])
    html = draw(Sample({"starts": "2026-04-31"})["starts"])
    assert ('type="text"' in html, 'value="2026-04-31"' in html) == (True, True)
    for typed in ("", "2026-04-30"):  # a picker shows a date that is only too early or too late
        form = Sample({"starts": typed})
        form.add_error("starts", "Give the other day too.")
        assert 'type="date"' in draw(form["starts"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_date_is_shown_by_its_picker_in_every_language(language):
    """A picker that takes a date for none sends none, and the date would be lost."""
    april = date(2026, 4, 30)
    with translation.override(language):
        typed = {"starts": formats.date_format(april, "d/m/Y" if language == "es" else "m/d/Y")}
        for form in (Sample(initial={"starts": april}), Sample(typed)):
            html = draw(form["starts"])
            assert ('type="date"' in html, 'value="2026-04-30"' in html) == (True, True)


def test_what_an_action_refuses_as_blank_is_said_in_our_words():
    form = Sample({"title": "Kept", "note": ""})
    form.add_error("note", ValidationError(Meeting._meta.get_field("title").error_messages["blank"], code="blank"))
    assert fields.errors_of(form["note"]) == ["Enter a value."]


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("title", "x" * 12, "This is too long: 12 characters. The limit is 10."),
        ("title", "a\x00b", "This has a character that we can’t save. Type the text again."),
        ("kind", "z", "Choose one of the options."),
        ("areas", ["z"], "Choose one of the options."),
        ("starts", "2026-04-31", "Enter a date that exists, like 2026-11-24."),
        ("seats", "many", "Enter a whole number."),
        ("email", "name@", "Enter a full email address, like name@example.org."),
        ("seats", "0", "This is too low. Enter 1 or more."),
    ],
)
def test_errors_are_said_in_plain_words(name, typed, says):
    assert fields.errors_of(Sample({name: typed})[name]) == [says]


def test_words_that_a_form_chose_itself_stay():
    form = Sample({"title": "x", "kind": "a"})
    form.add_error("note", forms.ValidationError("Own words.", code="invalid"))
    form.add_error("title", forms.ValidationError("%(what)s is taken.", code="taken", params={"what": "This title"}))
    assert (fields.errors_of(form["note"]), fields.errors_of(form["title"])) == (
        ["Own words."],
        ["This title is taken."],
    )


def test_the_summary_links_to_each_field_and_to_rows_by_their_name():
    rows = forms.formset_factory(Sample, extra=1)
    bound = rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-kind": "a", "form-0-seats": "x"})
    bound.forms[0].legend = "Party 1"
    form = Sample({"kind": "a"})
    form.add_error(None, "The end date is before the start date.")
    assert fields.error_links([form, bound]) == [
        {"text": "The end date is before the start date."},
        {"url": "#id_title", "label": "Title", "text": "Enter a value."},
        {"url": "#id_form-0-title", "label": "Party 1, Title", "text": "Enter a value."},
        {"url": "#id_form-0-seats", "label": "Party 1, Seats", "text": "Enter a whole number."},
    ]


def render(text, **context):
    return re.sub(r"\s+", " ", Template(text).render(Context(context))).strip()


@pytest.mark.parametrize(
    ("side", "mark", "word"), [("government", "gov", "government"), ("institution", "inst", "institution")]
)
def test_a_party_says_its_side_in_shape_and_word(side, mark, word):
    html = render('{% include "components/_party.html" %}', party={"name": "<b>A</b>", "side": side})
    assert (
        html == f'<span class="party {mark}"><span>&lt;b&gt;A&lt;/b&gt;<span class="sr"> ({word})</span></span></span>'
    )


def test_labels_of_closed_and_open_words(db):
    make_term("purpose", "learning", "Learning from each other")
    make_issue_area("housing", "Housing")
    asked = [
        ("joint_project", "kind"),
        ("learning", "purpose"),
        ("housing", "issue"),
        ("unheard", "purpose"),
        ("", "kind"),
    ]
    assert [words.label(*one) for one in asked] == [
        "Joint project",
        "Learning from each other",
        "Housing",
        "unheard",
        "",
    ]
    with pytest.raises(ValueError, match="no vocabulary"):
        words.label("x", "nonsense")


def test_open_words_are_read_once_a_request(db, django_assert_num_queries):
    with django_assert_num_queries(1), words.terms_read_once():
        for _ in range(5):
            words.label("learning", "purpose")


def meeting(starts_at, minutes, zone="America/Chicago"):
    return SimpleNamespace(starts_at=starts_at, minutes_long=minutes, zone=zone)


def test_a_meeting_has_the_local_time_of_its_place():
    assert words.local_time(meeting(datetime(2026, 12, 2, 16, 0, tzinfo=UTC), 120)) == "10 a.m. to noon, Central Time"
    late = meeting(datetime(2026, 12, 3, 5, 0, tzinfo=UTC), 90)
    assert words.local_time(late) == "11 p.m. to 12:30 a.m. on Thursday, Central Time"
    # The night when daylight saving time ends: two hours pass, and the clock moves by one.
    doubled = meeting(datetime(2026, 11, 1, 6, 0, tzinfo=UTC), 120)
    assert words.local_time(doubled) == "1 a.m. to 2 a.m., Central Time"


def test_words_for_dates_and_times():
    assert words.day_words(date(2026, 12, 2)) == "Dec, Wed"
    at = datetime(2026, 11, 2, 20, 5, tzinfo=UTC)
    assert words.moment(at) == "November 2, 2026, 8:05 p.m., UTC"
    assert words.moment(at, "America/New_York") == "November 2, 2026, 3:05 p.m., Eastern Time"


def test_the_first_message_has_the_focus_and_a_name():
    messages = [SimpleNamespace(level=25), SimpleNamespace(level=30)]
    html = Template("{% include 'components/_messages.html' %}").render(Context({"messages": messages}))
    assert html.count("autofocus") == 1
    assert html.index('role="status"') < html.index("autofocus") < html.index('role="alert"')
    assert [f'aria-labelledby="said{n}"' in html and f'id="said{n}"' in html for n in (1, 2)] == [True, True]


class Row(forms.Form):
    name = forms.CharField(label="Name")
    legend = "Partner 2"


def test_a_row_of_a_formset_has_a_name_and_so_has_the_box_that_removes_it():
    html = str(forms.formset_factory(Row, extra=1, can_delete=True)(prefix="rows"))
    assert re.search(r'<details\s[^>]*aria-labelledby="rows-0-row"', html)
    assert '<summary id="rows-0-row">' in html
    assert 'Remove<span class="sr">: Partner 2</span>' in html


def test_an_error_of_a_group_of_options_leads_to_its_first_option():
    form = Sample({"kind": "", "title": "Title", "areas": ["x"]})
    assert [link["url"] for link in fields.error_links([form]) if "kind" in link["url"]] == ["#id_kind_0"]
    assert [link["url"] for link in fields.error_links([form]) if "areas" in link["url"]] == ["#id_areas_0"]
    assert 'id="id_kind_0"' in draw(form["kind"])
