# SPDX-License-Identifier: LGPL-2.1-or-later
"""Saved guests and core dumps: what is whole, what is aborted, what a killed daemon leaves."""

import os
import struct
import threading

import libvirt

import standin
import xen

SHUTOFF = libvirt.VIR_DOMAIN_SHUTOFF
RUNNING = libvirt.VIR_DOMAIN_RUNNING
PAUSED = libvirt.VIR_DOMAIN_PAUSED
SAVE_PAGES = "libxl_domain_suspend:pages"
RESTORE_PAGES = "libxl_domain_create_restore:pages"
DUMP_PAGES = "libxl_domain_core_dump:pages"


class Call(threading.Thread):
    """A call in the background; error is what it raised."""

    def __init__(self, function, *arguments):
        super().__init__()
        self.function, self.arguments, self.error = function, arguments, None
        self.start()

    def run(self):
        try:
            self.function(*self.arguments)
        except libvirt.libvirtError as error:
            self.error = error

    def code(self):
        self.join(standin.PATIENCE)
        return self.error.get_error_code() if self.error else None


class Save(standin.Case):
    def setUp(self):
        super().setUp()
        self.image = str(self.folder / "guest.image")
        self.managed = self.folder / "lib/libvirt/libxl/save/guest.save"

    def partial(self):
        """Files and notes of what is not whole."""
        found = [path for path in self.folder.rglob("*.partial") if "xen" not in path.parts]
        return sorted(path.name for path in found)

    def other_connection(self, name="guest"):
        return self.connect().lookupByName(name)

    def test_save_restore(self):
        events = self.events()
        domain = self.start("guest")
        domain.save(self.image)
        self.assert_state(domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_SAVED)
        self.assertEqual(self.xen.guests(), [])
        self.assertEqual(os.stat(self.image).st_mode & 0o7777, 0o600)
        with open(self.image, "rb") as image:
            head = image.read(64)
        self.assertEqual(head[:16], b"libvirt-xml\n \0 \r")
        self.assertEqual(struct.unpack_from("=I", head, 16)[0], 2)
        self.assertEqual(domain.hasManagedSaveImage(), 0)
        self.conn.restore(self.image)
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED)
        self.assertEqual(len(self.xen.guests()), 1)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "running already", self.conn.restore,
                          self.image)
        events.wait("guest", "defined", "started", "suspended", "stopped", "started")
        self.assertEqual(events.details("guest", "stopped"),
                         [libvirt.VIR_DOMAIN_EVENT_STOPPED_SAVED])
        self.assertEqual(events.details("guest", "started")[1],
                         libvirt.VIR_DOMAIN_EVENT_STARTED_RESTORED)
        self.assertEqual(self.partial(), [])

    def test_transient(self):
        """Is forgotten when it is saved, and there again when it is restored."""
        domain = self.conn.createXML(standin.xml("guest"))
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "transient", domain.managedSave)
        domain.save(self.image)
        self.assertNotIn("guest", [d.name() for d in self.conn.listAllDomains()])
        self.conn.restoreFlags(self.image, None, libvirt.VIR_DOMAIN_SAVE_PAUSED)
        domain = self.conn.lookupByName("guest")
        self.assertFalse(domain.isPersistent())
        self.assert_state(domain, PAUSED)
        domain.resume()
        self.assert_state(domain, RUNNING)

    def test_paused(self):
        """A paused guest is paused when it comes back, unless asked otherwise."""
        domain = self.start("guest")
        domain.suspend()
        domain.save(self.image)
        self.conn.restore(self.image)
        self.assert_state(domain, PAUSED)
        self.assertTrue(self.xen.guest(self.conn.lookupByName("guest").ID()).paused)
        domain.saveFlags(self.image, None, libvirt.VIR_DOMAIN_SAVE_RUNNING)
        self.conn.restore(self.image)
        self.assert_state(domain, RUNNING)

    def test_managed(self):
        domain = self.start("guest")
        domain.managedSave()
        self.assertTrue(self.managed.exists())
        self.assertEqual(domain.hasManagedSaveImage(), 1)
        saved = self.conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
        self.assertEqual([d.name() for d in saved], ["guest"])
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "managed save", domain.undefine)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assertEqual(domain.hasManagedSaveImage(), 1)
        domain.create()
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED)
        self.assertEqual(self.xen.calls("libxl_domain_create_restore"), 1)
        self.assertEqual(domain.hasManagedSaveImage(), 0)
        self.assertFalse(self.managed.exists())
        domain.managedSave()
        domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)
        self.assertFalse(self.managed.exists())

    def test_failed_restore(self):
        """The image is kept until it has worked."""
        domain = self.start("guest")
        domain.managedSave()
        self.xen.fail(RESTORE_PAGES)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "kept", domain.create)
        self.assert_state(domain, SHUTOFF)
        self.assertTrue(self.managed.exists())
        self.assertEqual(self.xen.guests(), [])
        domain.create()
        self.assert_state(domain, RUNNING)

    def test_bad_image(self):
        """Refused with a sentence; FORCE_BOOT drops it."""
        domain = self.start("guest")
        domain.managedSave()
        os.truncate(self.managed, self.managed.stat().st_size - 1)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cut short.*|force-boot", domain.create)
        self.managed.write_bytes(b"something else" * 100)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "not the file of a guest", domain.create)
        self.assertTrue(self.managed.exists())
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_FORCE_BOOT)
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.assertFalse(self.managed.exists())

    def test_failed_save(self):
        """The guest runs on, and an older image is what it was."""
        domain = self.start("guest")
        with open(self.image, "wb") as image:
            image.write(b"old")
        self.xen.fail(SAVE_PAGES)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot save", domain.save, self.image)
        self.goes_on(domain)
        with open(self.image, "rb") as image:
            self.assertEqual(image.read(), b"old")
        self.assert_fails(libvirt.VIR_ERR_SYSTEM_ERROR, "No space left", domain.save, "/dev/full")
        self.assert_fails(libvirt.VIR_ERR_SYSTEM_ERROR, "No such file", domain.save, "/no/where")
        self.assert_state(domain, RUNNING)

    def goes_on(self, domain):
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_SAVE_CANCELED)
        guest = self.xen.guest(domain.ID())
        self.assertFalse(guest.shutdown or guest.paused)
        self.assertEqual(self.partial(), [])

    def test_job(self):
        """Progress while it runs, abort, and numbers of what has been."""
        domain = self.start("guest")
        fault = self.xen.hang(SAVE_PAGES)
        call = Call(self.other_connection().save, self.image)
        standin.wait_for(fault.hits, "the save is half done")
        standin.wait_for(lambda: domain.jobInfo()[4] > 0, "bytes have been counted")
        info = domain.jobInfo()
        self.assertEqual(info[0], libvirt.VIR_DOMAIN_JOB_BOUNDED)
        self.assertEqual(info[3], 65536 * 1024)
        self.assertEqual(info[5], info[3] - info[4])
        stats = domain.jobStats()
        self.assertEqual(stats["operation"], libvirt.VIR_DOMAIN_JOB_OPERATION_SAVE)
        self.assert_state(domain, PAUSED, libvirt.VIR_DOMAIN_PAUSED_SAVE)
        self.assertIn("guest.partial", self.partial())
        domain.abortJob()
        fault.release()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_ABORTED)
        self.goes_on(domain)
        self.assertFalse(os.path.exists(self.image))
        done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED
                               | libvirt.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED)
        self.assertEqual(done["type"], libvirt.VIR_DOMAIN_JOB_FAILED)
        self.assertFalse(done["success"])
        domain.save(self.image)
        done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
        self.assertEqual(done["type"], libvirt.VIR_DOMAIN_JOB_COMPLETED)
        self.assertGreaterEqual(done["data_processed"], 64 * 4096)
        done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
        self.assertEqual(done["type"], libvirt.VIR_DOMAIN_JOB_NONE)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "no job", domain.abortJob)

    def test_destroy_during_save(self):
        domain = self.start("guest")
        fault = self.xen.hang(SAVE_PAGES)
        call = Call(self.other_connection().save, self.image)
        standin.wait_for(fault.hits, "the save is half done")
        other = self.other_connection()
        before = self.daemon.fds()
        end = Call(other.destroy)
        standin.wait_for(lambda: self.daemon.fds() < before, "the pipe is broken")
        fault.release()
        self.assertIsNone(end.code())
        self.assertEqual(self.xen.guests(), [])
        self.assertIn(call.code(), (libvirt.VIR_ERR_OPERATION_ABORTED, None))

    def test_abort_restore(self):
        domain = self.start("guest")
        domain.managedSave()
        fault = self.xen.hang("libxl_domain_create_restore:made")
        call = Call(self.other_connection().create)
        standin.wait_for(fault.hits, "the restore has begun")
        domain.abortJob()
        fault.release()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_ABORTED)
        self.assert_state(domain, SHUTOFF)
        self.assertEqual(self.xen.guests(), [])
        self.assertTrue(self.managed.exists())

    def test_xml(self):
        """What is in an image can be seen and changed, but not the machine."""
        graphics = "<graphics type='vnc' passwd='secret'/>"
        domain = self.start("guest", kind="hvm", devices=graphics)
        domain.save(self.image)
        self.assertNotIn("secret", self.conn.saveImageGetXMLDesc(self.image))
        text = self.conn.saveImageGetXMLDesc(self.image, libvirt.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
        self.assertIn("secret", text)
        longer = text.replace("secret", "x" * 5000 + "changed")
        self.conn.saveImageDefineXML(self.image, longer, libvirt.VIR_DOMAIN_SAVE_PAUSED)
        text = self.conn.saveImageGetXMLDesc(self.image, libvirt.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
        self.assertIn("changed", text)
        other = text.replace("65536", "131072")
        self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "maximum memory",
                          self.conn.saveImageDefineXML, self.image, other)
        self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "maximum memory",
                          self.conn.restoreFlags, self.image, other)
        self.conn.restore(self.image)
        self.assert_state(domain, PAUSED)
        domain.managedSave()
        text = domain.managedSaveGetXMLDesc(libvirt.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
        domain.managedSaveDefineXML(text.replace("changed", "again"),
                                    libvirt.VIR_DOMAIN_SAVE_RUNNING)
        self.assertNotIn("again", domain.managedSaveGetXMLDesc())
        domain.create()
        self.assert_state(domain, RUNNING)
        self.assertEqual(self.partial(), [])

    def test_params(self):
        domain = self.start("guest")
        domain.saveParams({libvirt.VIR_DOMAIN_SAVE_PARAM_FILE: self.image})
        self.conn.restoreParams({libvirt.VIR_DOMAIN_SAVE_PARAM_FILE: self.image})
        self.assert_state(domain, RUNNING)
        domain.saveParams({})
        self.assertEqual(domain.hasManagedSaveImage(), 1)
        domain.managedSaveRemove()
        self.assertEqual(domain.hasManagedSaveImage(), 0)
        domain.create()
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED)

    def test_dump(self):
        path = self.folder / "guest.core"
        domain = self.start("guest")
        domain.coreDump(str(path))
        self.assertGreaterEqual(path.stat().st_size, 64 * 4096)
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
        self.assert_state(domain, RUNNING)
        self.assertFalse(self.xen.guest(domain.ID()).paused)
        done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
        self.assertEqual(done["operation"], libvirt.VIR_DOMAIN_JOB_OPERATION_DUMP)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "kdump-lzo",
                          domain.coreDumpWithFormat, str(path),
                          libvirt.VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_LZO)
        fault = self.xen.hang(DUMP_PAGES)
        call = Call(self.other_connection().coreDump, str(path))
        standin.wait_for(fault.hits, "the dump is half done")
        self.assert_state(domain, PAUSED, libvirt.VIR_DOMAIN_PAUSED_DUMP)
        domain.abortJob()  # of a dump that writes nothing
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_ABORTED)
        self.assert_state(domain, RUNNING)
        self.assertEqual(self.partial(), [])
        self.xen.fail(DUMP_PAGES)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot dump domain 'guest' to .*fails as told",
                          domain.coreDump, str(path))
        self.assert_state(domain, RUNNING)
        domain.coreDump(str(path), libvirt.VIR_DUMP_CRASH)
        self.assert_state(domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED)

    def crash(self, action):
        """A guest that has crashed, and whose dump hangs; the folder of dumps."""
        domain = self.conn.defineXML(standin.xml("guest", more=f"<on_crash>{action}</on_crash>"))
        domain.create()
        fault = self.xen.hang(DUMP_PAGES)
        self.xen.stop(domain.ID(), xen.CRASH)
        standin.wait_for(fault.hits, "the dump is half done")
        return domain, self.folder / "lib/libvirt/libxl/dump"

    def test_dump_of_crash_aborted(self):
        """It is a job like others, and what was to follow follows."""
        domain, folder = self.crash("coredump-restart")
        before = domain.ID()
        self.assert_state(domain, libvirt.VIR_DOMAIN_CRASHED, libvirt.VIR_DOMAIN_CRASHED_PANICKED)
        self.assertEqual(domain.jobStats()["operation"], libvirt.VIR_DOMAIN_JOB_OPERATION_DUMP)
        domain.abortJob()
        standin.wait_for(lambda: self.conn.lookupByName("guest").ID() not in (-1, before), "it starts anew")
        self.assertEqual(list(folder.iterdir()), [])

    def test_dump_of_crash_destroyed(self):
        domain, folder = self.crash("coredump-destroy")
        domain.destroy()
        self.wait_state(domain, SHUTOFF)
        self.assertEqual(list(folder.iterdir()), [])

    def test_dump_of_guest_that_goes(self):
        """Somebody else destroys it."""
        domain, folder = self.crash("coredump-destroy")
        self.xen.destroy(domain.ID())
        self.wait_state(domain, SHUTOFF)
        self.assertEqual(list(folder.iterdir()), [])

    def test_dump_when_daemon_ends(self):
        """It does not wait for the dump; the next one has the guest's end."""
        self.crash("coredump-destroy")
        self.restart()
        self.wait_state(self.conn.lookupByName("guest"), SHUTOFF)

    def killed(self, point, function, *arguments, **which):
        """The daemon is killed at the point, and the next one starts."""
        self.xen.kill(point, **which)
        call = Call(function, *arguments)
        self.daemon.wait_killed()
        call.join(standin.PATIENCE)
        self.assertIsNotNone(call.error)
        self.connections.remove(self.conn)
        self.daemon.start()
        self.conn = self.connect()
        return self.conn.lookupByName("guest")

    def test_killed_in_save(self):
        """The guest goes on; nothing of the image is left."""
        for managed in (False, True):
            with self.subTest(managed=managed):
                domain = self.conn.lookupByName("guest") if managed else self.start("guest")
                domid = domain.ID()
                save = (domain.managedSave,) if managed else (domain.save, self.image)
                domain = self.killed(SAVE_PAGES, *save)
                standin.wait_for(lambda: not self.xen.guest(domid).shutdown, "the guest goes on")
                self.wait_state(domain, RUNNING)
                self.assertEqual(domain.ID(), domid)
                self.assertEqual(self.partial(), [])
                self.assertFalse(os.path.exists(self.image))
                self.assertEqual(domain.hasManagedSaveImage(), 0)
        self.wait_state(domain, RUNNING)
        domain.suspend()
        domain = self.killed(SAVE_PAGES, domain.save, self.image)
        standin.wait_for(lambda: not self.xen.guest(domid).shutdown, "the guest goes on")
        self.wait_state(domain, PAUSED)
        self.assertTrue(self.xen.guest(domid).paused)

    def test_killed_after_save(self):
        """The image is whole: the guest is ended, and comes back from it."""
        domain = self.start("guest")
        domain = self.killed("libxl_domain_destroy", domain.managedSave)
        self.wait_state(domain, SHUTOFF)
        standin.wait_for(lambda: not self.xen.guests(), "the guest is gone")
        self.assertEqual(domain.hasManagedSaveImage(), 1)
        domain.create()
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED)

    def test_killed_in_the_end(self):
        """What is half gone when the daemon is killed is ended by the next; the image is kept."""
        domain = self.start("guest")
        for point in ("libxl_domain_destroy", "libxl_domain_destroy:dying"):
            with self.subTest(point=point):
                domain = self.killed(point, domain.save, self.image)
                self.assert_state(domain, SHUTOFF)
                self.assertEqual(self.xen.guests(), [])
                self.conn.restore(self.image)
                self.assert_state(domain, RUNNING)
                domain = self.killed(point, domain.destroy)
                self.assert_state(domain, SHUTOFF)
                self.assertEqual(self.xen.guests(), [])
                domain.create()

    def test_killed_and_made_anew(self):
        """A guest that xl made of the same uuid meanwhile is another one, and lives."""
        domain = self.start("guest")
        domid, uuid = domain.ID(), domain.UUIDString()
        self.xen.kill("libxl_domain_destroy")
        call = Call(domain.destroy)
        self.daemon.wait_killed()
        call.join(standin.PATIENCE)
        self.xen.destroy(domid)
        anew = self.xen.create("guest", uuid)
        self.connections.remove(self.conn)
        self.daemon.start()
        self.conn = self.connect()
        domain = self.conn.lookupByName("guest")
        self.wait_state(domain, RUNNING)
        self.assertEqual(self.xen.guests(), [anew])

    def test_killed_in_restore(self):
        """The half guest is taken down, and the image is kept."""
        domain = self.start("guest")
        domain.managedSave()
        for point in ("libxl_domain_create_restore:made", RESTORE_PAGES, "libxl_domain_unpause"):
            with self.subTest(point=point):
                domain = self.killed(point, domain.create)
                self.assert_state(domain, SHUTOFF)
                self.assertEqual(self.xen.guests(), [])
                self.assertEqual(domain.hasManagedSaveImage(), 1)
        domain.create()
        self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED)
        self.assertEqual(domain.hasManagedSaveImage(), 0)

    def test_killed_in_dump(self):
        """The guest that was held goes on."""
        domain = self.start("guest")
        domain = self.killed(DUMP_PAGES, domain.coreDump, self.image)
        self.wait_state(domain, RUNNING)
        self.assertFalse(self.xen.guest(domain.ID()).paused)
        self.assertEqual(self.partial(), [])
        self.assertFalse(os.path.exists(self.image))

    def test_saved_by_xl(self):
        """A guest that somebody else suspends is left to that one, also over a restart."""
        domain = self.start("guest")
        domid = domain.ID()
        self.xen.stop(domid, xen.SUSPEND)
        self.wait_state(domain, PAUSED)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assert_state(domain, PAUSED, libvirt.VIR_DOMAIN_PAUSED_SAVE)
        self.assertTrue(self.xen.guest(domid).shutdown)
        self.assertEqual(self.xen.calls("libxl_domain_resume"), 0)


class Compressed(standin.Case):
    def prepare(self):
        folder = self.folder / "etc"
        (folder / "libxl.conf").write_text('save_image_format = "gzip"\n')

    def test_gives_way(self):
        """What copies memory leaves the CPUs to whoever asks a question."""
        domain = self.start("guest")
        fault = self.xen.hang(SAVE_PAGES)
        call = Call(self.connect().lookupByName("guest").managedSave)
        standin.wait_for(fault.hits, "the save is half done")
        standin.wait_for(lambda: len(self.daemon.nice_values("gzip", "xl-pump")) == 2, "both are at it")
        self.assertEqual(self.daemon.nice_values("gzip", "xl-pump"), {"gzip": 10, "xl-pump": 10})
        self.assertEqual(self.xen.read("/standin/helper-nice"), "10")
        fault.release()
        self.assertIsNone(call.code())
        domain.create()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)

    def test_save_restore(self):
        """The other driver refuses it, we restore it, and damage is found."""
        image = str(self.folder / "guest.image")
        domain = self.start("guest")
        domain.save(image)
        with open(image, "rb") as file:
            data = bytearray(file.read())
        self.assertEqual(struct.unpack_from("=I", data, 16)[0], 3)
        self.assertLess(len(data), 64 * 4096)
        self.conn.restore(image)
        self.assert_state(domain, RUNNING)
        domain.destroy()
        middle = len(data) - 200
        data[middle:middle + 50] = bytes(50)
        with open(image, "wb") as file:
            file.write(data)
        # gzip checks its sum at the end: what it gave out until then may have been damaged too
        with self.assertRaisesRegex(libvirt.libvirtError, "gzip|save stream is damaged"):
            self.conn.restore(image)
        self.assert_state(domain, SHUTOFF)
        self.assertEqual(self.xen.guests(), [])


if __name__ == "__main__":
    standin.main()
