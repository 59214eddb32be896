# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest agent: its channel, the conversation, an agent that is not there, slow, or hostile."""

import concurrent.futures
import itertools
import json
import threading
import time

import libvirt
import libvirt_qemu

import agent
import standin

MUTE, FAILED = libvirt.VIR_ERR_AGENT_UNRESPONSIVE, libvirt.VIR_ERR_OPERATION_FAILED
INVALID, ARGUMENT = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_INVALID_ARG
PING = '{"execute": "guest-ping"}'


def ask(domain, command=PING, timeout=libvirt_qemu.VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT):
    return json.loads(libvirt_qemu.qemuAgentCommand(domain, command, timeout, 0))


class Flood(agent.Agent):
    """Answers nothing and never ends."""

    def talk(self):
        while True:
            self.client.sendall(b"{}\n" * 10_000)


class HungUp(agent.Agent):
    """Takes no call for longer than a moment."""

    def talk(self):
        pass


class Agent(standin.Case):
    def begin(self, number=1, **what):
        return self.start(f"guest-{number}", number, devices=agent.CHANNEL, **what)

    def test_channel(self):
        """A socket whose place is open gets one at the start, which the definition does not keep."""
        domain = self.begin()
        path = f"/run/libvirt/libxl/channel-{standin.uuid(1)}-0.sock"
        self.assertRegex(domain.XMLDesc(), f"<source path=.{path}. mode=.bind.")
        self.assertNotIn("channel-", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.assertIn("org.qemu.guest_agent.0", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.restart()
        self.assertIn(path, self.conn.lookupByName("guest-1").XMLDesc())

    def test_command(self):
        """By hand, which taints the guest; the answer is passed on, a refusal is an error."""
        domain = self.begin()
        refuse = agent.Error("not today")
        unknown = agent.Error("The command guest-new has not been found", "CommandNotFound")
        with agent.Agent(self.daemon, standin.uuid(1),
                         {"guest-info": {"version": "7"}, "guest-no": refuse, "guest-new": unknown}) as ga:
            self.assertEqual(domain.messages(), [])
            self.assertEqual(self.virsh("qemu-agent-command", "guest-1", '{"execute":"guest-info"}'),
                             '{"return": {"version": "7"}}')
            self.assertEqual(ask(domain, '{"execute":\n"guest-echo", "arguments": {"a": "{["}}'), {"return": {}})
            self.assertEqual(ga.told("guest-echo"), [{"a": "{["}])
            self.assert_fails(FAILED, "guest-no: not today", ask, domain, '{"execute":"guest-no"}')
            self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "has not been found", ask, domain,
                              '{"execute":"guest-new"}')
            for broken in "[]", "{", '{"return": 1}', "guest-ping":
                self.assert_fails(ARGUMENT, "no command for a guest agent", ask, domain, broken)
            self.assert_fails(ARGUMENT, "timeout: expected seconds", ask, domain, PING, -3)
        self.assertEqual([len(domain.messages()), len(domain.messages(libvirt.VIR_DOMAIN_MESSAGE_DEPRECATION))],
                         [1, 0])
        self.assertIn("guest agent control", domain.messages()[0])

    def listen(self):
        """The names of domains whose agent came, or went (with a minus), in the order they were told."""
        heard = []
        sign = {libvirt.VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED: "",
                libvirt.VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED: "-"}
        self.conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
                                         lambda _conn, dom, state, _reason, _: heard.append(sign[state] + dom.name()), None)
        return heard

    def await_look(self, heard, number):
        """Returns when the watcher has looked at all guests."""
        self.begin(number)
        with agent.Agent(self.daemon, standin.uuid(number)):
            standin.wait_for(lambda: f"guest-{number}" in heard, "the watcher looks")
        heard.remove(f"guest-{number}")

    def test_lifecycle(self):
        """Clients hear of an agent that comes, goes deaf and comes again, before anybody asks it."""
        heard = self.listen()
        domain = self.begin()
        with agent.Agent(self.daemon, standin.uuid(1), noise=b"[" * 9000):
            standin.wait_for(lambda: heard == ["guest-1"])
            self.assertEqual(ask(domain), {"return": {}})
        self.assert_fails(MUTE, "No such file", ask, domain)
        standin.wait_for(lambda: heard == ["guest-1", "-guest-1"])
        with agent.Agent(self.daemon, standin.uuid(1), deaf=True):
            self.assert_fails(MUTE, "in time", ask, domain, timeout=1)
        with agent.Agent(self.daemon, standin.uuid(1)):
            standin.wait_for(lambda: heard == ["guest-1", "-guest-1", "guest-1"])
            self.restart()
            self.assertEqual(ask(self.conn.lookupByName("guest-1")), {"return": {}})
        self.assertEqual(heard, ["guest-1", "-guest-1", "guest-1"])

    def test_lives(self):
        """What runs after a reboot, a stop or a restore is a guest whose agent nobody has heard of."""
        heard = self.listen()
        domain = self.begin()
        with agent.Agent(self.daemon, standin.uuid(1)):
            standin.wait_for(lambda: heard == ["guest-1"])
            for number, live in enumerate((domain.reboot, lambda: (domain.destroy(), domain.create()),
                                           lambda: (domain.managedSave(), domain.create()))):
                live()
                standin.wait_for(lambda n=number: heard == ["guest-1"] * (n + 2), f"life {number}")

    def test_busy(self):
        """An agent that speaks with somebody else has not gone, and that of a paused guest not either."""
        heard, going_on = self.listen(), threading.Event()
        domain, others = self.begin(), self.connect()
        same = others.lookupByName("guest-1")
        self.addCleanup(going_on.set)
        domain.agentSetResponseTimeout(1)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            with agent.Agent(self.daemon, standin.uuid(1), {"guest-ping": lambda _: going_on.wait() and {}}) as ga:
                standin.wait_for(lambda: heard == ["guest-1"])
                asking = pool.submit(ask, domain, PING, libvirt_qemu.VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK)
                standin.wait_for(lambda: ga.told("guest-ping"), "the agent is asked")
                self.assert_fails(MUTE, "in time", ask, same)
                self.await_look(heard, 2)
                going_on.set()
                self.assertEqual(asking.result(), {"return": {}})
            with agent.Agent(self.daemon, standin.uuid(1), deaf=True) as ga:
                asking = pool.submit(ask, domain)
                standin.wait_for(lambda: ga.clients == 1, "the agent is asked")
                same.suspend()
                self.assert_fails(MUTE, "in time", asking.result)
                same.resume()
                self.await_look(heard, 3)
                self.assertEqual(heard, ["guest-1"])
                self.assert_fails(MUTE, "in time", ask, domain)
                standin.wait_for(lambda: heard == ["guest-1", "-guest-1"])

    def test_impatient(self):
        """Guests whose channels say no answer and much else, or end at once, take little of the watcher."""
        heard, began = self.listen(), time.monotonic()
        self.begin(1)
        self.begin(2)
        with Flood(self.daemon, standin.uuid(1)) as flood, HungUp(self.daemon, standin.uuid(2)) as hung_up:
            standin.wait_for(lambda: flood.clients >= 2 and hung_up.clients >= 2, "both are asked again")
            self.await_look(heard, 3)
            most = time.monotonic() - began + 1
            self.assertLessEqual(max(flood.clients, hung_up.clients), most)

    def test_elsewhere(self):
        """Sockets that the definition places may be for others: nobody is called there before a client asks."""
        heard = self.listen()
        path = f"/run/libvirt/libxl/channel-{standin.uuid(2)}-0.sock"
        domain = self.start("guest-1", 1, devices=agent.CHANNEL.replace(
            "<target", f"<source mode='bind' path='{path}'/><target"))
        with agent.Agent(self.daemon, standin.uuid(2)) as ga:
            self.await_look(heard, 3)
            self.assertEqual((ga.clients, heard), (0, []))
            self.assertEqual(ask(domain), {"return": {}})
            standin.wait_for(lambda: heard == ["guest-1"])

    def test_missing(self):
        """What is missing is said."""
        plain = self.start("plain", 2)
        self.assert_fails(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "no channel.*add <channel type='unix'>", ask, plain)
        domain = self.begin()
        self.assert_fails(MUTE, "No such file.*qemu-guest-agent", ask, domain)
        domain.suspend()
        self.assert_fails(INVALID, "not running", ask, domain)
        domain.destroy()
        self.assert_fails(INVALID, "not running", ask, domain)

    def test_noise(self):
        """What an earlier conversation left, and lines that mean nothing, are passed over."""
        domain = self.begin()
        noise = b'{"return": {"left": 1}}\n\xff{"return": 5}\n' + b"[" * 1000 + b'\n{"error'
        chatter = agent.Raw(b'{"event": "x"}\n{"return": 7}\n')
        with agent.Agent(self.daemon, standin.uuid(1), {"guest-ping": chatter}, noise=noise):
            self.assertEqual(ask(domain), {"return": 7})
            self.assertEqual(ask(domain), {"return": 7})

    def test_hostile(self):
        """Each costs its caller an error and the daemon nothing."""
        domain = self.begin()
        deep = agent.Raw(b'{"return":' + b"[" * 4_000_000 + b"\n")
        many = agent.Raw(b'{"return":{' + b",".join(b'"k%d":0' % i for i in range(100_000)) + b"}}\n")
        for answer, code, words in ((deep, FAILED, "no JSON object, or too large"), (many, FAILED, "too large"),
                                    (agent.Raw(b"\0\xfe\n"), FAILED, "no JSON"),
                                    (agent.Raw(b'{"error": "x"}\n'), FAILED, "refuses guest-ping"),
                                    (agent.Raw(b"x" * (16 * 1024 * 1024 + 8192)), MUTE, "without end"),
                                    (agent.CUT, MUTE, "hung up")):
            with agent.Agent(self.daemon, standin.uuid(1), {"guest-ping": answer}):
                self.assert_fails(code, words, ask, domain, PING, 60)  # a busy host takes its time
        with agent.Agent(self.daemon, standin.uuid(1), noise=b"\xff" * 70_000 + b"\n" + b"{" * 500_000 + b"\n"):
            self.assertEqual(ask(domain), {"return": {}})

    def test_endless(self):
        """Talking on and on gets an agent no more time than silence."""
        domain = self.begin()

        def talk(ga):
            for _ in itertools.count():
                ga.client.sendall(b'{"event": 0}\n' * 1000)

        with agent.Agent(self.daemon, standin.uuid(1)) as ga:
            ga.answers["guest-ping"] = lambda _: talk(ga)
            self.assert_fails(MUTE, "in time", ask, domain, PING, 1)

    def test_timeout(self):
        """As the caller or the guest's setting has it; -2 waits as long as the guest is there."""
        domain = self.begin()
        with agent.Agent(self.daemon, standin.uuid(1), {"guest-ping": agent.NOTHING}) as ga:
            self.assert_fails(MUTE, "in time", ask, domain, PING, 0)
            self.assert_fails(MUTE, "in time", ask, domain, PING, 1)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                asking = pool.submit(ask, domain, PING, libvirt_qemu.VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK)
                standin.wait_for(lambda: len(ga.told("guest-ping")) == 3, "the agent is asked")
                ga.client.shutdown(2)
                self.assert_fails(MUTE, "hung up", asking.result)
        self.assert_fails(ARGUMENT, "timeout", domain.agentSetResponseTimeout, -3)
        self.virsh("guest-agent-timeout", "guest-1", "--timeout", "1")

    def test_deaf(self):
        """Costs its caller a timeout, and nobody else anything: not even who ends the guest."""
        domain = self.begin()
        self.begin(2)
        others = self.connect()  # a client's calls may wait for each other
        same, other = others.lookupByName("guest-1"), others.lookupByName("guest-2")
        with (concurrent.futures.ThreadPoolExecutor() as pool,
              agent.Agent(self.daemon, standin.uuid(1), deaf=True) as ga, agent.Agent(self.daemon, standin.uuid(2))):
            standin.wait_for(lambda: ga.clients == 1, "the watcher waits for the agent")
            asking = pool.submit(ask, domain)
            standin.wait_for(lambda: ga.clients == 2, "the driver talks to the agent")
            self.assertEqual(ask(other), {"return": {}})
            self.assert_state(same, libvirt.VIR_DOMAIN_RUNNING)
            same.suspend()
            same.destroy()
            self.assertFalse(asking.done())
            self.assert_fails(MUTE, "in time", asking.result)


if __name__ == "__main__":
    standin.main()
