#!/usr/bin/env bash
# What a release moves. Argument: its tag. Standard input: the tags of all releases that are out, one a line. Answers
# latest=true or latest=false, and major=v1, say, where that tag is to follow: only where nothing newer is out. What is no
# vX.Y.Z, a prerelease say, moves nothing, and nothing waits for it.
set -euo pipefail
tag=$1
major=${tag%%.*}
versions=$({ cat && echo "$tag"; } | grep -E '^v(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$' || true)

# For versions of this form the order of sort -V is that of Semantic Versioning.
is_newest_of() { # beginning
  [ "$(grep "^$1" <<< "$versions" | sort -V | tail -n 1)" = "$tag" ]
}
if is_newest_of v; then echo latest=true; else echo latest=false; fi
if is_newest_of "${major}[.]"; then echo "major=$major"; fi
