# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of residual text when somebody edits the elements beside it: the edit counts, and no word is said
of another device than it was said of."""

import re

import xlconv

HEAD = 'type = "%s"\nname = "edited"\nmemory = 64\nkernel = "/k"\n'
OTHERS = "the devices are others now"
COUNTS = "an element says otherwise, and counts"
ASLEEP = "xl ignores this for the kind of guest that it was written for"


def removed(element, which=0):
    def edit(xml):
        found = list(re.finditer(rf" *<{element}\b(?:[^>]*/>\n|.*?</{element}>\n)", xml, re.S))[which]
        return xml[:found.start()] + xml[found.end():]
    return edit


def swapped(element):
    def edit(xml):
        first, second = list(re.finditer(rf" *<{element}\b(?:[^>]*/>\n|.*?</{element}>\n)", xml, re.S))[:2]
        return xml[:first.start()] + second[0] + xml[first.end():second.start()] + first[0] + xml[second.end():]
    return edit


def replaced(old, new):
    def edit(xml):
        assert old in xml, xml
        return xml.replace(old, new, 1)
    return edit


def added(device):
    return replaced("</devices>", device + "</devices>")


# type, keys, edit, what of the keys is there afterwards, what is told
CASES = {
    "the only card goes": (
        "pv", 'vif = [ "script=vif-route,untrusted,backend=net" ]', removed("interface"), "", [OTHERS]),
    "the first of two cards goes": (
        "pv", 'vif = [ "gatewaydev=a", "gatewaydev=b" ]', removed("interface"), "vif = [ \"\" ]", [OTHERS] * 2),
    "a card gets an address": (
        "pv", 'vif = [ "bridge=b,gatewaydev=a" ]', replaced("<source ", "<mac address='00:16:3e:00:00:01'/><source "),
        'vif = [ "mac=00:16:3e:00:00:01,bridge=b,gatewaydev=a" ]', []),
    "the first of two cards with addresses goes": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,gatewaydev=a", "mac=00:16:3e:00:00:02,gatewaydev=b" ]',
        removed("interface"), 'vif = [ "mac=00:16:3e:00:00:02,gatewaydev=b" ]',
        ["no device has this name any more"]),
    "the screen goes": ("pvh", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7" ]', removed("graphics"), "", [OTHERS]),
    "a port beside a display in the address": (
        "pv", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7" ]', replaced('port="5907"', 'port="5909"'),
        'vfb = [ "vnc=1,vnclisten=0.0.0.0,vncdisplay=9" ]', ["vnclisten is left out"]),
    "a fixed port beside a display in the address": (
        "pvh", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7" ]',
        replaced('port="5907" autoport="yes"', 'port="5909" autoport="no"'),
        'vfb = [ "vnc=1,vnclisten=0.0.0.0,vncdisplay=9,vncunused=0" ]', ["vnclisten is left out"]),
    "the port beside a display in the address is fixed": (
        "pv", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7" ]', replaced('autoport="yes"', 'autoport="no"'),
        'vfb = [ "vnc=1,vnclisten=0.0.0.0:7,vncunused=0" ]', []),
    "an address with a display": (
        "pv", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7" ]', lambda xml: xml.replace("0.0.0.0\"", "10.0.0.9\""),
        'vfb = [ "vnc=1,vnclisten=10.0.0.9,vncdisplay=7" ]', ["vnclisten is left out"]),
    "a port beside two displays": (
        "pv", 'vfb = [ "vnc=1,vnclisten=0.0.0.0:7,vncdisplay=8" ]', replaced('port="5907"', 'port="5909"'),
        'vfb = [ "vnc=1,vnclisten=0.0.0.0,vncdisplay=9" ]', ["vnclisten is left out", "vncdisplay is left out"]),
    "a port beside a key with a display": (
        "hvm", 'vnclisten = "192.168.1.5:7"\nvnc = 1', replaced('port="5907"', 'port="5909"'),
        'vnclisten = "192.168.1.5"\nvncdisplay = 9', [COUNTS]),
    "the first port beside a key with a display": (
        "hvm", 'vnclisten = "192.168.1.5:0"\nvnc = 1', replaced('port="5900"', 'port="5909"'),
        'vnclisten = "192.168.1.5"\nvncdisplay = 9', [COUNTS]),
    "a key with a display": (
        "hvm", 'vnclisten = "192.168.1.5:7"\nvnc = 1', lambda xml: xml.replace("192.168.1.5\"", "10.0.0.9\""),
        'vnclisten = "10.0.0.9"\nvncdisplay = 7', [COUNTS]),
    "a screen stays": (
        "pv", 'vfb = [ "vnc=1,opengl=1", "vnc=1" ]', removed("graphics"), 'vfb = [ "vnc=1" ]', [OTHERS]),
    "a screen goes, and the keys beside it make none": (
        "pv", 'vfb = [ "vnc=1" ]\nvnc = 1\nvnclisten = "0.0.0.0"', removed("graphics"), "", [COUNTS] * 2),
    "a screen changes, and the keys beside it do nothing": (
        "pv", 'vfb = [ "vnc=1" ]\nvnc = 1\nkeymap = "de"', replaced('autoport="yes"', 'port="5907" autoport="no"'),
        'vfb = [ "vnc=1,vncdisplay=7,vncunused=0" ]\nkeymap = "de"', []),
    "a PVH guest becomes an HVM one": (
        "pvh", 'hpet = 0\nvideoram = 8\nstdvga = 0\nvga = "none"\nms_vm_genid = "geneate"',
        replaced('machine="xenpvh">xenpvh', 'machine="xenfv">hvm'), 'hpet = 0\nvga = "none"\nvideoram = 8', [ASLEEP] * 2),
    "a PV guest becomes an HVM one": (
        "pv", 'vfb = [ "vnc=1,vnclisten=127.0.0.1" ]\nvnc = 1\nvncunused = 0\nmca_caps = 5',
        replaced('machine="xenpv">linux', 'machine="xenfv">hvm'), 'vnclisten = "127.0.0.1"', [ASLEEP] * 3),
    "an HVM guest becomes a PV one": (
        "hvm", 'vfb = [ "vnc=1" ]\nvnc = 0', replaced('machine="xenfv">hvm', 'machine="xenpv">linux'), "", [ASLEEP]),
    "a PVH guest gets another name": (
        "pvh", 'hap = 1\nms_vm_genid = "geneate"', replaced("<name>edited", "<name>other"),
        'hap = 1\nms_vm_genid = "geneate"', []),
    "a folder goes": (
        "pv", 'p9 = [ "tag=a,path=/a,security_model=none,backend=x", "tag=b,path=/b,security_model=none,backend=y" ]',
        removed("filesystem"), 'p9 = [ "tag=b,path=/b,security_model=none,backend=y" ]', ["no device has this name any more"]),
    "a folder is renamed": (
        "pv", 'p9 = [ "tag=a,path=/a,security_model=none,backend=x" ]', replaced('dir="a"', 'dir="z"'),
        'p9 = [ "tag=z,path=/a,security_model=none,backend=x" ]', []),
    "a folder is renamed and is another": (
        "pv", 'p9 = [ "tag=a,path=/a,security_model=none,backend=x" ]',
        lambda xml: replaced('dir="/a"', 'dir="/b"')(replaced('dir="a"', 'dir="z"')(xml)),
        'p9 = [ "tag=z,path=/b,security_model=none" ]', ["no device has this name any more"]),
    "a card gets another address": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,rate=10MB/s", "mac=00:16:3e:00:00:02,bridge=a,gatewaydev=x" ]',
        replaced('mac address="00:16:3e:00:00:02', 'mac address="00:16:3e:00:00:03'),
        'vif = [ "mac=00:16:3e:00:00:01,bridge=a,rate=10MB/s", "mac=00:16:3e:00:00:03,bridge=a,gatewaydev=x" ]', []),
    "two cards get other addresses": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,gatewaydev=x", "mac=00:16:3e:00:00:02,bridge=a,gatewaydev=y" ]',
        lambda xml: replaced('mac address="00:16:3e:00:00:02', 'mac address="00:16:3e:00:00:04')(replaced('mac address="00:16:3e:00:00:01', 'mac address="00:16:3e:00:00:03')(xml)),
        'vif = [ "mac=00:16:3e:00:00:03,bridge=a,gatewaydev=x", "mac=00:16:3e:00:00:04,bridge=a,gatewaydev=y" ]', []),
    "two cards get other addresses, and one goes": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,gatewaydev=x", "mac=00:16:3e:00:00:02,bridge=a,gatewaydev=y", "bridge=b" ]',
        lambda xml: replaced('mac address="00:16:3e:00:00:02', 'mac address="00:16:3e:00:00:04')(replaced('mac address="00:16:3e:00:00:01', 'mac address="00:16:3e:00:00:03')(removed("interface", 2)(xml))),
        'vif = [ "mac=00:16:3e:00:00:03,bridge=a", "mac=00:16:3e:00:00:04,bridge=a" ]',
        ["no device has this name any more"] * 2),
    "a card with another address is on another bridge": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,gatewaydev=x" ]',
        lambda xml: replaced('bridge="a"', 'bridge="b"')(replaced('mac address="00:16:3e:00:00:01', 'mac address="00:16:3e:00:00:03')(xml)),
        'vif = [ "mac=00:16:3e:00:00:03,bridge=b" ]', ["no device has this name any more"]),
    "a disk of a snapshot is renamed": (
        "pv", 'disk = [ "/dev/a,raw,xvda", "vdev=xvdb,script=block-snapshot,target=/a:/b" ]', replaced('"xvdb"', '"xvdc"'),
        'disk = [ "/dev/a,raw,xvda", "vdev=xvdc,script=block-snapshot,target=/a:/b" ]', []),
    "a renamed disk stands elsewhere": (
        "pv", 'disk = [ "vdev=xvda,script=block-x,target=/a", "/dev/b,raw,xvdb" ]',
        lambda xml: swapped("disk")(replaced('"xvda"', '"xvdc"')(xml)),
        'disk = [ "/dev/b,raw,xvdb", "vdev=xvdc,script=block-x,target=/a" ]', []),
    "a PCI device gets another address": (
        "hvm", 'pci = [ "06:00.0,power_mgmt=1", "08:00.0,permissive=1" ]', replaced('bus="0x06"', 'bus="0x07"'),
        'pci = [ "0000:07:00.0,power_mgmt=1", "0000:08:00.0,permissive=1" ]', []),
    "a PCI device goes, another comes": (
        "hvm", 'pci = [ "06:00.0,power_mgmt=1", "08:00.0" ]',
        lambda xml: added('<hostdev mode="subsystem" type="pci"><source><address domain="0" bus="9" slot="0" function="0"/>'
                          "</source></hostdev>")(removed("hostdev")(xml)),
        'pci = [ "0000:08:00.0", "0000:09:00.0" ]', ["no device has this name any more"]),
    "a card comes behind": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x" ]', added("<interface type='bridge'><source bridge='b'/></interface>"),
        'vif = [ "bridge=a,gatewaydev=x", "bridge=b" ]', []),
    "a card comes in front": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x" ]',
        replaced("<interface ", "<interface type='bridge'><source bridge='b'/></interface><interface "),
        'vif = [ "bridge=b", "bridge=a,gatewaydev=x" ]', []),
    "two cards change places": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x", "mac=00:16:3e:00:00:02,bridge=b" ]', swapped("interface"),
        'vif = [ "mac=00:16:3e:00:00:02,bridge=b", "bridge=a,gatewaydev=x" ]', []),
    "one card goes, another comes": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x", "bridge=b" ]',
        lambda xml: added("<interface type='bridge'><source bridge='c'/></interface>")(removed("interface")(xml)),
        'vif = [ "bridge=b", "bridge=c" ]', [OTHERS]),
    "of three twins of one kind one goes": (
        "pv", 'vif = [ "gatewaydev=x", "gatewaydev=x", "gatewaydev=x" ]', removed("interface"),
        'vif = [ "gatewaydev=x", "gatewaydev=x" ]', [OTHERS]),
    "a card's address goes": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:02,bridge=a,trusted" ]', removed("mac"), 'vif = [ "bridge=a,trusted" ]', []),
    "a card's rate is told": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,rate=1MB/s@10ms" ]',
        replaced('<source bridge="a"/>', '<source bridge="a"/><bandwidth><outbound average="500"/></bandwidth>'),
        'vif = [ "mac=00:16:3e:00:00:01,bridge=a,rate=512KB/s" ]', ["rate is left out", "rate_interval is left out"]),
    "a disk of a whole list is written": (
        "pv", 'disk = [ "/dev/a,raw,51712", "/dev/b,raw,xvdb,ro" ]', removed("readonly"),
        'disk = [ "/dev/a,raw,51712", "/dev/b,raw,xvdb" ]', []),
    "a window of a whole list goes": (
        "pv", 'vfb = [ "vnc=1,vncpasswd=pw,sdl=1,display=:1", "sdl=1,display=:2" ]',
        lambda xml: removed("graphics", 1)(replaced(' passwd="pw"', "")(xml)),
        'vfb = [ "vnc=1", "sdl=1,display=:2" ]', []),
    "the window of a second framebuffer goes": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1" ]', removed("graphics", 1),
        'vfb = [ "vnc=1,vncdisplay=3" ]', []),
    "the first of two framebuffers goes": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1" ]', removed("graphics"), 'vfb = [ "vnc=0,sdl=1" ]', []),
    "the window of a second framebuffer is elsewhere": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1,display=:1" ]', replaced('display=":1"', 'display=":7"'),
        'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1,display=:7" ]', []),
    "the first of two framebuffers is elsewhere": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1,display=:1" ]', replaced('port="5903"', 'port="5904"'),
        'vfb = [ "vnc=1,vncdisplay=4", "vnc=0,sdl=1,display=:1" ]', []),
    "a framebuffer comes behind two": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1" ]', added("<graphics type='sdl' display=':2'/>"),
        'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1", "vnc=0,sdl=1,display=:2" ]', []),
    "a framebuffer of two views comes behind two": (
        "pv", 'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1" ]', added("<graphics type='vnc' port='-1'/><graphics type='sdl'/>"),
        'vfb = [ "vnc=1,vncdisplay=3", "vnc=0,sdl=1", "vnc=1,sdl=1" ]', []),
    "the window of one of three framebuffers goes": (
        "pv", 'vfb = [ "vnc=1", "vnc=0,sdl=1", "vnc=1,sdl=1" ]', removed("graphics", 1), 'vfb = [ "vnc=1", "vnc=1,sdl=1" ]', []),
    "one of two framebuffers of windows goes": (
        "pv", 'vfb = [ "vnc=1", "vnc=0,sdl=1,display=:1", "vnc=0,sdl=1,display=:2" ]', removed("graphics", 1),
        'vfb = [ "vnc=1", "vnc=0,sdl=1,display=:2" ]', []),
    "the window of the last of three framebuffers goes": (
        "pv", 'vfb = [ "vnc=1", "vnc=0,sdl=1", "vnc=1,sdl=1" ]', removed("graphics", 3),
        'vfb = [ "vnc=1", "vnc=0,sdl=1", "vnc=1" ]', []),
    "the window of the only framebuffer goes": (
        "pv", 'vfb = [ "vnc=1,sdl=1" ]', removed("graphics", 1), 'vfb = [ "vnc=1" ]', []),
    "the window of the only framebuffer is elsewhere": (
        "pv", 'vfb = [ "vnc=1,sdl=1,display=:1" ]', replaced('display=":1"', 'display=":7"'),
        'vfb = [ "vnc=1,sdl=1,display=:7" ]', []),
    "a framebuffer beside one that is shown nowhere goes": (
        "pv", 'vfb = [ "vnc=1", "vnc=0", "vnc=0,sdl=1" ]', removed("graphics", 1), 'vfb = [ "vnc=1", "vnc=0" ]', []),
    "a device that has no element stays alone": (
        "hvm", 'pci = [ "name=foo", "07:00.0" ]', replaced('type="pci">', 'type="pci" managed="yes">'),
        'pci = [ "name=foo", "0000:07:00.0,seize=1" ]', []),
    "an empty drive gets a medium": (
        "hvm", 'disk = [ "vdev=hdc,devtype=cdrom,format=empty" ]',
        replaced('<target dev="hdc"', '<source file="/a.iso"/><target dev="hdc"'),
        'disk = [ "vdev=hdc,devtype=cdrom,target=/a.iso" ]', ["format is left out"]),
    "an unmanaged device comes": (
        "hvm", 'pci = [ "06:00.0" ]\npci_seize = 1',
        added('<hostdev mode="subsystem" type="pci" managed="no"><source><address domain="0" bus="9" slot="0" '
              'function="0"/></source></hostdev>'),
        'pci_seize = 1\npci = [ "0000:06:00.0", "0000:09:00.0,seize=0" ]', []),
    "more memory than the text's most": (
        "pv", "maxmem = 64", replaced('<memory unit="KiB">65536', '<memory unit="KiB">131072'), "", [COUNTS]),
    "a command line that had won goes": (
        "pv", 'cmdline = "a"\nroot = "/dev/x"', replaced("<cmdline>a</cmdline>", ""), "", [COUNTS]),
    "a card's option is unknown": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x,colour=red" ]', replaced('bridge="a"', 'bridge="b"'),
        'vif = [ "bridge=b,gatewaydev=x,colour=red" ]', ["unknown vif option"]),
    "a disk of a script goes, and another stays": (
        "pv", 'disk = [ "vdev=xvda,script=block-x,target=t1", "vdev=xvdb,script=block-y,target=t2" ]', removed("disk"),
        'disk = [ "vdev=xvdb,script=block-y,target=t2" ]', ["no device has this name any more"]),
    "a disk of a script is renamed": (
        "pv", 'disk = [ "vdev=xvda,script=block-x,target=t1" ]', replaced('dev="xvda"', 'dev="xvdb"'),
        'disk = [ "vdev=xvdb,script=block-x,target=t1" ]', []),
    "a disk of a script gets a file": (
        "pv", 'disk = [ "vdev=xvda,script=block-x,target=t1" ]',
        replaced('<target dev="xvda"', '<source file="/new"/><target dev="xvda"'),
        'disk = [ "vdev=xvda,script=block-x,target=/new" ]', ["target is left out"]),
    "a card becomes like the next one": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x", "bridge=b,gatewaydev=y" ]', replaced('bridge="a"', 'bridge="b"'),
        'vif = [ "bridge=b,gatewaydev=x", "bridge=b,gatewaydev=y" ]', []),
    "one of two twins is changed": (
        "pv", 'vif = [ "bridge=a,gatewaydev=x", "bridge=a,gatewaydev=y" ]', replaced('bridge="a"', 'bridge="z"'),
        'vif = [ "bridge=z,gatewaydev=x", "bridge=a,gatewaydev=y" ]', []),
    "a copy of another card takes a place": (
        "pv", 'vif = [ "mac=00:16:3e:00:00:01,bridge=a,gatewaydev=x", "bridge=b,gatewaydev=y" ]',
        lambda xml: added("<interface type='bridge'><mac address='00:16:3e:00:00:01'/><source bridge='a'/></interface>")(
            removed("interface", 1)(xml)),
        'vif = [ "mac=00:16:3e:00:00:01,bridge=a,gatewaydev=x", "mac=00:16:3e:00:00:01,bridge=a" ]',
        [OTHERS, "two interfaces have the address"]),
    "the tablet goes": ("hvm", 'usb = 1\nusbdevice = [ "tablet" ]', removed("input"), "usb = 1", [COUNTS]),
    "the clock is the host's": (
        "pv", "localtime = 0", replaced('offset="utc"', 'offset="localtime"'), "localtime = 1", [COUNTS]),
    "a port comes": (
        "hvm", 'serial = "mon:stdio"',
        added("<serial type='file'><source path='/log'/></serial>"), 'serial = "file:/log"', [COUNTS]),
    "a sound card comes": (
        "hvm", 'soundhw = "hda,sb16"', added("<sound model='ac97'/>"), 'soundhw = "ac97"', [COUNTS]),
    "all of Hyper-V goes": (
        "hvm", 'viridian = [ "base", "freq", "time_ref_count" ]', removed("hyperv"), "", [COUNTS]),
    "Hyper-V's defaults go": (
        "hvm", 'viridian = [ "defaults", "!time_ref_count" ]', removed("viridian"), "", [COUNTS]),
    "all of Hyper-V goes off": (
        "hvm", 'viridian = [ "base", "freq", "time_ref_count" ]', lambda xml: xml.replace('state="on"', 'state="off"'),
        'viridian = [ "!base", "!freq" ]', [COUNTS]),
    "one group of Hyper-V goes": (
        "hvm", 'viridian = [ "base", "freq", "time_ref_count" ]', removed("frequencies"),
        'viridian = [ "base", "time_ref_count" ]', []),
    "one group of Hyper-V goes off": (
        "hvm", 'viridian = [ "base", "freq", "!time_ref_count" ]',
        replaced('frequencies state="on"', 'frequencies state="off"'), 'viridian = [ "base", "!freq", "!time_ref_count" ]',
        []),
    "one group of Hyper-V comes": (
        "hvm", 'viridian = [ "base", "time_ref_count" ]', replaced("</hyperv>", '<ipi state="on"/></hyperv>'),
        'viridian = [ "base", "time_ref_count", "hcall_ipi" ]', []),
    "the only group of Hyper-V goes": ("hvm", 'viridian = [ "freq" ]', removed("frequencies"), "", [COUNTS]),
    "Hyper-V of one group goes": (
        "hvm", 'viridian = [ "freq", "time_ref_count" ]', removed("hyperv"), "", [COUNTS]),
    "one of two groups without the base goes": (
        "hvm", 'viridian = [ "freq", "hcall_ipi", "time_ref_count" ]', removed("ipi"),
        'viridian = [ "base", "freq", "time_ref_count" ]\n#xml features/hyperv[1]/relaxed: <!-- none -->\n'
        "#xml features/hyperv[1]/vpindex: <!-- none -->", []),
    "groups that no element says stay": (
        "hvm", 'viridian = [ "time_ref_count" ]', replaced("<name>edited", "<name>other"),
        'viridian = [ "time_ref_count" ]', ["no other group works without base"]),
    "Hyper-V comes": ("hvm", "viridian = 0", replaced("<features>", "<features><viridian/>"), "viridian = 1", [COUNTS]),
    "nothing that counts": (
        "pv", 'vif = [ "gatewaydev=a", "gatewaydev=b" ]\noos = 0', replaced("<name>edited", "<name>other"),
        'oos = 0\nvif = [ "gatewaydev=a", "gatewaydev=b" ]', []),
}


class Edited(xlconv.Case):
    def convert(self, kind, keys):
        head = HEAD % kind
        cfg = self.write("guest.cfg", (head.replace("memory = 64\n", "") if "maxmem" in keys else head) + keys + "\n")
        return self.run_tool("cfg2xml", "--secure", cfg)

    def said(self, cfg):
        """What is not of the head, in one line for each key."""
        known = {"type", "name", "memory", "kernel", "acpi", "apic", "pae", "vnc"}
        joined = re.sub(r"\[\n\s*(.*?)\n\]", lambda list: "[ " + re.sub(r"\n\s*", " ", list[1]) + " ]", cfg, flags=re.S)
        return "\n".join(line for line in joined.splitlines() if line.split(" ")[0] not in known)

    def test_cases(self):
        for name, (kind, keys, edit, wanted, told) in CASES.items():
            with self.subTest(name):
                xml = self.write("edited.xml", edit(self.convert(kind, keys)))
                self.assertEqual(self.said(self.run_tool("xml2cfg", "--secure", xml)), wanted)
                found = [line for line in self.complaints("xml2cfg", "--secure", xml) if "warning" in line]
                self.assertEqual(len(found), len(told), found)
                for line, word in zip(found, told):
                    self.assertIn(word, line)


if __name__ == "__main__":
    xlconv.main()
