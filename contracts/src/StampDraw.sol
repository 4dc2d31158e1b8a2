// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";

/// @title StampDraw: which stamp has which variant, by a draw that anybody can compute again
/// @notice The counts of the variants are fixed at issue and exact. A permutation of the serials, keyed by the rarity
/// seed, says which serial has which. A *printed* series knows its seed at issue. A *blind* series commits to a secret
/// seed at issue and mixes it, later, with the hash of a block whose number was fixed at issue as well:
///
///   issue: commitment, entropyBlock ──► captureEntropy() ──► reveal(seed)   in time: H(seed, entropy)
///                                                                           late:    H(commitment, entropy)
///
/// Anybody can send each of these. Once `revealDeadline` has passed, the issuer's seed no longer counts. If nobody
/// captures the hash while the chain still knows it, the draw moves on to the block 8,192 later, and so on: there is
/// never more than one block to choose from. What this withstands, and what not, is argued in contracts/README.md.
///
/// @dev Needs no storage for each stamp. The permutation is a balanced Feistel network of eight rounds over the
/// smallest power of four that holds the edition, walked along its cycle until it lands inside the edition
/// (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
abstract contract StampDraw {
    /// @notice The hash of the block that decides the draw is kept.
    event EntropyCaptured(uint256 indexed blockNumber, bytes32 entropy);
    /// @notice The draw is made: `raritySeed` is what {variantOf} computes with; `byIssuer` tells which way it came.
    event Revealed(bytes32 raritySeed, bool byIssuer);

    /// @dev There are no variants or too many, one has no stamps, or the counts do not add up to the edition.
    error InvalidVariantCounts();
    /// @dev The seed, or the commitment to it, is zero.
    error InvalidSeed();
    /// @dev The block of a blind draw must come after the block of issue, within about four years of blocks.
    error InvalidEntropyBlock(uint256 blockNumber);
    /// @dev The series is not blind, or its draw is made already.
    error NothingToReveal();
    /// @dev The hash is kept already.
    error EntropyAlreadyCaptured();
    /// @dev The hash of this block, the next one that counts, cannot be had now: it is not there yet, or just gone.
    error EntropyNotAvailable(uint256 blockNumber);
    /// @dev Nobody has captured the entropy yet.
    error EntropyNotCaptured();
    /// @dev This is not the seed that the series has committed to, and the time of the issuer is not over.
    error WrongSeed();
    /// @dev The draw is not made yet.
    error NotRevealed();

    /// @dev Stands for the variant while a blind series is not revealed.
    uint8 internal constant NOT_REVEALED = 255;

    /// @dev How long the issuer may take to reveal once the entropy is captured.
    uint256 private constant REVEAL_WINDOW = 14 days;

    /// @dev One more than the blocks that EIP-2935 remembers, so that at most one candidate is to be had at any time.
    uint256 private constant ENTROPY_STEP = 8_192;

    /// @dev Blocks come at least this far apart for a limit that only catches mistakes.
    uint256 private constant FURTHEST_ENTROPY_BLOCK = 60_000_000;

    uint256 private constant ROUNDS = 8;

    /// @dev So that an index fits a byte and leaves NOT_REVEALED free.
    uint256 private constant MAX_VARIANTS = 255;

    uint256 private immutable _size;

    /// @notice The block whose hash decides a blind draw; 0 for a printed series.
    uint256 public immutable entropyBlock;

    /// @notice keccak256 of the issuer's seed.
    bytes32 public immutable seedCommitment;

    /// @notice What {variantOf} computes with; zero until the draw is made.
    bytes32 public raritySeed;

    /// @notice The captured block hash; zero before.
    bytes32 public entropy;

    /// @notice The last timestamp at which the issuer's seed counts; zero until the entropy is captured.
    uint256 public revealDeadline;

    uint32[] private _variantCounts;

    /// @dev `seed` is the rarity seed of a printed series (`entropyBlock_` 0) or the commitment of a blind one.
    constructor(uint256 size, uint32[] memory counts, bytes32 seed, uint256 entropyBlock_) {
        if (seed == 0) revert InvalidSeed();
        _size = size;
        entropyBlock = entropyBlock_;
        if (entropyBlock_ == 0) {
            seedCommitment = keccak256(abi.encode(seed));
            raritySeed = seed;
        } else {
            if (entropyBlock_ <= block.number || entropyBlock_ > block.number + FURTHEST_ENTROPY_BLOCK) {
                revert InvalidEntropyBlock(entropyBlock_);
            }
            seedCommitment = seed;
        }
        _setCounts(counts, size);
    }

    /// @notice Keep the block hash that decides a blind draw, while the chain still knows it.
    function captureEntropy() external {
        if (raritySeed != 0) revert NothingToReveal();
        if (entropy != 0) revert EntropyAlreadyCaptured();
        uint256 blockNumber = entropyBlock;
        // The newest candidate below this block; every older one is out of the chain's memory.
        if (block.number > blockNumber) {
            blockNumber += ((block.number - 1 - blockNumber) / ENTROPY_STEP) * ENTROPY_STEP;
        }
        bytes32 hash = Blockhash.blockHash(blockNumber);
        if (hash == 0) revert EntropyNotAvailable(blockNumber);
        entropy = hash;
        revealDeadline = block.timestamp + REVEAL_WINDOW;
        emit EntropyCaptured(blockNumber, hash);
    }

    /// @notice Make the draw: with the seed that the series committed to until `revealDeadline`, without it afterwards.
    /// @param seed The issuer's seed; not looked at once the deadline has passed.
    function reveal(bytes32 seed) external {
        if (raritySeed != 0) revert NothingToReveal();
        if (entropy == 0) revert EntropyNotCaptured();
        bool byIssuer = block.timestamp <= revealDeadline;
        if (byIssuer) {
            if (keccak256(abi.encode(seed)) != seedCommitment) revert WrongSeed();
        } else {
            seed = seedCommitment;
        }
        seed = keccak256(abi.encode(seed, entropy));
        raritySeed = seed;
        emit Revealed(seed, byIssuer);
        _afterReveal();
    }

    /// @notice Return the number of stamps of each variant.
    function variantCounts() external view returns (uint32[] memory) {
        return _variantCounts;
    }

    /// @dev Called when the variants of a blind series become known.
    function _afterReveal() internal virtual;

    /// @dev Return the index of the stamp's variant in the counts. They are exact because the serials are dealt by a
    /// permutation, not drawn.
    function _variantOf(uint256 serial) internal view returns (uint8 variant) {
        uint256 position = _permute(serial - 1);
        // The counts add up to the edition and the position lies below it, so the loop ends inside the array.
        for (uint256 end = _variantCounts[0]; position >= end; end += _variantCounts[variant]) ++variant;
    }

    function _permute(uint256 x) private view returns (uint256) {
        uint256 count = _size;
        uint256 half = 1;
        // The smallest domain that holds the edition: 4^half.
        while (1 << (2 * half) < count) ++half;
        uint256 mask = (1 << half) - 1;
        bytes32 seed = raritySeed;
        do {
            uint256 left = x >> half;
            uint256 right = x & mask;
            for (uint256 round = 0; round < ROUNDS; ++round) {
                uint256 f = uint256(keccak256(abi.encodePacked(seed, uint8(round), uint16(right)))) & mask;
                (left, right) = (right, left ^ f);
            }
            x = (left << half) | right;
        } while (x >= count);
        return x;
    }

    function _setCounts(uint32[] memory counts, uint256 total) private {
        if (counts.length == 0 || counts.length > MAX_VARIANTS) revert InvalidVariantCounts();
        // No more than 255 numbers below 2^32.
        unchecked {
            uint256 sum = 0;
            for (uint256 i = 0; i < counts.length; ++i) {
                if (counts[i] == 0) revert InvalidVariantCounts();
                sum += counts[i];
                _variantCounts.push(counts[i]);
            }
            if (sum != total) revert InvalidVariantCounts();
        }
    }
}
