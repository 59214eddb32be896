# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The Debian release that is built for and that the lab runs: XLVIRT_RELEASE, or this machine's own.
# For another release than the machine's, the compiler and the libraries are in a root file system of
# that release, made once and kept in the cache. Needs common.sh.

RELEASES=(bookworm trixie)

host_release() {
    # shellcheck disable=SC1091 # the machine's
    (. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# set_release NAME: NAME is the release from here on, for what this script calls too.
set_release() {
    local known
    for known in "${RELEASES[@]}"; do
        [ "$known" = "$1" ] || continue
        export XLVIRT_RELEASE=$1
        return
    done
    die "there is no release '$1': known are ${RELEASES[*]}"
}

is_native() {
    [ "$XLVIRT_RELEASE" = "$(host_release)" ]
}

# build_default: the build folder of the release.
build_default() {
    is_native && echo "$XLVIRT_ROOT/build" || echo "$XLVIRT_ROOT/build-$XLVIRT_RELEASE"
}

# release_default: the machine's release where it is a known one, or the first.
release_default() {
    local known
    for known in "${RELEASES[@]}"; do
        [ "$known" != "$(host_release)" ] || break
        known=${RELEASES[0]}
    done
    echo "$known"
}

# apt_lines: sources.list lines for the release, from the machine's own configuration where it has some.
apt_lines() {
    local lines host
    host=$(host_release)
    # shellcheck disable=SC2016 # the dollars are apt's
    lines=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' 'Component: main' |
        awk -v host="$host" -v suite="$XLVIRT_RELEASE" '
            $2 == host || $2 == host "-updates" || $2 == host "-security" {
                sub(host, suite, $2)
                print "deb", $1, $2, $3
            }' |
        sort -u)
    if [ -z "$lines" ]; then
        lines="deb http://deb.debian.org/debian $XLVIRT_RELEASE main
deb http://deb.debian.org/debian $XLVIRT_RELEASE-updates main
deb http://security.debian.org/debian-security $XLVIRT_RELEASE-security main"
    fi
    printf '%s\n' "$lines"
}

# apt_settings: the machine's proxy and date settings, as arguments for mmdebstrap.
apt_settings() {
    apt-config dump Acquire |
        grep -E '^Acquire::(https?::Proxy|https::CaInfo|Check-Valid-Until|Check-Date|Retries) ' |
        sed 's/^/--aptopt=/' || true
}

# make_root FOLDER GROUP OPTION...: a root file system with a group of packages, as root.
make_root() {
    local folder=$1 packages settings=()
    packages=$(packages_of "$2" | paste -sd,)
    shift 2
    mapfile -t settings < <(apt_settings)
    # INITRD=No: nothing boots from Debian's own RAM disk.
    apt_lines | INITRD=No mmdebstrap --mode=root --variant=minbase --format=directory \
        --include="$packages" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
        "${settings[@]}" "$@" "$XLVIRT_RELEASE" "$folder" -
}

# build_root: the folder with the release's compiler and libraries, made if it is not there.
build_root() {
    local root key log
    key=$(packages_of build | sha256sum | cut -c 1-8)
    root=$XLVIRT_CACHE/build-root/$XLVIRT_RELEASE-$key
    (
        flock 9
        [ ! -f "$root/complete" ] || exit 0
        need_packages root
        step "Installing a compiler and libraries of $XLVIRT_RELEASE into $root, about a minute"
        as_root rm -rf "$XLVIRT_CACHE/build-root/$XLVIRT_RELEASE"-*
        mkdir -p "$root"
        log=$root/mmdebstrap.log
        logged make_root "$root/root" build --skip=cleanup/apt/lists || {
            tail -n 20 "$log" >&2
            die "mmdebstrap failed; its output is in $log"
        }
        cp /etc/resolv.conf "$root/root/etc/resolv.conf"
        touch "$root/complete"
    ) 9>"$XLVIRT_CACHE/build-root.lock"
    echo "$root/root"
}

# in_release COMMAND...: runs it with the release's compiler and libraries, in the project's folder,
# which has its own name there too.
in_release() {
    if is_native; then
        "$@"
        return
    fi
    as_root env -i PATH="$PATH" TERM="${TERM:-dumb}" ROOT="$(build_root)" TREE="$XLVIRT_ROOT" \
        HOME=/root LC_ALL=C.UTF-8 XLVIRT_BUILD="${XLVIRT_BUILD:-}" \
        XLVIRT_HARD="${XLVIRT_HARD:-}" ${XLVIRT_PROPERTY_RUNS:+"XLVIRT_PROPERTY_RUNS=$XLVIRT_PROPERTY_RUNS"} \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" \
        LSAN_OPTIONS="${LSAN_OPTIONS:-}" \
        unshare --mount "$XLVIRT_ROOT/scripts/lib/in-root" "$@"
}

set_release "${XLVIRT_RELEASE:-$(release_default)}"
