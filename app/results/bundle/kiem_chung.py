#!/usr/bin/env python3
"""Kiểm chứng kết quả chấm: tính lại tất cả từ phiếu, chỉ cần Python 3.9 trở lên, không cài thêm gì.

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

differences: list[str] = []
notes: list[str] = []


def differ(words):
    differences.append(words)


def same(where, published, computed):
    if published != computed:
        differ(f"{where}: công bố {published or '(trống)'}, tính lại {computed or '(trống)'}.")


# --- đọc tệp


def read_json(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def read_csv(folder, name):
    return list(csv.DictReader((folder / name).read_text(encoding="utf-8-sig").splitlines()))


def points(text):
    """'moi=3000;hieu_qua=4000' → phần trăm điểm theo tiêu chí (3000 là 30,00 điểm)."""
    return {name: int(value) for name, value in (part.split("=") for part in text.split(";") if part)}


# --- mã băm


def canonical(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def leaf_of(salt, kind, shown, private):
    payload = {"kind": kind, "shown": shown, "private": private}
    return sha256(b"\x00", bytes.fromhex(salt), canonical(payload))


def check_chain(leaves, tops):
    """Mỗi dấu = SHA-256(01 ‖ dấu trước ‖ lá); dấu đầu = SHA-256(02 ‖ nguồn)."""
    head = sha256(b"\x02", tops["nguon"].encode())
    heads = [head]
    for leaf in leaves:
        head = sha256(b"\x01", bytes.fromhex(head), bytes.fromhex(leaf))
        heads.append(head)
    for top in [*tops["dinh"], tops["cuoi"]]:
        number = top["so"]
        if number >= len(heads):
            differ(f"la.txt chỉ có {len(leaves)} lá, thiếu đến lá {number}: phần cuối bị cắt.")
        elif heads[number] != top["dinh"]:
            differ(f"Dấu số {number}: công bố {top['dinh'][:16]}, tính lại {heads[number][:16]}.")
    if len(leaves) != tops["cuoi"]["so"]:
        differ(f"la.txt có {len(leaves)} lá, dinh.json ghi {tops['cuoi']['so']}.")


def check_sheets(rows, leaves, erased):
    """Mỗi phiếu khớp lá của nó. Trả về trạng thái cuối của từng phiếu theo (vòng, bài, giám khảo)."""
    events: dict = {}
    last: dict = {}
    for row in rows:
        events.setdefault(row["so"], []).append(row)
    for number, lines in events.items():
        first, shown = lines[0], []
        for row in sorted(lines, key=lambda line: int(line["thu_tu"])):
            sheet = {"round": row["vong"], "idea": row["bai"], "judge": row["giam_khao"]}
            shown.append({**sheet, "state": row["trang_thai"], "marks": points(row["diem"])})
            last[row["vong"], row["bai"], row["giam_khao"]] = (row["trang_thai"], points(row["diem"]))
        where = f"Phiếu của {first['giam_khao']} cho {first['bai']} (vòng {first['vong']})"
        if not first["muoi"]:
            if first["la"] not in erased or first["la"] not in leaves:
                differ(f"{where}: không có lá trong nhật ký.")
            notes.append(f"{where}: nội dung sự kiện đã xóa theo luật, không đối chiếu được với lá.")
            continue
        leaf = leaf_of(first["muoi"], first["loai"], shown, first["rieng"])
        line = int(number)
        if leaf != first["la"] or not 0 < line <= len(leaves) or leaves[line - 1] != leaf:
            differ(f"{where}: không khớp lá ở dòng {number} của la.txt (điểm, mã hoặc trạng thái đã bị sửa).")
    return {key: value for key, value in last.items() if value[0] != "gone"}


# --- tính điểm


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


def groups_of(packs, judges):
    """Giám khảo nào được nối với nhau qua ý tưởng chung."""
    group = list(range(judges))

    def root(j):
        while group[j] != j:
            j = group[j]
        return j

    for pack in packs:
        for j in pack[1:]:
            group[root(j)] = root(pack[0])
    return [root(j) for j in range(judges)]


class Estimate:
    """Mức rộng tay của giám khảo và hai phương sai (Henderson, phương pháp 3), tính chính xác."""

    def __init__(self, sheets, judges, unit):
        """`sheets`: với mỗi ý tưởng, danh sách (số thứ tự giám khảo, tổng điểm × unit)."""
        packs = [[judge for judge, _ in row] for row in sheets]
        groups = groups_of(packs, judges)
        self.parts = len(set(groups))
        self.df = sum(map(len, packs)) - len(packs) - judges + self.parts
        self.error = self.judge = self.lam = None
        self.b, self.over = [0] * judges, 1
        if self.df < 1:
            return
        scale = lcm(*{len(pack) for pack in packs})
        matrix = [[0] * judges for _ in range(judges)]
        excess, within = [0] * judges, Fraction(0)
        for row, pack in zip(sheets, packs):
            share, whole = scale // len(row), sum(total for _, total in row)
            for a in pack:
                matrix[a][a] += scale
                for c in pack:
                    matrix[a][c] -= share
            for judge, total in row:
                excess[judge] += scale * total - share * whole
                within += scale * total * total
            within -= share * whole * whole
        within /= scale
        joined = [[int(groups[a] == groups[c]) for c in range(judges)] for a in range(judges)]

        def with_joined(system):
            return [[x + y for x, y in zip(left, right)] for left, right in zip(system, joined)]

        free, over = solve(with_joined(matrix), excess)
        explained = Fraction(sum(q * b for q, b in zip(excess, free)), over * scale)
        error = (within - explained) / self.df
        spread = Fraction(sum(matrix[j][j] for j in range(judges)), scale)
        between = explained - (judges - self.parts) * error
        judge = max(Fraction(0), between / spread) if spread else Fraction(0)
        self.error, self.judge = error / unit**2, judge / unit**2
        if not judge:
            return
        lam = half_up(error / judge * LAMBDA_PARTS)
        system = [[LAMBDA_PARTS * value for value in row] for row in matrix]
        for j in range(judges):
            system[j][j] += lam * scale
        self.b, self.over = solve(with_joined(system), [LAMBDA_PARTS * q for q in excess])
        self.lam = Fraction(lam, LAMBDA_PARTS)


def heard(method, totals, deviation):
    """Những phiếu được tính trung bình: bỏ cao nhất và thấp nhất, hoặc bỏ phiếu lệch quá D điểm."""
    if len(totals) < ROBUST_FROM:
        return totals
    if method == "trimmed":
        return sorted(totals)[1:-1]
    if method == "valid":
        count, first = len(totals), sum(totals)
        return [t for t in totals if abs(count * t - first) <= count * deviation] or totals
    return totals


def method_of(wanted, found):
    if wanted != "adjusted":
        return wanted, ""
    if found.parts > 1:
        return "mean", "disconnected"
    if found.error is None or found.df < MIN_DF:
        return "mean", "too_little_data"
    if found.lam is None:
        return "mean", "no_difference"
    return "adjusted", ""


def decimals(value, places=2):
    if value is None:
        return None
    number = half_up(value * 10**places)
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{places}d}"


def rubrics_of(rules):
    """Bộ tiêu chí chung ("") và của từng lĩnh vực: các tiêu chí tính điểm, và một phần trăm điểm đáng bao nhiêu."""
    found = {"": rules["criteria"], **{one["topic"]: one["criteria"] for one in rules.get("variants", [])}}
    for key, given in list(found.items()):
        most = {one["id"]: one["max"] for one in given if not one.get("informs_only")}
        found[key] = (list(most), Fraction(rules["scale"], 100 * sum(most.values())))
    return found


def rank(rules, ideas, sheets, panel=0):
    """`ideas`: mã → (trạng thái, bình chọn, bộ tiêu chí); `sheets`: (mã, giám khảo) → điểm. Bảng và phương pháp."""
    rubrics = rubrics_of(rules)
    names = {idea: rubrics[one[2]][0] for idea, one in ideas.items()}
    unit = lcm(*(worth.denominator for _, worth in rubrics.values()))
    scale = {idea: int(rubrics[one[2]][1] * unit) for idea, one in ideas.items()}
    least = rules["min_sheets"] or -(-2 * panel // 3)  # hội đồng đầy đủ: hai phần ba số giám khảo
    judges = sorted({judge for _, judge in sheets})
    place = {judge: number for number, judge in enumerate(judges)}
    packs: dict = {}
    given: dict = {}
    for (idea, judge), marks in sorted(sheets.items()):
        given.setdefault(idea, []).append(marks)
        total = scale[idea] * sum(marks[name] for name in names[idea])
        packs.setdefault(idea, []).append((place[judge], total))
    found = Estimate(list(packs.values()), len(judges), unit)
    used, fallback = method_of(rules["method"], found)

    most = max((votes for status, votes, _ in ideas.values() if status == "active"), default=0)
    keys, lines = {}, {}
    for idea, (status, votes, _) in ideas.items():
        row = packs.get(idea, [])
        why = "no_sheet" if not row else "too_few_sheets" if len(row) < least else ""
        why = status if status != "active" else why
        lines[idea] = {"hang": "", "khong_xep": why, "so_phieu": len(row)}
        if why:
            continue
        if used == "adjusted":
            over = found.over * len(row) * unit
            score = Fraction(sum(found.over * total - found.b[judge] for judge, total in row), over)
        else:
            kept = heard(used, [total for _, total in row], rules["deviation"] * unit)
            score = Fraction(sum(kept), len(kept) * unit)
        community = 10 * half_up(Fraction(rules["community_points"] * 10 * votes, most)) if most else 0
        means = {name: half_up(Fraction(sum(m[name] for m in given[idea]), len(row))) for name in names[idea]}
        keys[idea] = (half_up(score * 100) + community, *(means.get(name, 0) for name in rules["tie_break"]))
        score, community = Fraction(keys[idea][0], 100), Fraction(community, 100)
        lines[idea].update(diem=decimals(score), cong_dong=decimals(community), tieu_chi=means)
    _places(keys, lines, rules["tie_break"])
    share = found.over * unit if used == "adjusted" else 0
    return lines, {
        "phuong_phap": used,
        "ly_do": fallback,
        "s2e": decimals(found.error, 6),
        "s2b": decimals(found.judge, 6),
        "lambda": decimals(found.lam, 4) if used == "adjusted" else None,
        "b": {one: decimals(Fraction(b, share) if share else Fraction(0)) for one, b in zip(judges, found.b)},
    }


def _places(keys, lines, tie_break):
    """Hạng 1, 2, 2, 4; và tiêu chí nào đã phân định khi bằng điểm."""
    best_first = sorted(set(keys.values()), reverse=True)
    depth = dict.fromkeys(best_first, 0)
    for above, below in zip(best_first, best_first[1:]):
        differs = next(n for n, (a, b) in enumerate(zip(above, below)) if a != b)
        depth[above], depth[below] = max(depth[above], differs), max(depth[below], differs)
    ranked = 0
    for key in best_first:
        level = [idea for idea in keys if keys[idea] == key]
        used = tie_break[depth[key] - 1] if depth[key] else ""
        for idea in level:
            lines[idea].update(hang=str(ranked + 1), phan_dinh=used)
        ranked += len(level)


def check_round(rules, ideas, sheets, table, method, panel):
    lines, computed = rank(rules, ideas, sheets, panel)
    name = rules["round"]
    for field, value in computed.items():
        same(f"Vòng {name}, {field}", method.get(field), value)
    published = {row["bai"]: row for row in table}
    for idea in sorted(lines.keys() ^ published.keys()):
        differ(f"Vòng {name}: {idea} chỉ có ở một trong hai tệp y_tuong.csv và xep_hang.csv.")
    for idea in sorted(lines.keys() & published.keys()):
        for field, value in lines[idea].items():
            stated = points(published[idea][field]) if field == "tieu_chi" else published[idea][field]
            same(f"Vòng {name}, {idea}, {field}", stated, str(value) if isinstance(value, int) else value)


# --- tất cả


def check_all(folder):
    leaves = (folder / "la.txt").read_text(encoding="ascii").split()
    tops, law = read_json(folder, "dinh.json"), read_json(folder, "luat.json")
    ideas, panel = read_csv(folder, "y_tuong.csv"), read_csv(folder, "giam_khao.csv")
    methods, table = read_json(folder, "phuong_phap.json"), read_csv(folder, "xep_hang.csv")
    check_chain(leaves, tops)
    last = check_sheets(read_csv(folder, "phieu.csv"), leaves, tops["xoa"])
    rows = read_csv(folder, "phan_cong.csv")
    assigned = {(row["vong"], row["bai"], row["giam_khao"]): row["trang_thai"] for row in rows}
    for key in sorted(assigned.keys() | last.keys()):
        same(f"Phân công {' / '.join(key)}", assigned.get(key), last[key][0] if key in last else None)
    seated = {(row["vong"], row["ma"]) for row in panel}
    for round_, judge in sorted({(key[0], key[2]) for key in last} - seated):
        differ(f"Giám khảo {judge} của vòng {round_} không có trong giam_khao.csv.")
    for one in law["vong"]:
        rules, name = one["luat"], one["luat"]["round"]
        members = sum(1 for row in panel if row["vong"] == name and row["trong_ban"])
        ranked = [row for row in table if row["vong"] == name]
        same(f"Mã băm luật của vòng {name}", one["ma_bam"], sha256(canonical(rules)))
        mine = [row for row in ideas if row["vong"] == name]
        here = {r["bai"]: (r["trang_thai"], int(r["phieu_binh_chon"]), r["bo_tieu_chi"]) for r in mine}
        counted = {key: marks for key, (state, marks) in last.items() if state == "submitted"}
        sheets = {key[1:]: marks for key, marks in counted.items() if key[0] == name}
        check_round(rules, here, sheets, ranked, methods[name], members)
    return leaves, last, panel


def check_receipt(path, leaves, last, panel):
    """Phiếu của biên nhận nằm ở dòng nào, và điểm được tính có đúng như khi nộp không."""
    receipt = json.loads(Path(path).read_text(encoding="utf-8"))
    leaf = leaf_of(receipt["muoi"], receipt["loai"], receipt["hien"], receipt["rieng"])
    same("Lá trong biên nhận", receipt["la"], leaf)
    if leaf not in leaves:
        differ("Phiếu trong biên nhận không có trong nhật ký (la.txt).")
    else:
        print(f"Phiếu của biên nhận ở dòng {leaves.index(leaf) + 1} của la.txt.")
    sheet = receipt["hien"][0]
    state, marks = last.get((sheet["round"], sheet["idea"], sheet["judge"]), ("(không có)", {}))
    where = f"Phiếu của {sheet['judge']} cho {sheet['idea']}"
    same(f"{where}, trạng thái", state, sheet["state"])
    same(f"{where}, điểm", marks, sheet["marks"])
    if not (seat := receipt["giam_khao"]):
        return
    bound = sha256(b"\x04", bytes.fromhex(seat["muoi"]), canonical([seat["vong"], seat["ma"], seat["ten"]]))
    if bound not in {row["cam_ket"] for row in panel if row["ma"] == seat["ma"]}:
        differ(f"Cam kết của mã {seat['ma']} không khớp tên {seat['ten']}.")


def main():
    parser = argparse.ArgumentParser(description="Kiểm chứng kết quả chấm.")
    here = str(Path(__file__).resolve().parent)
    parser.add_argument("folder", nargs="?", default=here, help="thư mục đã giải nén")
    parser.add_argument("--bien-nhan", metavar="FILE", help="biên nhận của một giám khảo")
    given = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        found = check_all(Path(given.folder))
        if given.bien_nhan:
            check_receipt(given.bien_nhan, *found)
    except (OSError, ValueError, KeyError, IndexError, TypeError, StopIteration) as error:
        print(f"Không đọc được hoặc thiếu dữ liệu: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for line in [*notes, *(f"KHÁC: {one}" for one in differences)]:
        print(line)
    if differences:
        print(f"KHÔNG KHỚP: {len(differences)} chỗ khác nhau.")
        return 1
    print(f"KHỚP: {len(found[0])} lá, {len(found[1])} phiếu; mọi điểm và hạng đúng như tính lại từ phiếu.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
