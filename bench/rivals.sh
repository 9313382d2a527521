#!/usr/bin/env bash
# Installs what the bench compares with beyond cargo's reach: npm and PyPI `fastmcp`, in the
# versions that are written down here. Without them their columns stay empty.
set -euo pipefail
cd "$(dirname "$0")"
(cd npm && npm ci --ignore-scripts --no-audit --no-fund)
python3 -m venv .venv
.venv/bin/pip install --quiet --requirement python/requirements.txt
