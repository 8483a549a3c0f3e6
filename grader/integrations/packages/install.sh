#!/usr/bin/env bash
# Installs the grader beside this script into a place of its own; run as root, while an image is
# built. It ends by grading an example, so that a fault shows now, and so that whatever is made once
# (fonts, a tokenizer, training runs) is there already when a student's notebook comes.
# Usage: install.sh PLACE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=$1
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

fits() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13; do
        if fits "$name"; then command -v "$name"; return; fi
    done
    return 1
}

if command -v apt-get >/dev/null; then
    apt-get -qq update || true
    # For the sandbox: bubblewrap where containers may nest, Landlock and libseccomp elsewhere.
    apt-get -qq install -y --no-install-recommends bubblewrap libseccomp2 >/dev/null || true
    if ! find_python >/dev/null; then
        for version in 3.11 3.12 3.13; do
            apt-get -qq install -y "python$version" "python$version-venv" >/dev/null && break
        done || true
    fi
fi
if ! python=$(find_python); then
    echo "The grader needs Python 3.11 or newer with venv, and there is none here: choose a newer" \
        "base image (Ubuntu 22.04 or later), or install one before this script runs." >&2
    exit 1
fi

[ -f "$here/pip.conf" ] && export PIP_CONFIG_FILE="$here/pip.conf"
[ -x "$place/bin/python" ] || "$python" -m venv "$place"
"$place/bin/pip" install -q -c "$here/constraints.txt" "$here"/*.whl
"$place/bin/pip" install -q --force-reinstall --no-deps "$here"/*.whl

export XDG_CACHE_HOME="$place/cache"
mkdir -p "$XDG_CACHE_HOME"
code=0
"$place/bin/grade" run "$here/example.ipynb" --device cpu || code=$?
[ "$code" -le 1 ] || { echo "The grader does not work here: see above." >&2; exit 1; }
"$place/bin/grade" doctor
