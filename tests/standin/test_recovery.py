# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a daemon finds that starts: guests that ended without it, and what the one before was killed over."""

import threading

import libvirt

import standin
import xen

RUNNING, SHUTOFF = libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_SHUTOFF
DESTROYED, FAILED = libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED, libvirt.VIR_DOMAIN_SHUTOFF_FAILED
# it is the daemon's child, and kills it once at the step that the file names
HOOK = """#!/bin/sh
echo "$1 $2" >>{log}
[ "$2" != "$(cat {step} 2>/dev/null)" ] || {{ rm {step}; kill -9 $PPID; }}
"""


class Recovery(standin.Case):
    def prepare(self):
        self.log, self.step = self.folder / "hooks.log", self.folder / "step"
        hook = self.folder / "etc/hooks/libxl"
        hook.parent.mkdir()
        hook.write_text(HOOK.format(log=self.log, step=self.step))
        hook.chmod(0o755)
        self.log.touch()

    def told(self, name="guest"):
        """The steps that the script has heard of since the last time."""
        steps = [line.split()[1] for line in self.log.read_text().splitlines() if line.split()[0] == name]
        self.log.write_text("")
        return steps

    def wait_told(self, *steps):
        standin.wait_for(lambda: len(self.log.read_text().splitlines()) >= len(steps), f"the script hears {steps}")
        self.assertEqual(self.told(), list(steps))

    def next_daemon(self):
        """Another daemon, which heard of nothing. Returns the events of a client that comes at once."""
        self.daemon.start()
        self.conn = self.connect()
        return self.events()

    def killed(self, function, *arguments):
        """The call kills the daemon, and the next one starts."""
        threading.Thread(target=lambda: self.assertRaises(libvirt.libvirtError, function, *arguments)).start()
        self.daemon.wait_killed()
        self.told()
        return self.next_daemon()

    def test_ended_meanwhile(self):
        """All clients that come back hear of it, once, and so does the script."""
        self.start("guest")
        self.conn.createXML(standin.xml("passing", 2))
        self.daemon.stop()
        for domid in self.xen.guests():
            self.xen.destroy(domid)
        self.told()
        events, others = self.next_daemon(), self.events()
        for listener in events, others:
            for name in "guest", "passing":
                listener.wait(name, "stopped")
                self.assertEqual(listener.details(name, "stopped"), [libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED])
        domain = self.conn.lookupByName("guest")
        self.assert_state(domain, SHUTOFF, DESTROYED)
        self.assertEqual(self.told("guest"), ["stopped", "release"])
        self.assertEqual([found.name() for found in self.conn.listAllDomains()], ["Domain-0", "guest"])
        self.assertEqual(list((self.folder / "run/libvirt/libxl").glob("*.xml")), [])
        late = self.events()
        domain.create()
        events.wait("guest", "stopped", "started")
        late.wait("guest", "started")

    def test_order(self):
        """What follows does not overtake what is told late."""
        self.start("guest")
        self.daemon.stop()
        self.xen.destroy(self.xen.guests()[0])
        self.daemon.start()
        self.conn = self.connect()
        self.conn.lookupByName("guest").create()
        self.events().wait("guest", "stopped", "started")

    def test_unheard(self):
        """Of a domain that nothing happened to without the daemon, nobody hears what was before."""
        self.start("other", 2)
        self.restart()
        self.conn.lookupByName("other").destroy()
        events = self.events()
        self.conn.lookupByName("other").create()
        events.wait("other", "started")

    def test_stopped_meanwhile(self):
        """A guest that Xen still has is ended as it wants, and clients hear why."""
        domain = self.start("guest")
        self.daemon.stop()
        self.xen.stop(domain.ID(), xen.CRASH)
        events = self.next_daemon()
        events.wait("guest", "stopped")
        self.assertEqual(events.details("guest", "stopped"), [libvirt.VIR_DOMAIN_EVENT_STOPPED_CRASHED])

    def test_paused_meanwhile(self):
        """By xl, and let run by it."""
        domid = self.start("guest").ID()
        for paused, word in (True, "suspended"), (False, "resumed"):
            self.daemon.stop()
            self.xen.pause(domid, paused)
            self.next_daemon().wait("guest", word)

    def test_killed_in_destroy(self):
        """The end is told as what it was to be."""
        domain = self.start("guest")
        for point in "libxl_domain_destroy", "libxl_domain_destroy:dying", "libxl_domain_destroy:gone":
            self.xen.kill(point)
            events = self.killed(domain.destroy)
            events.wait("guest", "stopped")
            self.assertEqual(events.details("guest", "stopped"), [libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED])
            domain = self.conn.lookupByName("guest")
            self.assert_state(domain, SHUTOFF, DESTROYED)
            self.assertEqual(self.told(), ["stopped", "release"])
            self.assertEqual(self.xen.guests(), [])
            domain.create()

    def test_killed_in_save(self):
        """The guest that goes on is told to do so, whether it had stopped or not; after a dump, too."""
        domain = self.start("guest")
        path = str(self.folder / "image")
        for point, call in (("libxl_domain_suspend", "save"), ("libxl_domain_suspend:pages", "save"),
                            ("libxl_domain_core_dump:pages", "coreDump")):
            self.xen.kill(point)
            self.killed(getattr(domain, call), path).wait("guest", "resumed")
            domain = self.conn.lookupByName("guest")
            self.assert_state(domain, RUNNING)

    def test_killed_in_start(self):
        """A guest that has not run is off, and the script frees what it had made ready."""
        domain = self.define("guest")
        for step in "prepare", "start":
            self.step.write_text(step)
            events = self.killed(domain.create)
            domain = self.conn.lookupByName("guest")
            self.assert_state(domain, SHUTOFF, FAILED)
            self.wait_told("stopped", "release")
            domain.create()
            events.wait("guest", "started")
            domain.destroy()

    def test_killed_in_its_first_moment(self):
        """A guest that Xen let run in time is there, and clients hear that it started."""
        domain = self.define("guest")
        hung = self.xen.hang("libxl_domain_unpause")
        threading.Thread(target=lambda: self.assertRaises(libvirt.libvirtError, domain.create)).start()
        standin.wait_for(hung.hits, "it is about to run")
        self.daemon.kill()
        self.xen.clear_faults()
        self.xen.pause(self.xen.guests()[0], False)
        self.next_daemon().wait("guest", "started")
        self.assert_state(self.conn.lookupByName("guest"), RUNNING)

    def test_killed_by_script(self):
        """A script that was interrupted is called again."""
        for step in "stopped", "release":
            domain = self.start("guest")
            self.step.write_text(step)
            self.killed(domain.destroy)
            self.assert_state(self.conn.lookupByName("guest"), SHUTOFF, DESTROYED)
            self.wait_told("stopped", "release")

    def test_script_waits(self):
        """Whoever starts the domain again waits until the script has freed all."""
        self.start("guest")
        self.daemon.stop()
        self.xen.destroy(self.xen.guests()[0])
        self.told()
        self.next_daemon()
        self.conn.lookupByName("guest").create()
        self.assertEqual(self.told(), ["stopped", "release", "prepare", "start", "started"])

    def test_killed_in_restart(self):
        """Whatever the script was called for, the guest is made anew."""
        self.start("guest", more="<on_reboot>restart</on_reboot>")
        self.conn.createXML(standin.xml("passing", 2))
        for name, steps in (("guest", ("stopped", "release", "prepare", "start", "started")),
                            ("passing", ("stopped", "prepare"))):
            for step in steps:
                before = self.conn.lookupByName(name).ID()
                self.log.write_text("")
                self.step.write_text(step)
                self.xen.stop(before, xen.REBOOT)
                self.daemon.wait_killed()
                events = self.next_daemon()
                standin.wait_for(lambda: "started" in self.log.read_text(), f"all is done after {step}")
                self.assertNotEqual(self.conn.lookupByName(name).ID(), before)
                self.assert_state(self.conn.lookupByName(name), RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
                self.assertEqual(len(self.xen.guests()), 2)
        events.wait("passing", "stopped", "started")

    def test_no_second_guest(self):
        """While Xen has one of the same uuid, or what is left does not go away, none is made anew."""
        uuid = self.start("guest").UUIDString()
        for left in False, True:
            domid = self.conn.lookupByName("guest").ID()
            self.xen.kill("libxl_domain_destroy" if left else "libxl_domain_destroy:gone")
            self.xen.stop(domid, xen.REBOOT)
            self.daemon.wait_killed()
            there = domid if left else self.xen.create("guest", uuid)
            if left:
                self.xen.fail("libxl_domain_destroy")
            self.told()
            self.next_daemon()
            self.wait_told("stopped", "release")
            standin.wait_for(lambda: self.conn.lookupByName("guest").ID() == there, "it is found")
            self.assertEqual(self.xen.guests(), [there])
            self.conn.lookupByName("guest").destroy()
            self.conn.lookupByName("guest").create()

    def test_restart_fails(self):
        """It is off then, as with the daemon before."""
        domain = self.start("guest")
        self.step.write_text("prepare")
        self.xen.stop(domain.ID(), xen.REBOOT)
        self.daemon.wait_killed()
        self.xen.fail("libxl_domain_create_new", times=-1)
        events = self.next_daemon()
        events.wait("guest", "stopped", "stopped")
        self.assertEqual(events.details("guest", "stopped")[1], libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED)
        self.assert_state(self.conn.lookupByName("guest"), SHUTOFF, FAILED)
        self.xen.clear_faults()
        self.restart()
        self.assert_state(self.conn.lookupByName("guest"), SHUTOFF)
        self.assertEqual(self.xen.guests(), [])


if __name__ == "__main__":
    standin.main()
