// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC2309} from "@openzeppelin/contracts/interfaces/IERC2309.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title StampsOnOpenZeppelin: the design of StampSeries on OpenZeppelin's ERC721
/// @notice What issue, claim and transfer cost when the same idea, an owner slot of zero means custody, is built by
/// overriding OpenZeppelin's token instead of on a core of its own.
///
/// Left out: void stamps, postmarks, deliveries, the blind draw, batches of claims, royalty and roles. Every feature
/// that {StampSeries} has beyond this one makes this peer cheaper, not dearer.
contract StampsOnOpenZeppelin is ERC721, EIP712, IERC2309 {
    /// @notice What is fixed at issue, for ever.
    struct Config {
        string name;
        string symbol;
        address custody; // holds every token that has not been claimed
        uint256 edition; // the serials are 1..edition
        bytes32 editionRoot; // commits to one claim key for each serial
        bytes32 raritySeed; // with the counts, decides the variant of each serial
        uint32[] variantCounts; // stamps of each variant, adding up to the edition
        string contractURI; // ERC-7572 metadata of the series
        string baseURI; // followed by the serial in decimal: metadata of a stamp
    }

    enum State {
        Unclaimed,
        Claimed
    }

    /// @notice Where one stamp stands.
    struct Stamp {
        address owner;
        State state;
        uint256 variant;
    }

    /// @notice A stamp was claimed: its token went from custody to `to` on the authority of `claimKey`.
    event Claimed(uint256 indexed serial, address indexed to, address claimKey);

    /// @dev The edition is empty or above MAX_EDITION.
    error InvalidEdition(uint256 edition);
    /// @dev Custody is the zero address or this contract.
    error InvalidCustody(address custody);
    /// @dev The edition root is zero.
    error InvalidEditionRoot();
    /// @dev There are no variants or too many, one has no stamps, or the counts do not add up to the edition.
    error InvalidVariantCounts();
    /// @dev The serial is not one of 1..edition.
    error NotInEdition(uint256 serial);
    /// @dev The block is later than the deadline that the claim was signed with.
    error ClaimExpired(uint256 deadline);
    /// @dev A claim cannot deliver to the zero address, to custody or to this contract.
    error InvalidRecipient(address to);
    /// @dev The token has left custody before.
    error AlreadyClaimed(uint256 serial);
    /// @dev The signature is not 65 bytes r, s, v with low s and v of 27 or 28, or recovers to no key.
    error InvalidSignature();
    /// @dev The key that signed this very claim is not the one that the edition root holds for the serial.
    error InvalidProof(uint256 serial, address signer);
    /// @dev The token has not been claimed yet: only a claim moves it.
    error StillInCustody(uint256 serial);

    /// @notice The largest edition: what the permutation is built for and one issuing transaction can announce.
    uint256 public constant MAX_EDITION = 16_000_000;

    /// @notice The typed data (EIP-712) that a claim key signs.
    bytes32 public constant CLAIM_TYPEHASH = keccak256("Claim(uint256 serial,address to,uint256 deadline)");

    /// @dev Indexers accept about this many tokens in one ERC-2309 event.
    uint256 private constant TOKENS_PER_EVENT = 5_000;

    /// @dev A variant index fits one byte in every reader.
    uint256 private constant MAX_VARIANTS = 255;

    /// @notice The account that holds every token not yet claimed.
    address public immutable custody;

    /// @notice The number of stamps: the serials, and token ids, are 1..edition.
    uint256 public immutable edition;

    /// @notice Merkle root over (serial, claim key): OpenZeppelin StandardMerkleTree of ["uint256", "address"].
    bytes32 public immutable editionRoot;

    /// @notice The seed of the permutation that deals the variants to the serials.
    bytes32 public immutable raritySeed;

    /// @notice The block of issue: no event of this series is older. (`block.number` of the EVM that ran it.)
    uint256 public immutable issueBlock;

    uint32[] private _variantCounts;
    string private _contractURI;
    string private _tokenBaseURI;

    constructor(Config memory config) ERC721(config.name, config.symbol) EIP712("Cryptostamp", "1") {
        if (config.edition == 0 || config.edition > MAX_EDITION) revert InvalidEdition(config.edition);
        if (config.custody == address(0) || config.custody == address(this)) revert InvalidCustody(config.custody);
        if (config.editionRoot == bytes32(0)) revert InvalidEditionRoot();
        _checkVariantCounts(config.variantCounts, config.edition);

        custody = config.custody;
        edition = config.edition;
        editionRoot = config.editionRoot;
        raritySeed = config.raritySeed;
        issueBlock = block.number;
        _variantCounts = config.variantCounts;
        _contractURI = config.contractURI;
        _tokenBaseURI = config.baseURI;

        _issue(config.custody, config.edition);
    }

    /// @notice Deliver the token of a stamp to the account that its claim key has signed for. Anybody may send this.
    /// @param serial The number of the stamp.
    /// @param to The account that receives the token. It is not called.
    /// @param deadline The last timestamp at which the claim counts.
    /// @param proof Shows that `editionRoot` holds the claim key for this serial.
    /// @param signature The claim key's signature, 65 bytes r, s, v, over `Claim(serial, to, deadline)`.
    function claim(
        uint256 serial,
        address to,
        uint256 deadline,
        bytes32[] calldata proof,
        bytes calldata signature
    ) external {
        if (!_inEdition(serial)) revert NotInEdition(serial);
        if (!_inCustody(serial)) revert AlreadyClaimed(serial);
        if (to == address(0) || to == custody || to == address(this)) revert InvalidRecipient(to);
        // A deadline is for people: the seconds a block producer can shift it by do not matter.
        if (block.timestamp > deadline) revert ClaimExpired(deadline);

        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, serial, to, deadline)));
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure != ECDSA.RecoverError.NoError) revert InvalidSignature();
        if (!isClaimKey(serial, signer, proof)) revert InvalidProof(serial, signer);

        _update(to, serial, address(0));
        emit Claimed(serial, to, signer);
    }

    /// @notice Return where the stamp with this serial stands.
    function stampOf(uint256 serial) external view returns (Stamp memory) {
        if (!_inEdition(serial)) revert NotInEdition(serial);
        return
            Stamp({
                owner: _ownerOf(serial),
                state: _inCustody(serial) ? State.Unclaimed : State.Claimed,
                variant: variantOf(serial)
            });
    }

    /// @notice Return whether the edition root commits to `claimKey` for `serial`.
    function isClaimKey(uint256 serial, address claimKey, bytes32[] calldata proof) public view returns (bool) {
        // Hashed twice, as StandardMerkleTree does: a leaf can then not be passed off as an inner node.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(serial, claimKey))));
        return MerkleProof.verifyCalldata(proof, editionRoot, leaf);
    }

    /// @notice Return the index of the stamp's variant in `variantCounts`.
    /// @dev The counts are exact because the serials are dealt by a permutation, not drawn.
    function variantOf(uint256 serial) public view returns (uint256) {
        if (!_inEdition(serial)) revert NotInEdition(serial);
        uint256 position = _permute(serial - 1);
        uint256 variant = 0;
        // The counts add up to the edition and the position lies below it, so the loop ends inside the array.
        for (uint256 end = _variantCounts[0]; position >= end; end += _variantCounts[variant]) ++variant;
        return variant;
    }

    /// @notice Return the number of stamps of each variant.
    function variantCounts() external view returns (uint32[] memory) {
        return _variantCounts;
    }

    /// @notice Return where the metadata of the series lies (ERC-7572).
    function contractURI() external view returns (string memory) {
        return _contractURI;
    }

    /// @notice Return what stands before the serial in {tokenURI}.
    function baseURI() external view returns (string memory) {
        return _tokenBaseURI;
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC5267).interfaceId || super.supportsInterface(interfaceId);
    }

    function _baseURI() internal view override returns (string memory) {
        return _tokenBaseURI;
    }

    /// @dev A serial whose owner slot was never written belongs to custody.
    function _ownerOf(uint256 tokenId) internal view override returns (address) {
        address owner = super._ownerOf(tokenId);
        return owner == address(0) && _inEdition(tokenId) ? custody : owner;
    }

    /// @dev Transfers name who asks for them in `auth`; only {claim} does not.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address) {
        if (auth != address(0) && _inEdition(tokenId) && _inCustody(tokenId)) revert StillInCustody(tokenId);
        return super._update(to, tokenId, auth);
    }

    /// @dev Give custody the balance of the whole edition and announce it: the storage of the tokens stays untouched.
    function _issue(address to, uint256 count) private {
        _increaseBalance(to, uint128(count));
        for (uint256 first = 1; first <= count; first += TOKENS_PER_EVENT) {
            uint256 last = first + TOKENS_PER_EVENT - 1;
            emit ConsecutiveTransfer(first, last < count ? last : count, address(0), to);
        }
    }

    function _inEdition(uint256 serial) private view returns (bool) {
        return serial != 0 && serial <= edition;
    }

    /// @dev Whether the token has never moved; only meaningful inside the edition. A token that came back to custody
    /// has custody's address written in its slot and is not "in custody" in this sense.
    function _inCustody(uint256 serial) private view returns (bool) {
        return super._ownerOf(serial) == address(0);
    }

    /// @dev A permutation of 0..edition-1: a balanced Feistel network of eight rounds over the next power of four,
    /// walked along its cycle until it lands inside the edition. As a permutation of a finite set it always does, and
    /// it needs fewer than four steps on average. Halves are at most 12 bits wide (MAX_EDITION is below 2^24).
    function _permute(uint256 x) private view returns (uint256) {
        uint256 count = edition;
        uint256 half = 1;
        // The smallest domain that holds the edition: 4^half.
        while (1 << (2 * half) < count) ++half;
        uint256 mask = (1 << half) - 1;
        bytes32 seed = raritySeed;
        do {
            uint256 left = x >> half;
            uint256 right = x & mask;
            for (uint256 round = 0; round < 8; ++round) {
                uint256 f = uint256(keccak256(abi.encodePacked(seed, uint8(round), uint16(right)))) & mask;
                (left, right) = (right, left ^ f);
            }
            x = (left << half) | right;
        } while (x >= count);
        return x;
    }

    function _checkVariantCounts(uint32[] memory counts, uint256 total) private pure {
        if (counts.length == 0 || counts.length > MAX_VARIANTS) revert InvalidVariantCounts();
        uint256 sum = 0;
        for (uint256 i = 0; i < counts.length; ++i) {
            if (counts[i] == 0) revert InvalidVariantCounts();
            sum += counts[i];
        }
        if (sum != total) revert InvalidVariantCounts();
    }
}
