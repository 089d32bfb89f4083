"""``python -m gmmflow``."""

import sys

from gmmflow.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
