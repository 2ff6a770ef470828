"""What is right of a case of ``./run.sh bench cases``, and what a run of it differs in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.processes import Ended

Facts = Mapping[str, Any]
"""What is right, as cases.toml says it."""

Row = Mapping[str, Any]
"""A row of a table."""


class Run(NamedTuple):
    """One run of newsmill and all it wrote."""

    ended: Ended
    tables: dict[str, list[dict[str, Any]]]
    output: Path
    report_txt: str

    def texts(self) -> str:
        """Everything a user is shown."""
        return self.ended.stdout + self.ended.stderr + self.report_txt


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _text_has(row: Row, parts: Sequence[str]) -> Iterator[str]:
    yield from (f"text lacks {part!r}" for part in parts if part not in (row.get("text") or ""))


def _text_lacks(row: Row, parts: Sequence[str]) -> Iterator[str]:
    yield from (f"text has {part!r}" for part in parts if part in (row.get("text") or ""))


def _paragraphs(row: Row, count: int) -> Iterator[str]:
    if (found := len((row.get("text") or "").split("\n"))) != count:
        yield f"{found} paragraphs, not {count}"


def _authors(row: Row, names: Sequence[str]) -> Iterator[str]:
    if (found := [author["name"] for author in row["authors"]]) != names:
        yield f"authors {found}, not {names}"


def _not_run_has(row: Row, code: str) -> Iterator[str]:
    if code not in row["not_run"]:
        yield f"not_run {row['not_run']} lacks {code}"


def _ends(row: Row, ends: Mapping[str, str]) -> Iterator[str]:
    for column, end in ends.items():
        found = row[column][-1] if isinstance(row[column], list) and row[column] else row[column]
        if not str(found).endswith(end):
            yield f"{column} {found!r} does not end in {end!r}"


def _either(row: Row, choices: Sequence[Facts]) -> Iterator[str]:
    if all(list(find_differences(row, one)) for one in choices):
        yield f"none of {choices}: {[{column: _plain(row[column]) for column in one} for one in choices]}"


_CHECKS: Mapping[str, Callable[[Row, Any], Iterator[str]]] = {
    "text_has": _text_has,
    "text_lacks": _text_lacks,
    "paragraphs": _paragraphs,
    "authors": _authors,
    "not_run_has": _not_run_has,
    "ends": _ends,
    "either": _either,
}
"""What may be said of a row beside the values of its columns."""


def find_differences(row: Row, wanted: Facts) -> Iterator[str]:
    """What of a row is not as wanted."""
    for name, value in wanted.items():
        if (check := _CHECKS.get(name)) is not None:
            yield from check(row, value)
        elif _plain(row[name]) != value:
            yield f"{name} {_plain(row[name])!r}, not {value!r}"


def match_rows(rows: Sequence[Row], wanted: Sequence[Facts], what: str) -> Iterator[str]:
    """What differs when each row is given to the expectation that it meets best."""
    if len(rows) != len(wanted):
        names = [row.get("headline") or row.get("url") or row.get("reason") for row in rows]
        yield f"{len(rows)} {what}, not {len(wanted)}: {names[:6]}"
    left = list(rows)
    unmet = []
    for facts in wanted:
        whole = next((row for row in left if not list(find_differences(row, facts))), None)
        if whole is None:
            unmet.append(facts)
        else:
            left.remove(whole)
    for facts in unmet:
        if not left:
            yield f"no row for {dict(facts)}"
            continue
        nearest = min(left, key=lambda row: len(list(find_differences(row, facts))))
        left.remove(nearest)
        yield "; ".join(find_differences(nearest, facts))


def judge_outcome(tables: Mapping[str, Sequence[Row]], facts: Facts) -> Iterator[str]:
    """What of the rows is not as the facts say."""
    articles, letters, dropped = tables["articles"], tables["dead_letters"], tables["dropped"]
    if "either" in facts:
        every = [list(judge_outcome(tables, one)) for one in facts["either"]]
        if all(every):
            yield " or ".join("; ".join(faults) for faults in every)
    if "articles" in facts:
        yield from match_rows(articles, facts["articles"], "articles")
    if "dropped" in facts:
        yield from match_rows(dropped, facts["dropped"], "dropped")
    if "kept" in facts:
        kept = len(articles) + sum(row["outcome"] == "duplicate" for row in dropped)
        if kept != facts["kept"]:
            yield f"{kept} articles and duplicates, not {facts['kept']}"
    if "filtered" in facts:
        reasons = Counter(row["reason"] for row in dropped if row["outcome"] == "filtered")
        if reasons != facts["filtered"]:
            yield f"filtered {dict(reasons)}, not {facts['filtered']}"
    codes = sorted(row["code"] for row in letters)
    if "letters" in facts and codes != sorted(facts["letters"]):
        yield f"letters {codes}, not {sorted(facts['letters'])}"
    if "refused" in facts:
        own = [code for code in codes if code != "extract.no_main_text"]
        own += [row["reason"] for row in dropped if row["outcome"] == "filtered"]
        if articles or len(own) != facts["refused"]:
            yield f"{len(articles)} articles, letters {codes}, filtered {own}: not refused by a code of its own"


_ENDED = ("crash", "too_slow", "too_large", "worker_died", "ended_twice")


def judge_run(run: Run, given: Sequence[str], facts: Facts, most_cpu_s: float) -> Iterator[str]:
    """What every run is asked, whatever its case."""
    ended = run.ended
    if ended.is_late:
        yield f"still running after {ended.seconds:.0f} s"
        return
    exits = facts.get("exit", [0])
    if ended.code not in exits:
        yield f"exit code {ended.code}, not {exits}: {ended.stderr.strip()[-300:]!r}"
    if "Traceback" in ended.stdout + ended.stderr:
        yield f"a traceback: {(ended.stdout + ended.stderr)[-400:]!r}"
    for row in run.tables["dead_letters"]:
        if row["code"].rpartition(".")[2] in _ENDED and row["code"] != "read.too_large":
            yield f"letter {row['code']}: {row['message'][:160]!r}"
    if ended.left:
        yield f"left behind: {ended.left}"
    if ended.code in (0, 3):
        tables = [row for name in ("articles", "dead_letters", "dropped") for row in run.tables[name]]
        seen = {row["source_uri"] for row in tables}
        yield from (f"no row of {path}" for path in given if path not in seen)
        if not list(run.output.glob("runs/*/report.json")):
            yield "no report.json"
    if ended.cpu_s > most_cpu_s:
        yield f"{ended.cpu_s:.1f} s of processor time, most is {most_cpu_s:.1f}"


def judge_shown(run: Run, facts: Facts) -> Iterator[str]:
    """What is printed and must not be, or is not and must."""
    yield from (f"not shown: {part!r}" for part in facts.get("shown", ()) if part not in run.ended.stdout)
    yield from (f"shown: {part!r}" for part in facts.get("hidden", ()) if part in run.texts())


def count_seen(run: Run) -> str:
    """Say how many rows there are, and of which codes."""
    tables = run.tables
    letters = Counter(row["code"] for row in tables["dead_letters"])
    dropped = Counter(row["reason"] for row in tables["dropped"])
    counts = [f"{len(tables['articles'])} articles", *(f"{n} {name}" for name, n in (letters + dropped).items())]
    return ", ".join(counts)
