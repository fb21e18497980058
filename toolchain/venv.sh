#!/bin/sh
# Usage: venv.sh VENV REQUIREMENTS...   (the Makefile calls it)
# Finds a Python 3.11 to 3.14 and hands over to venv.py, which makes VENV hold what the files lock.
# PYTHON names the interpreter; without it a VENV that works is kept, else the newest on PATH is taken.
set -u
here=$(dirname "$0")

# A pyenv shim exists and still fails, so an interpreter counts only once it has run.
version() {
    "$1" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

verdict() {
    found=$(version "$1") || found=
    case $found in
    3.11 | 3.12 | 3.13 | 3.14) echo fit ;;
    "") if command -v "$1" >/dev/null 2>&1; then echo "does not run"; else echo "not found"; fi ;;
    *) echo "is Python $found" ;;
    esac
}

run_with() {
    chosen=$1
    shift
    exec "$chosen" -I "$here/venv.py" "$@"
}

if [ -n "${PYTHON:-}" ]; then
    said=$(verdict "$PYTHON")
    [ "$said" = fit ] && run_with "$PYTHON" "$@"
    echo "PYTHON=$PYTHON $said; give a Python 3.11, 3.12, 3.13 or 3.14, as in: make run PYTHON=python3.12" >&2
    exit 1
fi

[ -x "$1/bin/python" ] && [ "$(verdict "$1/bin/python")" = fit ] && run_with "$1/bin/python" "$@"

tried=
for name in python3.14 python3.13 python3.12 python3.11 python3; do
    said=$(verdict "$name")
    [ "$said" = fit ] && run_with "$name" "$@"
    tried="$tried${tried:+, }$name $said"
done
echo "No Python 3.11, 3.12, 3.13 or 3.14 here ($tried). Install one, or name one: make run PYTHON=/path/to/python3.12" >&2
exit 1
