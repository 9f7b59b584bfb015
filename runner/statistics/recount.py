"""Tell whether answers that were counted again go with the share that somebody claims."""

# Of honest claims, one in a million is taken for a false one.
_LEVEL = 1e-6


def may_be_true(claimed: int, total: int, right: int, drawn: int) -> bool:
    """Tell whether a claim about all images goes with a count of some, drawn at random.

    The number of right answers among the drawn ones follows the hypergeometric distribution.

    Args:
        claimed: how many of all images are said to be classified right.
        total: how many images there are.
        right: how many of those drawn are classified right.
        drawn: how many were drawn, without repetition.
    """
    if not 0 <= claimed <= total:
        return False
    # It takes a second to import, and few points were kept.
    from scipy.stats import hypergeom

    counted = hypergeom(total, claimed, drawn)
    return bool(min(counted.cdf(right), counted.sf(right - 1)) >= _LEVEL)
