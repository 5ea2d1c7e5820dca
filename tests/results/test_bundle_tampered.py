"""A bundle that was tampered with is refused, and the place is named."""

from __future__ import annotations

import shutil

from tests.audit.story import change, story
from tests.results.bundles import drop_line, first_submitted, in_json, rewrite_csv, run, unpacked

TAMPERED = {
    "a mark": (
        lambda f: rewrite_csv(f / "phieu.csv", first_submitted(f), "diem", "hieu_qua=6000;moi=4000"),
        "không khớp lá",
    ),
    "a judge's code": (
        lambda f: rewrite_csv(f / "phieu.csv", first_submitted(f), "giam_khao", "GK99"),
        "không khớp lá",
    ),
    "a sheet left out": (lambda f: drop_line(f / "phieu.csv", first_submitted(f) + 1), "Phân công"),
    "who goes on": (lambda f: rewrite_csv(f / "xep_hang.csv", 1, "di_tiep", "1"), "di_tiep: công bố 1"),
    "community votes": (lambda f: rewrite_csv(f / "y_tuong.csv", 0, "phieu_binh_chon", "9"), "Bình chọn của"),
    "an assignment": (lambda f: rewrite_csv(f / "phan_cong.csv", 0, "giam_khao", "GK99"), "Phân công"),
    "a score": (lambda f: rewrite_csv(f / "xep_hang.csv", 0, "diem", "99.99"), "diem: công bố 99.99"),
    "a rank": (lambda f: rewrite_csv(f / "xep_hang.csv", 1, "hang", "1"), "hang: công bố 1, tính lại 2"),
    "an idea left out": (lambda f: drop_line(f / "xep_hang.csv", 1), "các bài trong xep_hang.csv"),
    "a leaf": (
        lambda f: (f / "la.txt").write_text("0" * 64 + (f / "la.txt").read_text(encoding="ascii")[64:], encoding="ascii"),
        "Dấu số",
    ),
    "the tail of the leaves": (lambda f: drop_line(f / "la.txt", -1), "phần cuối bị cắt"),
    "a head": (
        lambda f: in_json(f / "dinh.json", lambda v: v["cuoi"].update(dinh="f" * 64)),
        "Dấu số",
    ),
    "the rules": (
        lambda f: in_json(f / "luat.json", lambda v: v["vong"][0]["phien_ban"][0]["luat"].update(cut_top=2)),
        "Mã băm của Phiên bản luật 1",
    ),
    "the method": (
        lambda f: in_json(f / "phuong_phap.json", lambda v: next(iter(v.values())).update(s2e="1.000000")),
        "s2e: công bố 1.000000",
    ),
    "the panel": (lambda f: drop_line(f / "giam_khao.csv", 1), "không có trong giam_khao.csv"),
    "an idea's status": (
        lambda f: rewrite_csv(f / "y_tuong.csv", 0, "trang_thai", "withdrawn"),
        "khong_xep",
    ),
}  # fmt: skip


def test_a_bundle_that_was_tampered_with_is_told_in_each_way(app, tmp_path):
    whole = unpacked(story(), tmp_path / "whole")
    said = {}
    for name, (tamper, _words) in TAMPERED.items():
        folder = shutil.copytree(whole, tmp_path / name.replace(" ", "-"))
        tamper(folder)
        said[name] = run(folder)

    assert {name: code for name, (code, _text) in said.items()} == dict.fromkeys(TAMPERED, 1), said
    assert [name for name, (_tamper, words) in TAMPERED.items() if words not in said[name][1]] == []


def test_a_bundle_without_a_file_cannot_be_read(app, tmp_path):
    folder = unpacked(story(), tmp_path)
    (folder / "phieu.csv").unlink()

    assert run(folder)[0] == 2


def test_a_sheet_changed_in_the_database_shows_in_the_bundle(app, tmp_path):
    told = story(until="published")
    sheet = told.sheets[0]
    change("UPDATE marks SET hundredths = 0 WHERE sheet_id = :id", id=sheet.id)

    code, said = run(unpacked(told, tmp_path))

    assert code == 1
    assert "không có lá trong nhật ký" in said
