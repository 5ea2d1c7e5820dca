"""Ask the advisory service about every locked library. See `make audit`.

pip-audit ends well when the service knows none of the packages, so we count what was really looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def ask(requirements: str) -> list[dict[str, Any]]:
    """What pip-audit says of each package; empty when it says nothing that can be read."""
    asked = subprocess.run(
        [
            sys.executable, "-m", "pip_audit", "--requirement", requirements,
            "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        return list(json.loads(asked.stdout)["dependencies"])
    except (json.JSONDecodeError, KeyError):
        print(asked.stderr.strip()[-2000:])
        return []


def main(requirements: str) -> int:
    packages = ask(requirements)
    looked_up = [package for package in packages if "skip_reason" not in package]
    if not looked_up:
        print(
            "0 libraries audited: the advisory service was not reached, or knows none of them. Try again later."
        )
        return 1
    holes = [(package, hole) for package in looked_up for hole in package["vulns"]]
    for package, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}")
    for package in packages:
        if "skip_reason" in package:
            print(f"not audited: {package['name']} ({package['skip_reason']})")
    print(f"{len(looked_up)} of {len(packages)} libraries audited, {len(holes)} known holes.")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
