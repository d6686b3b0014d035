"""Everything that can go wrong and be told to a caller: one catalogue, a file for each feature.

``from server.errors import SOMETHING`` is how all of them are reached.
"""

# A new file is one line here; the order is that of docs/PROBLEMS.md.
# ruff: noqa: F403, I001
from server.errors.problem import (
    CATALOGUE as CATALOGUE,
    CHINESE as CHINESE,
    ENGLISH as ENGLISH,
    FieldError as FieldError,
    Problem as Problem,
    ProblemType as ProblemType,
    Text as Text,
)
from server.errors.request import *
from server.errors.sign_in import *
from server.errors.sync import *
from server.errors.receiving import *
from server.errors.master_data import *
from server.errors.photos import *
from server.errors.switching import *
from server.errors.rectification import *
from server.errors.checklists import *
from server.errors.reports import *
from server.errors.inspection import *
from server.errors.retention import *
from server.errors.registers import *
from server.errors.first_run import *
from server.errors.api_tokens import *
