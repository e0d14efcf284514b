"""Invented mails with the many things that stand below a person's words."""

from tests.curation.cases import Case

OWN = "The bricks arrive on Friday, so keep the yard free until then if you possibly can."

ENDINGS = [
    Case("sign-off stays", f"{OWN}\n\nBest,\nSusan", f"{OWN}\n\nBest,\nSusan"),
    Case("delimiter", f"{OWN}\n\nJon\n\n-- \nJon Berg\nKiln North\n", f"{OWN}\n\nJon"),
    Case(
        "delimiter above the quote",
        f"{OWN}\n\n-- \nJon Berg, potter\n\nOn Mon, Mar 4, 2024 at 9:12 AM Ida wrote:\n"
        "> When do they come?",
        OWN,
        "When do they come?",
    ),
    Case(
        "a long text below two dashes is no signature",
        f"{OWN}\n\n--\n\n" + "\n\n".join(f"Then step {n} of the wall." for n in range(1, 15)),
        f"{OWN}\n\n--\n\n" + "\n\n".join(f"Then step {n} of the wall." for n in range(1, 15)),
    ),
    Case("phone", f"{OWN}\n\nSent from my iPhone", OWN),
    Case("german phone", f"{OWN}\n\nVon meinem iPhone gesendet", OWN),
    Case("outlook phone", f"{OWN}\n\nJon\n\nGet Outlook for Android", f"{OWN}\n\nJon"),
    Case(
        "contact block below the sign-off",
        f"{OWN}\n\nBest regards,\n\nJon Berg\nHead of Bricks\nKiln North Corp.\n"
        "Tel: +47 22 12 34 56\n"
        "jon@kiln.example",
        f"{OWN}\n\nBest regards,\n\nJon Berg",
    ),
    Case(
        "name, then the name again with titles",
        f"{OWN}\n\nThanks,\nJon\n\nJon Berg\nHead of Bricks\n(713) 555-0199",
        f"{OWN}\n\nThanks,\nJon",
    ),
    Case("extension below the name", f"{OWN}\nThanks.\nJB\n3-7376", f"{OWN}\nThanks.\nJB"),
    Case(
        "a phone number in a sentence",
        "The bricks arrive on Friday, so keep the yard free and call me on\n713-555-0199.\n"
        "Best,\nJon",
        "The bricks arrive on Friday, so keep the yard free and call me on\n713-555-0199.\n"
        "Best,\nJon",
    ),
    Case(
        "an address asked for",
        f"{OWN}\n\nPlease write to:\n\njon@kiln.example\n\nMany greetings to all of you,\nJon",
        f"{OWN}\n\nPlease write to:\n\njon@kiln.example\n\nMany greetings to all of you,\nJon",
    ),
    Case(
        "a number that the sentence above asks for",
        f"{OWN}\n\nThe main number at the brickyard is\n212-555-0100",
        f"{OWN}\n\nThe main number at the brickyard is\n212-555-0100",
    ),
    Case(
        "addresses above the name",
        f"{OWN} These two come too.\n\nkaty@kiln.example\nida@kiln.example\n\nSusan",
        f"{OWN} These two come too.\n\nkaty@kiln.example\nida@kiln.example\n\nSusan",
    ),
    Case(
        "an address on its own",
        f"{OWN}\n\n909 Harbour Ave #18\nHouston, TX 77002",
        f"{OWN}\n\n909 Harbour Ave #18\nHouston, TX 77002",
    ),
    Case(
        "a link is no signature",
        f"{OWN}\nLook at this kiln:\n\nhttps://kiln.example/big",
        f"{OWN}\nLook at this kiln:\n\nhttps://kiln.example/big",
    ),
    Case(
        "postscript",
        f"{OWN}\n\nBest,\nJon\n\nP.S. Bring the long ladder, ours is too short for the roof.",
        f"{OWN}\n\nBest,\nJon\n\nP.S. Bring the long ladder, ours is too short for the roof.",
    ),
    Case(
        "an article pasted below the name",
        f"{OWN}\n\nBest,\nJon\n\n" + "Prices of bricks rose again this week, the guild said. " * 8,
        f"{OWN}\n\nBest,\nJon",
    ),
    Case(
        "thanks at the start are no sign-off",
        "Thanks, Ida.\n\n" + ("The wall is done and dry, " * 15).strip(),
        "Thanks, Ida.\n\n" + ("The wall is done and dry, " * 15).strip(),
    ),
    Case(
        "disclaimer",
        f"{OWN}\n\nJon\n\n**********************\n"
        "This e-mail and any attachments are confidential and "
        "intended solely for the addressee.\nIf you are not the intended recipient, delete it.\n"
        "**********************",
        f"{OWN}\n\nJon",
    ),
    Case(
        "prose about a confidential matter",
        f"{OWN} This is confidential, by the way, and I would rather you told nobody.",
        f"{OWN} This is confidential, by the way, and I would rather you told nobody.",
    ),
    Case(
        "list footer",
        f"{OWN}\n\n_______________________________________________\nBricks mailing list\n"
        "Bricks@kiln.example\nhttps://kiln.example/listinfo/bricks\n",
        OWN,
    ),
    Case(
        "advertisement",
        f"{OWN}\n\nJon\n\nGet your free e-mail at http://www.hotmail.example",
        f"{OWN}\n\nJon",
    ),
    Case(
        "hard wraps",
        "Dear Ida,\n\nthe bricks that you ordered in spring have come at last, and they are of a\n"
        "colour that I did not expect: not red at all, but of a yellow such as one sees\n"
        "in old stables.\n\n- two pallets of the long ones\n- one of the short ones\n\nYours,\nJon",
        "Dear Ida,\n\nthe bricks that you ordered in spring have come at last, and they are of a "
        "colour that I did not expect: not red at all, but of a yellow such as one sees "
        "in old stables.\n\n- two pallets of the long ones\n- one of the short ones\n\nYours,\nJon",
    ),
    Case(
        "verse keeps its lines",
        "A song for the wall:\n\nbrick upon brick\nthe mortar is thick\nand the master is sick\n"
        "of it all",
        "A song for the wall:\n\nbrick upon brick\nthe mortar is thick\nand the master is sick\n"
        "of it all",
    ),
]
