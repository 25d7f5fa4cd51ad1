#!/bin/sh
# Sees to it that the tests have a browser and PostgreSQL: installs them as root, or says how to.
set -eu

missing=""
need() { missing="$missing $1"; }

command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 ||
    [ -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ] || need chromium
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
# The browser's driver is linked with libatomic, which a small Debian does not have.
[ "$(uname)" != Linux ] || ls /usr/lib/*/libatomic.so.1 /usr/lib*/libatomic.so.1 >/dev/null 2>&1 || need libatomic1
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing. On macOS: brew install postgresql chromium" >&2
    exit 1
fi
packages=$(echo "$missing" | sed 's/chromium/chromium-headless-shell/')
install="apt-get install -y --no-install-recommends$packages"
if [ "$(id -u)" != 0 ]; then
    echo "The tests need:$missing. Run this, then try again:" >&2
    echo "    sudo sh -c 'apt-get update && $install'" >&2
    exit 1
fi
echo "Installing$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null
$install -qq </dev/null >/dev/null
