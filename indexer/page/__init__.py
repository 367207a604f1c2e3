"""What the parent shows in a browser: a page, the figures it draws, and what was refused.

No request changes anything.
"""

from indexer.page.routes import make_page

__all__ = ["make_page"]
