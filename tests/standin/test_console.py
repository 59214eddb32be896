# SPDX-License-Identifier: LGPL-2.1-or-later
"""Consoles and channels: which there are, where they lead, and who has them."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import threading
import tty

import libvirt

import standin

FORCE, SAFE = libvirt.VIR_DOMAIN_CONSOLE_FORCE, libvirt.VIR_DOMAIN_CONSOLE_SAFE
FAILED, UNSUPPORTED = libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
SERIALS = "".join(f"<serial type='pty'><target port='{port}'/></serial>" for port in range(3))
SOCKET = "<serial type='unix'><source mode='bind' path='{}'/></serial>"
CHANNEL = "<channel type='pty'><target type='xen' name='{}'/></channel>"


class Terminal:
    """What xenconsoled or QEMU has of a terminal, at the place that the stand-in told."""

    def __init__(self, xen, name):
        self.fd, self.slave = os.openpty()
        os.set_blocking(self.fd, False)
        tty.setraw(self.slave)
        place = xen.folder / "tty" / name
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(os.ttyname(self.slave))

    def write(self, data):
        os.write(self.fd, data)

    def read(self):
        try:
            return os.read(self.fd, 4096)
        except BlockingIOError:
            return b""

    def close(self):
        for fd in {self.fd, self.slave} - {-1}:
            os.close(fd)
        self.fd = self.slave = -1


class Case(standin.Case):
    def terminal(self, domain, what=""):
        end = Terminal(self.xen, f"{domain.ID()}{what}")
        self.addCleanup(end.close)
        return end

    def stream(self, connection=None):
        return (connection or self.conn).newStream(libvirt.VIR_STREAM_NONBLOCK)

    def open(self, domain, name=None, flags=0, connection=None):
        """A stream; of another client, when one is given."""
        stream = self.stream(connection)
        if connection:
            domain = connection.lookupByName(domain.name())
        domain.openConsole(name, stream, flags)
        return stream

    def open_channel(self, domain, name=None, flags=0):
        stream = self.stream()
        domain.openChannel(name, stream, flags)
        return stream

    def assert_connected(self, stream, end):
        """What is said on one side is heard on the other."""
        end.write(b"login: ")
        self.assertEqual(self.hear(stream), b"login: ")
        stream.send(b"root\n")
        standin.wait_for(lambda: end.read() == b"root\n", "the guest hears it")

    def hear(self, stream):
        heard = []

        def more():
            data = stream.recv(100)
            heard.append(data)
            return data != -2
        standin.wait_for(more, "the client hears something")
        return heard[-1]

    def assert_busy(self, domain, name=None, flags=0, function="openConsole"):
        self.assert_fails(FAILED, "domain 'guest': somebody else has it open; take it over with --force",
                          getattr(domain, function), name, self.stream(), flags)

    def wait_opens(self, domain, name=None):
        """A console that is free in a moment."""
        def opens():
            try:
                return self.open(domain, name)
            except libvirt.libvirtError as error:
                self.assertIn("somebody else", str(error))
                return None
        return standin.wait_for(opens, "the console is free")


class Names(Case):
    def test_first(self):
        """Without a name: the console that live XML has first."""
        for number, kind in enumerate(("xen", "xenpvh", "hvm"), 1):
            with self.subTest(kind):
                domain = self.start("guest", number, kind=kind, devices=SERIALS if kind == "hvm" else "")
                end = self.terminal(domain, "-serial0" if kind == "hvm" else "")
                for name in None, "console0", "console-0":
                    stream = self.open(domain, name)
                    self.assert_connected(stream, end)
                    stream.finish()
                domain.destroy()
                domain.undefine()

    def test_serials(self):
        """Each port has a terminal of its own, also behind one that has none."""
        mixed = SERIALS.replace("type='pty'", "type='null'", 1)
        domain = self.start("guest", kind="hvm", devices=mixed)
        for port in 1, 2:
            end = self.terminal(domain, f"-serial{port}")
            self.assertIn(f'<serial type="pty" tty="{self.xen.folder}/tty/{domain.ID()}-serial{port}">',
                          domain.XMLDesc())
            for name in f"serial{port}", f"serial-{port}":
                stream = self.open(domain, name)
                self.assert_connected(stream, end)
                stream.finish()

    def test_pv_console_of_hvm(self):
        """Behind the view of the first port live XML has the console of the guest's PV drivers."""
        domain = self.start("guest", kind="hvm", devices=SERIALS)
        end = self.terminal(domain)
        self.assertIn(f'<console type="pty" tty="{self.xen.folder}/tty/{domain.ID()}">', domain.XMLDesc())
        self.assertNotIn('<target type="xen"', domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.assert_connected(self.open(domain, "console1"), end)
        before = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        self.conn.defineXML(domain.XMLDesc())
        self.assertEqual(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE), before)

    def test_stubdom(self):
        """Where the device model has a domain of its own, its consoles behind the third are the ports."""
        domain = self.start("guest", kind="hvm", devices=SERIALS)
        self.xen.write(f"/local/domain/{domain.ID()}/image/device-model-domid", "77")
        self.xen.write("/local/domain/77/device/console/4/tty", f"{self.xen.folder}/tty/stub")
        end = Terminal(self.xen, "stub")
        self.addCleanup(end.close)
        self.assert_connected(self.open(domain, "serial1"), end)
        self.assert_fails(UNSUPPORTED, "no terminal", domain.openConsole, "serial0", self.stream())

    def test_alias_of_user(self):
        devices = SERIALS.replace("</serial>", "<alias name='ua-modem'/></serial>", 1)
        domain = self.start("guest", kind="hvm", devices=devices)
        end = self.terminal(domain, "-serial0")
        self.assert_connected(self.open(domain, "ua-modem"), end)

    def test_unknown(self):
        domain = self.start("guest", kind="hvm", devices=SERIALS)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG,
                          "'guest' has no console 'x'; it has: console-0, console-1, serial-0, serial-1, serial-2",
                          domain.openConsole, "x", self.stream())
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "'guest' has no channel ''; it has: none",
                          domain.openChannel, None, self.stream())
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.openConsole, None,
                          self.stream())


class Kinds(Case):
    def test_socket(self):
        """QEMU listens at a unix socket; one client at a time has it."""
        path = self.folder / "serial.sock"
        domain = self.start("guest", kind="hvm", devices=SOCKET.format(path))
        self.assert_fails(FAILED, f"nobody takes the call at the socket '{path}'", domain.openConsole,
                          "serial0", self.stream())
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            stream = self.open(domain, "serial0")
            end, _ = listener.accept()
            with end:
                end.sendall(b"login: ")
                self.assertEqual(self.hear(stream), b"login: ")
                stream.send(b"root\n")
                self.assertEqual(end.recv(100), b"root\n")
                self.assert_busy(domain, "serial0")
            self.assertEqual(self.hear(stream), b"")
            stream.finish()
            self.wait_opens(domain, "serial0")

    def test_others(self):
        """What cannot be opened says what it is, and how it is reached."""
        rows = (
            ("null", "", r"\(null\) cannot be opened: it leads nowhere"),
            ("file", "<source path='/var/log/x'/>", r"\(file /var/log/x\) .*read it there"),
            ("dev", "<source path='/dev/ttyS3'/>", r"\(dev /dev/ttyS3\) .*device of the host"),
            ("pipe", "<source path='/run/p'/>", r"\(pipe /run/p\) .*the pipe itself"),
            ("unix", "<source mode='connect' path='/run/s'/>", r"\(unix /run/s\) .*calls the socket"),
            ("tcp", "<source mode='bind' host='::1' service='7001'/>", r"\(tcp ::1:7001\) .*waits there for calls"),
            ("tcp", "<source mode='connect' host='h' service='23'/><protocol type='telnet'/>",
             r"\(tcp h:23\) .*calls another program"),
            ("udp", "<source mode='connect' host='h' service='9'/>", r"\(udp h:9\) .*sent to another"),
        )
        devices = "".join(f"<serial type='{kind}'>{source.replace('::1', '127.0.0.1')}</serial>"
                          for kind, source, _ in rows)
        domain = self.start("guest", kind="hvm", devices=devices)
        for port, (kind, _, pattern) in enumerate(rows):
            with self.subTest(kind):
                self.assert_fails(UNSUPPORTED,
                                  f"'serial-{port}' of domain 'guest' " + pattern.replace("::1", "127.0.0.1"),
                                  domain.openConsole, f"serial{port}", self.stream())

    def test_no_terminal(self):
        domain = self.start("guest", kind="hvm", devices=SERIALS)
        self.xen.node(f"/local/domain/{domain.ID()}/serial/1/tty").unlink()
        self.assert_fails(UNSUPPORTED, "'serial-1' of domain 'guest' has no terminal", domain.openConsole,
                          "serial1", self.stream())


class Sharing(Case):
    def setUp(self):
        super().setUp()
        self.domain = self.start("guest", kind="hvm", devices=SERIALS)
        self.end_of_guest = self.terminal(self.domain, "-serial0")

    def test_busy(self):
        """One client has it, under whatever name; others are free."""
        stream = self.open(self.domain)
        for name in None, "console0", "serial0":
            for flags in 0, SAFE:
                self.assert_busy(self.domain, name, flags)
        other = self.terminal(self.domain, "-serial1")
        self.assert_connected(self.open(self.domain, "serial1"), other)
        self.assert_connected(stream, self.end_of_guest)

    def test_force(self):
        """Who forces has it, and who had it hears that it is over."""
        first = self.open(self.domain, connection=self.connect())
        second = self.open(self.domain, flags=FORCE)

        def over():
            try:
                return first.recv(1) not in (-2, b"")
            except libvirt.libvirtError:
                return True
        standin.wait_for(over, "the first client hears of it")
        self.assert_connected(second, self.end_of_guest)
        self.assert_busy(self.domain)

    def test_client_closes(self):
        for end in "finish", "abort":
            stream = self.open(self.domain)
            getattr(stream, end)()
            self.assert_connected(self.wait_opens(self.domain), self.end_of_guest)
            self.restart()
            self.domain = self.conn.lookupByName("guest")

    def test_connection_closes(self):
        other = self.connect()
        self.open(self.domain, connection=other)
        self.assert_busy(self.domain)
        other.close()
        self.connections.remove(other)
        self.assert_connected(self.wait_opens(self.domain), self.end_of_guest)

    def test_virsh_killed(self):
        """A client that just is no more."""
        master, slave = os.openpty()
        command = ["virsh", "-c", self.daemon.uri, "console", "guest"]
        with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave) as client:
            os.close(slave)
            said = b""
            self.end_of_guest.write(b"login: ")
            while b"login: " not in said:
                said += os.read(master, 4096)
            self.assert_busy(self.domain)
            client.kill()
        os.close(master)
        self.assert_connected(self.wait_opens(self.domain), self.end_of_guest)

    def test_guest_ends(self):
        """Its streams end, and one that nobody closes does not keep the next life's console."""
        stream = self.open(self.domain)
        self.domain.destroy()
        self.end_of_guest.close()
        self.assertEqual(self.hear(stream), b"")
        self.domain.create()
        place = self.xen.folder / "tty" / f"{self.domain.ID()}-serial0"
        again = Terminal(self.xen, place.name)
        self.addCleanup(again.close)
        self.assert_connected(self.open(self.domain), again)
        self.assert_busy(self.domain)

    def test_same_terminal(self):
        """The next life may get the number of the terminal that a client still has."""
        self.open(self.domain)
        old = self.domain.ID()
        self.domain.destroy()
        self.domain.create()
        name = f"/local/domain/{self.domain.ID()}/serial/0/tty"
        self.xen.write(name, f"{self.xen.folder}/tty/{old}-serial0")
        self.assert_connected(self.open(self.domain), self.end_of_guest)

    def test_terminal_gone(self):
        """A failure leaves nothing taken."""
        place = self.xen.folder / "tty" / f"{self.domain.ID()}-serial0"
        for change, reason in (place.unlink, "No such file"), (place.touch, "Inappropriate"):
            change()
            for _ in range(2):
                self.assert_fails(FAILED, f"console 'console-0' of domain 'guest': the terminal '{place}' "
                                  f"cannot be opened: {reason}", self.domain.openConsole, None, self.stream())

    def test_many(self):
        """Clients that come and go, all at once: one at a time has it, and in the end it is free."""
        def take():
            connection = libvirt.open(self.daemon.uri)
            domain = connection.lookupByName("guest")
            for turn in range(20):
                stream = self.stream(connection)
                with contextlib.suppress(libvirt.libvirtError):  # another has it
                    domain.openConsole(None, stream, 0)
                    had.append(turn)
                    getattr(stream, "finish" if turn % 2 else "abort")()
            connection.close()

        had = []

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(had)
        self.assert_connected(self.wait_opens(self.domain), self.end_of_guest)

    def test_xl(self):
        """xl console keeps others out by its lock, and is kept out by it."""
        path = self.folder / "run/lock" / f"xenconsole.{self.domain.ID()}"
        with open(path, "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for flags in 0, SAFE:
                self.assert_fails(FAILED, "xl console has a console of this domain open: leave it",
                                  self.domain.openConsole, None, self.stream(), flags)
            self.assert_fails(FAILED, "cannot be thrown out", self.domain.openConsole, None, self.stream(),
                              FORCE | SAFE)
            self.open(self.domain, flags=FORCE).finish()
        stream = self.wait_opens(self.domain)
        with open(path, "rb") as lock:
            self.assertRaises(BlockingIOError, fcntl.flock, lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        second = self.open(self.domain, "serial0", FORCE)
        self.assertTrue(path.exists())
        for one in stream, second:
            try:
                one.finish()
            except libvirt.libvirtError:
                pass  # the one that was taken over
        standin.wait_for(lambda: not path.exists(), "xl may have it")


class Channels(Case):
    def test_pty(self):
        """Each by its alias, or by the name that the guest sees; the first without."""
        domain = self.start("guest", kind="xen", devices=CHANNEL.format("a.1") + CHANNEL.format("b"))
        place = f"{self.xen.folder}/tty/{domain.ID()}-a.1"
        self.assertIn(f'<source path="{place}"/>', domain.XMLDesc())
        self.assertNotIn(place, domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        for channel, names in ("a.1", (None, "a.1", "channel0", "channel-a-1")), ("b", ("b", "channel1")):
            end = self.terminal(domain, f"-{channel}")
            for name in names:
                stream = self.open_channel(domain, name)
                self.assert_connected(stream, end)
                self.assert_busy(domain, name, function="openChannel")
                stream.finish()

    def test_defined_anew(self):
        """The terminal in live XML is no part of a definition."""
        domain = self.start("guest", kind="xen", devices=CHANNEL.format("a"))
        self.conn.defineXML(domain.XMLDesc())
        self.assertNotIn("tty/", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))

    def test_socket_and_force(self):
        """One without a place has a socket of the daemon's."""
        device = "<channel type='unix'><target type='xen' name='c'/></channel>"
        domain = self.start("guest", kind="xen", devices=device)
        path = self.folder / "run/libvirt/libxl" / f"channel-{standin.uuid(1)}-0.sock"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            self.open_channel(domain, "c")
            listener.accept()[0].close()
            self.assert_busy(domain, "c", function="openChannel")
            second = self.open_channel(domain, "c", libvirt.VIR_DOMAIN_CHANNEL_FORCE)
            with listener.accept()[0] as end:
                end.sendall(b"hello")
                self.assertEqual(self.hear(second), b"hello")


class Logs(Case):
    LOGGED = ("<serial type='{}'>{}<log file='/var/log/xen/a,b.log' append='{}'/></serial>")

    def config(self, domain):
        return json.loads((self.xen.folder / f"userdata/{domain.ID()}.libxl-json").read_text())["b_info"]

    def refused(self, pattern, devices, kind="hvm", more=""):
        self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, pattern, self.conn.defineXML,
                          standin.xml("guest", kind=kind, devices=devices, more=more))

    def test_serials(self):
        """QEMU has a port with a log as a character device with it, of each kind that there is."""
        socket_end = "<source mode='bind' host='[::1]' service='7001'/><protocol type='telnet'/>"
        udp = "<source mode='bind' host='b' service='1'/><source mode='connect' host='c' service='2'/>"
        rows = (
            ("pty", "", "pty,id=serial1"),
            ("null", "", "null,id=serial2"),
            ("vc", "", "vc,id=serial3"),
            ("stdio", "", "stdio,id=serial4"),
            ("file", "<source path='/run/x,y'/>", "file,id=serial5,path=/run/x,,y"),
            ("pipe", "<source path='/run/p'/>", "pipe,id=serial6,path=/run/p"),
            ("dev", "<source path='/dev/ttyS3'/>", "serial,id=serial7,path=/dev/ttyS3"),
            ("unix", "<source mode='bind' path='/run/s'/>", "socket,id=serial8,path=/run/s,server=on,wait=off"),
            ("unix", "<source mode='connect' path='/run/s'/>", "socket,id=serial9,path=/run/s"),
            ("tcp", socket_end, "socket,id=serial10,host=::1,port=7001,server=on,wait=off,telnet=on"),
            ("tcp", "<source mode='connect' host='h' service='23'/><protocol type='raw'/>",
             "socket,id=serial11,host=h,port=23"),
            ("udp", udp, "udp,id=serial12,host=c,port=2,localaddr=b,localport=1"),
        )
        devices = "<serial type='null'/>" + "".join(
            self.LOGGED.format(kind, source, "on" if number % 2 else "off")
            for number, (kind, source, _) in enumerate(rows))
        domain = self.start("guest", kind="hvm", devices=devices)
        config = self.config(domain)
        ports = [f"chardev:serial{number + 1}" for number in range(len(rows))]
        self.assertEqual(config["type.hvm"]["serial_list"], ["null"] + ports)
        said = [f"{text},logfile=/var/log/xen/a,,b.log,logappend={'on' if number % 2 else 'off'}"
                for number, (_, _, text) in enumerate(rows)]
        extra = config["extra"]
        self.assertEqual([extra[i + 1] for i, word in enumerate(extra)
                          if word == "-chardev" and ",id=serial" in extra[i + 1]], said)
        end = self.terminal(domain, "-serial1")
        self.assert_connected(self.open(domain, "serial1"), end)

    def test_shown(self):
        """XML has the port as it was defined, with its log, running or not, and the next daemon too."""
        domain = self.start("guest", kind="hvm", devices=self.LOGGED.format("pty", "", "on"))
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assertEqual(self.config(domain)["type.hvm"]["serial"], "chardev:serial0")
        for flags in 0, libvirt.VIR_DOMAIN_XML_INACTIVE:
            xml = domain.XMLDesc(flags)
            self.assertIn('<log file="/var/log/xen/a,b.log" append="on"/>', xml)
            self.assertIn('<serial type="pty"', xml)
            self.assertNotIn("chardev", xml)
        end = self.terminal(domain, "-serial0")
        self.assert_connected(self.open(domain), end)

    def test_view(self):
        """A console that is a view of the port has the port's log."""
        log = "<log file='/var/log/xen/a'/>"
        console = f"<console type='pty'>{log}<target type='serial'/></console>"
        self.define("guest", kind="hvm", devices=f"<serial type='pty'>{log}</serial>" + console)
        self.refused("console: .*second view .* put <log> into <serial>", "<serial type='pty'/>" + console)

    def test_refused(self):
        log = "<log file='/var/log/xen/a'/>"
        console = f"<console type='pty'>{log}<target type='xen'/></console>"
        serial = f"<serial type='pty'>{log}</serial>"
        self.refused("console: Xen logs .*xenconsoled with --log=guest", console, "xen")
        self.refused("channel 0: Xen has no log of a channel", CHANNEL.format("a").replace("<target", log + "<target"))
        self.refused("serial 0: only HVM guests", serial, "xen")
        stub = ("<metadata><xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>device_model_stubdomain_override = 1"
                "</xl:cfg></metadata>")
        self.refused("serial 0: the device model is in a stub domain", serial, more=stub)
        self.refused("serial 0: the log has no place", serial.replace("/var/log/xen/a", "a.log"))

    def test_consoles(self):
        """What Xen cannot give is refused, not left out."""
        pty = "<console type='pty'><target type='xen'/></console>"
        self.refused("console: Xen gives a guest one console .*<channel type='pty'>", pty + pty, "xen")
        self.refused("console: Xen's own console is a terminal", "<console type='file'><source path='/x'/>"
                     "<target type='xen'/></console>", "xen")
        self.refused("serial 1: QEMU under Xen has no port of this kind",
                     "<serial type='pty'/><serial type='nmdm'><source master='/dev/nmdm0A' slave='/dev/nmdm0B'/>"
                     "</serial>")


class ReadOnly(Case):
    def test_read_only(self):
        self.start("guest", kind="xen", devices=CHANNEL.format("a"))
        uri = str(self.daemon.uri) + "-ro"
        connection = libvirt.openReadOnly(uri)
        self.connections.append(connection)
        domain = connection.lookupByName("guest")
        for function in domain.openConsole, domain.openChannel:
            with self.assertRaises(libvirt.libvirtError) as caught:
                function(None, connection.newStream())
            self.assertIn(caught.exception.get_error_code(),
                          (libvirt.VIR_ERR_OPERATION_DENIED, libvirt.VIR_ERR_ACCESS_DENIED))


if __name__ == "__main__":
    standin.main()
