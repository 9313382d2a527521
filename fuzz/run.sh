#!/usr/bin/env bash
# Runs targets one after another: `fuzz/run.sh [seconds each] [target …]`, all of them for a minute
# unless told otherwise. Needs `cargo install cargo-fuzz`, and no nightly compiler. What it finds
# lies in `fuzz/artifacts/`; a finding that was fixed becomes a seed.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz_targets && ls -- *.rs | sed 's/\.rs$//')

wrong=()
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target"
  options=(-max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 -verbosity=1)
  if [ -e "$target.dict" ]; then options+=(-dict="$target.dict" -max_len=8192); fi
  echo "== $target"
  cargo fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "seeds/$target" -- \
    "${options[@]}" || wrong+=("$target")
done
for target in "${wrong[@]}"; do echo "failed: $target"; done
[ ${#wrong[@]} -eq 0 ]
