"""What a run need not do again: ids, texts, links, dead letters and feeds of what is committed."""

from collections.abc import Mapping

from pipeline.polls import FeedSchedule
from pipeline.settings import Settings
from schemas.tables import DEAD_LETTERS, REPLAYS
from transforms.known.build import build_index, merge_indexes
from transforms.known.files import KnownFiles
from transforms.known.index import KnownIndex
from transforms.known.saved_index import load_index, save_index
from transforms.lake import files
from transforms.lake.commit_steps import STAGING
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import live_files, retracted_ids
from transforms.lake.read import read_rows
from transforms.letters.known import ANY_MESSAGE, KnownLetter, load_known_letters, message_hash, save_known_letters
from transforms.letters.open_letters import OpenLetter, letters_in, open_letters

_FOLD_ARTICLES = 100_000
"""How many articles a stream gathers before they are merged into the large index, which costs seconds."""


class KnownState:
    """The indexes of what is known to a run, kept where its workers can read them.

    Args:
        settings: of the run.
        others: manifests of other runs.
        own: those of this run, when it is carried on.
        feeds: when each feed is due; it learns from every commit.
        keeps_letters: open dead letters are not written again. A replay has to see what failed again.
        is_stream: commits of this run count as those of earlier runs: the same again is known, or a new version.
            Else the same again is a repeat within the run.
    """

    def __init__(
        self,
        settings: Settings,
        others: list[Manifest],
        own: list[Manifest],
        feeds: FeedSchedule,
        *,
        keeps_letters: bool = False,
        is_stream: bool = False,
    ) -> None:
        self.feeds = feeds
        self._settings = settings
        self._base = files.join(settings.commit.output, STAGING, f"{settings.commit.run_id}-known")
        self._count = 0
        self._before = self._build(others, settings.known_policy.look_back_days)
        self._before_at = self._save(self._before)
        self._recent: KnownIndex | None = None
        self._so_far: KnownIndex | None = None
        self._keeps_letters = keeps_letters
        self._is_stream = is_stream
        self._open = {
            letter.letter_id: letter for letter in (open_letters(settings.commit.lake, others) if keeps_letters else ())
        }
        self._closed: dict[str, OpenLetter] = {}
        self._letters = {
            letter.letter_id: KnownLetter(message_hash(letter.message), letter.attempts)
            for letter in self._open.values()
        }
        self._letter_runs: dict[str, str] = {}
        self._letters_at: str | None = None
        self._letters_of = ""
        for manifest in sorted(own, key=lambda manifest: manifest.chunk):
            self.add(manifest)

    def _build(self, manifests: list[Manifest], look_back_days: int | None = None) -> KnownIndex:
        return build_index(
            self._settings.commit.output,
            live_files(manifests),
            retracted=retracted_ids(manifests),
            today=self._settings.commit.ingest_date,
            look_back_days=look_back_days,
        )

    def _save(self, index: KnownIndex) -> str:
        self._count += 1
        where = files.join(self._base, f"index-{self._count:06d}")
        save_index(index, where)
        return where

    def add(self, manifest: Manifest) -> None:
        """Learn what a commit of this run has."""
        new = self._build([manifest])
        if self._keeps_letters:
            self._learn_open(manifest)
        if self._is_stream:
            self._add_as_earlier(new)
            self._learn_letters(manifest)
        else:
            self._so_far = new if self._so_far is None else merge_indexes(self._so_far, new)
        self.feeds.learn(manifest)

    def _add_as_earlier(self, new: KnownIndex) -> None:
        self._recent = new if self._recent is None else merge_indexes(self._recent, new)
        if len(self._recent) > _FOLD_ARTICLES:
            self._before = merge_indexes(self._before, self._recent)
            self._before_at, self._recent = self._save(self._before), None

    def _learn_open(self, manifest: Manifest) -> None:
        lake = self._settings.commit.lake
        for file in manifest.files:
            if file.table == DEAD_LETTERS.name and self._is_stream:
                self._open.update((letter.letter_id, letter) for letter, _ in letters_in(lake, file))
            elif file.table == REPLAYS.name:
                for row in read_rows(lake, file, ("letter_id", "outcome", "attempts")):
                    is_open = row["outcome"] == "dead_letter"
                    name = row["letter_id"]
                    letter = self._open.pop(name, None) or self._closed.pop(name, None)
                    if letter is not None:  # a replay may have closed it before this run was carried on
                        (self._open if is_open else self._closed)[name] = letter._replace(attempts=row["attempts"])

    def _learn_letters(self, manifest: Manifest) -> None:
        lake = self._settings.commit.lake
        for file in manifest.files if self._keeps_letters else ():
            if file.table == DEAD_LETTERS.name:
                for row in read_rows(lake, file, ("letter_id", "message", "attempts")):
                    self._letters[row["letter_id"]] = KnownLetter(message_hash(row["message"]), row["attempts"] or 1)
                    self._letter_runs[row["letter_id"]] = manifest.run_id
            elif file.table == REPLAYS.name:
                for row in read_rows(lake, file, ("letter_id", "attempts")):
                    known = self._letters[row["letter_id"]]
                    self._letters[row["letter_id"]] = known._replace(attempts=row["attempts"])
            else:
                continue
            self._letters_at = None

    @property
    def open_letters(self) -> Mapping[str, OpenLetter]:
        """The dead letters that are open now, by letter_id; empty where the job does not keep them."""
        return self._open

    def files(self, run_id: str) -> KnownFiles:
        """Return where the indexes are now.

        Args:
            run_id: of the batch that is to use them; a stream goes through many runs.
        """
        if self._recent is not None or self._so_far is not None:
            self._drop_old()
        return KnownFiles(
            before=self._before_at,
            recent=self._save(self._recent) if self._recent is not None else None,
            so_far=self._save(self._so_far) if self._so_far is not None else None,
            asks_again=self._settings.known_policy.full,
            letters=self._save_letters(run_id),
        )

    def _save_letters(self, run_id: str) -> str | None:
        if self._letters and (self._letters_at is None or (self._letter_runs and self._letters_of != run_id)):
            self._count += 1
            self._letters_at = files.join(self._base, f"letters-{self._count:06d}", "letters.json")
            self._letters_of = run_id
            of_run = {name for name, of in self._letter_runs.items() if of == run_id}
            letters = {
                name: letter._replace(message=ANY_MESSAGE) if name in of_run else letter
                for name, letter in self._letters.items()
            }
            save_known_letters(letters, self._letters_at)
        return self._letters_at

    def _drop_old(self) -> None:
        for name in files.list_names(self._base):
            where = files.join(self._base, name)
            if where != self._before_at and not (self._letters_at or "").startswith(where):
                files.remove_tree(where)

    def remove(self) -> None:
        """Remove the files."""
        load_index.cache_clear()
        load_known_letters.cache_clear()
        files.remove_tree(self._base)
