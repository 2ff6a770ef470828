"""From what was named to the files that are read."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.documents import Source
from schemas.trouble import Trouble
from transforms.sources.opening import open_source
from transforms.sources.walk import walk_inputs


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b/x.html", "b/a/deep.html", "b/.hidden.html", "b/.git/config", "a.xml", "b.xml", "odd[1].xml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


WALKS = [
    (["."], ["a.xml", "b/a/deep.html", "b/x.html", "b.xml", "odd[1].xml"]),
    (["b"], ["b/a/deep.html", "b/x.html"]),
    (["b/"], ["b/a/deep.html", "b/x.html"]),
    (["b.xml", "a.xml"], ["b.xml", "a.xml"]),
    (["*.xml"], ["a.xml", "b.xml", "odd[1].xml"]),
    (["b*"], ["b/a/deep.html", "b/x.html", "b.xml"]),
    (["**/*.html"], ["b/a/deep.html", "b/x.html"]),
    (["**"], ["a.xml", "b/a/deep.html", "b/x.html", "b.xml", "odd[1].xml"]),
    (["odd[1].xml"], ["odd[1].xml"]),
    (["b/.hidden.html"], ["b/.hidden.html"]),
    (["b/.git"], ["b/.git/config"]),
    (["a.xml", "./a.xml", "*.xml"], ["a.xml", "b.xml", "odd[1].xml"]),
    (["https://a.example/feed?x=[1]", "a.xml"], ["https://a.example/feed?x=[1]", "a.xml"]),
]


@pytest.mark.parametrize(("inputs", "wanted"), WALKS, ids=[str(inputs) for inputs, _ in WALKS])
def test_walk(tree: Path, inputs: list[str], wanted: list[str]) -> None:
    assert [
        os.path.normpath(source.uri) if "://" not in source.uri else source.uri for source in walk_inputs(inputs)
    ] == wanted


def test_file_addresses(tree: Path) -> None:
    assert [source.uri for source in walk_inputs([(tree / "a.xml").as_uri()])] == [str(tree / "a.xml")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nowhere.xml", "no such file or directory: 'nowhere.xml'"),
        ("*.nothing", "no file matches"),
        ("empty", "holds no file"),
        ("", "is empty"),
        ("https://", "not an address with a host"),
        ("nofs://bucket/x", "cannot list 'nofs://bucket/x'"),
    ],
)
def test_what_names_nothing_is_an_error_with_a_remedy(tree: Path, given: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        list(walk_inputs([given]))


def test_a_directory_that_cannot_be_listed_costs_itself_alone(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refuse(path: str | int = ".") -> Iterator[os.DirEntry[str]]:
        if isinstance(path, str) and os.path.normpath(path) == "b/a":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for given in ("b", "b/**", "b/*"):
        assert listed([given]) == [("b/a", None), ("b/x.html", None)]
    with pytest.raises(Trouble, match=r"b/a: .*Permission denied") as caught:
        list(open_source(Source(uri="b/a")))
    assert caught.value.code == "read.unreadable"
    with pytest.raises(ValueError, match=r"cannot list 'b/a': Permission denied; check permissions"):
        list(walk_inputs(["b/a"]))


def test_links_are_followed_once(tree: Path) -> None:
    (tree / "b/a/loop").symlink_to(tree / "b")
    (tree / "b/gone.html").symlink_to(tree / "nowhere")
    assert [source.uri for source in walk_inputs(["b"])] == ["b/a/deep.html", "b/gone.html", "b/x.html"]


def listed(inputs: list[str]) -> list[tuple[str, str | None]]:
    return [(os.path.normpath(source.uri), source.within) for source in walk_inputs(inputs)]


@pytest.mark.parametrize("inputs", [["b"], ["b/**"], ["./b"], ["b/"], ["b/**/*"]])
def test_links_that_lead_out_are_listed_and_not_followed(tree: Path, inputs: list[str]) -> None:
    elsewhere = tree.parent / f"{tree.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.html").write_text("x")
    (tree / "b/away").symlink_to(elsewhere)
    (tree / "b/secret.html").symlink_to(elsewhere / "secret.html")
    (tree / "b/up").symlink_to("../..")
    (tree / "b/inner.html").symlink_to("x.html")
    found = dict(listed(inputs))
    assert sorted(path for path, within in found.items() if within) == ["b/away", "b/secret.html", "b/up"]
    assert sorted(path for path, within in found.items() if not within) == ["b/a/deep.html", "b/inner.html", "b/x.html"]


def test_a_pattern_may_not_lead_out_of_the_part_that_is_none(tree: Path) -> None:
    (tree / "b/away").symlink_to("/usr")
    (tree / "b/a.xml").symlink_to(tree / "a.xml")
    assert listed(["b/*.xml"]) == [("b/a.xml", "b")]
    assert listed(["b/aw*"]) == [("b/away", "b")]
    assert listed(["*/a.xml"]) == [("b/a.xml", None)]


def test_a_link_that_is_named_is_followed(tree: Path) -> None:
    elsewhere = tree.parent / f"{tree.name}-named"
    elsewhere.mkdir()
    (elsewhere / "c.html").write_text("x")
    (tree / "in").symlink_to(elsewhere)
    assert listed(["in"]) == [("in/c.html", None)]
    assert listed(["in/c.html"]) == [("in/c.html", None)]


def test_pipes_are_refused_or_listed(tree: Path) -> None:
    os.mkfifo(tree / "b/pipe")
    assert ("b/pipe", None) in listed(["b"])
    assert listed(["b/p*"]) == [("b/pipe", None)]
    for given in ("b/pipe", "/dev/zero"):
        with pytest.raises(ValueError, match=r"is a (?:pipe|device)"):
            list(walk_inputs([given]))
