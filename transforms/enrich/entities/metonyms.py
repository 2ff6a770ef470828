"""Capitals that stand for a government: "Washington said", "ties between Paris and Berlin"."""

import re

_CHARS = 60
"""Code points that are read before and after a name."""

_SAYS = (
    r"said|says|accused|accuses|denied|denies|warned|warns|insisted|insists|claimed|claims|argued|argues|announced|"
    r"announces|rejected|rejects|agreed|agrees|refused|refuses|vowed|vows|threatened|threatens|demanded|demands|urged|"
    r"urges|pledged|pledges|blamed|blames|condemned|condemns|retaliated|retaliates|imposed|imposes|sanctioned|"
    r"recognised|recognized|recalled|expelled|views|viewed|sees|wants|wanted|hopes|hoped|fears|feared|believes|"
    r"considers|supports|opposes|backs|backed|seeks|sought|responded|responds|signalled|signaled|proposed|proposes|"
    r"invaded|annexed|attempted|tried|endorsed|informed|concluded|relies|relied|complained|lobbied|retorted|balked|"
    r"offered|declined|dismissed|dismisses|maintains|maintained|acknowledged|conceded|intends|expects|calls|called"
)
_TO_DO = (
    r"accuse|agree|allow|annex|approve|ask|back|ban|block|call|consider|cut|decide|demand|deny|deploy|expel|face|force|"
    r"give|halt|help|impose|intervene|invade|join|keep|launch|lift|make|negotiate|offer|oppose|pay|pledge|press|provide|"
    r"pull|push|recognise|recognize|refuse|reject|respond|retaliate|seek|sell|send|sign|stop|supply|support|take|urge|use|"
    r"withdraw|work"
)
_DONE = (
    r"accused|agreed|allowed|annexed|approved|asked|attempted|backed|banned|blamed|blocked|calculated|called|complained|"
    r"concluded|condemned|decided|demanded|denied|deployed|endorsed|expelled|imposed|informed|insisted|invaded|launched|"
    r"lifted|long (?:said|argued|accused|insisted|denied|sought)|offered|pledged|proposed|provided|recognised|"
    r"recognized|refused|rejected|repeatedly|said|sanctioned|sent|signalled|signaled|sought|supplied|supported|"
    r"threatened|tried|urged|vowed|warned|withdrawn"
)
_ADVERB = r"(?:(?:also|has also|now|still|again|already|repeatedly|later|itself|meanwhile|reportedly|officially) )?"
_ACTS = re.compile(
    rf"(?:,? (?:in turn|for its part|meanwhile|however),)? {_ADVERB}"
    rf"(?:(?:{_SAYS})|(?:has|have|had) {_ADVERB}(?:{_DONE})|(?:will|would|could|may|might|should|must|can) "
    rf"(?:not |never |also )?(?:{_TO_DO})|is "
    rf"(?:balking|negotiating|trying|seeking|pushing|pressing|willing|unwilling|prepared|determined))\b"
)
_OWNS = re.compile(
    r"['’]s? (?:[a-z-]{3,15} )?(?:decision|claims?|demands?|foreign policy|polic(?:y|ies)|allies|ally|accusations?|"
    r"stance|position|response|refusal|sanctions|invasion|annexation|nuclear|insistence|support for|relations|ties|"
    r"relationship|ambitions?|objections?|concerns?|influence|war (?:on|in|against)|military|forces|troops|"
    r"allegations?|moves? to|strategy|tariffs|diktats?|reluctance|refusal|proposals?|denials?|willingness|"
    r"efforts? to|plans? to)\b"
)
_BETWEEN = re.compile(
    r"\b(?i:relations|relationship|ties|talks|tensions|negotiations|alliance|deal|dispute|standoff|stand-off|rift|agreement|"
    r"hostilities|conflict|war|ceasefire|truce|dialogue|cooperation|rivalry|trust) "
    r"(?:between (?:[A-Z][\w.-]{1,20} and )?|with )\Z"
)
_AND_OTHER = re.compile(r" and [A-Z][\w.-]{1,20}\b")
_TOLD = re.compile(
    r"\b(?i:accus(?:ed|es|ing)|urg(?:ed|es|ing)|press(?:ed|es|ing|ured|uring)|blam(?:ed|es|ing)|warn(?:ed|s|ing)|"
    r"sanction(?:ed|ing)|told|assured|convinced?|persuaded?|pro-|anti-|allied with|loyal to|backed by|sanctions on|"
    r"sanctions against|pressure on|aid to|supplied by|imposed by|controlled by|installed by|support from|"
    r"recognised by|recognized by|tensions with|at odds with) ?\Z"
)
_TOLD_WHAT = re.compile(r" (?:of|to|that|for|over|against|not)\b")
_NEEDS_WHAT = re.compile(r"(?:accus|urg|press|blam|warn|told|assur|convinc|persuad)[a-z]{0,5} \Z")
_LOCATIVE = re.compile(
    r"\b(?:in|at|from|near|outside|around|through|of|into|across|throughout|inside|within|via|toward|towards|for|visit(?:ed|s)?"
    r"|visiting|left|leaving|leave|reached|reaching|downtown|central|north|south|east|west|northern|southern|eastern|western"
    r"|mayor|the|to|by) \Z",
    re.IGNORECASE,
)


def stands_for_government(text: str, start: int, end: int) -> bool:
    """Return whether the name of a capital at these offsets stands for a government there.

    It does where it acts as one ("Moscow denied", "Beijing will retaliate"), where something is its that governments
    have ("Tehran's nuclear programme"), and where it is one side of relations ("talks between Kyiv and Moscow"). Other
    names of the same pattern may be meant otherwise, so each pattern asks for a word that few cities could have.

    >>> said = "In Paris it rained. Paris said no. Ties between Paris and Rome are good."
    >>> [stands_for_government(said, at, at + 5) for at in (3, 20, 48)]
    [False, True, True]
    """
    before = text[max(0, start - _CHARS) : start].rpartition("\n")[2]
    after = text[end : end + _CHARS].partition("\n")[0]
    if _BETWEEN.search(before) and not (before.endswith("between ") and not _AND_OTHER.match(after)):
        return True
    told = _TOLD.search(before)
    if told and (not _NEEDS_WHAT.search(before) or _TOLD_WHAT.match(after)):
        return True
    if _OWNS.match(after):
        return True
    return _ACTS.match(after) is not None and _LOCATIVE.search(before) is None
