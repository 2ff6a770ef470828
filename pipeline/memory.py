"""The manifests of an output go in; what a run need not do again is kept where its workers find it."""

from pipeline.settings import Settings
from transforms.known.decide import KnownFiles
from transforms.known.index import KnownIndex, build_index, load_index, merge_indexes, save_index
from transforms.lake import files
from transforms.lake.commit import STAGING
from transforms.lake.lake import live_files, retracted_ids
from transforms.lake.manifest import Manifest


class Memory:
    """Keeps the two indexes of a run where its workers find them."""

    def __init__(self, settings: Settings, others: list[Manifest], own: list[Manifest]) -> None:
        self._settings = settings
        self._base = files.join(settings.commit.output, STAGING, f"{settings.commit.run_id}-known")
        self._before = files.join(self._base, "before")
        save_index(self._build(others, settings.look_back_days), self._before)
        self._so_far: KnownIndex | None = None
        self._count = 0
        for manifest in own:
            self.add(manifest)

    def _build(self, manifests: list[Manifest], look_back_days: int | None = None) -> KnownIndex:
        return build_index(
            self._settings.commit.output,
            live_files(manifests),
            retracted=retracted_ids(manifests),
            today=self._settings.commit.ingest_date,
            look_back_days=look_back_days,
        )

    def add(self, manifest: Manifest) -> None:
        """Know what a chunk of this run has committed."""
        new = self._build([manifest])
        self._so_far = new if self._so_far is None else merge_indexes(self._so_far, new)
        self._count += 1

    def files(self) -> KnownFiles:
        """Where the indexes are now."""
        where = None
        if self._so_far is not None:
            where = files.join(self._base, f"so-far-{self._count:05d}")
            save_index(self._so_far, where)
        return KnownFiles(before=self._before, so_far=where, asks_again=self._settings.full)

    def forget(self) -> None:
        """Remove the files."""
        load_index.cache_clear()
        files.remove_tree(self._base)
