"""QI1: a client that openapi-python-client generates from openapi.yaml pulls, syncs and writes every list of the API.

The generator isn't among the packages for tests: it is installed into a folder of its own, and needs the network for that.
openapi-generator, which needs Java, isn't tried.
"""

import subprocess
import sys

from bench import trials
from tests.servers import folder

NAME = "A generated client reads and writes all"
GENERATOR = "openapi-python-client==0.29.1"


def run():
    with folder() as home:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "--disable-pip-version-check", GENERATOR], check=True)
        programs = (str(home / "bin" / name) for name in ("python", "openapi-python-client"))
        found = trials.run(
            "tests.api.generated:figure", *programs, API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000"
        )
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} wrong; {found['lists']} lists pulled, {found['written']} written"
    return value, "0; every list", found["sent"], not found["wrong"]
