"""The models a lab is graded on: planted circuits, random weights, and real ones."""

from grader.models.bridge import load_bridge
from grader.models.circuit import Head, PlantedCircuit
from grader.models.generic import random_model
from grader.models.loading import load_model
from grader.models.planted import PlantedModel, plant
from grader.models.tokenizer import gpt2_tokenizer

__all__ = [
    "Head",
    "PlantedCircuit",
    "PlantedModel",
    "gpt2_tokenizer",
    "load_bridge",
    "load_model",
    "plant",
    "random_model",
]
