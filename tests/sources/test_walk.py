"""From what was named to the files that are read."""

import os
from pathlib import Path

import pytest

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


def test_links_are_followed_once(tree: Path) -> None:
    (tree / "b/a/loop").symlink_to(tree / "b")
    (tree / "b/gone.html").symlink_to(tree / "nowhere")
    assert [source.uri for source in walk_inputs(["b"])] == ["b/a/deep.html", "b/gone.html", "b/x.html"]
