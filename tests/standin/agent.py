# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's agent, and the QEMU between it and the host's socket, one client at a time.

    with agent.Agent(self.daemon, standin.uuid(1), {"guest-get-time": 5}) as ga:
        ...
        self.assertEqual(ga.told("guest-fstrim"), [{"minimum": 0}])

A command is answered with its value in ANSWERS; a callable is asked with the arguments; an Error is the
agent's own way to refuse, Raw are bytes that are sent as they are. Others return {}. NOTHING is no answer, CUT
hangs up in the middle of one. `askers` counts the calls in which a command came: `clients` has those of the
driver's watcher, too. `deaf` takes calls and never says a word, `noise` are bytes in front of the
answer to a synchronisation."""

import json
import socket

import talker

CHANNEL = "<channel type='unix'><target type='xen' name='org.qemu.guest_agent.0'/></channel>"
NOTHING, CUT = object(), object()


class Error(Exception):
    """How an agent refuses a command."""

    def __init__(self, desc, kind="GenericError"):
        super().__init__(desc)
        self.kind = kind


class Raw(bytes):
    """An answer, byte for byte."""


class Agent(talker.Talker):
    def __init__(self, daemon, uuid, answers=(), deaf=False, noise=b"", number=0):
        self.noise = noise
        self.asker, self.askers = None, 0
        super().__init__(daemon, f"run/libvirt/libxl/channel-{uuid}-{number}.sock", answers, deaf)

    def talk(self):
        text = b""
        while data := self.client.recv(65536):
            text += data
            while b"\n" in text and not self.deaf:
                line, _, text = text.partition(b"\n")
                self.hear(line)

    def hear(self, line):
        """0xFF ends whatever came before it, and is answered like any byte that is no JSON."""
        for _ in range(line.count(b"\xff")):
            self.say(Error("JSON parse error, stray '\xff'"), None)
        command = json.loads(line.rpartition(b"\xff")[2])
        name, arguments = command["execute"], command.get("arguments")
        if name == "guest-sync-delimited":
            self.client.sendall(self.noise + b"\xff" + json.dumps({"return": arguments["id"]}).encode() + b"\n")
            return
        if self.asker is not self.client:
            self.asker = self.client
            self.askers += 1
        self.commands.append((name, arguments))
        self.say(self.answers.get(name, {}), arguments)

    def say(self, value, arguments):
        if callable(value):
            value = value(arguments)
        if value is NOTHING:
            return
        if value is CUT:
            self.client.sendall(b'{"return": [')
            self.client.shutdown(socket.SHUT_RDWR)
        elif isinstance(value, Raw):
            self.client.sendall(value)
        elif isinstance(value, Error):
            self.client.sendall(json.dumps({"error": {"class": value.kind, "desc": str(value)}}).encode() + b"\n")
        else:
            self.client.sendall(json.dumps({"return": value}).encode() + b"\n")
