#!/usr/bin/env bash
# Fetch the engines that run an unbounded Beam pipeline on this machine, Prism and the Flink job server; and Spark with
# what reads Delta and Iceberg tables, for the test of published tables.
#
#   tests/support/runners.sh [--strict] [prism] [flink] [spark]     (none named: prism and flink)
#
# Steps go to stderr, one line each. For each engine that is there, stdout has one line: its name, a tab, and the
# pipeline options that use it. An engine that cannot be had (no go, java, mvn or network) is said to be missing and the
# exit code stays 0, so that tests skip; with --strict it is 1. A second run fetches nothing.
#
# NEWSMILL_RUNNERS_DIR: where they go, instead of Beam's own cache. The names used here are not those under which Beam
# looks for Prism by itself: found so, it would also replace the engine behind a plain --runner=DirectRunner.
set -euo pipefail

beam=2.77.0 # as apache-beam in requirements.in
# What `go install` builds depends on the Go toolchain: no checksum of the binary can be pinned. Go checks the sources
# of this version against its checksum database.
prism_module="github.com/apache/beam/sdks/v2/go/cmd/prism@v$beam"
# Flink's libraries come from Maven, as tests/../flink/pom.xml lists them; the sum is of all of them (flink_sum).
flink_pom="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../flink/pom.xml"
flink_sha256="edbb4ae5ad45437d6785b971c5021d167a53dabb8529790b5cde4dd46c0abdc6"

pyspark=4.1.4 # for which Delta and Iceberg have libraries in that pom
spark_pom="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../spark/pom.xml"

dir="${NEWSMILL_RUNNERS_DIR:-$HOME/.apache_beam/cache}"
strict=0
wanted=()
missing=0
scratch=""

say() { printf 'runners: %s\n' "$*" >&2; }
missed() {
  say "$*"
  missing=1
}
cleanup() { if [[ -n "$scratch" ]]; then rm -rf "$scratch"; fi; }
trap cleanup EXIT

# A place on the same file system as the target, so that the last step is a rename: no half a file is ever found.
new_scratch() {
  mkdir -p "$1"
  cleanup
  scratch="$(mktemp -d "$1/.fetch.XXXXXX")"
}

# The last line of a log that says anything, without colours.
last_line() { sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c 1-300 || true; }

get_prism() {
  local target="$dir/prism/bin/prism-v$beam" started=$SECONDS
  if [[ ! -x "$target" ]]; then
    if ! command -v go >/dev/null; then
      missed "prism: missing, and there is no go to build it with"
      return
    fi
    new_scratch "$dir/prism/bin"
    say "prism: building $prism_module (minutes, once) ..."
    if ! GOBIN="$scratch" timeout 1200 go install "$prism_module" >"$scratch/log" 2>&1; then
      missed "prism: not built: $(last_line "$scratch/log")"
      return
    fi
    mv "$scratch/prism" "$target"
    say "prism: built in $((SECONDS - started)) s"
  fi
  say "prism: $target ($(($(wc -c <"$target") / 1000000)) MB)"
  printf 'prism\t--runner=PrismRunner --prism_location=%s --environment_type=LOOPBACK --streaming\n' "$target"
}

# The pin: the names and checksums of the libraries, one sum over all of them. What is built here (the manifest jar) is
# made from tests/../flink/pom.xml, whose checksum is in the directory's name.
flink_sum() { (cd "$1/lib" && LC_ALL=C sha256sum -- *.jar) | sha256sum | cut -d' ' -f1; }

get_flink() {
  local key target found started=$SECONDS
  key="$(sha256sum "$flink_pom" | cut -c 1-12)"
  target="$dir/flink/job-server-$key"
  if ! command -v java >/dev/null; then
    missed "flink: there is no java to run it with"
    return
  fi
  if [[ ! -d "$target" ]]; then
    if ! command -v mvn >/dev/null; then
      missed "flink: the job server is missing, and there is no mvn to build it with"
      return
    fi
    new_scratch "$dir/flink"
    say "flink: building the job server from Maven's libraries (a minute or more, once) ..."
    cp "$flink_pom" "$scratch/pom.xml"
    # -U: a failure of yesterday is not remembered; -C fails on a wrong published checksum.
    if ! (cd "$scratch" && timeout 1200 mvn -B -ntp -U -C package) >"$scratch/log" 2>&1; then
      missed "flink: not built: $(grep -m 1 'Failed to execute' "$scratch/log" | sed -E 's/\x1b\[[0-9;]*m//g; s/.*Failed to execute/Failed to execute/; s# ?(in |\()?https?://[^ )]*\)?##g' | cut -c 1-300 || true)"
      return
    fi
    found="$(flink_sum "$scratch/target")"
    if [[ "$found" != "$flink_sha256" ]]; then
      missed "flink: its libraries have the sum $found, not $flink_sha256: not kept"
      return
    fi
    mv "$scratch/target" "$target"
    say "flink: built in $((SECONDS - started)) s"
  elif [[ "$(flink_sum "$target")" != "$flink_sha256" ]]; then
    missed "flink: the libraries in $target are not the pinned ones: delete it and run this again"
    return
  fi
  say "flink: $target/flink-job-server.jar ($(du -sm "$target" | cut -f1) MB with its lib/)"
  printf 'flink\t--runner=FlinkRunner --flink_master=[local] --flink_job_server_jar=%s --environment_type=LOOPBACK --parallelism=1\n' \
    "$target/flink-job-server.jar"
}

# A Python with pyspark, and beside it the libraries of tests/../spark/pom.xml, whose checksum is in the directory's name.
get_spark() {
  local key target started=$SECONDS python="${PYTHON:-python3}"
  key="$(sha256sum "$spark_pom" | cut -c 1-12)"
  target="$dir/spark/$key"
  if [[ ! -d "$target" ]]; then
    if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
      missed "spark: there is no java to run it with, or no mvn to fetch its libraries"
      return
    fi
    new_scratch "$dir/spark"
    say "spark: fetching pyspark $pyspark and its libraries (minutes, once) ..."
    if ! { "$python" -m venv "$scratch/venv" && "$scratch/venv/bin/pip" install -q "pyspark==$pyspark" &&
      (cd "$scratch" && cp "$spark_pom" pom.xml && timeout 1200 mvn -B -ntp -U -C dependency:copy-dependencies \
        -DoutputDirectory="$scratch/jars"); } >"$scratch/log" 2>&1; then
      missed "spark: not fetched: $(last_line "$scratch/log")"
      return
    fi
    mv "$scratch" "$target"
    scratch=""
    say "spark: fetched in $((SECONDS - started)) s"
  fi
  say "spark: $target ($(du -sm "$target" | cut -f1) MB)"
  printf 'spark\t%s\n' "$target/venv/bin/python"
}

for argument in "$@"; do
  case "$argument" in
    --strict) strict=1 ;;
    prism | flink | spark) wanted+=("$argument") ;;
    *)
      say "unknown argument $argument; usage: tests/support/runners.sh [--strict] [prism] [flink] [spark]"
      exit 2
      ;;
  esac
done
if [[ ${#wanted[@]} -eq 0 ]]; then wanted=(prism flink); fi

for engine in "${wanted[@]}"; do "get_$engine"; done
if ((missing)); then say "something is missing: tests that need it skip"; fi
exit $((missing && strict))
