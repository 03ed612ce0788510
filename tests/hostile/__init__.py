"""The worst that strangers can send to each parser of outside text, and what it costs to read it (QA27) or to refuse it (QA28).

Large inputs are built by code, so that the corpus stays small. Each module has INPUTS: name → function that gives the input.
"""
