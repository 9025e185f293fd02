"""Every legal activation code, as a hypothesis strategy (SGP.22 4.1), and one for everyday use."""

from hypothesis import strategies as st

from models.codes.activation import LONGEST_CODE, ActivationCode

USUAL = ActivationCode(
    "rsp.provider.example", "K2-1ZQ9AB-7TTY00-PXW4", None, confirmation_code_required=False
)
OTHER = ActivationCode(
    "rsp.provider.example", "K2-0000ZZ-19LMN3-QQ81", None, confirmation_code_required=False
)

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MATCHING_ID = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


@st.composite
def _labels(draw: st.DrawFn) -> str:
    ends = st.text(_ALPHANUMERIC, min_size=1, max_size=1)
    middle = draw(st.text(_ALPHANUMERIC + "-", max_size=20))
    return draw(ends) + middle + draw(ends)


def _hosts() -> st.SearchStrategy[str]:
    names = st.lists(
        _labels().filter(lambda label: not label.lower().startswith("xn--")), min_size=1, max_size=4
    )
    top_levels = st.text(_ALPHANUMERIC[10:], min_size=2, max_size=12)
    return st.builds(lambda labels, top: ".".join((*labels, top)), names, top_levels)


def _oids() -> st.SearchStrategy[str]:
    arcs = st.lists(st.integers(0, 2**32), min_size=1, max_size=6)
    return st.builds(lambda first, rest: ".".join(map(str, (first, *rest))), st.integers(0, 2), arcs)


def activation_codes() -> st.SearchStrategy[ActivationCode]:
    """Codes with and without matching id, OID and the flag, from short ones to the longest legal ones."""
    return st.builds(
        ActivationCode,
        smdp_address=_hosts(),
        matching_id=st.text(_MATCHING_ID, max_size=40) | st.text(_MATCHING_ID, min_size=100, max_size=140),
        oid=st.none() | _oids(),
        confirmation_code_required=st.booleans(),
    ).filter(lambda code: len(str(code).removeprefix("LPA:")) <= LONGEST_CODE)
