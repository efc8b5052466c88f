"""What can go wrong with finding.

RetrievalError
├── InvalidQuestion    a question is empty, too long, or no text
├── InvalidQuestions   a file of questions is not in its format
├── ModelUnavailable   the model's files are not there or cannot be loaded
├── ModelDamaged       the model's files are not the ones they should be
├── UnknownGeneration  there is no generation of that name, or none to go back to
├── NoRoom             the disk has too little room to build the index anew
├── RebuildFailed      a generation that was built anew does not find what it holds
└── SnapshotDamaged    a generation of the index on disk is not what was written
"""


class RetrievalError(Exception):
    """The root: whatever the index raises on purpose is one of these."""


class InvalidQuestion(RetrievalError):
    """A question cannot be looked for; the message is written for the asker, `problem` for programs."""

    def __init__(self, message: str, problem: str) -> None:
        super().__init__(message)
        self.problem = problem


class ModelUnavailable(RetrievalError):
    """The model's files are not there or cannot be loaded; the message says what to do."""


class ModelDamaged(RetrievalError):
    """The model's files are not the ones they should be."""


class SnapshotDamaged(RetrievalError):
    """A generation of the index on disk is not what was written."""


class UnknownGeneration(RetrievalError):
    """There is no generation of that name, or none to go back to."""


class NoRoom(RetrievalError):
    """The disk has too little room to build the index anew; the message says how much it takes."""


class RebuildFailed(RetrievalError):
    """A generation that was built anew does not find what it holds; the old one stays in use."""


class InvalidQuestions(RetrievalError):
    """A file of questions cannot be used; the message says what it lacks."""
