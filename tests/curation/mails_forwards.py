"""Invented mails that pass others' text on, and own mails with machine-made parts."""

from tests.curation.cases import Case

OWN = "Have a look at the second page, there is the glaze that I told you about in May."

FORWARDS = [
    Case(
        "gmail forward",
        f"{OWN}\n\n---------- Forwarded message ---------\nFrom: Ida <ida@kiln.example>\n"
        "Date: Mon, Mar 4\n"
        "Subject: Glaze\nTo: Jon\n\nFour parts ash, one part clay.",
        OWN,
        subject="Fwd: Glaze",
    ),
    Case(
        "apple forward",
        f"{OWN}\n\nBegin forwarded message:\n\n> From: Ida <ida@kiln.example>\n> Subject: Glaze\n"
        ">\n> Ash.",
        OWN,
    ),
    Case(
        "notes forward, its line wrapped",
        f"{OWN}\n---------------------- Forwarded by Jon Berg/OSL/KILN on 03/04/2001 \n09:12 AM "
        "---------------------------\n\n\nIda Holm@KILN\n03/03/2001 08:00 AM\nTo: Jon Berg\ncc:  \n"
        "Subject: Glaze\n\nFour parts ash.",
        OWN,
    ),
    Case(
        "outlook forward: nothing was answered",
        f"{OWN}\n\n-----Original Message-----\nFrom: Ida\nSent: Monday\nTo: Jon\n"
        "Subject: Glaze\n\nAsh.",
        OWN,
        subject="FW: Glaze",
    ),
    Case(
        "a file listed at the end",
        f"{OWN}\n\n - glaze.doc\n",
        OWN,
    ),
    Case(
        "signed with pgp",
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n{OWN}\n-----BEGIN PGP SIGNATURE-----\n"
        "Version: GnuPG v1\n\niD8DBQE9abcdEFGH\n=aBcD\n-----END PGP SIGNATURE-----\n",
        OWN,
    ),
    Case(
        "scrubbed attachment",
        f"{OWN}\n-------------- next part --------------\nA non-text attachment was scrubbed...\n"
        "Name: a.pgp\n"
        "Type: application/pgp-signature\nSize: 189 bytes\nDesc: not available\n"
        "URL: <http://l.example/a>\n",
        OWN,
    ),
    Case(
        "uuencoded file",
        f"{OWN}\n\nbegin 644 glaze.txt\n#0V%T\n`\nend\n",
        OWN,
    ),
    Case(
        "code between prose",
        "The wheel stops when the counter is not reset, so do this instead:\n\n"
        "    def turn(self):\n        self.count = 0\n        return self.spin()\n\n"
        "That keeps it going.",
        "The wheel stops when the counter is not reset, so do this instead:\n\n"
        "That keeps it going.",
    ),
    Case(
        "traceback",
        "It fell over when I pressed the button twice, see here:\n\n"
        "Traceback (most recent call last):\n"
        '  File "wheel.py", line 4, in turn\n    spin()\n'
        "NameError: name 'spin' is not defined\n\nAny idea?",
        "It fell over when I pressed the button twice, see here:\n\nAny idea?",
    ),
    Case(
        "patch",
        "This mends the wheel for me, could you try it on yours please?\n\n--- a/wheel.py\t2024\n"
        "+++ b/wheel.py\t2024\n@@ -1,2 +1,2 @@\n def turn():\n-    stop()\n+    spin()\n",
        "This mends the wheel for me, could you try it on yours please?",
    ),
    Case(
        "repeated link targets",
        "The recipe is in Leach <https://books.example/leach> and on https://clay.example/ash "
        "<https://clay.example/ash>, second part.",
        "The recipe is in Leach and on https://clay.example/ash, second part.",
    ),
]
