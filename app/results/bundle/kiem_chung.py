#!/usr/bin/env python3
"""Kiểm chứng kết quả chấm: tính lại từ phiếu, chỉ cần Python 3.9 trở lên, không cài thêm gì.

    python3 kiem_chung.py                        kiểm tra các tệp nằm cạnh tệp này
    python3 kiem_chung.py --bien-nhan FILE.json  phiếu trong biên nhận có được tính đúng không

In KHỚP và kết thúc với mã 0, hoặc in từng chỗ khác nhau và kết thúc với mã 1. Mã 2: không đọc được tệp.
Mọi phép tính dùng số nguyên và phân số, nên máy nào cũng ra cùng một kết quả.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import unicodedata
from fractions import Fraction
from math import lcm
from pathlib import Path

LAMBDA_PARTS = 10_000  # λ có 4 chữ số sau dấu phẩy và được dùng đúng như đã công bố
ROBUST_FROM = 5  # ít phiếu hơn thì không bỏ phiếu nào
MIN_DF = 30  # ít hơn thì không hiệu chỉnh
REPLACES = ("sheet.amended", "sheet.reopened", "sheet.taken_back")  # trước đó phải có bản đã nộp
NO_PLACE = {"hang": "", "di_tiep": "", "can_bieu_quyet": "", "xep_loai": ""}
OTHERS = {"rules": "Phiên bản luật", "votes": "Bình chọn của", "ballot": "Biểu quyết"}
differences, notes = [], []  # type: list[str], list[str]


def same(where, published, computed):
    if published != computed:
        differences.append(f"{where}: công bố {published or '(trống)'}, tính lại {computed or '(trống)'}.")


def points(text):
    """'moi=3000;hieu_qua=4000' → phần trăm điểm theo tiêu chí (3000 là 30,00 điểm)."""
    return {name: int(value) for name, value in (part.split("=") for part in text.split(";") if part)}


def canonical(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def leaf_of(salt, kind, shown, private):
    return sha256(b"\x00", bytes.fromhex(salt), canonical({"kind": kind, "shown": shown, "private": private}))


def check_chain(leaves, tops):
    """Mỗi dấu = SHA-256(01 ‖ dấu trước ‖ lá); dấu đầu = SHA-256(02 ‖ nguồn)."""
    heads = [sha256(b"\x02", tops["nguon"].encode())]
    for leaf in leaves:
        heads.append(sha256(b"\x01", bytes.fromhex(heads[-1]), bytes.fromhex(leaf)))
    for top in [*tops["dinh"], tops["cuoi"]]:
        same(f"Dấu số {top['so']}", top["dinh"], (heads[top["so"] :] or ["không có: phần cuối bị cắt"])[0])
    same("Số lá của la.txt", tops["cuoi"]["so"], len(leaves))


def shown_by(row):
    """Phần công khai của một sự kiện, đúng như đã băm: một phiếu, hoặc điều ghi trong su_kien.csv."""
    if "hien" in row:
        return json.loads(row["hien"])
    sheet = {"round": row["vong"], "idea": row["bai"], "judge": row["giam_khao"]}
    return {**sheet, "state": row["trang_thai"], "marks": points(row["diem"])}


def name_of(round_, what, about):
    words = f"Phiếu của {about[1]} cho {about[0]}" if what == "sheet" else f"{OTHERS[what]} {about}"
    return f"{words} (vòng {round_})"


def check_events(rows, leaves, erased):
    """Mỗi sự kiện khớp lá ở dòng của nó. Trả về bản cuối của từng phiếu, và của những điều khác."""
    events, last = {}, {}  # type: dict, dict
    for row in rows:
        events.setdefault(int(row["so"]), []).append(row)
    for number, lines in sorted(events.items()):
        lines.sort(key=lambda row: int(row["thu_tu"]))
        first, shown = lines[0], [shown_by(row) for row in lines]
        leaf = leaves[number - 1] if 0 < number <= len(leaves) else None
        for one in shown:
            key = one["round"], one.get("what", "sheet"), one.get("id") or (one["idea"], one["judge"])
            where = name_of(*key)
            if first["loai"] in REPLACES and last.get(key, {}).get("state") != "submitted":
                same(where, f"{first['loai']} ở dòng {number}", "thiếu bản đã nộp trước đó")
            last[key] = one
        if not first["muoi"]:
            notes.append(f"{where}: nội dung sự kiện đã xóa theo luật, không đối chiếu được với lá.")
            if leaf is None or first["la"] != leaf or leaf not in erased:
                differences.append(f"{where}: không có lá trong nhật ký.")
        elif leaf != first["la"] or leaf != leaf_of(first["muoi"], first["loai"], shown, first["rieng"]):
            differences.append(f"{where}: không khớp lá ở dòng {number} của la.txt: nội dung đã bị sửa.")
    held = {key: one for key, one in last.items() if one.get("state") != "gone"}
    sheets = {(key[0], *key[2]): one for key, one in held.items() if key[1] == "sheet"}
    return sheets, {key: one["value"] for key, one in held.items() if key[1] != "sheet"}


def half_up(value):
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def solve(matrix, right):
    """Giải hệ phương trình đối xứng bằng số nguyên (Bareiss 1968): tử số của từng ẩn và mẫu số chung."""
    size, before = len(right), 1
    upper = [[*matrix[i][i:], right[i]] for i in range(size)]
    for step in range(size - 1):
        top = upper[step]
        for i in range(step + 1, size):
            factor, row = top[i - step], upper[i]
            upper[i] = [(top[0] * own - factor * above) // before for own, above in zip(row, top[i - step :])]
        before = top[0]
    whole, answer = (upper[-1][0] if size else 1), [0] * size
    for i in reversed(range(size)):
        known = sum(upper[i][j - i] * answer[j] for j in range(i + 1, size))
        answer[i] = (whole * upper[i][-1] - known) // upper[i][0]
    return answer, whole


class Estimate:
    """Mức rộng tay của giám khảo và hai phương sai (Henderson, phương pháp 3), tính chính xác."""

    def __init__(self, sheets, judges, unit):  # sheets: với từng ý tưởng, các (giám khảo, tổng điểm × unit)
        packs, every = [[judge for judge, _ in row] for row in sheets], range(judges)
        group = list(every)  # ai được nối với nhau qua ý tưởng chung thì cùng nhóm
        for pack in packs:
            joined = {group[judge] for judge in pack}
            group = [min(joined) if own in joined else own for own in group]
        self.parts = len(set(group))
        self.df = sum(map(len, packs)) - len(packs) - judges + self.parts
        self.error = self.judge = self.lam = None
        self.b, self.over = [0] * judges, 1
        if self.df < 1:
            return
        scale = lcm(*{len(pack) for pack in packs})
        matrix, excess, within = [[0] * judges for _ in every], [0] * judges, Fraction(0)
        for row, pack in zip(sheets, packs):
            share, whole = scale // len(row), sum(total for _, total in row)
            for a, total in row:
                matrix[a][a] += scale
                excess[a] += scale * total - share * whole
                within += scale * total * total
                for c in pack:
                    matrix[a][c] -= share
            within -= share * whole * whole

        def solved(times, more, right):
            """Thêm `more` vào đường chéo; thêm 1 giữa người cùng nhóm để giải được, nghiệm không đổi."""
            joined = [[more * (a == c) + (group[a] == group[c]) for c in every] for a in every]
            return solve([[times * matrix[a][c] + joined[a][c] for c in every] for a in every], right)

        free, over = solved(1, 0, excess)
        explained = Fraction(sum(q * b for q, b in zip(excess, free)), over * scale)
        error = (within / scale - explained) / self.df
        spread = Fraction(sum(matrix[j][j] for j in every), scale)
        between = (explained - (judges - self.parts) * error) / spread if spread else Fraction(0)
        self.error, self.judge = error / unit**2, max(Fraction(0), between / unit**2)
        if self.judge:
            lam = half_up(self.error / self.judge * LAMBDA_PARTS)
            self.b, self.over = solved(LAMBDA_PARTS, lam * scale, [LAMBDA_PARTS * q for q in excess])
            self.lam = Fraction(lam, LAMBDA_PARTS)


def heard(method, totals, deviation):
    """Những phiếu được tính trung bình: bỏ cao nhất và thấp nhất, hoặc bỏ phiếu lệch quá D điểm."""
    count, first = len(totals), sum(totals)
    if method == "trimmed" and count >= ROBUST_FROM:
        return sorted(totals)[1:-1]
    near = [total for total in totals if abs(count * total - first) <= count * deviation]
    return near if near and method == "valid" and count >= ROBUST_FROM else totals


def decimals(value, places=2):
    if value is None:
        return None
    number = half_up(value * 10**places)
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{places}d}"


def rubrics_of(rules):
    """Bộ tiêu chí chung ("") và của lĩnh vực: điểm tối thiểu của tiêu chí, giá trị một phần trăm điểm."""
    found = {"": rules["criteria"], **{one["topic"]: one["criteria"] for one in rules.get("variants", [])}}
    for key, given in list(found.items()):
        scored = [one for one in given if not one.get("informs_only")]
        least = {one["id"]: 100 * (one.get("minimum") or 0) for one in scored}
        found[key] = (least, Fraction(rules["scale"], 100 * sum(one["max"] for one in scored)))
    return found


def means_of(sheets):
    """Trung bình từng tiêu chí, kể cả tiêu chí chỉ để tham khảo; phiếu không có tiêu chí thì không kể."""
    names = {name for marks in sheets for name in marks}
    given = {name: [marks[name] for marks in sheets if name in marks] for name in names}
    return {name: half_up(Fraction(sum(marks), len(marks))) for name, marks in given.items()}


def rank(rules, ideas, sheets, panel=0):
    """`ideas`: mã → (trạng thái, bình chọn, bộ tiêu chí); `sheets`: (mã, giám khảo) → điểm. Bảng, phương pháp."""
    rubrics = rubrics_of(rules)
    unit = lcm(*(worth.denominator for _, worth in rubrics.values()))
    judges = {judge: number for number, judge in enumerate(sorted({judge for _, judge in sheets}))}
    packs, given, keys, lines, fit = {}, {}, {}, {}, []  # type: dict, dict, dict, dict, list
    for (idea, judge), marks in sorted(sheets.items()):
        least, worth = rubrics[ideas[idea][2]]
        total = int(worth * unit) * sum(marks[name] for name in least)
        packs.setdefault(idea, []).append((judges[judge], total))
        given.setdefault(idea, []).append(marks)
    found = Estimate(list(packs.values()), len(judges), unit)
    doubt = "disconnected" if found.parts > 1 else "too_little_data" if found.df < MIN_DF else ""
    doubt = doubt or ("no_difference" if found.lam is None else "")
    used, fallback = ("mean", doubt) if doubt and rules["method"] == "adjusted" else (rules["method"], "")
    fewest = rules["min_sheets"] or -(-2 * panel // 3)  # hội đồng đầy đủ: hai phần ba số giám khảo
    most = max((votes for status, votes, _ in ideas.values() if status == "active"), default=0)
    for idea, (status, votes, rubric) in ideas.items():
        row = packs.get(idea, [])
        why = "no_sheet" if not row else "too_few_sheets" if len(row) < fewest else ""
        why = status if status != "active" else why
        lines[idea] = {**NO_PLACE, "khong_xep": why, "so_phieu": str(len(row))}
        if why:
            continue
        if used == "adjusted":
            over = found.over * len(row) * unit
            score = Fraction(sum(found.over * total - found.b[judge] for judge, total in row), over)
        else:
            kept = heard(used, [total for _, total in row], rules["deviation"] * unit)
            score = Fraction(sum(kept), len(kept) * unit)
        community = 10 * half_up(Fraction(rules["community_points"] * 10 * votes, most)) if most else 0
        least, means = rubrics[rubric][0], means_of(given[idea])
        ties = [means[name] if name in least else 0 for name in rules["tie_break"]]
        keys[idea] = (half_up(score * 100) + community, *ties)
        total, community = (decimals(Fraction(value, 100)) for value in (keys[idea][0], community))
        lines[idea].update(diem=total, cong_dong=community, tieu_chi=means)
        fit += [idea] if all(means[name] >= low for name, low in least.items()) else []
    set_places(keys, lines, rules["tie_break"])
    cut(rules, fit, keys, lines)
    leniency = [decimals(Fraction(b, found.over * unit) * (used == "adjusted")) for b in found.b]
    method = {"phuong_phap": used, "ly_do": fallback, "b": dict(zip(judges, leniency))}
    method.update(s2e=decimals(found.error, 4), s2b=decimals(found.judge, 4))
    return lines, {**method, "lambda": decimals(found.lam, 4) if used == "adjusted" else None}


def set_places(keys, lines, tie_break):
    """Hạng 1, 2, 2, 4; và tiêu chí nào đã phân định khi bằng điểm."""
    place = {key: len(keys) - number for number, key in enumerate(sorted(keys.values()))}
    last_first, depth = list(place), dict.fromkeys(place, 0)
    for below, above in zip(last_first, last_first[1:]):
        differs = next(n for n, (a, b) in enumerate(zip(above, below)) if a != b)
        depth[above], depth[below] = max(depth[above], differs), max(depth[below], differs)
    for idea, key in keys.items():
        lines[idea].update(hang=str(place[key]), phan_dinh=tie_break[depth[key] - 1] if depth[key] else "")


def cut(rules, fit, keys, lines):
    """Trong các bài đủ điểm tối thiểu: N bài đầu, hoặc từ ngưỡng điểm, hoặc cả hai. Cùng hạng ở vạch: biểu quyết."""
    for band in reversed(rules.get("bands", [])):  # xếp loại: loại đầu tiên mà bài đạt đủ mọi mức
        floors = {**band["floors"], "": band["floor"]}
        for idea in fit:
            reached = {**lines[idea]["tieu_chi"], "": keys[idea][0]}
            if all(reached.get(name, -1) >= 100 * low for name, low in floors.items()):
                lines[idea]["xep_loai"] = band["name"]
    top, least = rules["cut_top"], rules["pass_mark"]
    fit = sorted((keys[idea], idea) for idea in fit if least is None or keys[idea][0] >= 100 * least)[::-1]
    top = top if top is not None else 0 if least is None else len(fit)
    tied = fit[top][0] if 0 < top < len(fit) and fit[top - 1][0] == fit[top][0] else None
    for number, (key, idea) in enumerate(fit):
        if key == tied or number < top:
            lines[idea]["can_bieu_quyet" if key == tied else "di_tiep"] = "1"


def outcome(places, voters, votes):
    """Được quá nửa số người biểu quyết thì được chọn, trong số chỗ có; ai bằng phiếu ở vạch thì cùng được."""
    passed = sorted((one for one in votes if 2 * votes[one] > voters), key=lambda one: -votes[one])
    equal = [one for one in votes if one not in passed] if len(passed) < places else []
    if len(passed) > places and votes[passed[places - 1]] == votes[passed[places]]:
        equal = [one for one in passed if votes[one] == votes[passed[places]]]
    return {o: "shared" if o in equal else "chosen" if o in passed[:places] else "left" for o in votes}


def going_on(name, ballots, lines):
    """Vào vòng sau: các bài đi tiếp theo luật, và các bài được hội đồng biểu quyết."""
    voted: dict = {}
    for case, ballot in ballots.items():
        places, voters, votes = (ballot[field] for field in ("places", "voters", "votes"))
        found = ballot["outcome"] if votes is None else outcome(places, voters, votes)
        same(f"{name}, biểu quyết {case}", ballot["outcome"], found)
        voted.update(found if ballot["kind"] == "cut_tie" else {})
    for idea, line in lines.items():
        by_vote = line["can_bieu_quyet"] and voted.get(idea, "left") != "left"
        line["vao_vong_sau"] = "1" if line["di_tiep"] or by_vote else ""
        if line["can_bieu_quyet"] and not voted:
            notes.append(f"{name}, {idea}: cùng hạng ở vạch, hội đồng quyết định theo biên bản giấy.")
            del line["vao_vong_sau"]


def check_round(rules, ideas, sheets, panel, ballots, table, method, has_later):
    """Tính lại một vòng rồi so với những gì đã công bố về vòng đó."""
    name, published = f"Vòng {rules['round']}", {r["bai"]: r for r in table if r["vong"] == rules["round"]}
    lines, computed = rank(rules, ideas, sheets, panel)
    going_on(name, ballots, lines)
    again = has_later and method["lan_xep"] > 1
    notes.extend([f"{name}: đã xếp hạng lại, không so với các bài vào vòng sau."] * again)
    for field, value in computed.items():
        same(f"{name}, {field}", method.get(field), value)
    same(f"{name}, các bài trong xep_hang.csv", ", ".join(sorted(published)), ", ".join(sorted(lines)))
    for idea in sorted(lines.keys() & published.keys()):
        for field, value in lines[idea].items():
            stated = published[idea].get(field, "")
            if field != "vao_vong_sau" or (has_later and not again):
                same(f"{name}, {idea}, {field}", points(stated) if field == "tieu_chi" else stated, value)


def check_all(folder):
    def text(name):
        return (folder / name).read_text(encoding="utf-8-sig")

    names = ("y_tuong", "giam_khao", "phan_cong", "phieu", "su_kien", "xep_hang")
    ideas, judges, dealt, *events, ranks = ([*csv.DictReader(text(f"{n}.csv").splitlines())] for n in names)
    tops, law, methods = (json.loads(text(name)) for name in ("dinh.json", "luat.json", "phuong_phap.json"))
    leaves = text("la.txt").split()
    check_chain(leaves, tops)
    last, sealed = check_events([*events[0], *events[1]], leaves, tops["xoa"])
    held = {(row["vong"], row["bai"], row["giam_khao"]): row["trang_thai"] for row in dealt}
    for key in sorted(held.keys() | last.keys()):
        same(f"Phân công {' / '.join(key)}", held.get(key), last[key]["state"] if key in last else None)
    for name, judge in sorted({(key[0], key[2]) for key in last} - {(r["vong"], r["ma"]) for r in judges}):
        differences.append(f"Giám khảo {judge} của vòng {name} không có trong giam_khao.csv.")
    known, stated = {}, {}  # type: dict, dict
    for row in ideas:
        votes = stated[row["vong"], "votes", row["bai"]] = int(row["phieu_binh_chon"])
        known.setdefault(row["vong"], {})[row["bai"]] = (row["trang_thai"], votes, row["bo_tieu_chi"])
    for one in law["vong"]:
        for version in one["phien_ban"]:
            key = one["vong"], "rules", str(version["so"])
            stated[key] = sha256(canonical(version["luat"]))
            same(f"Mã băm của {name_of(*key)}", version["ma_bam"], stated[key])
    for key in sorted(stated.keys() | {key for key in sealed if key[0] in methods and key[1] != "ballot"}):
        if key not in sealed and tops["xoa"]:
            notes.append(f"{name_of(*key)}: có sự kiện đã xóa theo luật, không đối chiếu được.")
        else:
            same(f"{name_of(*key)}, theo nhật ký", stated.get(key), sealed.get(key))
    for one in law["vong"]:
        name, newest = one["vong"], max(one["phien_ban"], key=lambda version: version["so"])
        same(f"Vòng {name}, phiên bản luật đang dùng", one["dang_dung"], newest["so"])
        here = known.get(name, {})
        mine = {key[1:]: sheet for key, sheet in last.items() if key[0] == name and key[1] in here}
        marks = {key: sheet["marks"] for key, sheet in mine.items() if sheet["state"] == "submitted"}
        seats = sum(1 for row in judges if row["vong"] == name and row["trong_ban"])
        ballots = {key[2]: value for key, value in sealed.items() if key[:2] == (name, "ballot")}
        check_round(newest["luat"], here, marks, seats, ballots, ranks, methods[name], one != law["vong"][-1])
    return leaves, last, judges


def check_receipt(path, leaves, last, panel):
    """Phiếu của biên nhận nằm ở dòng nào, và điểm được tính có đúng như khi nộp không."""
    receipt = json.loads(Path(path).read_text(encoding="utf-8"))
    leaf = leaf_of(receipt["muoi"], receipt["loai"], receipt["hien"], receipt["rieng"])
    same("Lá trong biên nhận", receipt["la"], leaf)
    sheet, seat = receipt["hien"][0], receipt["giam_khao"]
    where = name_of(sheet["round"], "sheet", (sheet["idea"], sheet["judge"]))
    if leaf in leaves:
        print(f"Phiếu của biên nhận ở dòng {leaves.index(leaf) + 1} của la.txt.")
    else:
        differences.append(f"{where}: biên nhận không có trong nhật ký (la.txt).")
    held = last.get((sheet["round"], sheet["idea"], sheet["judge"]), {})
    for field, word in (("state", "trạng thái"), ("marks", "điểm")):
        same(f"{where}, {word}", held.get(field), sheet[field])
    if seat:
        named = canonical([seat["vong"], seat["ma"], seat["ten"]])
        held = {row["cam_ket"] for row in panel if (row["vong"], row["ma"]) == (sheet["round"], seat["ma"])}
        if sha256(b"\x04", bytes.fromhex(seat["muoi"]), named) not in held:
            differences.append(f"Cam kết của mã {seat['ma']} không khớp tên {seat['ten']}.")


def main():
    parser = argparse.ArgumentParser(description="Kiểm chứng kết quả chấm.")
    parser.add_argument("folder", nargs="?", default=Path(__file__).parent, type=Path, help="thư mục của gói")
    parser.add_argument("--bien-nhan", metavar="FILE", help="biên nhận của một giám khảo")
    given = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        found = check_all(given.folder)
        if given.bien_nhan:
            check_receipt(given.bien_nhan, *found)
    except (OSError, ValueError, KeyError, IndexError, TypeError, StopIteration) as error:
        print(f"Không đọc được hoặc thiếu dữ liệu: {type(error).__name__}: {error}")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in [*notes, *(f"KHÁC: {one}" for one in differences)])
    whole = f"KHỚP: {len(found[0])} lá, {len(found[1])} phiếu; điểm, hạng và ai đi tiếp đúng như tính lại."
    print(f"KHÔNG KHỚP: {len(differences)} chỗ khác nhau." if differences else whole)
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main())
