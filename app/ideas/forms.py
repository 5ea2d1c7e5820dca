"""What authors may type. Field names are the keywords of the commands."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.campaigns.models import Campaign
from app.core.forms import Form, OnceForm
from app.core.i18n import _l
from app.ideas.models import Idea
from app.ideas.rules import KEYWORDS_MAX_CHARS, TITLE_MAX_CHARS, field_of
from app.ideas.wording import as_plain, wording_of


def _version() -> IntegerField:
    return IntegerField(widget=HiddenInput(), validators=[InputRequired()])


def _slug(value: Any) -> str:
    return "" if value is None else str(value)


class StartForm(OnceForm):
    """Which campaign the new idea is for."""

    campaign = RadioField(
        _l("Cuộc thi"), validate_choice=False, coerce=_slug, validators=[InputRequired(_l("Chọn cuộc thi."))]
    )


class DraftForm(Form):
    """The fields that every idea has; `draft_form` adds those of the campaign's questions."""

    version = _version()
    title = StringField(_l("Tên ý tưởng"), validators=[Length(max=TITLE_MAX_CHARS)])
    topic = RadioField(_l("Lĩnh vực"), validate_choice=False, coerce=_slug)
    summary = TextAreaField(_l("Tóm tắt"))
    keywords = StringField(
        _l("Từ khóa"),
        description=_l("Hai đến sáu từ hoặc cụm từ, cách nhau bằng dấu phẩy."),
        validators=[Optional(), Length(max=KEYWORDS_MAX_CHARS)],
    )
    budget = StringField(
        _l("Kinh phí ước tính"),
        description=_l("Ghi số đồng, ví dụ 3500000 hoặc 3,5 triệu. Không tốn tiền thì ghi 0."),
        validators=[Optional()],
    )

    @property
    def values(self) -> dict[str, Any]:
        """Keywords of `save_draft`; a field that the page did not send is left out or empty."""
        typed = super().values
        answers = {name.removeprefix("p_"): typed.pop(name) for name in list(typed) if name.startswith("p_")}
        sent = {key: text or "" for key, text in answers.items() if self[field_of(key)].raw_data}
        texts = {name: typed[name] or "" for name in ("title", "summary", "keywords", "budget")}
        return {"version": typed["version"], "topic": typed["topic"] or None, **texts, "answers": sent}


def draft_form(idea: Idea, *, plain: bool = False) -> DraftForm:
    """The form of an idea's campaign, filled with what is kept (or with what was just typed).

    plain: for a browser without scripts, which would show the tags of the formatted text.
    """
    campaign = idea.campaign
    values = kept_values(idea)
    if plain:
        values |= {name: as_plain(text) or text for name, text in values.items() if name.startswith("p_")}
    form = _form_class(campaign)(data=values)
    form.topic.choices = [(topic.slug, topic.name) for topic in campaign.topics]
    form.topic.description = ""
    return form


def kept_values(idea: Idea) -> dict[str, Any]:
    """What the server holds, by field: for the page, and for whoever was overtaken by a team mate."""
    wording = wording_of(idea)
    return {
        "version": idea.version,
        "title": wording.title,
        "topic": wording.topic or "",
        "summary": wording.summary,
        "keywords": wording.keywords,
        "budget": "" if wording.budget_vnd is None else str(wording.budget_vnd),
        **{
            field_of(question.key): wording.answers.get(question.key, "")
            for question in idea.campaign.questions
        },
    }


def _form_class(campaign: Campaign) -> type[DraftForm]:
    fields = {
        field_of(question.key): TextAreaField(
            question.label,
            description=question.help,
            validators=[] if question.required else [Optional()],
        )
        for question in campaign.questions
    }
    return type("CampaignDraftForm", (DraftForm,), fields)


class SubmitForm(OnceForm):
    version = _version()
    pledge = BooleanField(validators=[InputRequired(_l("Đánh dấu vào lời cam kết trước khi gửi."))])

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "pledge"}


class WithdrawForm(Form):
    version = _version()
    phrase = StringField(_l("Gõ RÚT BÀI để xác nhận"))

    @property
    def values(self) -> dict[str, Any]:
        typed = super().values
        return {"version": typed["version"], "phrase": typed["phrase"] or ""}
