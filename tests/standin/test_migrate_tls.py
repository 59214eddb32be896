# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory that goes from daemon to daemon through TLS, with certificates of their own."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

import libvirt

import standin
import test_migrate
from test_migrate import LIVE

TLS = libvirt.VIR_MIGRATE_TLS
NAME = "there.example"
USES = f"""subjectAltName=IP:127.0.0.1,DNS:{NAME}
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
basicConstraints=critical,CA:false
"""


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority's, and one for whoever is asked or asks."""
    (folder / "uses").write_text(USES)
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "cakey.pem",
            "-out", "cacert.pem", "-subj", "/CN=authority", "-addext", "keyUsage=keyCertSign")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "serverkey.pem",
            "-out", "request.pem", "-subj", f"/CN={NAME}")
    openssl(folder, "x509", "-req", "-in", "request.pem", "-CA", "cacert.pem", "-CAkey",
            "cakey.pem", "-CAcreateserial", "-out", "servercert.pem", "-extfile", "uses")
    for name in ("cert", "key"):
        shutil.copy(folder / f"server{name}.pem", folder / f"client{name}.pem")


@unittest.skipUnless(shutil.which("openssl"), "no program makes certificates")
class Certified(test_migrate.Two):
    @classmethod
    def setUpClass(cls):
        cls.certificates = tempfile.TemporaryDirectory()
        make_certificates(pathlib.Path(cls.certificates.name))

    @classmethod
    def tearDownClass(cls):
        cls.certificates.cleanup()

    def certify(self, etc):
        shutil.copytree(self.certificates.name, etc / "pki")
        (etc / "libxl.conf").write_text('migrate_tls_x509_cert_dir = "/etc/libvirt/pki"\n')

    def prepare(self):
        self.certify(self.folder / "etc")

    def prepare_there(self):
        self.certify(self.folder / "there/etc")


class Faults(Certified, test_migrate.Faults):
    """All that holds for a stream that anybody may read."""

    way = TLS

    def is_cut(self, before):
        return self.daemon.fds() < before


class Tls(Certified):
    way = TLS

    def setUp(self):
        super().setUp()
        self.domain = self.start("guest")

    def test_unseen(self):
        """Who listens on the way does not see the memory, compressed or not."""
        for flags in (LIVE, LIVE | libvirt.VIR_MIGRATE_COMPRESSED):
            with self.subTest(flags=flags):
                listener = Listener()
                self.addCleanup(listener.close)
                self.migrate(self.domain, flags, **listener.params())
                self.assert_went()
                seen = listener.seen()
                self.assertGreater(len(seen), 1000)
                self.assertNotIn(b"stand-in stream", seen)
                self.assertNotIn(b"guest", seen)
                self.back(self.there.lookupByName("guest"), flags)

    def test_names(self):
        """The destination is who it is to be."""
        name = libvirt.VIR_MIGRATE_PARAM_TLS_DESTINATION
        self.assert_fails(libvirt.VIR_ERR_AUTH_FAILED, "certificate", self.migrate, self.domain,
                          LIVE, **{name: "other.example"})
        self.assert_stayed(self.domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.migrate(self.domain, LIVE, **{name: NAME})
        self.assert_went()

    def test_no_certificates(self):
        """It is known before anything is done."""
        shutil.rmtree(self.folder / "there/etc/pki")
        with self.assertRaisesRegex(libvirt.libvirtError, "no TLS without this host's certificates"):
            self.migrate(self.domain)
        self.assert_stayed(self.domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)


class Listener(threading.Thread):
    """Between the two hosts: the source calls it, and it the destination, at the same port."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.bytes = []
        self.start()

    def params(self):
        return {libvirt.VIR_MIGRATE_PARAM_URI: f"tcp://127.0.0.1:{self.port}",
                libvirt.VIR_MIGRATE_PARAM_LISTEN_ADDRESS: "127.0.0.2"}

    def run(self):
        source, _ = self.server.accept()
        target = socket.create_connection(("127.0.0.2", self.port))
        answers = threading.Thread(target=self.carry, args=(target, source), daemon=True)
        answers.start()
        self.carry(source, target)
        answers.join()
        source.close()
        target.close()

    def carry(self, source, target):
        while True:
            try:
                some = source.recv(65536)
                self.bytes.append(some)
                target.sendall(some) if some else target.shutdown(socket.SHUT_WR)
            except OSError:
                return
            if not some:
                return

    def seen(self):
        self.join(standin.PATIENCE)
        return b"".join(self.bytes)

    def close(self):
        self.server.close()


if __name__ == "__main__":
    standin.main()
