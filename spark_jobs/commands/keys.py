"""List the platform's keys and their versions, or rotate one: lake keys list | rotate NAME."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from infra.crypto.keys import KINDS, KeyStore
from infra.settings import settings

USES = {
    "sm2_sign": "签名（发布版本、清单链头）",
    "sm4_data": "敏感字段加密（SM4-GCM）",
    "hmac_identity": "身份标识去标识化（HMAC-SM3）；轮换后标识改变",
}
app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)


def _store() -> KeyStore:
    return KeyStore(settings().run / "secrets")


@app.command("list")
def list_keys() -> None:
    """Every key with its versions; the last one is in use, older ones open what they sealed."""
    for name in KINDS:
        versions = ", ".join(f"v{v}" for v in _store().versions(name)) or "尚未生成（首次使用时生成）"
        print(f"{name:<14} {versions:<24} {USES[name]}")


@app.command()
def rotate(name: Annotated[str, typer.Argument(help="name as `lake keys list` shows it")]) -> None:
    """Make the next version of a key and use it from now on; what older versions protect stays readable."""
    if name not in KINDS:
        print(f"lake keys: no key {name!r}; known: {', '.join(KINDS)}", file=sys.stderr)
        raise typer.Exit(2)
    _store().current(name)
    print(f"{name}: v{_store().create(name)} 起用；旧版本保留，请一并备份 {_store().folder}")
