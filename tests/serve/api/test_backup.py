"""Backup and restore through the API: who may, what is in it, and what is refused."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import pytest

from enerwise.serve.api.app import make_app

from .builders import FOREIGN, HOME, OWN, Client, a_client


@pytest.fixture
def filed(tmp_path: Path) -> Client:
    client = a_client(tmp_path)
    path = tmp_path / "home.yaml"
    path.write_text(HOME.format(name="Lindenweg 8"), encoding="utf-8")
    face = client.face
    changed = dataclasses.replace(face, desks={**face.desks, OWN: dataclasses.replace(face.desks[OWN], site_path=path)})
    return Client(make_app(changed), changed, client.who)


def test_an_owner_downloads_a_backup_and_stages_it_again(filed: Client) -> None:
    answer = filed.get(f"/sites/{OWN}/backup")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{OWN}-2026-05-14.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert json.loads(packed.read("manifest.json"))["site"] == OWN
    assert not list(filed.desk.folder.glob(".backup-*")), "nothing is left behind"
    sent = filed(
        "POST", f"/api/v1/restore?site={OWN}", content=answer.content, headers={"Content-Type": "application/zip"}
    )
    assert sent.status_code == 202, sent.text
    assert sent.json()["state"] == "staged"
    assert filed.get(f"/restore?site={OWN}").json()["made_at"] == sent.json()["made_at"]
    assert not list(filed.desk.folder.glob(".upload-*"))


def test_what_is_no_backup_is_refused_with_its_reason(filed: Client) -> None:
    for content in (b"", b"nothing", b"PK\x03\x04" + b"\0" * 100):
        sent = filed("POST", f"/api/v1/restore?site={OWN}", content=content)
        assert sent.status_code == 422
        assert "no readable archive" in sent.json()["detail"]
    assert filed.get(f"/restore?site={OWN}").json()["state"] == "none"
    assert not list(filed.desk.folder.glob("*upload*"))


def test_only_who_manages_may(filed: Client) -> None:
    for who in ("viewer", "operator", "installer"):
        assert filed.as_(f"{who}@{OWN}").get(f"/sites/{OWN}/backup").status_code == 403
        assert filed.as_(f"{who}@{OWN}")("POST", f"/api/v1/restore?site={OWN}", content=b"").status_code == 403
    assert filed.as_(f"owner@{FOREIGN}").get(f"/sites/{OWN}/backup").status_code == 404
    assert filed.as_(f"owner@{FOREIGN}")("POST", f"/api/v1/restore?site={OWN}", content=b"").status_code == 404


def test_a_site_without_a_file_says_so(home: Client) -> None:
    assert home.get(f"/sites/{OWN}/backup").json()["code"] == "no-site-file"
