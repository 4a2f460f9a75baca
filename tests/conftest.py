"""How properties are tried: the same examples in every run of `make test`, new and more of them in `make soak`.

No test times itself, so Hypothesis has no deadline: a busy machine is no bug.
"""

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("explore" if os.environ.get("ENERWISE_EXPLORE") else "steady")
