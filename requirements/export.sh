#!/bin/sh
# Write the hashed requirement files that pip installs from uv.lock.
set -eu
cd "$(dirname "$0")/.."
export_to() { out=$1; shift; uv export --quiet --frozen --no-emit-project --no-header "$@" --output-file "requirements/$out" >/dev/null; }
export_to run.txt --no-default-groups
export_to dev.txt --no-default-groups --group dev --group build
export_to build.txt --only-group build
