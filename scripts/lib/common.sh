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

# Seconds of silence after which a command that still runs shows how far it is.
XLVIRT_PULSE=${XLVIRT_PULSE:-15}

# plain: without what a terminal would obey: colours and the like.
plain() {
    LC_ALL=C sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr -d '\000-\010\013-\037'
}

# pulse STATE: until it is killed, or its shell has ended, shows the last line of what STATE prints,
# again and again. It waits on a pipe that nobody writes to, because a killed shell would leave a
# sleep behind that holds its output open.
pulse() {
    local state=$1 line since never
    since=$(date +%s)
    exec {never}<> <(:)
    while ! read -r -t "$XLVIRT_PULSE" -u "$never" && kill -0 $$ 2>/dev/null; do
        line=$("$state" 2>/dev/null | plain | grep -a . | tail -n 1 | cut -c 1-90) || true
        note "... $(($(date +%s) - since)) s${line:+: $line}"
    done
}

# meanwhile STATE COMMAND...: runs COMMAND and says that it goes on: STATE is a command without
# arguments whose last line tells how far it is.
meanwhile() {
    local state=$1 beat status=0
    shift
    pulse "$state" &
    beat=$!
    "$@" || status=$?
    kill "$beat" 2>/dev/null || true
    wait "$beat" 2>/dev/null || true
    return "$status"
}

# logged COMMAND...: what it prints goes to the end of the file $log, whose last line is shown meanwhile.
logged() {
    meanwhile log_end into_log "$@"
}

into_log() {
    "$@" >>"$log" 2>&1
}

log_end() {
    tail -n 1 "$log"
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

# packages_of GROUP: the names in scripts/packages.list, with those of this release alone.
packages_of() {
    awk -v group="$1" -v release="${XLVIRT_RELEASE:-}" \
        '$1 == group || $1 == group "/" release { print $2 }' "$XLVIRT_ROOT/scripts/packages.list"
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
    : >"$log"
    if ! { logged as_root "${apt[@]}" update &&
        logged as_root "${apt[@]}" install -y --no-install-recommends "$@"; }; then
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
