#!/usr/bin/env bash
# The entry point of newsmill. Without arguments it runs the main job: the seeds into out/ in the current directory.
set -euo pipefail

say() { printf 'newsmill: %s\n' "$*" >&2; }

# The directory of this file, also when it is called by a link.
self="${BASH_SOURCE[0]}"
while [[ -L "$self" ]]; do
  link="$(readlink "$self")"
  case "$link" in
    /*) self="$link" ;;
    *) self="$(dirname "$self")/$link" ;;
  esac
done
here="$(cd -P "$(dirname "$self")" && pwd)"
venv="$here/.venv"
log="$here/.venv.log"
export OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}" # one thread a process is the fastest for NER
export NEWSMILL_COMMAND="$0"                             # how newsmill is called, for commands that it proposes

# Print the version of a Python that newsmill runs on, such as cpython-313; nothing for any other.
version() {
  "$1" -c 'import sys, ensurepip, venv; (3, 11) <= sys.version_info[:2] < (3, 14) and print(sys.implementation.cache_tag)' \
    2>/dev/null || true
}

# Set $python to the Python to install with: PYTHON, or the best one that is there.
choose_python() {
  if [[ -n "${PYTHON:-}" ]]; then
    python="$PYTHON"
    [[ -n "$(version "$python")" ]] || {
      say "PYTHON=$python is not a Python 3.11, 3.12 or 3.13 with venv: name another"
      exit 2
    }
    return
  fi
  for python in python3.13 python3.12 python3.11 python3; do
    if [[ -n "$(version "$python")" ]]; then return; fi
  done
  say "Python 3.11, 3.12 or 3.13 with venv is needed: install one (python3.13, python3.13-venv), or set PYTHON=/path/to/python3.13"
  exit 2
}

# Succeed if exactly this lock file is installed, completely, by the wanted Python.
is_installed() {
  local stamp="$venv/.installed-$1" tag
  [[ -f "$stamp" && -x "$venv/bin/python" ]] || return 1
  tag="$("$venv/bin/python" -I -S -c 'import sys; print(sys.implementation.cache_tag)' 2>/dev/null)" || return 1
  [[ "$(cat "$stamp")" == "$(cksum <"$here/$1") $tag" ]] || return 1
  [[ -z "${PYTHON:-}" || "$(version "$PYTHON")" == "$tag" ]]
}

stamp() {
  printf '%s %s\n' "$(cksum <"$here/$1")" "$(version "$venv/bin/python")" >"$venv/.installed-$1"
}

# Run a step of the installation in a process group of its own, so that it ends with this script; output goes to $log.
child=""
step() {
  local code=0
  set -m
  "$@" </dev/null >>"$log" 2>&1 &
  child=$!
  set +m
  wait "$child" 2>/dev/null || code=$?
  child=""
  return "$code"
}

stopped() {
  trap '' INT TERM HUP
  if [[ -n "$child" ]]; then
    kill -TERM -- "-$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  say "stopped while installing; the next run begins with that again"
  exit "$1"
}

failed() {
  local why
  if grep -q -E 'NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Network is unreachable|ProxyError|name resolution' "$log"; then
    why="the package index cannot be reached; see to the network and run it again"
  else
    why="$(sed -n 's/^ERROR: //p' "$log" | tail -n 1 | cut -c 1-300)"
    if [[ -z "$why" ]]; then why="$(grep -v '^[[:space:]]*$' "$log" | tail -n 1 | cut -c 1-300)" || why="it was ended"; fi
  fi
  say "$1 failed: $why (all it said: $log)"
  exit 1
}

# Install a lock file into .venv, unless it is what is there. What an interrupted installation left is made anew: pip
# takes a package for installed of which only a part is there.
install() {
  local lock="$1"
  # From here on, since a signal that a short program gets may look to bash like a program that failed by itself.
  trap 'stopped 130' INT
  trap 'stopped 143' TERM HUP
  if is_installed "$lock"; then
    trap - INT TERM HUP
    return
  fi
  choose_python
  { : >>"$here/.venv.lock"; } 2>/dev/null || {
    say "cannot write to $here, where .venv belongs: copy newsmill to a directory of your own"
    exit 1
  }
  exec 9>>"$here/.venv.lock" # one installation at a time; the lock ends with the last process that has the file open
  if ! "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null; then
    say "another run.sh is installing; waiting for it ..."
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' 2>/dev/null || true
  fi
  if ! is_installed "$lock"; then
    say "installing $lock into .venv (about a minute, once) ..."
    : >"$log"
    local is_whole=""
    for is_whole in "$venv"/.installed-*; do
      [[ -s "$is_whole" && "$(cut -d' ' -f3 "$is_whole")" == "$(version "$venv/bin/python")" ]] || is_whole=""
    done
    if [[ -n "${PYTHON:-}" && "$(version "$PYTHON")" != "$(version "$venv/bin/python")" ]]; then is_whole=""; fi
    rm -f "$venv"/.installed-*
    if [[ -z "$is_whole" ]]; then
      step "$python" -m venv --clear "$venv" || failed "making .venv with $python"
    fi
    step "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --retries 2 \
      --root-user-action ignore --no-warn-script-location --require-hashes -r "$here/$lock" || failed "installing $lock"
    stamp "$lock"
    # The lock of the tests holds all of the other one, in the same versions.
    if [[ "$lock" == requirements-dev.lock ]]; then stamp requirements.lock; fi
    rm -f "$log"
  fi
  exec 9>&-
  trap - INT TERM HUP
}

# Modules come from here, never from the directory that the user stands in.
newsmill() { PYTHONPATH="$here" PYTHONSAFEPATH=1 exec "$venv/bin/python" -m newsmill "$@"; }

# Print the names of the modules in a directory of newsmill, each of which is a word of the command line.
modules() {
  local path
  for path in "$here/$1"/[a-z]*.py; do
    path="${path##*/}"
    printf '%s ' "${path%.py}"
  done
}

usage() {
  cat <<EOF
usage: ./run.sh [COMMAND]

  (none)        run the main job: the seeds that come along into out/, offline
  run …         newsmill run …, such as: ./run.sh run --input FEED_OR_FILE --output DIR
  report …      print the report of a run again; so for all commands of newsmill:
$(modules pipeline/commands | fold -s -w 72 | sed 's/^/                /; s/ *$//')
  sql QUERY     ask DuckDB, such as: ./run.sh sql "select headline from 'out/articles/**/*.parquet'"
  test …        the tests, in two processes; more words go to pytest, such as a file, -k NAME or -n 0
  test --quick  the tests without the slow ones
  check         format, lint, types, layers of imports and words
  golden        write what the seeds and test pages give now as what is expected; review the diff
  dictionary    write docs/data-dictionary.md anew
  bench …       benchmarks/NAME.py, such as: ./run.sh bench overhead
  runners …     install Prism and Flink's job server, for streams on these and their tests; spark: what reads tables
  lock          write the lock files anew (needs uv)
  --version     print the version of newsmill
  help          this

Paths are relative to where you stand, out/ too. PYTHON=/path/to/python3.13 chooses the Python to install with; without
it python3.13 comes before 3.12, 3.11 and python3.

exit codes: those of the command (./run.sh run --help); before it begins: 1 the installation failed, 2 unknown command or
no Python, 130 or 143 stopped
EOF
}

# Run pytest. Its words may name files from where the user stands. Without a file, two processes share the tests,
# each file in one of them, since its tests share what they run.
tests() {
  local words=() word file="" processes=""
  for word in "$@"; do
    if [[ "$word" != -* && -e "${word%%::*}" ]]; then
      if [[ -f "${word%%::*}" ]]; then file="$word"; fi
      if [[ "$word" != /* ]]; then word="$PWD/$word"; fi
    fi
    case "$word" in
      --quick) words+=(-m "not slow") ;;
      -n* | --numprocesses*) processes="$word" && words+=("$word") ;;
      *) words+=("$word") ;;
    esac
  done
  if [[ -z "$file$processes" ]]; then processes=2 && words=(-n 2 ${words[@]+"${words[@]}"}); fi
  if [[ -n "$processes" ]]; then words=(--dist loadfile --no-loadscope-reorder "${words[@]}"); fi
  cd "$here"
  unset PYTHONDONTWRITEBYTECODE # hundreds of processes would each compile newsmill again
  PYTHONPATH="$here" exec "$venv/bin/python" -m pytest ${words[@]+"${words[@]}"}
}

command="${1:-main}"
[[ $# -gt 0 ]] && shift
case "$command" in
  main)
    install requirements.lock
    seeds="$here/seeds"
    if [[ "$seeds" -ef seeds ]]; then seeds=seeds; fi
    newsmill run --input "$seeds" --output out --fetch never
    ;;
  test)
    install requirements-dev.lock
    tests "$@"
    ;;
  check)
    install requirements-dev.lock
    cd "$here"
    "$venv/bin/ruff" format --check .
    "$venv/bin/ruff" check .
    "$venv/bin/lint-imports" --no-logo
    "$venv/bin/python" tests/support/words.py
    exec "$venv/bin/python" -m mypy
    ;;
  golden)
    install requirements-dev.lock
    export NEWSMILL_GOLDEN=1
    tests -n 0 -k golden "$@"
    ;;
  dictionary)
    install requirements.lock
    PYTHONPATH="$here" PYTHONSAFEPATH=1 "$venv/bin/python" -m newsmill dictionary >"$here/docs/.data-dictionary.md"
    mv "$here/docs/.data-dictionary.md" "$here/docs/data-dictionary.md"
    ;;
  bench)
    name="${1:-}"
    if [[ -z "$name" || ! -f "$here/benchmarks/$name.py" ]]; then
      say "bench ${name:-what}? There are: $(modules benchmarks)"
      exit 2
    fi
    install requirements-dev.lock
    shift
    PYTHONPATH="$here" exec "$venv/bin/python" "$here/benchmarks/$name.py" "$@"
    ;;
  runners)
    exec bash "$here/tests/support/runners.sh" "$@"
    ;;
  lock)
    cd "$here"
    compile=(uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header)
    "${compile[@]}" requirements.in -o requirements.lock
    "${compile[@]}" requirements-dev.in -c requirements.lock -o requirements-dev.lock
    # pip looks for dbt's mashumaro[msgpack] among all versions where the pin does not name the extra.
    sed -i.before 's/^mashumaro==/mashumaro[msgpack]==/' requirements-dev.lock && rm requirements-dev.lock.before
    ;;
  help | -h | --help) usage ;;
  --version)
    install requirements.lock
    newsmill --version
    ;;
  *)
    if [[ "$command" == run || "$command" == report || ("$command" =~ ^[a-z]+$ && -f "$here/pipeline/commands/$command.py") ]]; then
      install requirements.lock
      newsmill "$command" "$@"
    fi
    say "unknown command: $command"
    usage >&2
    exit 2
    ;;
esac
