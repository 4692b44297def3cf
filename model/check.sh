#!/bin/sh
# check.sh MODEL PROPERTY [SWITCHES…]: search every state; prints "holds" or "fails" and how many.
# Needs Spin and a C compiler; OPTIMIZE=-O1 pays where a search takes more than some seconds. The result is the exit status: 0 holds, 1 fails, 2 not decided.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
model=$1 property=$2
shift 2
switches=""
for switch in "$@"; do switches="$switches -D$switch"; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# shellcheck disable=SC2086
spin $switches -a "$here/$model.pml" >spin.log 2>&1 || { cat spin.log >&2; exit 2; }
cc "${OPTIMIZE:--O0}" -w -DCOLLAPSE -DNFAIR=6 -DVECTORSZ=2048 -DMEMLIM=3000 -o pan pan.c
./pan -a -f -m1000000 -N "$property" >pan.log 2>&1 || true
states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log | head -n 1)
if grep -qiE 'max search depth|out of memory|truncated' pan.log; then
    echo "$model $property$switches: not decided"; cat pan.log >&2; exit 2
fi
case $(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.log) in
    0) echo "$model $property$switches: holds ($states states)" ;;
    [1-9]*) echo "$model $property$switches: fails ($states states)"; exit 1 ;;
    *) cat pan.log >&2; exit 2 ;;
esac
