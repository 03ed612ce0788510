"""The worst inputs for each parser of outside text, and what it costs to read them (QA27) or to refuse them (QA28).

Large inputs are built by code, so that the corpus stays small. Each module has INPUTS: name → function that returns the
input.
"""
