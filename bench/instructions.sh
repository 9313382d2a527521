#!/usr/bin/env bash
# How many instructions an authenticated call costs, from the bytes of its request to the bytes of
# its answer, beside a constant axum handler that is sent the same. Needs valgrind; the machine may
# be as busy as it likes. Valgrind knows no instructions for SHA-256: of our count some 26,700 are
# the hash of the token, which processors that have them do in a few hundred cycles.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet -p bench --bin count-calls
program="${CARGO_TARGET_DIR:-target}/release/count-calls"
few=500 many=1500
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

count() { # which, calls
  valgrind --tool=callgrind --callgrind-out-file="$folder/$1-$2" "$program" "$1" "$2" 2>"$folder/log" ||
    { cat "$folder/log" >&2; exit 1; }
  awk '/^(summary|totals):/ { print $2; exit }' "$folder/$1-$2"
}

for which in constant 2025-11-25 2026-07-28; do
  before=$(count "$which" $few)
  after=$(count "$which" $many)
  printf '%-12s %6d instructions a call\n' "$which" $(((after - before) / (many - few)))
done
