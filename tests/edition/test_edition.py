from dataclasses import replace

import pytest

from cryptostamp.edition import Edition, EditionSecret, build_edition, claim_key_of, seed_commitment, verify_proof
from cryptostamp.errors import InputError
from cryptostamp.primitives import Hash32, Serial
from cryptostamp.series import Series

SECRET = EditionSecret(bytes(32))
SEED = Hash32(bytes(range(32)))


class TestBuild:
    def test_same_input_same_edition(self, series: Series, edition: Edition) -> None:
        """An edition follows from series, secret and seed, so that a killed issue goes on with the same."""
        again = build_edition(series, SECRET, SEED)
        assert again == edition
        assert again.root == edition.root

    def test_claim_keys_are_those_of_the_codes(self, edition: Edition) -> None:
        """The claim key of each serial is the one that its claim code gives, and is proved by the root."""
        for number in range(1, edition.size + 1):
            serial = Serial(number)
            assert edition.claim_key(serial) == claim_key_of(SECRET.claim_code(serial)).address
            assert verify_proof(edition.root, serial, edition.claim_key(serial), edition.proof(serial))

    def test_variants_have_their_counts(self, series: Series, edition: Edition) -> None:
        """Each variant has exactly the stamps that the series gives it."""
        indices = [edition.variant_index(Serial(n)) for n in range(1, edition.size + 1)]
        assert tuple(indices.count(index) for index in range(len(series.variants))) == series.variant_counts

    def test_progress(self, series: Series) -> None:
        """Progress is told every thousand stamps and at the end."""
        variant = replace(series.variants[0], count=2001)
        large = replace(series, edition=2001, variants=(variant,))
        calls: list[tuple[int, int]] = []
        build_edition(large, SECRET, SEED, progress=lambda done, total: calls.append((done, total)))
        assert calls == [(1000, 2001), (2000, 2001), (2001, 2001)]

    def test_commitment(self, edition: Edition) -> None:
        """The edition knows the commitment to its seed."""
        assert edition.seed_commitment == seed_commitment(SEED)


class TestRefusals:
    def test_counts_that_do_not_add_up(self, edition: Edition) -> None:
        """As many claim keys as stamps, or no edition."""
        with pytest.raises(InputError, match="add up to 41 stamps, but there are 40 claim keys"):
            Edition.of(edition.claim_keys, (41,), SEED)

    def test_no_seed(self, edition: Edition) -> None:
        """A seed has 32 bytes."""
        with pytest.raises(InputError, match="32 bytes"):
            Edition.of(edition.claim_keys, (40,), Hash32(b"short"))

    @pytest.mark.parametrize("serial", [0, 41])
    def test_serial_out_of_bounds(self, edition: Edition, serial: int) -> None:
        """Serial 0 and serial N + 1 do not exist in any respect."""
        for ask in (edition.claim_key, edition.proof, edition.variant_index):
            with pytest.raises(InputError, match="not between 1 and 40"):
                ask(Serial(serial))
