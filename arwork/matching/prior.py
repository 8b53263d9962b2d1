"""prior."""
from arwork.matching.evidence import Weights
PRIOR = Weights(0, {})
