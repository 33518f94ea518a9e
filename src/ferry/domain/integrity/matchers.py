"""What the matchers of other languages' assertion libraries are worth."""

from __future__ import annotations

import re

from ferry.domain.integrity.facts import Strength

_TABLE = {
    Strength.EXACT: r"tobe|toequal|tostrictequal|equals?|eql|deepequal|strictequal|deepstrictequal|is|same|deep"
    r"|tohavebeencalledwith|calledwith"
    r"|tohavebeencalledtimes|tohavebeencalledoncewith|tohavelength|lengthof|length|len|tomatchinlinesnapshot"
    r"|isequalto|equalto|hassize|len"
    r"|containsexactly|containsexactlyinanyorder|equalvalues|jsoneq|elementsmatch|exactly|assertequals"
    r"|assertsame|assertarrayequals"
    r"|assertiterableequals|assertlinesmatch|eq|assert_eq|isempty|isnull|tobenull|tobeundefined|empty|nil|zero"
    r"|assertnull|iszero|expect|throws"
    r"|tothrow|throw|rejects|assertthrows|isinstanceofsatisfying|panics|errorcontains|eqerror"
    r"|tohavereturnedwith|ok200|issameas|tohavetext|tohavevalue"
    r"|tothrowerror|hasmessage|istrue|isfalse|assertall|errorlike",
    Strength.CLOSE: r"tobecloseto|closeto|approximately|indelta|inepsilon|iscloseto|assert_abs_diff_eq"
    r"|assert_relative_eq|isequaltocomparingonly\w*",
    Strength.PARTIAL: r"tocontain|tocontainequal|tomatch|tomatchobject|include|includes|contain|contains|match"
    r"|matches|tohaveproperty|property"
    r"|tomatchsnapshot|snapshot|subset|regexp|isin|containsentry|startswith|endswith|haskey|containskey"
    r"|doesnotcontain|any|tocontaintext|errortype|erroras"
    r"|erroris",
    Strength.BOUND: r"tobegreaterthan|tobegreaterthanorequal|tobelessthan|tobelessthanorequal|above|below"
    r"|atleast|atmost|least|most|gt|gte|lt|lte|greater"
    r"|greaterorequal|less|lessorequal|tobeinstanceof|instanceof|isinstanceof|notequal|assertnotequals"
    r"|notdeepequal|isgreaterthan|islessthan|assert_ne|not|"
    r"|isnotequalto|a|an|istype|assertnotsame|isbetween|within|assertinstanceof|tohavebeencalledonce|calledonce",
    Strength.TRUTH: r"tobedefined|tobetruthy|tobefalsy|ok|exists?|true|false|tohavebeencalled|called|isnotnull"
    r"|notnull|notempty|isnotempty|assertnotnull"
    r"|asserttrue|assertfalse|truthy|falsy|noerror|error|doesnotthrow|assertdoesnotthrow|notpanics|notnil"
    r"|tobenan|isok|iserr|assert|nothrow|notthrows"
    r"|doesnotthrowanyexception|tobevisible|isnotblank|verify|tohavereturned|tobeinthedocument|hassizegreaterthan",
}
_WORTH = {name: strength for strength, names in _TABLE.items() for name in names.split("|") if "\\" not in name}
LOOSE = re.compile(
    r"\b(?:expect\.(?:anything|any|objectContaining|arrayContaining|stringContaining|stringMatching)"
    r"|mock\.Anything|any\(\)|anyString\(\)|anyInt\(\)|Matchers\.any)"
)
_TRUTHS = ("true", "false", "truthy", "falsy")
_LITERAL = re.compile(r"^(?:true|false|null|nil|undefined|-?\d[\w.]*|\"[^\"]*\"|'[^']*'|`[^`$]*`)$")


def worth(matcher: str, *, subject: str = "", negated: bool = False, expected: str = "") -> Strength:
    """Of a matcher by its name; one that is unknown is taken to be exact, so that it is never called weaker."""
    found = _WORTH.get(
        matcher.lower().replace("_", "") if not matcher.startswith("assert_") else matcher, Strength.EXACT
    )
    if negated:
        return min(found, Strength.BOUND) if found > Strength.TRUTH else Strength.TRUTH
    if expected in ("true", "false") and found is Strength.EXACT:
        return _truth(subject)
    return min(found, Strength.PARTIAL) if LOOSE.search(expected) else found


def _truth(subject: str) -> Strength:
    """That ``a > 0`` is true is no more than that."""
    if re.search(r"[<>]|&&|\|\||^!|Boolean\(", subject.replace("=>", "")):
        return Strength.BOUND
    return (
        Strength.PARTIAL
        if re.search(r"(?:includes|startsWith|endsWith|contains|test|some|every)\(", subject)
        else Strength.EXACT
    )


def is_literal(text: str) -> bool:
    return bool(_LITERAL.match(text))


def empty(subject: str, expected: str) -> bool:
    """True by itself: two literals, or one thing against itself."""
    return bool(subject) and (subject == expected or (is_literal(subject) and (is_literal(expected) or not expected)))
