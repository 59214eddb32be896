# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The lab: a Debian dom0 on real Xen, on a PC that QEMU emulates in software. Any number of labs
# run beside each other, each with a name, a state folder and a port of its own.
# Needs common.sh, release.sh and image.sh, and XLVIRT_RELEASE.

lab_default() {
    is_native && echo default || echo "$XLVIRT_RELEASE"
}

LAB_NAME=${XLVIRT_LAB_NAME:-$(lab_default)}
LAB_STATE=$LAB_CACHE/run/$LAB_NAME
LAB_CONFIG=$LAB_STATE/ssh_config
LAB_BOOT_SECONDS=${XLVIRT_LAB_BOOT_SECONDS:-400}
LAB_MODULE=/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so
BUILD=${XLVIRT_BUILD:-$(build_default)}

lab_pid() {
    local pid
    pid=$(cat "$LAB_STATE/pid" 2>/dev/null) || return 1
    # The number may belong to somebody else by now: only a QEMU that names our state is ours.
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" |
        grep -q -F -- "-pidfile $LAB_STATE/pid" || return 1
    echo "$pid"
}

lab_running() {
    lab_pid >/dev/null
}

lab_need_running() {
    lab_running || die "the lab '$LAB_NAME' is not running: start it with scripts/lab up"
}

lab_ssh() {
    ssh -F "$LAB_CONFIG" lab "$@"
}

# lab_virsh ARGUMENT...: a terminal here is one there, for virsh console.
lab_virsh() {
    local terminal=()
    [ ! -t 0 ] || terminal=(-t)
    ssh "${terminal[@]}" -F "$LAB_CONFIG" lab "virsh -c xen:///system ${*@Q}"
}

# lab_uri: what virsh on the host connects to.
lab_uri() {
    echo "xen+ssh://root@lab/system?command=$LAB_STATE/ssh"
}

free_port() {
    python3 -c 'import socket
with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    print(listener.getsockname()[1])'
}

# lab_write_ssh PORT: the settings that ssh, scp and virsh reach the lab with.
lab_write_ssh() {
    cp "$IMAGE/host_keys" "$LAB_STATE/known_hosts"
    cat >"$LAB_CONFIG" <<END
Host lab
    HostName 127.0.0.1
    Port $1
    User root
    IdentityFile "$LAB_KEY"
    IdentitiesOnly yes
    UserKnownHostsFile "$LAB_STATE/known_hosts"
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    LogLevel ERROR
    ConnectTimeout 20
END
    # One connection for all commands: a new one costs seconds on an emulated processor. The
    # path of a Unix socket is short, so a long cache path does without. And libvirtd's socket is here,
    # for the same reason: what is not run there need not be emulated.
    if [ ${#LAB_STATE} -lt 80 ]; then
        cat >>"$LAB_CONFIG" <<END
    ControlMaster auto
    ControlPath "$LAB_STATE/ssh.sock"
    ControlPersist 3600
    LocalForward "$LAB_STATE/libvirt.sock" /run/libvirt/libvirt-sock
    StreamLocalBindUnlink yes
END
    fi
    printf '#!/bin/sh\nexec ssh -F "%s" "$@"\n' "$LAB_CONFIG" >"$LAB_STATE/ssh"
    chmod +x "$LAB_STATE/ssh"
}

# lab_link: the second network card, an option per line. It leads to the lab that is called like this one
# with -peer behind it, or to the one that XLVIRT_LAB_LINK names: each sends to the other's socket, whichever
# is there first.
lab_link() {
    local state=${LAB_STATE//,/,,} other=${XLVIRT_LAB_LINK:-$LAB_NAME-peer} mac
    other=$LAB_CACHE/run/$other
    # the path of a Unix socket is short
    [ ${#state} -lt 90 ] && [ ${#other} -lt 90 ] || return 0
    mac=$(printf '%s' "$LAB_NAME" | md5sum | sed 's/^\(..\)\(..\)\(..\).*/52:54:00:\1:\2:\3/')
    printf '%s\n' -netdev \
        "dgram,id=link,local.type=unix,local.path=$state/link,remote.type=unix,remote.path=${other//,/,,}/link" \
        -device "virtio-net-pci,netdev=link,mac=$mac"
}

# lab_usb: USB devices to be given to guests, an option per line: a serial line, which Domain-0 has a driver
# for, and two that have one vendor and product. The socket "monitor" is where they are unplugged (QMP).
lab_usb() {
    local state=${LAB_STATE//,/,,}
    printf '%s\n' -device qemu-xhci,id=usb,addr=0x1e -chardev null,id=line \
        -device usb-serial,bus=usb.0,id=serial,chardev=line,always-plugged=on \
        -device usb-tablet,bus=usb.0,id=tablet -device usb-mouse,bus=usb.0,id=mouse
    [ ${#state} -lt 90 ] || return 0
    printf '%s\n' -chardev "socket,id=monitor,path=$state/monitor,server=on,wait=off" -mon chardev=monitor,mode=control
}

# The processor model runs PV, PVH and HVM guests and boots Xen; not every one does. QEMU ends the name
# of a boot module at a blank or comma, so these are named from their own folder; in other options a
# comma is doubled. Domain-0's CPUs spin for a lock: of those that sleep for one (PV spinlocks) nobody woke
# any, twice, once USB devices were in use. The last devices are there to be given to guests, a network card that
# leads nowhere among them, of which QEMU warns; Xen's page tables for this
# processor are not those of this IOMMU, so that the two cannot be shared.
lab_start_qemu() {
    local port state=${LAB_STATE//,/,,} link usb failed=no
    mapfile -t link < <(lab_link)
    mapfile -t usb < <(lab_usb)
    port=$(free_port)
    lab_write_ssh "$port"
    (cd "$IMAGE" && exec qemu-system-x86_64 -name "xlvirt-lab-$LAB_NAME" -accel tcg,thread=multi -machine q35 \
        -cpu qemu64,+svm,+npt -smp 2 -m 4096 -display none -monitor none -no-reboot \
        -chardev "file,id=boot,path=$state/boot.log" -serial chardev:boot -pidfile "$LAB_STATE/pid" -daemonize \
        -kernel xen \
        -append "dom0_mem=2048M console=com1 com1=115200,8n1 smap=0 smep=0 spec-ctrl=no iommu=no-sharept" \
        -initrd "vmlinux root=/dev/vda rw console=hvc0 net.ifnames=0 mitigations=off audit=0 nopvspin,initrd" \
        -drive "file=$state/root.qcow2,format=qcow2,if=virtio,cache=unsafe" \
        -netdev "user,id=net0,hostfwd=tcp:127.0.0.1:$port-:22" \
        -device virtio-net-pci,netdev=net0 "${link[@]}" \
        -device intel-iommu,intremap=on \
        -device virtio-rng-pci,addr=0x1c -device e1000e,addr=0x1d,romfile= "${usb[@]}" \
        2>"$LAB_STATE/qemu.log") || failed=yes
    grep -v ' has no peer' "$LAB_STATE/qemu.log" >&2 || true
    [ "$failed" = no ] || return 1
    echo "$port" >"$LAB_STATE/port"
}

lab_failed() {
    note "the last lines of $LAB_STATE/boot.log:"
    tail -n 15 "$LAB_STATE/boot.log" >&2 || true
    die "$*"
}

# lab_until COMMAND...: waits until COMMAND succeeds; false, and LAB_WHY says why, when the machine stops or
# after LAB_BOOT_SECONDS.
lab_until() {
    until "$@" >/dev/null 2>&1; do
        LAB_WHY="the lab's machine stopped before"
        lab_running || return 1
        LAB_WHY="not within $LAB_BOOT_SECONDS s, and the lab is left running"
        [ "$(date +%s)" -lt "$LAB_DEADLINE" ] || return 1
        sleep 0.5
    done
}

lab_boot_says() {
    tail -n 3 "$LAB_STATE/boot.log"
}

# lab_await TEXT COMMAND...: waits until COMMAND succeeds, then says TEXT.
lab_await() {
    local text=$1
    shift
    meanwhile lab_boot_says lab_until "$@" || lab_failed "$LAB_WHY: $text"
    step "$text"
}

lab_up() {
    local try
    LAB_DEADLINE=$(($(date +%s) + LAB_BOOT_SECONDS))
    if lab_running; then
        step "The lab '$LAB_NAME' is already running"
        # whoever started it may still wait for it, or have given up
        lab_await "xl answers" lab_ssh xl list
        return
    fi
    image_ensure
    rm -rf "$LAB_STATE"
    mkdir -p "$LAB_STATE"
    echo "$IMAGE" >"$LAB_STATE/image"
    qemu-img create -q -f qcow2 -b "$IMAGE/root.img" -F raw "$LAB_STATE/root.qcow2"

    step "Booting the lab '$LAB_NAME': Xen and Debian on an emulated PC"
    # Somebody may take the port between our choice and QEMU's start: choose again.
    for try in 1 2 3; do
        lab_start_qemu && break
        [ "$try" -lt 3 ] || die "QEMU does not start; its message is above"
    done
    LAB_DEADLINE=$(($(date +%s) + LAB_BOOT_SECONDS))
    lab_await "Xen runs" grep -q 'Xen version' "$LAB_STATE/boot.log"
    lab_await "dom0's Linux runs" grep -q 'Linux version' "$LAB_STATE/boot.log"
    lab_await "dom0's services start" grep -q 'systemd.*Detected' "$LAB_STATE/boot.log"
    lab_await "dom0's ssh server starts" grep -a -q 'Started.*ssh.service' "$LAB_STATE/boot.log"
    lab_await "ssh answers" lab_ssh true
    lab_await "xl answers" lab_ssh xl list
    step "The lab '$LAB_NAME' is up"
}

# lab_control_close: ends the shared ssh connection, which would outlive the machine.
lab_control_close() {
    ssh -F "$LAB_CONFIG" -O exit lab 2>/dev/null || true
}

pid_gone() {
    ! kill -0 "$1" 2>/dev/null
}

lab_down() {
    local pid
    if ! pid=$(lab_pid); then
        step "The lab '$LAB_NAME' is not running"
        return
    fi
    step "Stopping the lab '$LAB_NAME' (process $pid)"
    # Nothing on its disk is kept, so there is nothing to stop gently but the file system.
    timeout 15 ssh -F "$LAB_CONFIG" lab systemctl poweroff --force >/dev/null 2>&1 || true
    lab_control_close
    if ! wait_until 20 pid_gone "$pid"; then
        note "it does not power off: ending its QEMU"
        kill "$pid"
        wait_until 10 pid_gone "$pid" || kill -KILL "$pid"
        wait_until 10 pid_gone "$pid" || die "process $pid does not end"
    fi
    rm -f "$LAB_STATE/root.qcow2" "$LAB_STATE/pid" "$LAB_STATE/port"
    step "The lab '$LAB_NAME' is down"
}

lab_status() {
    local pid
    if pid=$(lab_pid); then
        echo "lab '$LAB_NAME': running, process $pid, ssh port $(cat "$LAB_STATE/port")"
        echo "virsh from the host: virsh -c '$(lab_uri)'"
        echo "boot log: $LAB_STATE/boot.log"
    else
        echo "lab '$LAB_NAME': not running"
        return 3
    fi
}

# lab_deploy: puts the build's module in the place of the packaged one, which is diverted, not
# overwritten; then restarts libvirtd and waits for it.
lab_deploy() {
    local module=$BUILD/src/driver/libvirt_driver_libxl.so tool=$BUILD/src/xlconv/xlconv
    [ -f "$module" ] || die "there is no $module: build first (meson compile -C $BUILD)"
    [ -f "$tool" ] || die "there is no $tool: build first (meson compile -C $BUILD)"
    step "Putting the module and xlconv into the lab"
    tar -C "$BUILD/src" -c driver/libvirt_driver_libxl.so xlconv/xlconv | lab_ssh "
        set -e
        rm -rf /run/xlvirt && mkdir /run/xlvirt && cd /run/xlvirt && tar -x
        dpkg-divert --quiet --local --rename --divert '$LAB_MODULE.packaged' --add '$LAB_MODULE'
        install -m 644 driver/libvirt_driver_libxl.so '$LAB_MODULE.new'
        mv '$LAB_MODULE.new' '$LAB_MODULE'
        install -m 755 xlconv/xlconv /usr/local/bin/xlconv
        systemctl reset-failed libvirtd.service libvirtd.socket 2>/dev/null || true
        systemctl restart libvirtd.service" || die "the module could not be put into the lab"
    if ! lab_ssh 'virsh -q -c xen:///system version'; then
        lab_ssh 'journalctl --no-pager -b -u libvirtd | tail -n 20' >&2 || true
        die "libvirtd does not answer for xen:///system; its journal is above"
    fi
    step "libvirtd runs with our module"
}

# lab_screen GUEST FILE: a picture of the guest's VNC screen, taken through ssh.
lab_screen() {
    local port
    # shellcheck disable=SC2016 # the dollar is for the lab's shell
    port=$(lab_ssh "xenstore-read /local/domain/\$(xl domid '$1')/console/vnc-port") ||
        die "the guest '$1' has no VNC screen"
    python3 "$XLVIRT_ROOT/scripts/lib/rfb.py" --png "$2" -- \
        ssh -F "$LAB_CONFIG" -W "127.0.0.1:$port" lab
}
