# SPDX-License-Identifier: LGPL-2.1-or-later
"""Titles, descriptions and elements that tools keep with a domain."""

import libvirt

import standin

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
TITLE, DESCRIPTION, ELEMENT = (libvirt.VIR_DOMAIN_METADATA_TITLE,
                               libvirt.VIR_DOMAIN_METADATA_DESCRIPTION,
                               libvirt.VIR_DOMAIN_METADATA_ELEMENT)
MISSING = libvirt.VIR_ERR_NO_DOMAIN_METADATA
OURS = "urn:xlvirt:xl.cfg:1"
URN = "urn:example:owner"
OWNER = "<owner since='2026'><name>Ada</name></owner>"


class Metadata(standin.Case):
    def stored(self, domain):
        return domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)

    def told(self):
        seen = []
        self.connect().domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
            lambda _connection, _domain, kind, uri, _data: seen.append((kind, uri)), None)
        return seen

    def test_words(self):
        """Title and description, of what runs and of what is stored."""
        domain = self.start("guest")
        told = self.told()
        self.assert_fails(MISSING, "'guest' has no such", domain.metadata, TITLE, None)
        domain.setMetadata(TITLE, "The web <server>", None, None, CONFIG)
        self.assertEqual(domain.metadata(TITLE, None, CONFIG), "The web <server>")
        self.assert_fails(MISSING, "no such", domain.metadata, TITLE, None, LIVE)
        domain.setMetadata(DESCRIPTION, "two\nlines", None, None, LIVE | CONFIG)
        self.assertEqual(domain.metadata(DESCRIPTION, None), "two\nlines")
        self.assertIn("<title>The web &lt;server&gt;</title>", self.stored(domain))
        standin.wait_for(lambda: told == [(TITLE, None), (DESCRIPTION, None)], f"events: {told}")
        domain.setMetadata(DESCRIPTION, None, None, None, CONFIG)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assertEqual(domain.metadata(TITLE, None, CONFIG), "The web <server>")
        self.assertEqual(domain.metadata(DESCRIPTION, None, LIVE), "two\nlines")
        self.assertNotIn("<description>", self.stored(domain))

    def test_element(self):
        """An element of a tool's own namespace: kept, replaced, removed, alone of its kind."""
        domain = self.start("guest")
        told = self.told()
        domain.setMetadata(ELEMENT, OWNER, "o", URN, LIVE | CONFIG)
        domain.setMetadata(ELEMENT, "<other/>", "x", URN + ":2", LIVE | CONFIG)
        for flags in (LIVE, CONFIG):
            found = domain.metadata(ELEMENT, URN, flags)
            self.assertIn("<name>Ada</name>", found)
            self.assertIn("2026", found)
        self.assertIn(f'<o:owner xmlns:o="{URN}"', self.stored(domain).replace("'", '"'))
        domain.setMetadata(ELEMENT, "<owner/>", "o", URN, LIVE)
        self.assertEqual(domain.metadata(ELEMENT, URN, LIVE).strip(), "<owner/>")
        self.assertIn("Ada", domain.metadata(ELEMENT, URN, CONFIG))
        domain.setMetadata(ELEMENT, None, None, URN, CONFIG)
        self.assert_fails(MISSING, "no such", domain.metadata, ELEMENT, URN, CONFIG)
        self.assertIn("other", domain.metadata(ELEMENT, URN + ":2", CONFIG))
        standin.wait_for(lambda: len(told) == 4, f"events: {told}")
        self.assertEqual(told[1], (ELEMENT, URN + ":2"))

    def test_element_wrong(self):
        domain = self.define("guest")
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "one XML element", domain.setMetadata,
                          ELEMENT, "<owner>", "o", URN)
        for key in ("xml", "a b", "o:o", ""):
            self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, f"'{key}' cannot be", domain.setMetadata,
                              ELEMENT, "<owner/>", key, URN)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "'o' cannot be", domain.setMetadata,
                          ELEMENT, "<owner xmlns:o='urn:example:o'/>", "o", URN)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.setMetadata,
                          TITLE, "web", None, None, LIVE)
        self.assertNotIn("metadata", self.stored(domain))

    def test_element_of_ours(self):
        """<xl:cfg> is edited as any other, and changes the definition."""
        domain = self.define("guest")
        domain.setMetadata(ELEMENT, "<cfg>oos = 0\n</cfg>", "xl", OURS)
        self.assertIn("oos = 0", self.virsh("domxml-to-native", "xen-xl", "--domain", "guest"))
        self.assertIn("oos = 0", domain.metadata(ELEMENT, OURS))
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "(?i)xl.?cfg|expected", domain.setMetadata,
                          ELEMENT, "<cfg>oos = [</cfg>", "xl", OURS)
        self.assertIn("oos = 0", domain.metadata(ELEMENT, OURS))
        domain.create()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "use --config", domain.setMetadata,
                          ELEMENT, "<cfg/>", "xl", OURS, LIVE)

    def test_virsh(self):
        self.start("guest")
        self.virsh("desc", "guest", "--config", "--live", "--title", "Web")
        self.assertEqual(self.virsh("desc", "guest", "--title"), "Web")
        self.assertIn("Web", self.virsh("list", "--title"))
        self.virsh("metadata", "guest", "--uri", URN, "--key", "o", "--set", OWNER, "--live")
        self.assertIn("Ada", self.virsh("metadata", "guest", "--uri", URN))
        self.assertRegex(self.virsh("dumpxml", "guest"), " id='?\"?[0-9]")

    def test_read_only(self):
        self.define("guest").setMetadata(TITLE, "Web", None, None)
        connection = libvirt.openReadOnly(self.daemon.uri)
        self.connections.append(connection)
        domain = connection.lookupByName("guest")
        self.assertEqual(domain.metadata(TITLE, None), "Web")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_DENIED, "read only", domain.setMetadata,
                          TITLE, "Mail", None, None)


if __name__ == "__main__":
    standin.main()
