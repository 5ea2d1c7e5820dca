"""What the macros draw: fields tied to their errors, states in words, forms that carry what they must."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from flask import Flask, render_template, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)  # fmt: skip
from wtforms.validators import InputRequired, Optional

from app.core.differences import differences
from tests.browser_client import check_as_a_strict_visitor

ROOT = Path(__file__).resolve().parents[1] / "app"
SVG = "{http://www.w3.org/2000/svg}"
NOBODY = SimpleNamespace(is_authenticated=False, full_name="")


class SampleForm(FlaskForm):
    version = HiddenField(default="3")
    title = StringField(
        "Tên ý tưởng", [InputRequired("Ghi tên ý tưởng")], description="Nói thẳng việc sẽ làm."
    )
    email = EmailField("Thư điện tử", [Optional()])
    password = PasswordField("Mật khẩu", [InputRequired("Ghi mật khẩu")])
    budget = IntegerField("Kinh phí", [Optional()])
    points = DecimalField("Điểm", [Optional()])
    due = DateField("Thời hạn", [Optional()], format="%d/%m/%Y", description="ngày/tháng/năm")
    unit = SelectField(
        "Đơn vị",
        [InputRequired("Chọn đơn vị")],
        choices=[("", "Chọn một"), ("vhxh", "Phòng Văn hóa - Xã hội")],
    )
    place = SelectField(
        "Nơi",
        choices={"Phường": [("a", "Tổ 1")], "Trường": [("b", "Trường Đông Hải")]},
        validate_choice=False,
    )
    summary = TextAreaField("Tóm tắt", [InputRequired("Viết tóm tắt")])
    solution = TextAreaField("Giải pháp", [Optional()])
    topic = RadioField(
        "Lĩnh vực",
        [InputRequired("Chọn lĩnh vực")],
        choices=[("cchc", "Cải cách hành chính"), ("van-hoa", "Văn hóa")],
    )
    channel = RadioField(
        "Xác nhận bằng cách nào?",
        choices=[("tin", "Gửi tin nhắn"), ("giay", "In giấy")],
        default="tin",
        validate_choice=False,
    )
    reasons = SelectMultipleField(
        "Lý do", [InputRequired("Chọn ít nhất một lý do")], choices=[("1", "Thiếu phần bắt buộc"), ("2", "Gần giống")],
        option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(),
    )  # fmt: skip
    day = StringField("Ngày")
    month = StringField("Tháng")
    year = StringField("Năm", [InputRequired("Ghi năm sinh")])
    attachment = FileField("Tài liệu", [Optional()])
    pledge = BooleanField("Tôi cam kết", [InputRequired("Cần cam kết")], description="Bắt buộc để gửi.")


@pytest.fixture(scope="module")
def site() -> Flask:
    site = Flask("site", root_path=str(ROOT), static_folder=None)
    site.config.update(SECRET_KEY="for tests", BABEL_DEFAULT_LOCALE="vi", TESTING=True)
    Babel(site)
    CSRFProtect(site)
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    site.jinja_env.globals["asset"] = lambda name: f"/static/{name}"
    site.jinja_env.filters.update(
        rich=Markup, differences=differences, moment=lambda at: at.strftime("%H:%M %d/%m/%Y")
    )
    site.context_processor(lambda: {"me": NOBODY, "languages": [("vi", "Tiếng Việt"), ("en", "English")]})
    return site


@pytest.fixture
def request_(site: Flask):
    with site.test_request_context("/y-tuong?q=ch%E1%BB%A3&trang=2&linh-vuc=cchc"):
        yield


def form_with(**typed: Any) -> SampleForm:
    """The form as it comes back after a refused submit."""
    form = SampleForm(MultiDict(typed), meta={"csrf": False})
    form.validate()
    return form


def draw(macro: str, call: str, **names: Any) -> Any:
    file, name = macro.split(":")
    html = render_template_string(f'{{% from "macros/{file}.html" import {name} %}}{call}', **names)
    return html5lib.parse(html, namespaceHTMLElements=False).find("body")


def one(tree: Any, tag: str) -> Any:
    [found] = tree.iter(tag)
    return found


def words(tree: Any) -> str:
    return " ".join(" ".join(tree.itertext()).split())


def test_error_stands_between_help_and_box_and_is_tied_to_it(request_):
    tree = draw("forms:field", "{{ field(form.title) }}", form=form_with())

    [field] = tree
    box = one(tree, "input")
    assert field.get("class") == "field is-bad"
    assert [child.tag for child in field] == ["label", "p", "p", "input"]
    assert [words(child) for child in field] == [
        "Tên ý tưởng",
        "Nói thẳng việc sẽ làm.",
        "Ghi tên ý tưởng",
        "",
    ]
    assert box.get("aria-describedby") == "title-h title-e"
    assert box.get("aria-invalid") == "true"
    assert box.get("required") == ""


def test_field_without_error_promises_none(request_):
    tree = draw("forms:field", "{{ field(form.title) }}", form=SampleForm(meta={"csrf": False}))

    assert one(tree, "input").get("aria-describedby") == "title-h"
    assert one(tree, "input").get("aria-invalid") is None


def test_what_was_typed_comes_back_but_never_a_password(request_):
    form = form_with(
        title='Chợ "phiên" <b>',
        summary="\nDòng một",
        password="thuyền buồm nắng sớm",
        unit="vhxh",
        reasons="2",
    )

    tree = draw(
        "forms:field",
        "{% for f in form %}{% if f.name != 'version' %}{{ field(f) }}{% endif %}{% endfor %}",
        form=form,
    )

    by_name = {e.get("name"): e for e in tree.iter() if e.get("name")}
    assert by_name["title"].get("value") == 'Chợ "phiên" <b>'
    assert "".join(by_name["summary"].itertext()) == "\nDòng một"
    assert by_name["password"].get("value") is None
    assert [o.get("value") for o in by_name["unit"].iter("option") if o.get("selected") is not None] == [
        "vhxh"
    ]
    assert [
        e.get("value")
        for e in tree.iter("input")
        if e.get("name") == "reasons" and e.get("checked") is not None
    ] == ["2"]


@pytest.mark.parametrize(
    ("name", "kind", "keyboard"),
    [
        ("title", "text", None),
        ("email", "email", None),
        ("password", "password", None),
        ("budget", "text", "numeric"),
        ("points", "text", "decimal"),
        ("due", "text", "numeric"),  # native date pickers show the month first on many machines
    ],
)
def test_box_suits_what_is_typed(request_, name, kind, keyboard):
    box = one(
        draw("forms:field", "{{ field(form[name]) }}", form=SampleForm(meta={"csrf": False}), name=name),
        "input",
    )

    assert (box.get("type"), box.get("inputmode")) == (kind, keyboard)


def test_optional_fields_are_marked_required_ones_are_not(request_):
    form = SampleForm(meta={"csrf": False})

    assert (
        words(one(draw("forms:field", "{{ field(form.email) }}", form=form), "label"))
        == "Thư điện tử (không bắt buộc)"
    )
    assert words(one(draw("forms:field", "{{ field(form.title) }}", form=form), "label")) == "Tên ý tưởng"


def test_grouped_list_keeps_its_groups(request_):
    tree = draw("forms:field", "{{ field(form.place) }}", form=SampleForm(meta={"csrf": False}))

    assert [(g.get("label"), words(g)) for g in tree.iter("optgroup")] == [
        ("Phường", "Tổ 1"),
        ("Trường", "Trường Đông Hải"),
    ]


def test_radios_are_one_named_group(request_):
    tree = draw("forms:field", "{{ field(form.topic) }}", form=form_with())

    group = one(tree, "fieldset")
    assert (group.get("role"), group.get("aria-invalid"), group.get("aria-describedby")) == (
        "radiogroup",
        "true",
        "topic-e",
    )
    assert words(one(group, "legend")) == "Lĩnh vực"
    assert [e.get("id") for e in tree.iter("input")] == ["topic-0", "topic-1"]


def test_word_counter_names_its_field_and_limits(request_):
    tree = draw(
        "forms:field",
        "{{ field(form.summary, min_words=40, max_words=60) }}",
        form=SampleForm(meta={"csrf": False}),
    )

    [counter] = [p for p in tree.iter("p") if p.get("class") == "counter"]
    assert (counter.get("data-count-for"), counter.get("data-min"), counter.get("data-max")) == (
        "summary",
        "40",
        "60",
    )
    assert one(tree, "textarea").get("aria-describedby") == "summary-c"


def test_birth_date_is_three_boxes_and_one_message(request_):
    tree = draw(
        "forms:birth_date", "{{ birth_date(form.day, form.month, form.year) }}", form=form_with(day="7")
    )

    assert [(e.get("name"), e.get("value"), e.get("aria-invalid")) for e in tree.iter("input")] == [
        ("day", "7", "true"), ("month", "", "true"), ("year", "", "true"),
    ]  # fmt: skip
    assert [words(p) for p in tree.iter("p")] == ["Ghi năm sinh"]


def test_error_summary_leads_to_each_field_and_takes_the_focus(request_):
    tree = draw(
        "forms:error_summary", "{{ error_summary(form) }}", form=form_with(title="Chợ phiên", pledge="y")
    )

    [box] = tree
    assert (box.get("role"), box.get("tabindex"), box.get("autofocus")) == ("alert", "-1", "")
    assert words(one(box, "h2")) == "Còn 6 chỗ cần sửa"
    assert [(a.get("href"), words(a)) for a in box.iter("a")] == [
        ("#password", "Ghi mật khẩu"), ("#unit", "Chọn đơn vị"), ("#summary", "Viết tóm tắt"),
        ("#topic-0", "Chọn lĩnh vực"), ("#reasons-0", "Chọn ít nhất một lý do"), ("#year", "Ghi năm sinh"),
    ]  # fmt: skip
    assert "vẫn còn nguyên" in words(box)


def test_refusal_of_the_whole_form_is_in_the_summary(request_):
    form = form_with(title="Chợ phiên")
    form.form_errors.append("Đã hết hạn nộp; bài được giữ làm bản nháp.")

    tree = draw("forms:error_summary", "{{ error_summary(form) }}", form=form)

    assert "Đã hết hạn nộp; bài được giữ làm bản nháp." in [words(li) for li in tree.iter("li")]


def test_form_without_errors_has_no_summary(request_):
    assert (
        words(draw("forms:error_summary", "{{ error_summary(form) }}", form=SampleForm(meta={"csrf": False})))
        == ""
    )


def test_post_form_carries_token_and_hidden_fields_without_ids(request_):
    tree = draw(
        "forms:post_form, field",
        '{% call post_form(form, "Gửi", files=True) %}{{ field(form.title) }}{% endcall %}',
        form=SampleForm(),
    )

    form = one(tree, "form")
    hidden = [e for e in tree.iter("input") if e.get("type") == "hidden"]
    assert (form.get("method"), form.get("enctype"), form.get("data-once")) == (
        "post",
        "multipart/form-data",
        "",
    )
    assert sorted(e.get("name") for e in hidden) == ["csrf_token", "version"]
    assert all(e.get("value") and e.get("id") is None for e in hidden)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("draft", "Bản nháp"), ("submitted", "Đã gửi"), ("approved", "Hợp lệ"), ("returned", "Cần bổ sung"),
        ("rejected", "Không hợp lệ"), ("withdrawn", "Đã rút"),
    ],
)  # fmt: skip
def test_state_of_an_idea_is_a_drawing_and_words(request_, state, said):
    tree = draw("badges:idea_badge", "{{ idea_badge(state) }}", state=state)

    assert words(tree) == said
    assert one(tree, f"{SVG}use").get("href").startswith("/static/img/icons.svg#")


def test_lateness_is_said_beside_the_state_not_instead_of_it(request_):
    tree = draw("badges:initiative_badge", '{{ initiative_badge("in_progress", True, 4) }}')

    assert [words(span) for span in tree.iter("span")] == ["Đang thực hiện", "Quá hạn 4 ngày"]


def test_author_without_a_name_stays_unnamed(request_):
    row = SimpleNamespace(
        code="YT-2026-0033", title="Thư viện đồ nghề", summary="", topic_slug="giao-duc", topic_name="STEM", author_line="",
        state="approved", date="21/11/2026", url="/y-tuong/YT-2026-0033",
    )  # fmt: skip

    tree = draw("idea_card:idea_card", "{{ idea_card(row) }}", row=row)

    assert "Tác giả không công khai tên" in words(tree)
    assert [a.get("href") for a in tree.iter("a")] == ["/y-tuong/YT-2026-0033"]


def test_unknown_topic_gets_the_plain_colour(request_):
    tree = draw("topic:topic_tag", '{{ topic_tag("x\\" onclick=y", "Khác") }}')

    assert one(tree, "span").get("class") == "topic t-khac"


def test_pager_keeps_the_filters(request_):
    tree = draw("pager:pager", "{{ pager(page) }}", page=SimpleNamespace(number=2, pages=9))

    assert [words(e) or e.get("aria-label") for e in one(tree, "nav")] == [
        "Trang trước",
        "1",
        "2",
        "3",
        "…",
        "9",
        "Trang sau",
    ]
    assert [a.get("href") for a in tree.iter("a")][-1] == "/y-tuong?q=ch%E1%BB%A3&linh-vuc=cchc&trang=3"


def test_one_page_needs_no_pager(request_):
    assert list(draw("pager:pager", "{{ pager(page) }}", page=SimpleNamespace(number=1, pages=1))) == []


def test_bars_are_as_long_as_their_numbers_and_repeated_in_a_table(request_):
    rows = [("Cải cách hành chính", 1200, "cchc"), ("Văn hóa", 300)]

    tree = draw("charts:bar_chart", '{{ bar_chart("Theo lĩnh vực", rows, "Ý tưởng") }}', rows=rows)

    assert [r.get("width") for r in tree.iter(f"{SVG}rect")] == ["100.0%", "25.0%"]
    assert [words(td) for td in tree.iter("td")] == ["1.200", "300"]


@pytest.mark.parametrize("rows", [[], [("Không có gì", 0)]])
@pytest.mark.parametrize("chart", ["bar_chart", "line_chart"])
def test_chart_of_nothing_is_still_a_page(request_, chart, rows):
    assert (
        one(draw(f"charts:{chart}", f'{{{{ {chart}("Bài gửi", rows) }}}}', rows=rows), "figure") is not None
    )


def test_timeline_gives_machines_the_moment_too(request_):
    entry = SimpleNamespace(
        at=datetime(2026, 11, 24, 13, 41, tzinfo=UTC), text="Gửi dự thi", detail="", actor=""
    )

    time = one(draw("timeline:timeline", "{{ timeline([entry]) }}", entry=entry), "time")

    assert (time.get("datetime"), words(time)) == ("2026-11-24T13:41:00+00:00", "13:41 24/11/2026")


def test_confirming_is_a_post_with_the_token(request_):
    tree = draw(
        "dialog:confirm_dialog",
        '{% call confirm_dialog("rut", "Rút bài?", "/cua-toi/7/rut", "Rút bài") %}<p>Bài được gỡ.</p>{% endcall %}',
    )

    form = one(tree, "form")
    assert (form.get("method"), form.get("action")) == ("post", "/cua-toi/7/rut")
    assert [e.get("name") for e in form.iter("input")] == ["csrf_token"]
    assert one(tree, "dialog").get("aria-labelledby") == one(tree, "h2").get("id")


def page_of(html: str) -> Any:
    return SimpleNamespace(html=html, tree=html5lib.parse(html, namespaceHTMLElements=False))


@pytest.mark.parametrize("errors", [False, True])
def test_page_of_all_components_passes_the_strict_visitor(request_, errors):
    form = form_with() if errors else SampleForm()

    page = page_of(render_template("components.html", form=form))

    check_as_a_strict_visitor(page, "components.html")
    assert page.tree.findtext(".//title").startswith("Lỗi:") == errors


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503, 507])
def test_error_page_says_what_happened_what_to_do_and_its_number(request_, status):
    page = page_of(render_template(f"errors/{status}.html", request_id="L-7F3A-2041"))

    check_as_a_strict_visitor(page, f"errors/{status}.html")
    main = one(page.tree, "main")
    assert "Nên làm:" in words(main)
    assert "L-7F3A-2041" in words(main)
    assert len(list(main.iter("a"))) >= 2


def test_conflict_page_shows_both_texts_with_the_changed_words_marked(request_):
    html = render_template(
        "errors/409.html", mine=[("Tóm tắt", "Chọn 12 sạp.")], theirs=[("Tóm tắt", "Chọn 8 sạp.")]
    )

    tree = page_of(html).tree
    boxes = [words(e) for e in tree.iter("section") if e.get("class") == "compare"]
    assert boxes == ["Bản của bạn Tóm tắt Chọn 12 sạp.", "Bản đã lưu Tóm tắt Chọn 8 sạp."]
    assert [words(mark) for mark in tree.iter("mark")] == ["12", "8"]


@pytest.mark.parametrize("layout", ["public", "work", "account", "plain"])
def test_layouts_pass_the_strict_visitor_signed_in(request_, layout):
    html = render_template_string(
        f'{{% extends "layouts/{layout}.html" %}}{{% block title %}}Mẫu{{% endblock %}}{{% block content %}}<h1>Mẫu</h1>{{% endblock %}}',
        me=SimpleNamespace(is_authenticated=True, full_name="Phạm Gia Bảo"), role_homes=[("/quan-tri", "Ban Tổ chức")],
        work_nav=[("/quan-tri/duyet", "Kiểm duyệt", "inbox", True)], can=lambda action: True,
    )  # fmt: skip

    check_as_a_strict_visitor(page_of(html), layout)


def test_address_to_go_back_to_is_never_another_site(site):
    for referrer, expected in [
        ("http://localhost/cua-toi", "http://localhost/cua-toi"),
        ("http://evil.example/", "/x"),
    ]:
        with site.test_request_context("/x", headers={"Referer": referrer}):
            html = render_template_string(
                '{% from "macros/error_page.html" import back_url %}{{ back_url() }}'
            )
        assert html.strip() == expected
