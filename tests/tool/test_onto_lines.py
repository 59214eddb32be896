# SPDX-License-Identifier: LGPL-2.1-or-later
"""xml2cfg --onto: what becomes of lines around what changes."""

import xlconv

HEAD = 'name = "a"\ntype = "pv"\nkernel = "/k"\nmemory = 64\n'
ONE, TWO, THREE = (f'"/{name},raw,xvd{name},w"' for name in "abc")


class OntoLines(xlconv.Case):
    def made(self, guest, wanted):
        """What becomes of @guest when it is made to mean @wanted."""
        old = self.write("old.cfg", guest)
        xml = self.write("new.xml", self.run_tool("cfg2xml", self.write("new.cfg", wanted)))
        return self.run_tool("xml2cfg", "--onto", old, xml)

    def test_all_that_was_added_goes(self):
        """No empty list is added to another one; what is said behind goes along, as with any key."""
        first, others = HEAD + f"disk = [ {ONE} ]\n", (TWO, THREE)
        for added in (f"disk += [ {TWO}, {THREE} ]  # more\n", f"disk += [\n    {TWO},\n    {THREE}, # c\n]\n"):
            for left in (), others[:1], others[1:]:
                made = self.made(first + added + "my_own = 5\n",
                                 first.replace(" ]", "".join(f", {item}" for item in left) + " ]") + "my_own = 5\n")
                if left:
                    self.assertIn("disk += ", made)
                    self.assertIn(left[0], made)
                else:
                    self.assertEqual(made, first + "my_own = 5\n")

    def test_no_newline_at_the_end(self):
        """A file that ends without one still does; what comes behind its last line has one of its own."""
        for end, wanted, new in (("memory = 64", "memory = 64", "memory = 64"),
                                 ("memory = 64", "memory = 96", "memory = 96"),
                                 ("memory = 64", "memory = 64\nvcpus = 2", "memory = 64\nvcpus = 2")):
            for name in "ab":
                head = HEAD.replace("memory = 64\n", "")
                made = self.made(head + end, head.replace('"a"', f'"{name}"') + wanted + "\n")
                self.assertEqual(made, head.replace('"a"', f'"{name}"') + new)
        comment = "#xml title: T"
        self.assertEqual(self.made(HEAD + "# the end\nvcpus = 2", HEAD), HEAD + "# the end\n")
        self.assertEqual(self.made(HEAD + "vcpus = 2", HEAD + "vcpus = 2\n" + comment + "\n"),
                         HEAD + "vcpus = 2\n" + comment + "\n")

    def test_moved_and_edited(self):
        """What is said behind an item goes along also where the item has another option at its end there."""
        cards = [f"mac=00:16:3e:00:00:0{i},bridge=b{i}" for i in (1, 2, 3)]
        for before, after in (("", ",devid=7"), (",devid=7", "")):
            one, two, three = (f'"{card}{before}"' for card in cards)
            last = f'"{cards[2]}{after}"'
            for layout in ("vif=[%s,# a\n%s,# b\n%s# c\n]\n", "vif = [\n    %s, # a\n    %s, # b\n    %s # c\n]\n"):
                made = self.made(HEAD + layout % (one, two, three), HEAD + f"vif = [ {last}, {two}, {one} ]\n")
                swapped = layout.replace("# a", "@").replace("# c", "# a").replace("@", "# c")
                self.assertEqual(made, HEAD + swapped % (last, two, one))

    def test_words_in_any_order(self):
        """Of a list whose order counts for nothing each word is told by itself, wherever it stands."""
        head = 'name = "a"\ntype = "hvm"\nmemory = 64\n'
        words = ["stimer", "synic", "base", "FREQ", "time_ref_count", "apic_assist", "hcall_remote_tlb_flush"]

        def listed(items):
            return "viridian = [ " + ", ".join(f'"{item}"' for item in items) + " ]\n"

        for wanted in words[:-1], words[1:], words[:4] + words[5:], words + ["reference_tsc"]:
            self.assertEqual(self.made(head + listed(words), head + listed(sorted(wanted))), head + listed(wanted))


if __name__ == "__main__":
    xlconv.main()
