"""Pictures of the pages as each role sees them, phone and desktop, light and dark, from a running demo.

make run            # in another window
make screenshots    # into instance/screenshots
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

BASE = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
FOLDER = Path(os.environ.get("SCREENSHOTS", "instance/screenshots"))
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES = {"360": (360, 740), "1280": (1280, 900)}
# who → [(name, address, or the text of a link to follow from the page before)]
PAGES: dict[str, list[tuple[str, str]]] = {
    "": [
        ("trang-chu", "/"),
        ("y-tuong", "/y-tuong"),
        ("kiem-chung", "/kiem-chung"),
        ("y-tuong-mot", "/y-tuong?q=phieu+hen#first:.idea a"),
        ("cuoc-thi", "/cuoc-thi"),
        ("cuoc-thi-2026", "/cuoc-thi/y-tuong-sang-tao-tre-2026"),
        ("the-le", "/the-le"),
        ("ket-qua-2025", "/ket-qua/y-tuong-sang-tao-tre-2025"),
        ("sang-kien", "/sang-kien"),
        ("sang-kien-mot", "/sang-kien#first:.outcome a"),
        ("quyen-rieng-tu", "/quyen-rieng-tu"),
        ("tro-giup", "/tro-giup"),
        ("dang-nhap", "/dang-nhap"),
        ("dang-ky", "/dang-ky"),
        ("loi-404", "/khong-co"),
    ],
    "han.lg.tn03@example.vn": [
        ("cua-toi", "/cua-toi"),
        ("nop-y-tuong", "/nop-y-tuong"),
        ("tai-khoan", "/tai-khoan"),
    ],
    "phuong.dth.kd01@example.vn": [
        ("duyet", "/quan-tri/duyet"),
        ("duyet-mot", "/quan-tri/duyet#first:.table th a"),
        ("vong-cham", "/quan-tri/vong-cham"),
        ("vong-cham-mot", "/quan-tri/vong-cham#first:.table th a"),
        ("phan-cong", "/quan-tri/vong-cham/1/phan-cong"),
        ("buoi-cham", "/quan-tri/vong-cham/1/buoi-cham"),
        ("phieu-giay", "/quan-tri/phieu-giay/vong/1"),
        ("phieu-giay-nhap", "/quan-tri/phieu-giay/vong/1#first:.table .btn"),
        ("tien-do", "/ban-giam-khao/1"),
        ("vong-tong-duyet", "/quan-tri/vong-cham/6"),
        ("kich-ban", "/chung-khao/6/kich-ban"),
        ("khieu-nai", "/quan-tri/khieu-nai"),
        ("ly-do", "/quan-tri/ly-do"),
        ("xep-hang", "/quan-tri/ket-qua/4"),
        ("ket-qua", "/quan-tri/ket-qua"),
    ],
    "chau.ptm.gk01@example.vn": [
        ("cham-diem", "/cham-diem"),
        ("phieu", "/cham-diem#first:.btn-lg"),
        ("hieu-chuan", "/cham-diem/hieu-chuan/1"),
        ("bai-hieu-chuan", "/cham-diem/hieu-chuan/1/HC1"),
        ("cham-chung-khao", "/chung-khao/6/cham"),
        ("xoa-tai-khoan", "/tai-khoan/xoa"),
    ],
    "thuan.nd.gk02@example.vn": [
        ("truong-ban", "/ban-giam-khao/1"),
        ("so-lieu", "/hoi-dong/4/so-lieu"),
        ("hoi-dong", "/hoi-dong/4"),
        ("bien-ban", "/hoi-dong/4/bien-ban"),
        ("dieu-hanh", "/chung-khao/6"),
        ("man-chieu", "/chung-khao/6/man-chieu"),
    ],
    "lan.ntn.cb01@example.vn": [
        ("hang-doi", "/hang-doi"),
        ("hang-doi-mot", "/hang-doi#first:.table th a"),
        ("bao-cao", "/bao-cao"),
    ],
    "phong.pt.qt01@example.vn": [
        ("nguoi-dung", "/quan-tri/nguoi-dung"),
        ("thu", "/quan-tri/thu"),
        ("nhat-ky", "/quan-tri/nhat-ky"),
        ("cuoc-thi-quan-tri", "/quan-tri/cuoc-thi"),
        ("van-hanh", "/quan-tri/van-hanh"),
        ("cac-vong", "/quan-tri/cuoc-thi/y-tuong-sang-tao-tre-2026/vong-cham"),
        ("vong-sua", "/quan-tri/cuoc-thi/y-tuong-sang-tao-tre-2026/vong-cham/chung_khao"),
        ("bo-tieu-chi", "/quan-tri/cuoc-thi/y-tuong-sang-tao-tre-2026/bo-tieu-chi"),
        ("bo-tieu-chi-mot", "/quan-tri/cuoc-thi/y-tuong-sang-tao-tre-2026/bo-tieu-chi/1"),
        ("bo-tieu-chi-xem", "/quan-tri/cuoc-thi/y-tuong-sang-tao-tre-2026/bo-tieu-chi/1/xem-truoc"),
    ],
}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for person, pages in PAGES.items():
            chosen = [page for page in pages if not wanted or page[0] in wanted]
            for theme in THEMES:
                for size in SIZES if chosen else ():
                    pictures(browser, person, chosen, theme, size)
        browser.close()
    return 0


def pictures(browser: Browser, person: str, pages: list[tuple[str, str]], theme: Theme, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale="vi-VN"
    )
    page = context.new_page()
    if person:
        sign_in(page, person)
    for name, address in pages:
        visit(page, address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            print(f"{name} {size} {theme}: {wide} px too wide")
        suffix = "-toi" if theme == "dark" else ""
        page.screenshot(path=FOLDER / f"{name}-{size}{suffix}.png", full_page=True)
    context.close()


def visit(page: Page, address: str) -> None:
    """An address, or "address#first:selector": the first link that the selector finds there."""
    where, _, first = address.partition("#first:")
    page.goto(urljoin(BASE, where))
    if first:
        page.locator(first).first.click()
        page.wait_for_load_state()


def sign_in(page: Page, email: str) -> None:
    """With the demo's one password."""
    page.goto(urljoin(BASE, "/dang-nhap"))
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", "donghai-2026")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


if __name__ == "__main__":
    sys.exit(main())
