"""QP4 on this database: the hundred committed queries, and queries made of the words that stand in it."""

from bench.figures import qp4


def main(name):
    return qp4.run()
