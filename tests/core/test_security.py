"""Headers, hosts, and where one may be sent after signing in."""

import pytest
from flask import Flask, abort, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user

from app.core import security


def small_app(**config):
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test", **config)
    security.init_app(app)
    people = LoginManager(app)
    people.user_loader(lambda _id: Person())

    @app.get("/")
    def home():
        return "hello"

    @app.get("/mine")
    def mine():
        login_user(Person())
        return f"hello {current_user.get_id()}"

    @app.get("/shared")
    def shared():
        login_user(Person())
        g.public_cache = True
        return "picture", {"Cache-Control": "public, max-age=60"}

    @app.get("/token")
    def token():
        g.no_referrer = True
        return "secret"

    @app.get("/form")
    def form():
        session["token"] = "x"
        return "form"

    @app.get("/file")
    def file():
        return "file", {"Content-Security-Policy": "sandbox; default-src 'none'"}

    @app.get("/broken")
    def broken():
        abort(500)

    return app


class Person(UserMixin):
    id = 7


@pytest.mark.parametrize("path", ["/", "/missing", "/broken"])
def test_every_answer_carries_the_headers(path):
    headers = small_app().test_client().get(path).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert len(headers["X-Request-Id"]) == 16
    assert "Strict-Transport-Security" not in headers


def test_requests_are_numbered_by_us_alone():
    client = small_app().test_client()

    numbers = [client.get("/", headers={"X-Request-Id": "forged"}).headers["X-Request-Id"] for _ in range(2)]

    assert len({*numbers, "forged"}) == 3


def test_a_served_file_keeps_its_stricter_policy():
    headers = small_app().test_client().get("/file").headers

    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_token_pages_tell_nobody_where_the_reader_came_from():
    assert small_app().test_client().get("/token").headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("config", "base", "sent"),
    [
        ({"BASE_URL": "https://ytuong.example.vn"}, "http://localhost", True),
        ({}, "https://localhost", True),
        ({"BASE_URL": "http://localhost"}, "http://localhost", False),
    ],
)
def test_browsers_are_bound_to_https_only_where_there_is_https(config, base, sent):
    headers = small_app(**config).test_client().get("/", base_url=base).headers

    assert ("Strict-Transport-Security" in headers) is sent


def test_what_a_signed_in_person_saw_stays_in_no_cache():
    headers = small_app().test_client().get("/mine").headers

    assert headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in headers["Vary"]


def test_a_view_may_say_that_its_answer_is_public():
    assert small_app().test_client().get("/shared").headers["Cache-Control"] == "public, max-age=60"


def test_a_page_with_a_form_token_is_private_too():
    headers = small_app().test_client().get("/form").headers

    assert headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in headers["Vary"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("ytuong.example.vn", 200),
        ("ytuong.example.vn:8000", 200),
        ("YTUONG.example.vn", 200),
        ("evil.example", 400),
        ("ytuong.example.vn.evil.example", 400),
        ("evil.example:80@ytuong.example.vn", 400),
    ],
)
def test_only_our_own_hosts_are_served(host, status):
    client = small_app(TRUSTED_HOSTS=["ytuong.example.vn"]).test_client()

    answer = client.get("/", headers={"Host": host})

    assert answer.status_code == status
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("inside", ["/", "/cua-toi/7/sua?x=1&y=/a#b", "/y-tuong?q=c%E1%BA%A3i", "/a:b"])
def test_a_path_of_this_host_is_followed(inside):
    assert security.safe_next(inside, "/nha") == inside


@pytest.mark.parametrize(
    "outside",
    [
        None,
        "",
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "///evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " /a",
        "/a b",
        "/a\\b",
        "javascript:alert(1)",
        "evil.example",
        "/" + "a" * 3000,
        "/a\x7f",
    ],
)
def test_everything_else_leads_home(outside):
    assert security.safe_next(outside, "/nha") == "/nha"


@pytest.mark.parametrize("address", ["/%00", "/?q=a%00b", "/a%00b"])
def test_an_address_with_a_character_that_no_database_takes_is_refused(address):
    assert small_app().test_client().get(address).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/cham-diem",
        "/cham-diem/hieu-chuan/1",
        "/ban-giam-khao/1",
        "/hoi-dong/1",
        "/hoi-dong/1/nhan-xet",
        "/chung-khao/1/man-chieu",
    ],
)
def test_addresses_of_judges_and_of_the_projector_are_told_to_no_other_site(browser, address):
    headers = browser.get(address, status=None).response.headers

    assert headers["Referrer-Policy"] == "no-referrer"
