#!/usr/bin/env bash
# The only door to newsmill. Bare, it runs the main job on seeds/ into out/.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here"
venv="$here/.venv"
export OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}" # one thread a process is the fastest for NER

say() { printf '%s\n' "$*" >&2; }

# Install LOCK into .venv, unless just that lock is what is there.
install() {
  local lock="$1" stamp="$venv/.lock-$1.sha256" want
  want="$(sha256sum "$lock" | cut -d' ' -f1)"
  if [[ -x "$venv/bin/python" && -f "$stamp" && "$(cat "$stamp")" == "$want" ]]; then return; fi
  local python="${PYTHON:-python3}"
  "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null || {
    say "newsmill needs Python 3.11, 3.12 or 3.13 as $python: set PYTHON=/path/to/python3.11"
    exit 2
  }
  say "installing $lock into .venv (about a minute, once) ..."
  [[ -x "$venv/bin/python" ]] || "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  printf '%s\n' "$want" >"$stamp"
  # The lock of the tests holds all of the other one, in the same versions.
  if [[ "$lock" == requirements-dev.lock ]]; then
    sha256sum requirements.lock | cut -d' ' -f1 >"$venv/.lock-requirements.lock.sha256"
  fi
}

newsmill() { PYTHONPATH="$here" exec "$venv/bin/python" -m pipeline "$@"; }

usage() {
  cat <<'EOF'
usage: ./run.sh [COMMAND]

  (none)        run the main job: seeds/ into out/, offline
  run …         newsmill run …, such as: ./run.sh run --input FEED_OR_FILE --output DIR
  report …      print the report of a run again; so for the other commands of newsmill:
                verify, compact, retract, views, dead, replay, reprocess,
                feeds, stream, politeness
  sql QUERY     ask DuckDB, such as: ./run.sh sql "select headline from 'out/articles/**/*.parquet'"
  test …        the tests (more words go to pytest)
  check         format, lint and types
  golden        write what the seeds and test pages give now as what is expected; review the diff
  dictionary    write docs/data-dictionary.md anew
  bench …       benchmarks/NAME.py, such as: ./run.sh bench overhead
  runners       install Prism and Flink's job server, for streams on these and their tests
  lock          write the lock files anew (needs uv)
  help          this
EOF
}

command="${1:-main}"
[[ $# -gt 0 ]] && shift
case "$command" in
  main)
    install requirements.lock
    newsmill run --input seeds --output out --fetch never
    ;;
  run | report | verify | compact | retract | views | dead | replay | reprocess | feeds | stream | politeness)
    install requirements.lock
    newsmill "$command" "$@"
    ;;
  sql)
    install requirements.lock
    exec "$venv/bin/python" -c 'import sys, duckdb; print(duckdb.sql(sys.argv[1]))' "$@"
    ;;
  test)
    install requirements-dev.lock
    PYTHONPATH="$here" exec "$venv/bin/python" -m pytest "$@"
    ;;
  check)
    install requirements-dev.lock
    "$venv/bin/ruff" format --check .
    "$venv/bin/ruff" check .
    exec "$venv/bin/mypy"
    ;;
  golden)
    install requirements-dev.lock
    NEWSMILL_GOLDEN=1 PYTHONPATH="$here" exec "$venv/bin/python" -m pytest -k golden "$@"
    ;;
  dictionary)
    install requirements.lock
    PYTHONPATH="$here" "$venv/bin/python" -m pipeline dictionary >docs/data-dictionary.md
    ;;
  bench)
    install requirements-dev.lock
    name="${1:?name a file of benchmarks/}"
    shift
    PYTHONPATH="$here" exec "$venv/bin/python" "benchmarks/$name.py" "$@"
    ;;
  runners)
    bash tests/runners.sh "$@"
    ;;
  lock)
    compile=(uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header)
    "${compile[@]}" requirements.in -o requirements.lock
    "${compile[@]}" requirements-dev.in -c requirements.lock -o requirements-dev.lock
    ;;
  help | -h | --help) usage ;;
  *)
    say "unknown command: $command"
    usage >&2
    exit 2
    ;;
esac
