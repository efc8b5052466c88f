"""How we find it: vectors, words, fusion, confidence, answers. Imports `corpus`, never `bot`."""
