#!/usr/bin/env bash
# Once a day: the database in PostgreSQL's own form, and the files of all businesses. Older ones go after KEEP_DAYS.
# Copy the volume `backups` to another place: a backup on the same machine helps only against mistakes.
set -euo pipefail
umask 077
backups="${BACKUPS:-/backups}"
files="${FILES:-/files}"

once() {
    local stamp target
    stamp="$(date -u +%Y%m%dT%H%M%SZ)"
    target="$backups/syntharra-$stamp"
    pg_dump --format=custom --no-password --file "$target.dump.part"
    pg_restore --list "$target.dump.part" >/dev/null
    tar --create --gzip --file "$target.files.tar.gz.part" --directory "$files" .
    mv "$target.files.tar.gz.part" "$target.files.tar.gz"
    mv "$target.dump.part" "$target.dump"
    find "$backups" -name 'syntharra-*' -mtime "+${KEEP_DAYS:-14}" -delete
    echo "backup written: $target.dump ($(stat -c %s "$target.dump") bytes)"
}

if [ "${1:-}" = "--once" ]; then
    once
    exit 0
fi
while true; do
    if bash "$0" --once; then  # as a process of its own: inside `if`, bash would go on after an error
        sleep 86400 &
    else
        echo "backup failed; trying again in 15 minutes" >&2
        sleep 900 &
    fi
    wait $!
done
