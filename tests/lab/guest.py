# SPDX-License-Identifier: LGPL-2.1-or-later
"""The life of one example guest, from its xl.cfg to undefine, as virsh sees it."""

import os
import re
import shlex
import subprocess
import time

from lab import ROOT, run, wait_for, xlconv

RFB = os.path.join(ROOT, "scripts", "lib", "rfb.py")


# The kinds of security that VNC offers a client: 1 is none, 2 a password.
LOOK_AT_SCREEN = """
import libvirt, socket
domain = libvirt.open("xen:///system").lookupByName("%s")
for flags in libvirt.VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, 0:
    with socket.socket(fileno=domain.openGraphicsFD(0, flags)) as screen, screen.makefile("rwb", 0) as stream:
        stream.write(stream.read(12))
        print(max(stream.read(stream.read(1)[0])))
"""


class Story:
    """One guest's way through all calls; each step says what it found in results."""

    def __init__(self, results, lab, name):
        self.results = results
        self.lab = lab
        self.name = name
        self.cfg = os.path.join(ROOT, "examples", name + ".cfg")
        self.console = None
        self.events = None

    # Steps

    def convert_and_define(self):
        results, lab, name = self.results, self.lab, self.name
        lab.forget(name)
        made = xlconv("cfg2xml", self.cfg)
        results.need(made.status == 0, "xlconv converts examples/%s.cfg" % name, made)
        results.equal(made.err, "", "xlconv has nothing to complain about")
        lab.write("/root/%s.xml" % name, made.out)
        with open(self.cfg, encoding="utf-8") as source:
            lab.write("/root/%s.cfg" % name, source.read())
        defined = lab.virsh("define", "--validate", "/root/%s.xml" % name)
        results.need(defined.status == 0, "virsh define accepts and validates it", defined)
        results.ok(name in lab.names(), "virsh list --all has it", lab.names())
        results.equal(lab.state(name), "shut off", "it is shut off")

    def start(self):
        results, lab, name = self.results, self.lab, self.name
        self.events = lab.events()
        started = lab.virsh("start", name)
        results.need(started.status == 0, "virsh start starts it", started)
        results.equal(lab.state(name), "running", "it is running")
        sizes = re.findall(r"(?m)^(?:Max|Used) memory: +(\d+) KiB", lab.virsh("dominfo", name).out)
        results.ok(int(sizes[1]) <= int(sizes[0]), "it uses no more memory than it can have", sizes)
        self.see_banner(1, "the guest's own console output is there")
        written = lab.written(name)
        results.has(written, r"hostname=%s\b" % name, "the guest got its command line")
        results.has(written, r"device: vif-0 Connected", "its network card is connected")
        results.has(written, r"net: eth0 00:16:3e:77:00:", "with the MAC address of the cfg")

    def see_banner(self, count, text):
        seen = wait_for(lambda: self.lab.banners(self.name) >= count)
        self.results.need(seen, text, self.lab.written(self.name)[-2000:])

    def network(self, address):
        answer = self.lab.sh("busybox ping -c 3 -W 20 " + address)
        self.results.ok(answer.status == 0, "dom0 reaches the guest at " + address, answer)

    def open_console(self):
        """A shell in the guest through `virsh console`. What is typed before virsh has the console it throws
        away, also when it has named the escape character: the lock on the console tells when it has."""
        self.console = self.lab.console(self.name)
        ready = self.console.expect("Escape character", seconds=60) and wait_for(self.has_console, 60)
        self.results.need(ready, "virsh console connects", self.console.text())
        answer = self.ask("echo answer-$((6*7))", "answer-42")
        self.results.need(answer, "the guest answers on virsh console", self.console.text())

    def has_console(self):
        lock = "/var/lock/xenconsole.$(virsh -c xen:///system domid %s)" % self.name
        return self.lab.sh("test -e " + lock).status == 0

    def ask(self, command, pattern):
        """Types a command; tells whether pattern came back after it."""
        start = len(self.console.text())
        self.console.send(command)
        return self.console.expect(pattern, start)

    def read_disk(self, device, label):
        found = self.ask("head -n 1 /dev/%s | tr a-z A-Z" % device, re.escape(label.upper()))
        self.results.ok(found, "the guest reads its disk " + device, self.console.text()[-500:])

    def put_medium(self, target):
        """Into the CD-ROM drive of the definition. QEMU ends when a drive that was empty at its start
        gets one, also from xl."""
        self.lab.sh("truncate -s 6M /root/one.iso /root/two.iso")
        done = self.lab.virsh("change-media", self.name, target, "/root/one.iso", "--insert", "--config")
        self.results.need(done.status == 0, "virsh change-media --insert --config", done)

    def has_medium(self, pattern, what):
        """What QEMU says of the drive; the guest's small kernel has no driver for it."""
        told = self.lab.virsh("qemu-monitor-command", self.name, "--hmp", "info block")
        self.results.has(told.out, r"(?m)^ide-5632.*" + pattern, "QEMU has " + what)

    def change_medium(self, target):
        results, lab, name = self.results, self.lab, self.name
        self.has_medium("/root/one.iso", "the medium in the drive")
        done = lab.virsh("change-media", name, target, "/root/two.iso", "--update", "--live")
        results.need(done.status == 0, "virsh change-media --update", done)
        self.has_medium("/dev/fdset/", "the other medium, by the file that libxl opened for it")
        done = lab.virsh("change-media", name, target, "--eject", "--live", "--config")
        results.need(done.status == 0, "virsh change-media --eject", done)
        self.has_medium(r"\[not inserted\]", "no medium in it")
        results.ok(".iso" not in lab.virsh("dumpxml", name).out, "nor has the XML")

    def pause_and_resume(self):
        results, lab, name = self.results, self.lab, self.name
        counting = self.ask("count", r"tick 2\b")
        results.need(counting, "the guest counts aloud", self.console.text()[-500:])
        paused = lab.virsh("suspend", name)
        results.ok(paused.status == 0, "virsh suspend", paused)
        results.equal(lab.state(name), "paused", "it is paused")
        # What was on its way arrives first. Then a count each second would be seen.
        quiet_from = time.monotonic() + 2
        wait_for(lambda: time.monotonic() > quiet_from + 5)
        quiet_to = time.monotonic()
        said = [text for at, text in self.console.pieces() if quiet_from < at < quiet_to]
        results.equal(said, [], "a paused guest counts no further")
        start = len(self.console.text())
        resumed = lab.virsh("resume", name)
        results.ok(resumed.status == 0, "virsh resume", resumed)
        results.equal(lab.state(name), "running", "it is running again")
        going_on = self.console.expect(r"tick \d+\s+tick \d+\s+tick", start)
        results.ok(going_on, "and goes on counting", self.console.text()[start:])
        self.console.process.stdin.write(b"\x03")
        self.console.send("")

    def compare_native(self):
        """xl reads the running guest's export as it reads the original."""
        results, lab, name = self.results, self.lab, self.name
        native = lab.virsh("domxml-to-native", "xen-xl", "--domain", name)
        results.need(native.status == 0, "virsh domxml-to-native of the running guest", native)
        lab.write("/root/%s.native.cfg" % name, native.out)
        lab.write("/root/%s.original.cfg" % name, open(self.cfg, encoding="utf-8").read())
        wanted = lab.parsed("/root/%s.original.cfg" % name)
        found = lab.parsed("/root/%s.native.cfg" % name)
        results.need(isinstance(wanted, dict), "xl reads the original", wanted)
        results.ok(found == wanted, "xl reads the export like the original", difference(found, wanted))

    def reboot_from_inside(self):
        results, lab, name = self.results, self.lab, self.name
        before, banners = lab.domid(name), lab.banners(name)
        self.console.send("reboot")
        self.see_banner(banners + 1, "after a reboot from inside the guest is up again")
        self.came_back(before)

    def reboot_by_keys(self):
        """Ctrl-Alt-Del, at which the guest reboots itself."""
        lab, name = self.lab, self.name
        before, banners = lab.domid(name), lab.banners(name)
        pressed = lab.virsh("send-key", name, "KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")
        self.results.need(pressed.status == 0, "virsh send-key: Ctrl-Alt-Del", pressed)
        self.see_banner(banners + 1, "the guest reboots at it and is up again")
        self.came_back(before)

    def reboot_from_virsh(self):
        lab, name = self.lab, self.name
        before, banners = lab.domid(name), lab.banners(name)
        asked = lab.virsh("reboot", name)
        self.results.ok(asked.status == 0, "virsh reboot", asked)
        self.see_banner(banners + 1, "after virsh reboot the guest is up again")
        self.came_back(before)

    def came_back(self, before):
        after = self.lab.domid(self.name)
        self.results.ok(
            after is not None and before is not None and after > before,
            "with a new id",
            "before %s, after %s" % (before, after),
        )

    def shutdown(self):
        results, lab, name = self.results, self.lab, self.name
        asked = lab.virsh("shutdown", name)
        results.ok(asked.status == 0, "virsh shutdown", asked)
        off = wait_for(lambda: lab.state(name) == "shut off")
        results.need(off, "the guest shuts down", lab.state(name))

    def start_again(self):
        again = self.lab.virsh("start", self.name)
        self.results.need(again.status == 0, "it starts a second time", again)

    def destroy(self):
        results, lab, name = self.results, self.lab, self.name
        gone = lab.virsh("destroy", name)
        results.ok(gone.status == 0, "virsh destroy", gone)
        results.equal(lab.state(name), "shut off", "it is shut off at once")
        left = lab.sh("xl domid " + shlex.quote(name))
        results.ok(left.status != 0, "xl knows it no more", left)

    def undefine(self):
        results, lab, name = self.results, self.lab, self.name
        undone = lab.virsh("undefine", name)
        results.ok(undone.status == 0, "virsh undefine", undone)
        results.ok(name not in lab.names(), "virsh list --all has it no more", lab.names())

    def check_events(self):
        """All lifecycle events of this life, in their order."""
        wanted = ("Started", "Suspended", "Resumed", "Shutdown|Stopped", "Started", "Stopped", "Undefined")
        pattern = ".*?".join("'%s': (?:%s)" % (self.name, word) for word in wanted)
        seen = re.compile(pattern, re.DOTALL)
        found = wait_for(lambda: seen.search(self.events.text()), 30)
        self.results.ok(found, "virsh event saw " + ", ".join(wanted), self.events.text())

    def screen(self):
        """The VNC screen, where virsh says it is."""
        shown = self.lab.virsh("vncdisplay", self.name)
        place = re.fullmatch(r"(?:127\.0\.0\.1)?:(\d+)", shown.out.strip())
        self.results.need(place, "virsh vncdisplay says where the screen is", shown)
        port = "127.0.0.1:%d" % (5900 + int(place.group(1)))
        command = ["python3", RFB, "--"] + self.lab.ssh_command("-W", port)
        try:
            picture = run(command, seconds=120)
        except subprocess.TimeoutExpired as error:
            self.results.ok(False, "VNC answers", error)
            return
        self.results.has(picture.out, r"^RFB 003\.", "VNC answers with its banner")
        self.results.ok(picture.status == 0, "its screen is not blank", picture)
        graphics = r"'graphics' for domain '%s': (dis)?connect" % self.name
        self.results.ok(self.events.expect(graphics, seconds=60), "virsh event saw who looked at it",
                        self.events.text())
        self.screenshot()

    def opened_screen(self):
        """libvirt opens the screen itself. Debian's QEMU has no DES, without which VNC asks for no password."""
        seen = self.lab.sh("python3 -", LOOK_AT_SCREEN % self.name)
        self.results.equal(seen.out.split(), ["1", "1"], "libvirt opens the screen over a descriptor")
        self.lab.write("/root/vnc.xml", "<graphics type='vnc' autoport='yes' passwd='first'/>")
        refused = self.lab.virsh("update-device", self.name, "/root/vnc.xml", "--live")
        self.results.ok("started without a password" in refused.err, "virsh update-device: no password later", refused)
        asked = self.lab.virsh("qemu-monitor-command", self.name, '{"execute":"query-vnc"}')
        self.results.has(asked.out, '"enabled": *true', "virsh qemu-monitor-command speaks QMP")

    def screenshot(self):
        taken = self.lab.virsh("screenshot", self.name, "--file", "/root/screen.ppm")
        self.results.need(taken.status == 0, "virsh screenshot", taken)
        seen = self.lab.sh("head -c 2 /root/screen.ppm; tail -c +32 /root/screen.ppm | tr -d '\\0' | wc -c;"
                           " rm /root/screen.ppm")
        self.results.has(seen.out, r"^P6[1-9]", "and there is something on it")


def difference(found, wanted, path=""):
    """The places where two JSON values differ, one per line."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        lines = [
            difference(found.get(key), wanted.get(key), "%s.%s" % (path, key))
            for key in sorted(set(found) | set(wanted))
            if found.get(key) != wanted.get(key)
        ]
        return "\n".join(lines)
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted))
        lines = [difference(a, b, "%s[%d]" % (path, at)) for at, (a, b) in pairs if a != b]
        return "\n".join(lines)
    return "%s: found %s, wanted %s" % (path, found, wanted)
