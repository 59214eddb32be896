# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second lab beside the running one: two hosts on one network, each with ssh's way to the other."""

import os
import shlex

from lab import GiveUp, Lab, ROOT, run

OURS, THEIRS = "10.77.0.1", "10.77.0.2"
URI = "xen+ssh://root@peer/system"

# Both labs are the same image: the second one gets addresses of its own, which networkd would not leave.
JOIN = """
set -e
systemctl -q stop systemd-networkd.socket systemd-networkd.service
hostname {name}
printf '{ours} here\\n{theirs} peer\\n' >>/etc/hosts
ip address flush dev xenbr0
ip link set xenbr0 address 02:00:00:77:00:0{last}
ip address add 10.77.0.{last}/24 dev xenbr0
ip link set eth1 up
ip link set eth1 master xenbr0
mkdir -p -m 700 /root/.ssh
printf 'Host here peer\\nIdentityFile /root/.ssh/lab\\nStrictHostKeyChecking no\\nLogLevel ERROR\\n' >/root/.ssh/config
umask 077
cat >/root/.ssh/lab
systemctl restart libvirtd
virsh -q -c xen:///system version
"""


def command(name, *arguments):
    """scripts/lab for the lab of that name."""
    environment = dict(os.environ, XLVIRT_LAB_NAME=name, XLVIRT_LAB_LINK=name[:-len("-peer")])
    return run(["env", *("%s=%s" % pair for pair in environment.items() if pair[0].startswith("XLVIRT_")),
                os.path.join(ROOT, "scripts", "lab"), *arguments])


def key_of(lab):
    """The private key that the labs are reached with."""
    with open(lab.config, encoding="utf-8") as config:
        words = dict(line.split(None, 1) for line in config if line.startswith(" "))
    with open(shlex.split(words["IdentityFile"])[0], encoding="utf-8") as key:
        return key.read()


class Peer:
    """The second lab, for a while."""

    def __init__(self, results, lab):
        self.name = os.path.basename(os.path.dirname(lab.config)) + "-peer"
        self.results, self.first = results, lab
        self.lab = None

    def __enter__(self):
        for step in "up", "deploy":
            done = command(self.name, step)
            self.results.ok(done.status == 0, "a second lab: " + step, done)
            if done.status != 0:
                self.__exit__()
                raise GiveUp()
        self.lab = Lab(self.name)
        for lab, name, last in (self.first, "here", 1), (self.lab, "peer", 2):
            joined = lab.sh(JOIN.format(name=name, last=last, ours=OURS, theirs=THEIRS), key_of(lab))
            self.results.need(joined.status == 0, "the host %s is on the network" % name, joined)
        return self.lab

    def __exit__(self, *_):
        if self.lab:
            self.lab.close()
        command(self.name, "down")
        self.first.sh("ip link set eth1 nomaster; hostname xlvirt-lab; systemctl start systemd-networkd; systemctl restart libvirtd")
