#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Serial ports of an HVM guest, a log, a socket, a channel, and who has which."""

import re

from guest import Story
from lab import scenario, wait_for

MORE = """
<serial type='unix'><source mode='bind' path='/root/serial.sock'/><target port='1'/></serial>
<serial type='null'><target port='2'/></serial>
<channel type='pty'><target type='xen' name='org.test'/></channel>
"""

# Opens something of the guest's and prints what comes, or why not.
OPEN = """
import libvirt
connection = libvirt.open("xen:///system")
stream = connection.newStream()
try:
    connection.lookupByName("hvm").{function}({name!r}, stream, {flags})
    print("opened", flush=True)
    while {read} and (data := stream.recv(100)):
        print(data.decode(errors="replace"), end="", flush=True)
    print("the end")
except libvirt.libvirtError as error:
    print(error)
"""


def opened(lab, name, function="openConsole", flags=0):
    code = OPEN.format(function=function, name=name, flags=flags, read=True)
    return lab.background("python3", "-c", code)


def try_open(lab):
    """Opens the first console for a moment."""
    return lab.sh("python3 -", OPEN.format(function="openConsole", name=None, flags=0, read=False)).out


def refused(results, lab, name, pattern, text):
    pipe = opened(lab, name)
    results.ok(pipe.expect(pattern), text, pipe.text())
    pipe.close()


def define(results, lab):
    xml = lab.virsh("dumpxml", "--inactive", "hvm").out
    xml = re.sub(r"<serial type=.pty.>", "\\g<0><log file='/root/serial.log'/>", xml, count=1)
    lab.write("/root/consoles.xml", xml.replace("</devices>", MORE + "</devices>"))
    lab.sh("rm -f /root/serial.log /root/serial.sock")
    defined = lab.virsh("define", "/root/consoles.xml")
    results.need(defined.status == 0, "virsh define takes ports, a log and a channel", defined)


def see_live(results, lab):
    xml = lab.virsh("dumpxml", "hvm").out
    results.has(xml, r'<serial type="pty" tty="/dev/pts/\d+">', "live XML has the terminal of the port with a log")
    results.has(xml, r'(?s)<channel type="pty">(?:(?!</channel>).)*<source path="/dev/pts/\d+"/>', "and that of the channel")
    results.has(xml, r'(?s)<console type="pty" tty="/dev/pts/\d+">(?:(?!</console>).)*type="xen"',
                "and the PV console's")


def speak(results, lab, life):
    """What the guest says on a port is heard by who has it, and is in the port's log."""
    results.has(lab.sh("cat /root/serial.log").out, "answer-42", "the first port's log has the answer")
    reader = opened(lab, "serial1")
    results.need(reader.expect("opened"), "the socket that QEMU listens on is opened", reader.text())
    life.ask("echo socket-$((6*7)) >/dev/ttyS1; echo done-$((1+1))", "done-2")
    results.ok(reader.expect("socket-42"), "the guest is heard on its second port", reader.text())
    refused(results, lab, "serial1", "somebody else has it open", "which one client has at a time")
    refused(results, lab, "serial2", "leads nowhere", "a port that leads nowhere says so")
    channel = opened(lab, "org.test", "openChannel")
    results.ok(channel.expect("opened"), "the channel is opened by its name", channel.text())
    channel.close()
    reader.close()
    # what runs in the lab hears nothing of the end of its line
    lab.sh("pkill -KILL -f 'connection.[n]ewStream'")


def share(results, lab, life):
    """virsh console has the first port."""
    refused(results, lab, None, "somebody else has it open", "a second client is refused")
    beside = lab.sh("timeout 20 xl console -t serial hvm </dev/null")
    results.ok(beside.status not in (0, 124), "xl console is, too", beside)
    lab.sh("pkill -KILL -f 'virsh.*[c]onsole hvm'")
    free = wait_for(lambda: "opened" in try_open(lab))
    results.need(free, "a client that is killed leaves the console free")
    # the driver hears of the end of a client a little later than the client
    wait_for(lambda: lab.sh("lslocks -n -o COMMAND,PATH | grep '^libvirtd.*xenconsole'").status != 0)
    xl = lab.background("xl", "console", "-t", "serial", "hvm", tty=True)
    locked = wait_for(lambda: lab.sh("lslocks -n -o COMMAND | grep -w xenconsole").status == 0)
    results.ok(locked, "xl console has the guest's consoles", xl.text())
    refused(results, lab, None, "xl console has a console", "the driver leaves them to it")
    xl.close()
    lab.sh("pkill -KILL -x xenconsole")
    first = opened(lab, None)
    results.need(first.expect("opened"), "and has them back afterwards", first.text())
    second = opened(lab, None, flags=1)
    results.ok(second.expect("opened"), "a client takes the console by force", second.text())
    results.ok(wait_for(lambda: first.process.poll() is not None), "and the other one hears of it", first.text())
    life.console = None
    return second


def story(results, lab):
    life = Story(results, lab, "hvm")
    life.convert_and_define()
    try:
        define(results, lab)
        life.start()
        life.open_console()
        see_live(results, lab)
        speak(results, lab, life)
        reader = share(results, lab, life)
        lab.virsh("destroy", "hvm")
        ended = wait_for(lambda: reader.process.poll() is not None)
        results.ok(ended, "a guest that ends ends the stream", reader.text())
    finally:
        lab.forget("hvm")


scenario(story)
