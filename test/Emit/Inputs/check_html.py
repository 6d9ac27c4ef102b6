"""check_html.py FILE: fails unless every tag of an HTML file is closed where it should
be; prints its title, and how many tables and rows it has."""

import sys
from html.parser import HTMLParser


class Check(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.count, self.title = [], {}, ""

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit("line %d: </%s> closes nothing" % (self.getpos()[0], tag))

    def handle_data(self, data):
        if self.open[-1:] == ["title"]:
            self.title += data


page = Check()
with open(sys.argv[1], encoding="utf-8") as file:
    page.feed(file.read())
page.close()
if page.open:
    sys.exit("not closed: " + ", ".join(page.open))
print("title:", page.title)
print("tables: %d, rows: %d" % (page.count.pop("table"), page.count.pop("tr")))
print("other tags:", ", ".join(sorted(page.count)))
