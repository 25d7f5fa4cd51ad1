#!/bin/sh
# Sees to it that the tests have a browser, PostgreSQL and a spreadsheet: installs them as root, or says how to.
set -eu

missing=""
need() { missing="$missing $1"; }
has_command() { command -v "$1" >/dev/null 2>&1; }
has_file() { for file; do [ ! -e "$file" ] || return 0; done; return 1; }

has_command chromium-headless-shell || has_command chromium || has_command chromium-browser ||
    has_file /Applications/Chromium.app/Contents/MacOS/Chromium || need chromium
has_command soffice || has_file /Applications/LibreOffice.app/Contents/MacOS/soffice || need libreoffice
has_command initdb || has_file /usr/lib/postgresql/*/bin/initdb || need postgresql
# The browser's driver is linked with libatomic, which a small Debian does not have.
[ "$(uname)" != Linux ] || has_file /usr/lib/*/libatomic.so.1 /usr/lib*/libatomic.so.1 || need libatomic1
[ -n "$missing" ] || exit 0

if ! has_command apt-get; then
    echo "The tests need:$missing. On macOS: brew install postgresql chromium libreoffice" >&2
    exit 1
fi
packages=$(echo "$missing" | sed 's/chromium/chromium-headless-shell/; s/libreoffice/libreoffice-calc-nogui/')
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
