"""`course site`: writes the lessons, the ledger and the exercises as pages that open without a network."""

from __future__ import annotations

import time
from pathlib import Path

from course_lib.teach.site import site_build


def main(args) -> int:
    """Build the site and say where it is. args.out: the folder, None for build/site."""
    start = time.monotonic()
    pages = site_build.build(Path(args.out) if args.out else site_build.OUT)
    largest = max(page.stat().st_size for page in pages) / 1e6
    print(f"{len(pages)} pages in {time.monotonic() - start:.0f} s, the largest {largest:.1f} MB. Open "
          f"{pages[0].parent / 'index.html'} in a browser; no server and no network is needed.")
    return 0
