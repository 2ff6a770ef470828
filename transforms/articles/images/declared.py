"""The picture that a page declares as its own."""

from schemas.articles import ImageObject
from transforms.articles.folding import letters
from transforms.articles.images.captions import MAX_CAPTION, split_credit
from transforms.articles.metadata import Metadata

MIN_WORDS = 4
"""Words of the shortest caption of JSON-LD, in scripts that set them apart, where it ends as a sentence does."""

_ENDS = (".", "!", "?", '."', ".”", ".»", "।", "؟")
_WIDE_ENDS = ("。", "！", "？", "」", "）")


def read_lead(metadata: Metadata) -> ImageObject | None:
    """Read what the page declares as its own picture.

    What JSON-LD calls its caption is on many pages the headline, a name or what stands for the picture in words. It is
    taken where it ends as a sentence does, or the credit is stated, too.
    """
    if metadata.image_url is None:
        return None
    caption, credit = split_credit(metadata.image_caption[:MAX_CAPTION]) if metadata.image_caption else (None, None)
    credit = metadata.image_credit or credit
    if caption is not None:
        names = [metadata.headline, metadata.publisher_name, *metadata.titles, *(one.name for one in metadata.authors)]
        is_sentence = caption.endswith(_WIDE_ENDS) or (caption.endswith(_ENDS) and len(caption.split()) >= MIN_WORDS)
        is_name = letters(caption) in {letters(name) for name in names if name}
        caption = caption if (is_sentence or credit is not None) and not is_name else None
    return ImageObject(url=metadata.image_url, caption=caption, credit=credit)
