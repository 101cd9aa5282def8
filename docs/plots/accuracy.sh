#!/usr/bin/env bash
# Draws docs/plots/accuracy.svg: accuracy against answers used, from real runs over the data sets given.
#   docs/plots/accuracy.sh DIR...      each DIR a data set (answers.csv, gold.csv), or a folder of such
# SEEDS=N sets the number of random orders (5). The same data and seeds draw the same picture.
set -euo pipefail

plots=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
if (($# == 0)); then
    sed -n '2,4s/^# *//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi

sets=()
for dir in "$@"; do
    if [[ -e $dir/answers.csv ]]; then
        sets+=("$dir")
        continue
    fi
    for inner in "$dir"/*/; do
        # Boxes have no curve: their labels are lists of numbers.
        if [[ -e $inner/answers.csv && -e $inner/gold.csv ]] && ! grep -qE ',"?[0-9.]+( [0-9.]+){3}' "$inner/answers.csv"; then
            sets+=("${inner%/}")
        fi
    done
done
((${#sets[@]} > 0)) || { echo "accuracy.sh: there is no data set with gold in $*" >&2; exit 1; }

"$plots/../../trove" aggregate "${sets[@]}" --curve --seeds "${SEEDS:-5}" --svg "$plots/accuracy.svg"
