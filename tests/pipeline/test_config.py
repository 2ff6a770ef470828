"""newsmill.toml: every option by its name, below the command line, checked as the command line is."""

import re
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.options_docs import EXAMPLE
from pipeline.parse import parse
from pipeline.report import mask_secrets
from pipeline.settings import Settings, settings_from
from schemas.errors import UsageError
from tests.support.lakes import read_table
from transforms.enrich.languages.policy import LanguagePolicy
from transforms.web.policy import FetchPolicy


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def settings(*words: str) -> Settings:
    known, beam = parse(words)
    return settings_from(known, beam, inputs=() if words[0] != "run" else None)


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    path = write(tmp_path / "newsmill.toml", EXAMPLE)
    made = settings("run", "--config", path)
    assert made.commit.output == str(tmp_path / "lake")
    assert made.feeds == (str(tmp_path / "feeds.toml"),)
    assert made.fetch_policy.user_agent.endswith("(+you@example.org)")
    assert made.fetch_policy.max_page_bytes == made.read_limits.max_page_bytes == 8_000_000
    assert LanguagePolicy(languages=("en", "de")) in made.enrichment_policies
    assert made.workers.workers == 2
    assert made.beam_args == ("--direct_running_mode=in_memory",)
    known, _ = parse(["stream", "--config", path])
    assert known.tick_s == 30.0
    assert parse(["verify", "--config", path])[0].output == str(tmp_path / "lake")


def test_the_command_line_wins_then_the_table_of_the_command(tmp_path: Path) -> None:
    text = "output = 'a'\ninput = ['x']\ndelay_s = 2\narchive = true\nquiet = true\n[run]\ndelay_s = 3\n"
    path = write(tmp_path / "c.toml", text)
    made = settings("run", "--config", path)
    assert (made.fetch_policy.delay_s, made.page_policy.archive, made.run_policy.quiet) == (3.0, True, True)
    made = settings("run", "--config", path, "--delay-s", "4", "--no_archive", "--output", "b")
    assert (made.fetch_policy.delay_s, made.page_policy.archive, made.run_policy.quiet) == (4.0, False, True)
    assert made.commit.output == "b", "what the command line names is relative to the working directory"
    assert settings("stream", "--feeds", "f.toml", "--config", path).fetch_policy.delay_s == 2.0


def test_the_environment_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_CONFIG", write(tmp_path / "c.toml", "output = 'lake'\n"))
    assert parse(["verify"])[0].output == str(tmp_path / "lake")
    other = write(tmp_path / "other" / "c.toml", "output = 's3://bucket/lake'\n")
    assert parse(["verify", "--config", other])[0].output == "s3://bucket/lake"


def test_a_file_in_the_working_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "newsmill.toml", "output = 'lake'\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="needs --output DIR"):
        parse(["verify"])


def test_switches_that_turn_off_what_is_on(tmp_path: Path) -> None:
    path = write(tmp_path / "c.toml", "ignore_robots = true\noutput = 'a'\ninput = 'x'\n")
    assert not settings("run", "--config", path).fetch_policy.respect_robots
    assert settings("run", "--config", path, "--no_ignore_robots").fetch_policy.respect_robots
    assert settings("run", "--input", "x", "--output", "y").fetch_policy == FetchPolicy()


def test_days_and_paths(tmp_path: Path) -> None:
    text = "output = 'a'\nsince = 2026-03-20\nspacy_model = ['no/such', 'xx_name']\n[run]\ninput = ['/b', 'https://c.example/']\n"
    path = write(tmp_path / "c.toml", text)
    with pytest.raises(UsageError, match=re.escape(f"spaCy pipeline '{tmp_path}/no/such' is not installed")):
        parse(["run", "--config", path])
    known, _ = parse(["run", "--config", path, "--spacy_model", "none"])
    assert str(known.since) == "2026-03-20"
    assert known.input == ("/b", "https://c.example/")


WRONG = [
    ("outptu = 'x'", "there is no option 'outptu': did you mean output?"),
    ("delay-s = 1", "there is no option 'delay-s': did you mean delay_s?"),
    ("[rnu]\nfull = true", "there is no command 'rnu': did you mean run?"),
    ("[verify]\ndelay_s = 1", "[verify] delay_s: 'newsmill verify' has no such option; 'newsmill feeds' has"),
    ("timeout_s = -1", "timeout_s is -1.0: give a number from 0.01 to 3600"),
    ("[run]\ntimeout_s = 'x'", "[run] timeout_s is 'x': give a number from 0.01 to 3600"),
    ("shards = 1.5", "shards is 1.5: give a whole number of at least 1"),
    ("shards = true", "shards is True: give a whole number of at least 1"),
    ("quiet = 1", "quiet is 1: give true or false"),
    ("contact = 5", "contact is 5: give a string"),
    ("contact = 'me'", "contact: 'me' is not a mail or web address: give one in ASCII, such as you@example.org"),
    ("contact = 'ö@a.example'", "contact: 'ö@a.example' is not a mail or web address"),
    ("languages = [7]", "languages is 7: give a string, or a list of such"),
    ("languages = ['xx']", "languages: 'xx' is not a language code"),
    ("fetch = 'sometimes'", "fetch is 'sometimes': choose from all, missing, never"),
    ("output = ", "is not TOML"),
    (f"shards = {'9' * 5_000}", "is not TOML"),
    (f"shards = {'[' * 100_000}", "is not TOML"),
    ('feeds = [""]', "feeds is empty: give a path"),
    ('feeds = ["a\\u0000b"]', "a NUL character cannot stand in it"),
    ("min_chars = inf", "min_chars is inf: give a whole number"),
    ("element_timeout_s = inf", "element_timeout_s is inf: give a number of at least 0.01, up to 1000000000"),
    ("config = 'other.toml'", "there is no option 'config'"),
    ("[beam]\nrunnner = 'x'", "unknown option --runnner: did you mean --runner?"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_wrong_is_named_with_file_and_key(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "c.toml", text)
    assert main(["run", "--input", str(tmp_path), "--output", str(tmp_path / "out"), "--config", path]) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert path in shown or "unknown option" in shown
    assert shown.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml cannot be read: No such file or directory" in capsys.readouterr().err


def test_no_secret_of_a_file_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "output = 'out'\nfetch = 'never'\n[run]\nfeeds = ['https://USER:SECRET@a.example/list.opml']\n"
    assert main(["run", "--config", write(tmp_path / "c.toml", text)]) == 2
    assert "SECRET" not in capsys.readouterr().err
    known, _ = parse(["run", "--config", str(tmp_path / "c.toml")])
    assert "SECRET" in " ".join(known.from_file)
    assert "SECRET" not in " ".join(mask_secrets(known.from_file)), "the report lists them like the command line"


@pytest.mark.slow
def test_a_run_by_a_file_alone(tmp_path: Path) -> None:
    words = "The ferry between Norrby and Sund sails again after a winter of repairs, the harbour board said. "
    write(tmp_path / "in" / "short.html", f"<html><body><h1>Ferry</h1><p>{words * 3}</p></body></html>")
    write(tmp_path / "in" / "long.html", f"<html><body><h1>Ferry</h1><p>{words * 300}</p></body></html>")
    path = write(
        tmp_path / "newsmill.toml",
        "input = 'in'\noutput = 'out'\nfetch = 'never'\nspacy_model = 'none'\nmax_page_bytes = 5000\n"
        "max_dead_ratio = 1\nworkers = 1\nquiet = true\n",
    )
    assert main(["run", "--config", path]) == 0
    (letter,) = read_table(tmp_path / "out", "dead_letters")
    assert (Path(letter["source_uri"]).name, letter["code"]) == ("long.html", "read.too_large")
    assert len(read_table(tmp_path / "out", "articles")) == 1
