# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# This machine as the place where the guests run, when it is a Xen dom0: the counterpart of the lab.
# Needs common.sh and guests.sh, and BUILD, the build folder.

HOST_MODULE=/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so
HOST_ORDER=/etc/systemd/system/libvirtd.service.d/xlvirt.conf
HOST_BRIDGE=xenbr0

host_check() {
    grep -q control_d /proc/xen/capabilities 2>/dev/null ||
        die "this machine is no Xen dom0; without --host the lab is used instead"
}

host_has_bridge() {
    [ -e "/sys/class/net/$HOST_BRIDGE" ]
}

host_say_changes() {
    cat <<END
This will, on this machine:
  - install the Debian packages that the build, libvirt's Xen side and the example guests need,
    where they are missing
  - move $HOST_MODULE aside with dpkg-divert
    and put the module built here in its place
  - put xlconv into /usr/local/bin
  - write $HOST_ORDER,
    so that libvirtd starts after Xen's own daemons, and restart libvirtd (guests go on running)
  - put the example guests' kernel, RAM disk and disks (130 MB) into $GUEST_DIR
END
    host_has_bridge || cat <<END
  - make a network bridge $HOST_BRIDGE, connected to nothing, which is gone after the next boot
END
    cat <<END
  - define and start the guests of examples/: pv, pvh and hvm
docs/install.md says how to undo it.
END
}

# agree ANSWER: asks, unless ANSWER is yes already.
host_agree() {
    local answer=$1
    [ "$answer" = yes ] || read -r -p "Go on? [yes/no] " answer || answer=no
    [ "$answer" = yes ] || die "nothing was changed"
}

host_install() {
    step "Putting the module in place"
    as_root dpkg-divert --quiet --local --rename --divert "$HOST_MODULE.packaged" --add "$HOST_MODULE"
    as_root install -m 0644 "$BUILD/src/driver/libvirt_driver_libxl.so" "$HOST_MODULE"
    as_root install -m 0755 "$BUILD/src/xlconv/xlconv" /usr/local/bin/xlconv
    as_root install -D -m 0644 "$XLVIRT_ROOT/scripts/lib/dom0/$HOST_ORDER" "$HOST_ORDER"
    step "Restarting libvirtd"
    as_root systemctl daemon-reload
    as_root systemctl restart libvirtd.service
    host_virsh version
}

host_prepare_guests() {
    as_root env XLVIRT_STARTED="$XLVIRT_STARTED" "$XLVIRT_ROOT/scripts/lib/make-guests.sh"
    host_has_bridge && return
    step "Making the bridge $HOST_BRIDGE"
    as_root ip link add "$HOST_BRIDGE" type bridge
    as_root ip link set "$HOST_BRIDGE" up
}

host_virsh() {
    as_root virsh -c xen:///system "$@"
}

# What it said went to whoever read its console, so there is nothing to show of it.
host_already_on() {
    note "The $1 guest is on already, and is left as it is; to see it start: virsh -c xen:///system destroy $1," \
        "and this again"
    rm -f "$BUILD/quickstart/$1.console"
}

host_has_console() {
    [ -e "$BUILD/quickstart/$1.console" ]
}

# Collects what a guest writes from its first line on: Xen keeps it until somebody reads.
host_open_console() {
    local tty
    tty=$(host_virsh ttyconsole "$1" | sed -n '/^\/dev\//p')
    as_root cat "$tty" >"$BUILD/quickstart/$1.console" 2>/dev/null &
}

host_console_log() {
    cat "$BUILD/quickstart/$1.console"
}

host_screen() {
    local display
    display=$(host_virsh vncdisplay "$1") || return 1
    display=${display##*:}
    python3 "$XLVIRT_ROOT/scripts/lib/rfb.py" --png "$2" 127.0.0.1 "$((5900 + ${display%%[!0-9]*}))"
}
