"""Models that a lab is graded on: planted circuits, random weights, training runs, real models."""

from grader.models.checkpoints import extend_vocabulary, load_checkpoints, save_run
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
    "extend_vocabulary",
    "gpt2_tokenizer",
    "load_bridge",
    "load_checkpoints",
    "load_model",
    "plant",
    "random_model",
    "read_weights",
    "resolve_device",
    "save_run",
    "train",
    "write_weights",
]
