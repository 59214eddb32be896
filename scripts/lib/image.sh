# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The lab's images: built once, kept in the cache under a hash of all that goes into them.
# Needs common.sh and release.sh.

LAB_CACHE=$XLVIRT_CACHE/lab
LAB_KEY=$LAB_CACHE/id

# image_inputs: every file that decides what is in the image.
image_inputs() {
    local lib=$XLVIRT_ROOT/scripts/lib
    printf '%s\n' "$LAB_KEY.pub" "$lib/release.sh" "$lib/build-image.sh" "$lib/guests.sh" \
        "$lib/extract-vmlinux.py" "$lib/dom0-init"
    find "$lib/dom0" "$lib/guest" -type f | LC_ALL=C sort
}

image_hash() {
    { echo "$XLVIRT_RELEASE" && packages_of dom0 && image_inputs | while read -r file; do
        sha256sum <"$file"
    done; } | sha256sum | cut -c 1-16
}

image_key() {
    [ -f "$LAB_KEY" ] && return
    mkdir -p "$LAB_CACHE"
    ssh-keygen -q -t ed25519 -N '' -C xlvirt-lab -f "$LAB_KEY"
}

# image_ensure: builds the image if the cache has none; sets IMAGE to its folder.
image_ensure() {
    image_key
    IMAGE=$LAB_CACHE/$(image_hash)
    if [ -f "$IMAGE/complete" ]; then
        step "Reusing the lab's image ($IMAGE)"
        return
    fi
    (
        # Two labs started at the same moment build one image.
        flock 9
        [ -f "$IMAGE/complete" ] || image_build
    ) 9>"$LAB_CACHE/lock"
}

image_build() {
    local building=$IMAGE.building
    step "Building the lab's image: Debian $XLVIRT_RELEASE with Xen as dom0, about two minutes"
    as_root rm -rf "$building" "$IMAGE"
    mkdir -p "$building"
    as_root env XLVIRT_CACHE="$XLVIRT_CACHE" XLVIRT_STARTED="$XLVIRT_STARTED" \
        XLVIRT_RELEASE="$XLVIRT_RELEASE" \
        "$XLVIRT_ROOT/scripts/lib/build-image.sh" "$building" "$LAB_KEY.pub"
    as_root chown -R "$(id -u):$(id -g)" "$building"
    echo "$XLVIRT_RELEASE" >"$building/complete"
    mv "$building" "$IMAGE"
    image_prune
    step "The image is ready: $(du -sh "$IMAGE" | cut -f 1) in $IMAGE"
}

# image_prune: removes images of this release made from other inputs, unless a lab may still use them.
image_prune() {
    local old
    for old in "$LAB_CACHE"/*/complete; do
        old=${old%/complete}
        [ "$old" = "$IMAGE" ] && continue
        ! grep -qvxF -- "$XLVIRT_RELEASE" "$old/complete" || continue
        grep -qs -F -x -- "$old" "$LAB_CACHE"/run/*/image || rm -rf "$old"
    done
}
