"""Every setting: its name, default and why. Read once from the environment by create_app()."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FILE = "dong-hai.db"


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """Settings as they stand in the environment; an unknown name is ignored, a bad value names itself."""

    # Signs cookies and links; `make run` makes one and keeps it in instance/secret_key.
    secret_key: str = ""
    # Where links in mails point; nothing a visitor sends can change it.
    base_url: str = "http://127.0.0.1:8000"
    # A SQLite file in INSTANCE_PATH by default; postgresql://user:password@host/name for several wards or machines.
    database_url: str = f"sqlite:///{ROOT / 'instance' / DATABASE_FILE}"
    # Everything the embedded default writes: database, files, keys.
    instance_path: str = str(ROOT / "instance")
    # Hosts that may be asked for, separated by commas; others get 400. Empty: the host of BASE_URL only.
    trusted_hosts: str = ""
    # How many proxies in front may set X-Forwarded-For and X-Forwarded-Proto.
    proxies: int = 0
    # Empty: mails are kept and read in the app (/quan-tri/thu).
    mail_server: str = ""
    mail_port: int = 587
    mail_username: str = ""
    mail_password: str = ""
    mail_use_tls: bool = True
    mail_sender: str = "doanthanhnien@example.vn"
    # Who answers questions about personal data; printed in the privacy notice.
    contact_office: str = "Văn phòng Đoàn phường Đông Hải"
    contact_email: str = "doanthanhnien@example.vn"
    contact_phone: str = "0225 000 0000"
    # The demo shows a test mailbox to visitors on this machine, and the demo accounts at sign-in.
    demo: bool = False
    # Accounts made from one network address in an hour; a school shares one: raise it for a sign-up day.
    sign_ups_per_hour: int = 10
    # Off only in tests that would otherwise wait.
    rate_limits_enabled: bool = True
    testing: bool = False

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def read(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Raises ValueError with the name of the setting that is wrong."""
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    given = {name: value for name, value in env.items() if name in names}
    folder = Path(given.get("INSTANCE_PATH", ROOT / "instance")).resolve()
    given.setdefault("DATABASE_URL", f"sqlite:///{folder / DATABASE_FILE}")
    kept = folder / "secret_key"
    if "SECRET_KEY" not in given and kept.exists():
        given["SECRET_KEY"] = kept.read_text()
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"Sai thiết lập: {error}") from error
