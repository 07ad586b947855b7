#!/bin/sh
# short_run.sh PROGRAM CORPUS [OPTION…]: the committed corpus and what the options say, for ./dev test. libFuzzer writes
# what it finds interesting into the first folder, which therefore is not the committed one, and is empty each time.
set -eu
program=$1 corpus=$2
shift 2
scratch=$(mktemp -d "${TMPDIR:-/tmp}/syncwell-fuzz-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/new"
if "$program" "$@" -artifact_prefix="$scratch/" -print_final_stats=0 "$scratch/new" "$corpus" >"$scratch/log" 2>&1; then
  tail -n 1 "$scratch/log"
  exit 0
fi
# The start of a run says nothing about its end.
tail -n 120 "$scratch/log"
for found in "$scratch"/crash-* "$scratch"/leak-* "$scratch"/timeout-* "$scratch"/oom-*; do
  if [ -f "$found" ]; then
    mv "$found" .
    echo "the input: $(pwd)/${found##*/}; ./dev fuzz $(basename "$corpus") FILE replays it"
  fi
done
exit 1
