"""Every test run has its own home, so that no test sees or touches a person's data."""

import os
import tempfile

os.environ["BLUELAMP_HOME"] = tempfile.mkdtemp(prefix="bluelamp-test-")
