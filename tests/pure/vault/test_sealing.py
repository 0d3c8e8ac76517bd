"""Sealed bytes by property: they open as they were, and no change of any byte or name opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.vault.domain.sealing import SealBrokenError, open_data, seal_data, unwrap_key, wrap_key

KEY, NONCE = b"k" * 32, b"n" * 24


@given(st.binary(max_size=200), st.data())
def test_any_changed_byte_is_found(plaintext: bytes, data: st.DataObject) -> None:
    sealed = seal_data(key=KEY, record="r", plaintext=plaintext, nonce=NONCE)
    assert open_data(key=KEY, record="r", ciphertext=sealed) == plaintext
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = bytes([sealed[at] ^ data.draw(st.integers(1, 255))])
    for wrong in (sealed[:at] + other + sealed[at + 1 :], sealed[:at], sealed + b"x"):
        with pytest.raises(SealBrokenError):
            open_data(key=KEY, record="r", ciphertext=wrong)


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_name_is_bound_in_even_where_two_records_have_one_key(one: str, two: str) -> None:
    sealed = seal_data(key=KEY, record=one, plaintext=b"x", nonce=NONCE)
    if one == two:
        assert open_data(key=KEY, record=two, ciphertext=sealed) == b"x"
    else:
        with pytest.raises(SealBrokenError):
            open_data(key=KEY, record=two, ciphertext=sealed)


def test_data_does_not_pass_for_a_wrapped_key() -> None:
    sealed = seal_data(key=KEY, record="r", plaintext=KEY, nonce=NONCE)
    with pytest.raises(SealBrokenError):
        unwrap_key(master=KEY, record="r", wrapped=sealed)
    assert unwrap_key(master=KEY, record="r", wrapped=wrap_key(master=KEY, record="r", key=KEY, nonce=NONCE)) == KEY
