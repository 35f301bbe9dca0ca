#!/usr/bin/env bash
# What pages are read with beside docent, in pinned versions: extraction.sh FOLDER makes FOLDER/venv, where it is not there yet.
set -euo pipefail
wanted=$(dirname "$0")/requirements.txt
venv=$1/venv

! cmp -s "$wanted" "$venv/requirements.txt" || exit 0
python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
cp "$wanted" "$venv/requirements.txt"
