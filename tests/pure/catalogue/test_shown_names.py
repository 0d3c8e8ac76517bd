"""Names that programs wrote are read as people write them."""

import pytest

from bluelamp.kernel.catalogue.domain.keys import shown_name

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("cam_v4_pro", "cam v4 pro"),
        ("tapo_c100", "tapo c100"),
        ("di-7400g_plus_v2.d1", "di-7400g plus v2.d1"),
        (r"search_\&_replace", "search & replace"),
        ("WP_Query", "WP_Query"),
        ("Archive_Tar for PEAR", "Archive_Tar for PEAR"),
        ("_", "_"),
        ("archer", "archer"),
    ],
)
def test_underscores_are_spaces(written: str, shown: str) -> None:
    assert shown_name(written) == shown
