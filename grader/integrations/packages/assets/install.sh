#!/usr/bin/env bash
# Installs the grader that lies beside this script into a virtual environment; run as root while an
# image is built. It then grades an example: an error shows up now, and the caches (fonts, tokenizer,
# training runs) are filled before the first student's notebook arrives.
# Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

is_suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13; do
        if is_suitable "$name"; then command -v "$name"; return; fi
    done
    return 1
}

if command -v apt-get >/dev/null; then
    apt-get -qq update || true
    # For the sandbox: bubblewrap where containers may nest, otherwise Landlock and libseccomp.
    apt-get -qq install -y --no-install-recommends bubblewrap libseccomp2 >/dev/null || true
    if ! find_python >/dev/null; then
        for version in 3.11 3.12 3.13; do
            apt-get -qq install -y "python$version" "python$version-venv" >/dev/null && break
        done || true
    fi
fi
if ! python=$(find_python); then
    echo "The grader needs Python 3.11 or newer with venv, and none was found: choose a newer base" \
        "image (Ubuntu 22.04 or later), or install Python before this script runs." >&2
    exit 1
fi

[ -f "$here/pip.conf" ] && export PIP_CONFIG_FILE="$here/pip.conf"
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
"$folder/bin/pip" install -q -c "$here/constraints.txt" "$here"/*.whl
"$folder/bin/pip" install -q --force-reinstall --no-deps "$here"/*.whl

export XDG_CACHE_HOME="$folder/cache"
mkdir -p "$XDG_CACHE_HOME"
code=0
"$folder/bin/grade" run "$here/example.ipynb" --device cpu || code=$?
[ "$code" -le 1 ] || { echo "The grader does not work here: see the messages above." >&2; exit 1; }
"$folder/bin/grade" doctor
