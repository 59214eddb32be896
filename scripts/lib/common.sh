# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What all scripts share: progress lines, installing Debian packages, the cache folder.
# Source it after `set -euo pipefail`.

unset CDPATH # with it, cd would print where it goes
XLVIRT_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d : -f 6)}
XLVIRT_CACHE=${XLVIRT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xlvirt}
XLVIRT_STARTED=${XLVIRT_STARTED:-$(date +%s)}
export HOME XLVIRT_CACHE XLVIRT_STARTED

# step TEXT...: one line of progress, with the seconds since the command started.
step() {
    printf '[%4ds] %s\n' "$(($(date +%s) - XLVIRT_STARTED))" "$*" >&2
}

# note TEXT...: a line that belongs to the step above it.
note() {
    printf '        %s\n' "$*" >&2
}

die() {
    printf '%s: error: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# as_root COMMAND...: runs it as root, through sudo when we are somebody else.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "'$1' needs root: run this as root, or install sudo"
    fi
}

# packages_of GROUP: the names in scripts/packages.list.
packages_of() {
    awk -v group="$1" '$1 == group { print $2 }' "$XLVIRT_ROOT/scripts/packages.list"
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages GROUP...: installs what is missing of these groups; does nothing, and needs
# neither root nor network, when nothing is.
need_packages() {
    local group package missing=()

    command -v dpkg-query >/dev/null || die "this needs Debian (or a system with apt)"
    for group in "$@"; do
        for package in $(packages_of "$group"); do
            is_installed "$package" || missing+=("$package")
        done
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    step "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    apt_install "${missing[@]}"
}

apt_install() {
    local log apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=900)

    mkdir -p "$XLVIRT_CACHE"
    log=$XLVIRT_CACHE/apt.log
    if ! { as_root "${apt[@]}" update &&
        as_root "${apt[@]}" install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        die "apt-get failed; its output is in $log"
    fi
}

# wait_until SECONDS COMMAND...: runs COMMAND until it succeeds; false when the time is up.
# The pause between two tries is only there to leave the processor to what is being waited for.
wait_until() {
    local deadline=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.5
    done
}
