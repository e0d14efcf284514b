"""Invented replies: quotes above, below and between, in the manners of many mailers."""

from tests.curation.cases import Case

OWN = "Tuesday suits me better, the kiln is still warm and I would rather not rush it."
ASKED = "Shall we open the kiln on Monday?"

REPLIES = [
    Case(
        "gmail, answer on top",
        f"{OWN}\n\nOn Mon, Mar 4, 2024 at 9:12 AM Ida Holm <ida@kiln.example> wrote:\n\n"
        f"> {ASKED}\n",
        OWN,
        ASKED,
    ),
    Case(
        "attribution over two lines",
        f"{OWN}\n\nOn Mon, Mar 4, 2024 at 9:12 AM Ida Holm\n<ida@kiln.example> wrote:\n"
        f"> {ASKED}\n>\n",
        OWN,
        ASKED,
    ),
    Case(
        "sylpheed, date and sender on two lines",
        'On Mon, 4 Mar 2024 09:12:00 +0100\n"Ida C. Holm" <ida@kiln.example> wrote:\n\n'
        f"> {ASKED}\n\n{OWN}",
        OWN,
        ASKED,
    ),
    Case("answer below", f"Ida Holm wrote:\n\n> {ASKED}\n\n{OWN}\n", OWN, ASKED),
    Case(
        "answers between",
        "Am 04.03.24 um 09:12 schrieb Ida Holm:\n> Shall we open the kiln on Monday?\n\n"
        "Better on Tuesday.\n\n> Who brings the gloves?\n> They were wet.\n\n"
        "I will, both pairs.\n\nJon",
        "Better on Tuesday.\n\nI will, both pairs.\n\nJon",
        "Shall we open the kiln on Monday?\n\nWho brings the gloves?\nThey were wet.",
    ),
    Case(
        "nested quotes are not the message answered",
        f"{OWN}\n\n> {ASKED}\n>\n> On Sunday Jon wrote:\n>> It cools for a day.\n>> Or two.\n",
        OWN,
        ASKED,
    ),
    Case(
        "french",
        f"Mardi me va très bien, le four est encore chaud et rien ne presse.\n\n"
        f"Le lun. 4 mars 2024 à 09:12, Ida Holm <ida@kiln.example> a écrit :\n> {ASKED}",
        "Mardi me va très bien, le four est encore chaud et rien ne presse.",
        ASKED,
    ),
    Case(
        "german",
        f"{OWN}\n\nAm Mo., 4. März 2024 um 09:12 Uhr schrieb Ida Holm <ida@kiln.example>:\n\n"
        f"> {ASKED}",
        OWN,
        ASKED,
    ),
    Case(
        "unprefixed quote below an attribution",
        f"{OWN}\n\nOn 4 Mar 2024, at 09:12, Ida Holm <ida@kiln.example> wrote:\n\n{ASKED}\n\nIda",
        OWN,
        f"{ASKED}\n\nIda",
    ),
    Case(
        "outlook",
        f"{OWN}\n\n-----Original Message-----\nFrom: Ida Holm [mailto:ida@kiln.example]\n"
        "Sent: Monday, March 4, 2024 9:12 AM\nTo: Jon Berg\nCc: Ulla\nSubject: Kiln\n\n"
        f"{ASKED}\n\nIda",
        OWN,
        f"{ASKED}\n\nIda",
        "RE: Kiln",
    ),
    Case(
        "outlook, a rule and headers",
        f"{OWN}\n\n________________________________\nFrom: Ida Holm <ida@kiln.example>\n"
        f"Sent: Monday, March 4, 2024 9:12 AM\nTo: Jon Berg\nSubject: Kiln\n\n{ASKED}\n",
        OWN,
        ASKED,
    ),
    Case(
        "outlook in german",
        f"{OWN}\n\nVon: Ida Holm\nGesendet: Montag, 4. März 2024 09:12\nAn: Jon Berg\n"
        "Betreff: Ofen\n\n"
        f"{ASKED}",
        OWN,
        ASKED,
    ),
    Case(
        "outlook, an older message inside",
        f"{OWN}\n\n-----Original Message-----\nFrom: Ida\nSent: Monday\nTo: Jon\n"
        f"Subject: Kiln\n\n{ASKED}\n\n"
        "-----Original Message-----\nFrom: Jon\nSent: Sunday\nTo: Ida\nSubject: Kiln\n\nIt is hot.",
        OWN,
        ASKED,
    ),
    Case(
        "notes, name above date",
        f"{OWN}\n\n\n\n\nIda Holm\n03/04/2001 09:12 AM\nTo: Jon Berg/OSL/KILN@KILN\ncc:  \n"
        "Subject: Kiln\n\n"
        f"{ASKED}",
        OWN,
        ASKED,
    ),
    Case(
        "notes, sender and date on a line, a long list of people",
        f'{OWN}\n\n\n"Holm, Ida" <ida@kiln.example> on 03/04/2001 09:12:10 AM\n'
        "Please respond to ida\nTo: Jon Berg/OSL/KILN@KILN, Ulla Lund/OSL/KILN@KILN, \n"
        f"Per Dahl/OSL/KILN@KILN\ncc:  \nSubject: Kiln\n\n\n\n{ASKED}",
        OWN,
        ASKED,
    ),
    Case(
        "notes, letterhead",
        f"{OWN}\n\n\n   \n\tKiln North Corp.\n\t\n"
        "\tFrom:  Ida Holm @ KILN          03/04/2001 09:12 AM\n"
        f"\t\n\nTo: Jon Berg/OSL/KILN@KILN\ncc:  \nSubject: Kiln\n\n{ASKED}\n",
        OWN,
        ASKED,
    ),
    Case(
        "prose that only looks like an attribution",
        "On Monday I wrote:\n\n"
        "please wait until the kiln is cold. Nobody did, and now the glaze is gone.",
        "On Monday I wrote:\n\n"
        "please wait until the kiln is cold. Nobody did, and now the glaze is gone.",
    ),
    Case(
        "prose with headings like headers",
        "From: the old harbour, where we met in June.\n"
        "To: whoever finds the second glove under there.",
        "From: the old harbour, where we met in June.\n"
        "To: whoever finds the second glove under there.",
    ),
    Case(
        "a quoted line that spilled over",
        "> we could open it on Monday, although the cone inside has not fallen\nyet, I think\n"
        f"> so let us see\n\n{OWN}",
        OWN,
        "we could open it on Monday, although the cone inside has not fallen\nyet, I think\n"
        "so let us see",
    ),
    Case(
        "elided quote",
        f"> {ASKED}\n\n[snip]\n\n> Who comes?\n\n{OWN}",
        OWN,
        f"{ASKED}\n\nWho comes?",
    ),
    Case(
        "initials before the quote",
        f"IH> {ASKED}\nIH> Or later?\n\n{OWN}",
        OWN,
        f"{ASKED}\nOr later?",
    ),
]
