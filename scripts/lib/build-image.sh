#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds everything that the lab boots, as root:
#
#     build-image.sh OUTDIR PUBLIC_KEY
#
#     OUTDIR/xen         the hypervisor, unpacked
#     OUTDIR/vmlinux     dom0's kernel, unpacked
#     OUTDIR/initrd      the RAM disk that mounts dom0's root
#     OUTDIR/root.img    dom0's root file system (ext4, sparse), guests' material inside
#     OUTDIR/host_keys   the lab's ssh host keys, as lines for known_hosts with '*' for the host
#
# No loop device and no mount is used: the file system is filled by mke2fs -d.
# The packages are of XLVIRT_RELEASE and come from the mirror that this machine's own apt uses.

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/lib/release.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/release.sh"
# shellcheck source=scripts/lib/guests.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/guests.sh"

LIB=$XLVIRT_ROOT/scripts/lib
OUT=$1
PUBLIC_KEY=$2
WORK=$OUT/work
ROOTFS=$WORK/rootfs

# Documentation and the drivers of hardware that no emulated PC has are not unpacked: it halves
# the image and the time to write it.
excluded_paths() {
    local driver
    printf -- '--dpkgopt=path-exclude=%s\n' '/usr/share/man/*' '/usr/share/locale/*' \
        '/usr/share/doc/*' '/usr/share/info/*' '/usr/share/lintian/*' '/usr/share/perl/*/pod/*' \
        '/lib/modules/*/kernel/sound/*' '/lib/modules/*/kernel/net/wireless/*'
    for driver in gpu media infiniband iio staging isdn mmc net/wireless net/ethernet \
        platform hid input hwmon scsi ata mtd; do
        printf -- '--dpkgopt=path-exclude=/lib/modules/*/kernel/drivers/%s/*\n' "$driver"
    done
}

build_rootfs() {
    local excludes=() log=$OUT/mmdebstrap.log
    mapfile -t excludes < <(excluded_paths)
    step "Unpacking and configuring dom0's Debian packages (the longest step)"
    if ! logged make_root "$ROOTFS" dom0 "${excludes[@]}"; then
        tail -n 20 "$log" >&2
        die "mmdebstrap failed; its output is in $log"
    fi
}

MASKED=(apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
    e2scrub_reap.service fstrim.timer logrotate.timer libvirt-guests.service xendomains.service
    systemd-timesyncd.service systemd-networkd-wait-online.service getty@tty1.service
    serial-getty@hvc0.service systemd-pstore.service sanlock.service wdmd.service)

configure_dom0() {
    local unit

    step "Configuring dom0: network, ssh, console log, fewer services"
    cp -a --no-preserve=ownership "$LIB/dom0/." "$ROOTFS/"
    install -D -m 600 "$PUBLIC_KEY" "$ROOTFS/root/.ssh/authorized_keys"
    chmod 700 "$ROOTFS/root/.ssh"
    ln -sf /run/systemd/resolve/stub-resolv.conf "$ROOTFS/etc/resolv.conf"
    for unit in "${MASKED[@]}"; do
        ln -sf /dev/null "$ROOTFS/etc/systemd/system/$unit"
    done
    chroot "$ROOTFS" systemctl --quiet enable systemd-networkd.service
    # xenconsoled keeps what guests write on their consoles.
    echo 'XENCONSOLED_ARGS="--log=guest"' >>"$ROOTFS/etc/default/xen"
    install -d -g adm "$ROOTFS/var/log/xen/console"
    # A machine id now, or the first boot would run systemd's presets and first-boot services.
    tr -d - </proc/sys/kernel/random/uuid >"$ROOTFS/etc/machine-id"
    awk '{ print "*", $1, $2 }' "$ROOTFS"/etc/ssh/ssh_host_*_key.pub >"$OUT/host_keys"
}

write_images() {
    step "Writing the disk image"
    gzip -dc "$(ls "$ROOTFS"/boot/xen-*-amd64.gz)" >"$OUT/xen"
    cp "$ROOTFS$GUEST_DIR/vmlinux" "$OUT/vmlinux"
    initramfs "$ROOTFS" "$kernel" "$OUT/initrd" "$LIB/dom0-init" virtio_pci virtio_blk ext4
    rm -f "$ROOTFS"/var/cache/apt/*.bin "$ROOTFS"/var/lib/apt/lists/*Packages
    truncate -s 4G "$OUT/root.img"
    mke2fs -q -t ext4 -m 0 -E lazy_itable_init=1,nodiscard -d "$ROOTFS" "$OUT/root.img"
}

rm -rf "$WORK"
mkdir -p "$WORK"
trap 'rm -rf "$WORK"' EXIT
build_rootfs
kernel=$(ls "$ROOTFS/lib/modules")
make_guests "$ROOTFS" "$kernel"
configure_dom0
write_images
