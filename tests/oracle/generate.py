# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random xl.cfg files from the words that xl knows, and from words that it takes in surprising ways.

What is not generated: values that make xl crash or read memory it should not (a list inside
viridian or mca_caps; an empty bootloader_args; the top-level VNC and SDL keys of a PVH guest),
those whose result differs from start to start, and two devices of one name, which no guest can have.
"""

import os
import random
import re

# A number is anything that strtol takes, and what it does not take counts as absent.
NUMBERS = ["0", "1", "2", "7", "64", "0x10", "010", '"3"', '"0x20"', '" 5"', '"08"', '"5M"', '""',
           '"+4"', '"yes"', "[ ]", '[ "1" ]']
BOOLEANS = ["0", "1", '"1"', '"0"', "2", '"-1"', '"true"', '""', "[ ]"]
STRINGS = ['"word"', "'with \"quotes\" and blank'", '"back\\\\slash\\ttab"', '""', "17", "[ ]"]
LISTS = ["[ ]", '[ "one" ]', '[ "one", "two", 3, ]']
CPULISTS = ['"0-3"', '"all"', '"^1,0-3"', '"all,^0"', '"nodes:0-1,^node:1"', '"2,2"', "5", '"1x"',
            '"^all"', '"300"', '[ "0", "1-2" ]', '[ "3" ]', "[ ]", '" 1, 2"', '"node:^0"']

BOOLEAN_KEYS = """hap oos driver_domain nomigrate xend_suspend_evtchn_compat acpi acpi_s3 acpi_s4
    acpi_laptop_slate apic pae e820_host altp2mhvm msr_relaxed vpmu xen_platform_pci localtime hpet
    vpt_align nestedhvm nx pvshim device_model_stubdomain_override dm_restrict usb vkb_device
    nographic spice spicedisable_ticketing spiceagent_mouse spicevdagent spice_clipboard_sharing
    stdvga viridian""".split()
NUMBER_KEYS = """max_event_channels max_grant_version memory maxmem shadow_memory videoram
    cpu_weight cap period extratime slice latency rtc_timeoffset vmtrace_buf_kb stubdomain_memory
    usbversion spiceport spicetls_port spiceusbredirection""".split()
STRING_KEYS = """pool seclabel init_seclabel kernel ramdisk cmdline root extra device_tree bootloader
    bios_path_override firmware_override boot acpi_firmware smbios_firmware pvshim_path
    pvshim_cmdline pvshim_extra device_model_override device_model_user
    device_model_stubdomain_seclabel stubdomain_kernel stubdomain_ramdisk stubdomain_cmdline soundhw
    spicehost spicepasswd spice_image_compression spice_streaming_video device_model vncviewer vif2""".split()
# Read at the top level for HVM and PV only.
HEADS = {
    "vnc": BOOLEANS, "vnclisten": ['"0.0.0.0"', '"127.0.0.1:3"', '""'], "vncdisplay": NUMBERS,
    "vncunused": BOOLEANS, "vncpasswd": STRINGS, "keymap": STRINGS, "sdl": BOOLEANS,
    "opengl": BOOLEANS, "display": STRINGS, "xauthority": STRINGS,
}
ACTIONS = ['"destroy"', '"restart"', '"rename-restart"', '"preserve"', '"coredump-destroy"',
           '"coredump-restart"', '"soft-reset"', '"Destroy"', '""', "1"]
OTHERS = {
    "on_poweroff": ACTIONS, "on_reboot": ACTIONS, "on_crash": ACTIONS, "on_watchdog": ACTIONS,
    "on_soft_reset": ACTIONS,
    "vcpus": ["1", "2", "4", '"3"', "0x4", '"x"'],
    "maxvcpus": ["1", "2", "8", '"x"'],
    "cpus": CPULISTS,
    "cpus_soft": CPULISTS,
    "cpuid": ['"host,tm=0"', '"host,family=15,sse3=x,nonsense=1"', '"tm=0"', '"host"', '""',
              '[ "1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1" ]', '[ "nonsense" ]', "[ ]"],
    "max_grant_frames": ["0", "64", '"32"'],
    "max_maptrack_frames": ["0", "1024"],
    "tsc_mode": ['"default"', '"Native"', '"always_emulate"', "2", '"native_paravirt"', '"odd"'],
    "timer_mode": ['"one_missed_tick_pending"', "0", '"no_missed_ticks_pending"', "3", '"odd"'],
    "passthrough": ['"default"', '"disabled"', '"Enabled"', '"sync_pt"', '"share_pt"', '"odd"'],
    "altp2m": ['"disabled"', '"mixed"', '"external"', '"Limited"', "1", '"odd"'],
    "mmio_hole": ["256", "512", "3840", "255", '"x"'],
    "mca_caps": ['[ "lmce" ]', "[ ]"],
    "vendor_device": ['"none"', '"xenserver"', '"odd"'],
    "bios": ['"seabios"', '"rombios"', '"OVMF"', '"odd"'],
    "firmware": ['"bios"', '"uefi"', '"seabios"', '"rombios"', '"ovmf"', '"/path"', '"u"'],
    "device_model_version": ['"qemu-xen"', '"qemu-xen-traditional"', '"odd"'],
    "bootloader_args": LISTS + ['"-a  -b"'],
    "device_model_args": LISTS, "device_model_args_pv": LISTS, "device_model_args_hvm": LISTS,
    "viridian": ['[ "base", "!freq" ]', '[ "all", "!stimer" ]', '[ "defaults" ]', '[ "odd" ]',
                 "[ ]", '[ "!all" ]'],
    "vga": ['"stdvga"', '"cirrus"', '"qxl"', '"none"', '"Cirrus"'],
    "gfx_passthru": ["0", "1", '"igd"', '"default"', '"1"', '"odd"'],
    "hdtype": ['"ide"', '"AHCI"', '"odd"'],
    "serial": LISTS + ['"pty"', "[ ]", '""'],
    "usbdevice": LISTS + ['"tablet"', '""'],
    "builder": ['"hvm"', '"generic"'],
    "gic_version": ['"v2"', '"V3"', '"default"', '"odd"'],
    "tee": ['"optee"', '"none"', '"odd"'],
    "vuart": ['"sbsa_uart"', '"odd"'],
    "rdm_mem_boundary": NUMBERS,
    "pci_permissive": BOOLEANS, "pci_msitranslate": BOOLEANS, "pci_power_mgmt": BOOLEANS,
    "pci_seize": BOOLEANS,
    "ioports": ['[ "2f8-2ff", "3f8" ]', '[ "2f8x" ]', '[ "x" ]', "[ ]", '[ "0x60" ]'],
    "irqs": ['[ 5, "7" ]', '[ "0x7" ]', "[ ]"],
    "rdm": ['"strategy=host"', '"strategy=host,policy=relaxed"', '"policy=strict"', '""'],
    "uuid": ['"ac0a5b9e-cbe2-4c07-b43b-1d69e46fb839"', '"AC0A5B9E-cbe2-4c07-b43b-1d69e46fb839"', '"x"'],
    "ms_vm_genid": ['"generate"', '"none"', '"odd"'],
    "iomem": ['[ "fe000,5" ]', '[ "fe000,1@10" ]', '[ "fe" ]', "[ ]"],
    "dtdev": LISTS,
    "vnuma": ['[ [ "size=512", "vcpus=0-1" ] ]', "[ ]", '[ [ "pnode=0", "size=64", "vcpus=0" ], '
              '[ "pnode=1", "size=64", "vcpus=1", "vdistances=20,10" ] ]'],
}

# Lists of devices: the items, of which some are taken.
DEVICES = {
    "pci": ["01:00.0", "0001:02:1f.7", "bdf=03:00.1,permissive=1", "04:00.*", "05:00.0@1f",
            "06:00.0,msitranslate=1,power_mgmt=0,seize=1,rdm_policy=strict", "name=x,vslot=3",
            "07:00.0, permissive=1", "08:20.0", "bdf=09:00.0,name=y"],
    "usbctrl": ["", "type=auto", "type=qusb,version=2,ports=4", "type=PV", "type=devicemodel,ports=10",
                "type=odd", "version=3"],
    "usbdev": ["type=hostdev,hostbus=1,hostaddr=2", "type=hostdev,hostbus=0x10,hostaddr=010",
               "type=hostdev,hostbus=1,hostaddr=3,controller=0,port=2", "odd=1"],
    "vtpm": ["backend=a", "backend=b,uuid=ac0a5b9e-cbe2-4c07-b43b-1d69e46fb839",
             "uuid=ac0a5b9e-cbe2-4c07-b43b-1d69e46fb839"],
    "p9": ["tag=a,path=/a,security_model=none,backend=x", "tag=b,path=/b,security_model=mapped,backend=y"],
    "pvcalls": ["", "backend=a", "backend=b"],
    "channel": ["connection=pty", "connection=pty,name=a", "connection=socket,path=/a,name=b",
                " name = c , connection = pty ,backend=d", "name=e", "connection=socket"],
    "vkb": ["backend-type=qemu", "backend-type=linux,unique-id=a,backend=b", "width=1",
            "backend-type=linux,feature-disable-pointer=1,width=10,height=20",
            "backend-type=qemu,multi-touch-width=5,feature-abs-pointer=1"],
    "vdispl": ["connectors=a:1x2", "backend=d,be-alloc=1,connectors=a:1x2;b:3x4", "backend=d"],
}

# Of these, one counts only where another does not.
FAMILIES = [["cmdline", "root", "extra"], ["vga", "stdvga"], ["bios", "firmware", "firmware_override"],
            ["kernel", "firmware"], ["seclabel", "init_seclabel"], ["vcpus", "maxvcpus", "cpus"],
            ["memory", "maxmem", "vnuma"], ["vnc", "sdl", "spice", "vncdisplay", "vnclisten"],
            ["usb", "usbversion", "usbdevice"], ["altp2m", "altp2mhvm"],
            ["pci_permissive", "pci_msitranslate", "pci_power_mgmt", "pci_seize"]]

# Keys that Xen 4.17 does not know, and ignores.
NEWER = {
    "altp2m_count": NUMBERS, "arm_sci": ['"type=none"'], "bootloader_restrict": BOOLEANS,
    "bootloader_user": STRINGS, "hvm_pirq": BOOLEANS, "llc_colors": ['[ "0-3" ]', "[ ]"],
    "nr_spis": NUMBERS, "smbios": ['[ "oem=a" ]', "[ ]"], "sve": ['"hw"', '"disabled"', '"512"'],
    "trap_unmapped_accesses": BOOLEANS, "xen_platform_pci_bar_uc": BOOLEANS,
    "xenstore_feature_mask": NUMBERS, "xenstore_quota": ['[ "nodes=5" ]', "[ ]"],
    "virtio": ['[ "type=virtio,device22,transport=mmio" ]', '[ "transport=pci" ]'],
}
# Options of items that Xen 4.17 does not know, and refuses or takes for something else.
NEWER_OPTIONS = ("disk.trusted", "disk.untrusted", "disk.grant_usage", "vif.vlan", "p9.type",
                 "p9.max-", "p9.auto-delete", "virtio.", "smbios.", "xenstore_quota.", "arm_sci.")


def listed_options():
    """The items that tests/lint/options.txt has for each key."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lint", "options.txt")
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            option, _, rest = line.rstrip("\n").partition("\t")
            item = re.match(r'([a-z0-9_]+) = \[ (".*"|\[.*\]) \]', rest.split("\t")[0])
            if item and not option.startswith(("#",) + NEWER_OPTIONS):
                found.setdefault(item[1], []).append(item[2])
    return found


OPTIONS = listed_options()
# What names a device: one of a kind in each item.
NAMES = [("xvda", "xvd%s"), ("hdc", "hd%s"), ("00:16:3e:00:00:01", "00:16:3e:00:00:0%s"),
         ("01:00.0", "0%s:00.0"), ("name=card", "name=card%s"), ("tag=a", "tag=a%s"),
         ("name=org.example", "name=org.example%s"), ("hostaddr=2", "hostaddr=%s")]


def listed(rng, key):
    """A list of items as tests/lint/options.txt has them."""
    items = []
    for index, item in enumerate(rng.choices(OPTIONS[key], k=rng.randint(1, 3))):
        for name, form in NAMES:
            item = item.replace(name, form % ("def"[index] if "d%s" in form else str(index + 3)))
        items.append(item)
    return "[ " + ", ".join(items) + " ]"


def spell(rng, line):
    """The same assignment in other words: blanks, comments, semicolons, lists over many lines."""
    key, operator, value = line.split(" ", 2)
    blank = rng.choice(["", " ", "  ", "\t"])
    if value.startswith("[ ") and rng.random() < 0.3:
        value = "[" + rng.choice(["\n", " # comment [\n", "\n\n  "]) + value[2:]
        if value.endswith('" ]'):
            value = value[:-2] + rng.choice([",\n]", "\n]", ",]"])
    return key + blank + operator + blank + value + rng.choice(["", "", ";", " # note = \"1\"", "\t"])


VDEVS = ["xvda", "xvdb", "hdc", "hdd", "sda", "ioemu:hde"]
DISK_WORDS = ["r", "w", "rw", "ro", "raw", "qcow2", "vhd", "qed", "xvde", "/images/a", "", "",
              "phy:/dev/b", "cdrom", "devtype=cdrom", "devtype=disk", "discard", "no-discard",
              "direct-io-safe", "format=qcow2", "format=empty", "access=r", "access=rw", "vdev=xvdg",
              "backend=storage", "backendtype=qdisk", "backendtype=phy", "script=own",
              "specification=xen", " xvdh ", "colo", "colo-port=5", "target=/images/c,d=e",
              "iscsi:iqn.x", "xvdi:cdrom", "odd=1"]
VIF_WORDS = ["mac=00:16:3e:00:00:0%d", "mac=00-16-3E-00-01-0%d", "bridge=br0", "bridge=", "type=vif",
             "type=ioemu", "type=odd", "model=e1000", "vifname=v%d", "script=own", "ip=192.0.2.1",
             "ip=192.0.2.1 192.0.2.2", "backend=net", "rate=10Mb/s", "rate=1MB/s@20ms", "devid=3",
             "mtu=1400", "trusted", "untrusted", "accel", "gatewaydev=e0", "netdev=e1", "odd=1", "",
             "forwarddev=f", " bridge=lan"]
VFB_WORDS = ["vnc=1", "vnc=0", "vnclisten=0.0.0.0", "vncpasswd=x", "vncdisplay=4", "vncunused=0",
             "keymap=de", "sdl=1", "opengl=1", "display=:1", "xauthority=/x", "odd=1", ""]


def spec(rng, words, most):
    return '"' + ",".join(rng.choices(words, k=rng.randint(0, most))) + '"'


def disk(rng, index):
    """Mostly one that parses: random words alone seldom do."""
    if index == 0 and rng.random() < 0.2:
        return spec(rng, DISK_WORDS, 5)
    flags = [word for word in ("cdrom", "discard", "direct-io-safe", "backendtype=qdisk",
                               "backend=storage", "script=own") if rng.random() < 0.3]
    head = [rng.choice(["/images/a", "phy:/dev/b", "/dev/c"]), rng.choice(["", "raw", "qcow2", "vhd"]),
            VDEVS[2 * index + rng.randint(0, 1)], rng.choice(["", "r", "rw"])]
    return '"' + ",".join(head + flags) + '"'


def vif(rng, index):
    return spec(rng, VIF_WORDS, 5).replace("%d", str(index))


def devices(rng, make):
    return "[ " + ", ".join(make(rng, index) for index in range(rng.randint(0, 3))) + " ]"


# A list in the place of a value makes these crash or fail in ways of their own.
NEVER_A_LIST = ["viridian", "mca_caps", "bootloader_args", "device_model_args", "device_model_args_pv",
                "device_model_args_hvm", "max_grant_frames", "max_maptrack_frames", "vnuma", "name",
                "uuid"]


def pick(rng, key):
    if key not in NEVER_A_LIST and rng.random() < 0.04:
        return rng.choice(["[ ]", '[ "word" ]'])
    if key in OTHERS and (key not in BOOLEAN_KEYS or rng.random() < 0.5):
        return rng.choice(OTHERS[key])
    if key in BOOLEAN_KEYS:
        return rng.choice(BOOLEANS)
    if key in NUMBER_KEYS:
        return rng.choice(NUMBERS)
    if key in HEADS:
        return rng.choice(HEADS[key])
    return rng.choice(STRINGS)


def one(rng):
    """The text of one file."""
    lines = assignments(rng)
    if rng.random() < 0.3:
        lines = [spell(rng, line) for line in lines]
    return "\n".join(lines) + "\n"


def assignments(rng):
    guest = rng.choice(["pv", "pvh", "hvm", "hvm"])
    keys = BOOLEAN_KEYS + NUMBER_KEYS + STRING_KEYS + list(OTHERS)
    if guest != "pvh":
        keys = keys + list(HEADS)
    lines = ['name = "random"']
    if guest != "pv" or rng.random() < 0.5:
        lines.append(f'type = "{guest}"')
    if guest != "hvm":
        lines.append('kernel = "/boot/guest"')
    chosen = rng.sample(sorted(set(keys)), rng.randint(0, 12))
    if rng.random() < 0.3:
        # Keys that speak for each other, side by side.
        chosen += [key for key in rng.choice(FAMILIES) if key in keys and key not in chosen]
    for key in chosen:
        lines.append(f"{key} = {pick(rng, key)}")
    if rng.random() < 0.5:
        lines.append("disk = " + devices(rng, disk))
    if rng.random() < 0.5:
        lines.append("vif = " + devices(rng, vif))
    for key, items in DEVICES.items():
        if rng.random() < 0.05:
            some = rng.sample(items, rng.randint(0, min(3, len(items))))
            lines.append(f"{key} = [ " + ", ".join(f'"{item}"' for item in some) + " ]")
    if guest != "hvm" and rng.random() < 0.3:
        lines.append("vfb = " + devices(rng, lambda rng, _: spec(rng, VFB_WORDS, 5)))
    for key in OPTIONS:
        if rng.random() < 0.04 and not any(line.startswith(key + " ") for line in lines):
            lines.append(f"{key} = {listed(rng, key)}")
    for key, values in NEWER.items():
        if rng.random() < 0.01:
            lines.append(f"{key} = {rng.choice(values)}")
    return lines


def files(seed, count):
    rng = random.Random(seed)
    return [one(rng) for _ in range(count)]
