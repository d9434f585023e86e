"""Names that every system can keep, zips with the same bytes, and packages from outside that are refused in a sentence."""

import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.package import archive
from bangfu.package.archive import Refused
from bangfu.package.portable import portable, unportable
from packages import files_of, make_package, signer


@given(st.lists(st.text(min_size=1).filter(lambda s: "/" not in s and "\x00" not in s), min_size=1, max_size=3))
def test_a_portable_name_gives_the_name_back(parts):
    name = "/".join(parts).encode("utf-8", "replace").decode()
    assert unportable(portable(name)) == name


@pytest.mark.parametrize("name, kept", [
    ("资金/走访记录.csv", "资金/走访记录.csv"), ("a:b?.csv", "a=3Ab=3F.csv"), ("CON.txt", "=43ON.txt"), ("尾.", "尾=2E"), ("a=3A", "a=3D3A"), ("一\\二", "一=5C二"), ("com10.txt", "com10.txt"), ("a\u2028b", "a=E2=80=A8b"),
])  # fmt: skip
def test_what_windows_cannot_keep_is_written_otherwise(name, kept):
    assert portable(name) == kept


def test_the_same_package_has_the_same_bytes_as_a_zip(tmp_path):
    for name in ("one", "two"):
        make_package(tmp_path / name / "p", signer())
        archive.write_zip(tmp_path / name / "p", tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as z:
        assert {i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)} and [i.filename for i in z.infolist()] == [f"p/{n}" for n in files_of(tmp_path / "one" / "p")]


def hostile(path, entries: dict[str, bytes], kind: int = stat.S_IFREG) -> str:
    """What is said of a zip with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = (kind | 0o644) << 16, zipfile.ZIP_DEFLATED
            z.writestr(entry, content)
    with pytest.raises(Refused) as refused:
        archive.opened(path)
    assert len(refused.value.sentences) == 1 and refused.value.status == 2
    return refused.value.sentences[0].zh


@pytest.mark.parametrize("name", ["p/../../x", "/x", "p/..", "p\\x", "C:/x", "p//x", "p/./x", "p/nul.txt", "p/a\nb"])
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    assert "不安全" in hostile(tmp_path / "p.zip", {"p/bagit.txt": b"", name: b""})


def test_links_names_twice_and_swelling_files_are_refused(tmp_path):
    assert "链接" in hostile(tmp_path / "l.zip", {"p/x": b"/etc/passwd"}, stat.S_IFLNK)
    assert "两次" in hostile(tmp_path / "t.zip", {"p/A.txt": b"1", "p/a.TXT": b"2"})
    assert "膨胀" in hostile(tmp_path / "b.zip", {"p/data/x": bytes(65 << 20)})
    assert "一个文件夹" in hostile(tmp_path / "m.zip", {"p/x": b"", "q/x": b""})


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_zip_that_was_cut_off_is_refused(tmp_path, share):
    archive.write_zip(make_package(tmp_path / "p", signer()), tmp_path / "p.zip")
    content = (tmp_path / "p.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: int(share * len(content))])
    with pytest.raises(Refused) as refused:
        archive.opened(tmp_path / "cut.zip")
    assert "zip" in refused.value.sentences[0].zh


def test_a_folder_with_a_link_is_refused(tmp_path):
    package = make_package(tmp_path / "p", signer())
    (package / "data" / "link").symlink_to("/etc/hostname")
    with pytest.raises(Refused) as refused:
        archive.opened(package)
    assert "data/link" in refused.value.sentences[0].zh


def test_a_package_is_found_where_it_was_unpacked(tmp_path):
    make_package(tmp_path / "下载" / "p", signer())
    assert archive.package_at(tmp_path / "下载") == archive.package_at(tmp_path / "下载" / "p") == tmp_path / "下载" / "p"
    (tmp_path / "下载" / "q").mkdir()
    assert archive.package_at(tmp_path / "下载") is None and archive.package_at(tmp_path / "no") is None
