"""`make bench`: everything that is claimed about speed, measured anew.

`python -m benchmarks pages posts` runs only some; without names all are run, but for `desk`:
its 200 000 comments take some minutes to write.
"""

import importlib
import os
import platform
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django has to be set up before

PARTS = ("sanitizing", "pages", "gate", "rereads", "races", "posts", "simulator", "wordlists")


def main() -> None:
    call_command("migrate", verbosity=0)
    python, load = platform.python_version(), os.getloadavg()[0]
    print(f"Python {python}, Django {django.__version__}, {os.cpu_count()} cores, load {load:.1f} at the start\n")
    for part in sys.argv[1:] or PARTS:
        importlib.import_module(f"benchmarks.{part}").run()
        print()


if __name__ == "__main__":
    main()
