# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What the guests of examples/ boot: a kernel, a RAM disk and disks, made from a Debian root, which is
# the lab's dom0 or this machine itself. Needs common.sh, and WORK, a folder for intermediate files.

GUEST_DIR=/var/lib/xlvirt/guest

# initramfs ROOT KERNEL FILE INIT MODULE...: a RAM disk FILE from ROOT's busybox, the script INIT and
# the modules of the kernel version with all they depend on, in the order they have to be loaded in.
initramfs() {
    local root=$1 kernel=$2 target=$3 init=$4 tree module file unpacked
    shift 4
    tree=$(mktemp -d "$WORK/initramfs.XXXXXX")
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,etc,run,tmp,newroot,usr/bin,usr/sbin,modules}
    cp "$root/bin/busybox" "$tree/bin/busybox"
    install -m 755 "$init" "$tree/init"
    for module in "$@"; do
        chroot "${root:-/}" modprobe --set-version "$kernel" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
        file=$root$file
        case $file in
            *.xz) unpacked=$(basename -- "$file" .xz) && xz -dc "$file" >"$tree/modules/$unpacked" ;;
            *) unpacked=$(basename -- "$file") && cp "$file" "$tree/modules/" ;;
        esac
        echo "$unpacked" >>"$tree/modules/order"
    done
    (cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) >"$target"
}

# hvm_disk FILE KERNEL INITRD: a bootable qcow2 disk: GRUB in the gap before the first partition,
# whose file system holds GRUB's configuration, the kernel and the guests' RAM disk.
hvm_disk() {
    local raw=$WORK/hvm.raw tree=$WORK/hvm.d modules=/usr/lib/grub/i386-pc

    mkdir -p "$tree/boot/grub"
    cp "$2" "$tree/boot/vmlinuz"
    cp "$3" "$tree/boot/initrd"
    cp "$XLVIRT_ROOT/scripts/lib/guest/grub.cfg" "$tree/boot/grub/grub.cfg"
    truncate -s 40M "$raw"
    echo '2048,,L,*' | sfdisk --quiet "$raw"
    mke2fs -q -t ext2 -m 0 -d "$tree" -E offset=1048576 "$raw" 39M
    grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o "$WORK/core.img" \
        biosdisk part_msdos ext2 normal configfile linux echo serial terminal
    # boot.img looks for core.img in sector 1 and core.img for its own rest behind it.
    dd if="$modules/boot.img" of="$raw" bs=440 count=1 conv=notrunc status=none
    dd if="$WORK/core.img" of="$raw" bs=512 seek=1 conv=notrunc status=none
    qemu-img convert -q -O qcow2 "$raw" "$1"
}

# data_disk FILE FORMAT LABEL: a small disk that begins with LABEL, for guests to read.
data_disk() {
    local raw=$WORK/data.raw
    printf '%s\n' "$3" >"$raw"
    truncate -s 16M "$raw"
    qemu-img convert -q -f raw -O "$2" "$raw" "$1"
}

# make_guests ROOT KERNEL: all of it, in ROOT's GUEST_DIR (ROOT is "" for this machine), from ROOT's
# kernel of that version.
make_guests() {
    local root=$1 kernel=$2 lib=$XLVIRT_ROOT/scripts/lib
    local dir=$root$GUEST_DIR

    step "Making the guests' kernel, RAM disk and disks"
    mkdir -p "$dir"
    python3 "$lib/extract-vmlinux.py" "$root/boot/vmlinuz-$kernel" "$dir/vmlinux"
    initramfs "$root" "$kernel" "$dir/initrd" "$lib/guest/init" xen-blkfront xen-netfront xen-pcifront \
        uhci-hcd ehci-pci xhci-pci
    hvm_disk "$dir/hvm.qcow2" "$root/boot/vmlinuz-$kernel" "$dir/initrd"
    data_disk "$dir/pv-data.img" raw "the PV guest's data"
    data_disk "$dir/pvh-data.qcow2" qcow2 "the PVH guest's data"
}
