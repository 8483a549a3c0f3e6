"""The models a lab is graded on: planted circuits, random weights, trained ones, and real ones."""

from grader.models.checkpoints import fold_vocabulary, keep_run, load_checkpoints
from grader.models.load import load_model, resolve_device
from grader.models.load_bridge import load_bridge
from grader.models.planted.build import PlantedModel, plant
from grader.models.planted.circuit import Head, PlantedCircuit
from grader.models.random_weights import random_model
from grader.models.tokenizer import gpt2_tokenizer
from grader.models.training import train
from grader.models.weight_file import read_weights, write_weights

__all__ = [
    "Head",
    "PlantedCircuit",
    "PlantedModel",
    "fold_vocabulary",
    "gpt2_tokenizer",
    "keep_run",
    "load_bridge",
    "load_checkpoints",
    "load_model",
    "plant",
    "random_model",
    "read_weights",
    "resolve_device",
    "train",
    "write_weights",
]
