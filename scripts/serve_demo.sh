#!/bin/sh
# Serves the demo and, beside it, does what is due every few seconds; whatever ends this ends both.
set -u
python=$1
"$python" manage.py run_due --every 5 &
due=$!
"$python" manage.py runserver --noreload "127.0.0.1:${PORT:-8000}" &
server=$!
trap 'kill "$due" "$server" 2>/dev/null' EXIT
trap 'exit 0' INT TERM HUP
wait "$server"
