"""Labelwright: a server and a browser workbench for labelling images and video."""

__version__ = "0.1.0"
