"""The sample registry: the guide's real cases (`cases`), and one made-up case that shows every page (`illustration`)."""

GUIDE = "GARE, Advancing Racial Equity & Transforming Government: Resource Guide"
CHAPTER = f"{GUIDE}, chapter 5"
