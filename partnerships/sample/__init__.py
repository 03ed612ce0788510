"""The sample registry: the real cases of the guide (`cases`), one made-up case that shows every page (`illustration`)."""

GUIDE = "GARE, Advancing Racial Equity & Transforming Government: Resource Guide"
CHAPTER = f"{GUIDE}, chapter 5"
