"""Turns the command catalogue (spec/) into C++ sources, reference pages and tests (generated/)."""
