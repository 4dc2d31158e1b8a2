"""What no general reader reads is told by its edition, or not at all: never as another stamp."""

from __future__ import annotations

import numpy as np
import pytest
from support.damage import damaged, printed

from cryptostamp.scan import PreparedEdition, read_grey
from cryptostamp.scan.cascade import read_wechat, read_zxing
from cryptostamp.scan.match import MOST_ERROR, chance, match_modules
from cryptostamp.scan.recover import recover_stamps


@pytest.fixture(scope="module")
def edition() -> PreparedEdition:
    """The demonstration series, 20,000 stamps, with what is computed from it once."""
    prepared: PreparedEdition = printed().prepared
    return prepared


class TestDamage:
    @pytest.mark.parametrize(
        ("kind", "strength"),
        [
            ("cancellation", 2),
            ("cancellation", 3),
            ("tear", 2),
            ("dirt", 3),
            ("glare", 2),
            ("blur", 2),
            ("noise", 3),
            ("perspective", 3),
        ],
    )
    def test_it_is_read(self, edition: PreparedEdition, kind: str, strength: int) -> None:
        """A stamp under a postmark, torn, soiled, dazzled or blurred is told by what is left of it."""
        serial = 4242
        (recovered,) = recover_stamps(damaged(serial, kind, strength), [edition])
        assert recovered.text == printed().text(serial - 1)
        assert recovered.error <= MOST_ERROR

    def test_where_it_lies(self, edition: PreparedEdition) -> None:
        """The corners are those that a general reader gives for the same stamp without the damage."""
        seen = damaged(77, "rotation", 1)
        (clear,), _ = read_zxing(seen)
        (recovered,) = recover_stamps(seen, [edition])
        assert np.abs(np.array(clear.corners) - np.array(recovered.corners)).max() <= 4

    def test_a_postmark_that_general_readers_fail_on(self, edition: PreparedEdition) -> None:
        """Under a heavy postmark both general readers give up; the cascade does not."""
        seen = damaged(4242, "cancellation", 3)
        assert (read_zxing(seen)[0], read_wechat(seen)) == ((), ())
        assert [symbol.text for symbol in read_grey(seen, [edition])] == [printed().text(4241)]
        assert read_grey(seen) == ()


class TestNeverAnother:
    def test_an_invented_stamp(self, edition: PreparedEdition) -> None:
        """A stamp with a serial of the edition and a tag that nobody issued is not told as the issued one."""
        for index in (0, 4241, 19_999):
            modules = np.unpackbits(edition.edition.invented(index, 5), axis=-1, count=edition.side)
            for symbol in modules:
                soft = np.where(symbol, 3.0, -3.0).astype(np.float32)
                assert not match_modules(soft, edition).accepted

    def test_noise(self, edition: PreparedEdition) -> None:
        """Modules that say nothing lead nowhere."""
        random = np.random.default_rng(5)
        for scale in (0.0, 0.5, 3.0):
            for _ in range(20):
                soft = random.normal(0, 1, (edition.side, edition.side)).astype(np.float32) * np.float32(scale)
                assert not match_modules(soft, edition).accepted

    def test_the_margin(self, edition: PreparedEdition) -> None:
        """With fewer and fewer modules the stamp is told or nothing is, and in the end nothing."""
        random = np.random.default_rng(6)
        symbols = edition.edition.symbols()
        answers = []
        for left in (1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.03):
            index = int(random.integers(len(symbols)))
            modules = np.unpackbits(symbols[index], axis=-1, count=edition.side)
            soft = np.where(modules, 2.0, -2.0) * (random.random(modules.shape) < left)
            match = match_modules(soft.astype(np.float32), edition)
            assert match.index == index or not match.accepted
            answers.append(match.accepted)
        assert (answers[0], answers[-1]) == (True, False)

    def test_what_chance_does(self, edition: PreparedEdition) -> None:
        """The estimate for chance is near the share of 20,000 invented tags that score as well."""
        random = np.random.default_rng(7)
        index, middle = 4241, edition.side / 2
        modules = np.unpackbits(edition.edition.symbols()[index], axis=-1, count=edition.side)
        invented = np.unpackbits(edition.edition.invented(index, 20_000), axis=-1, count=edition.side)
        invented = invented.reshape(len(invented), -1)[:, edition.varying]
        decoys = invented[:2_000]
        row, column = np.indices(modules.shape)
        for _ in range(12):
            angle, left = random.uniform(0, 2 * np.pi), random.uniform(0.3, 0.8)
            along = np.cos(angle) * (column - middle) + np.sin(angle) * (row - middle)
            soft = np.where(modules, 1.0, -1.0) * random.uniform(0.5, 3) + random.normal(0, 1, modules.shape)
            soft = np.clip(soft, -3, 3) * (along > np.quantile(along, 1 - left))
            observed = soft.ravel()[edition.varying].astype(np.float32)
            scores = (invented - 0.5) @ observed
            spread = float(((decoys - 0.5) @ observed).std())
            for share in (1e-2, 1e-3):
                score = float(np.quantile(scores, 1 - share))
                _, log_chance = chance(observed, decoys.mean(axis=0), score, spread)
                assert 0.4 < np.exp(log_chance) / share < 4

    def test_another_series(self, edition: PreparedEdition) -> None:
        """A picture without a stamp of the series gives nothing."""
        random = np.random.default_rng(8)
        assert recover_stamps(random.integers(0, 255, (500, 700), dtype=np.uint8), [edition]) == ()
        assert recover_stamps(np.full((1, 1), 255, np.uint8), [edition]) == ()

    def test_a_stamp_that_was_read(self, edition: PreparedEdition) -> None:
        """A stamp whose symbol has been read is not given twice."""
        seen = damaged(77, "rotation", 1)
        (clear,), _ = read_zxing(seen)
        assert recover_stamps(seen, [edition], [(clear.text, clear.corners)]) == ()
