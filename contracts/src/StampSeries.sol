// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IERC5192} from "./IERC5192.sol";
import {StampDraw} from "./StampDraw.sol";
import {StampRoles} from "./StampRoles.sol";
import {StampToken} from "./StampToken.sol";

/// @title StampSeries: the tokens of one series of crypto stamps
/// @notice Every serial 1..edition is a token from the moment of issue. It lies in custody until the hidden code of its
/// paper stamp is used, once, to claim it; from then on it is an ordinary ERC-721 token.
///
/// What the issuer can still do, by role:
///  - custody: send an unclaimed token without its code (a shop that sells without paper);
///  - ISSUER: void stamps that nobody has claimed; set the royalty, up to 10 %; name the folder of the metadata until it
///    is frozen;
///  - POSTMASTER: record postmarks;
///  - the administrator: give and take these two roles; hand its own over, in two steps; give it up for good.
///
/// What this contract will never do, because no function for it exists:
///  - change its code, its edition, its claim keys, its counts of variants or the rule of its draw;
///  - issue a stamp beyond the edition or destroy one;
///  - pause, freeze, take back or redirect a token that has left custody;
///  - accept a claim for a token that is void or has left custody before, wherever it is now;
///  - call into the account that a claim delivers to;
///  - undo a void, a postmark or the freezing of the metadata;
///  - hold or receive money.
contract StampSeries is StampToken, StampDraw, StampRoles, IERC721Metadata, IERC2981, IERC5267 {
    /// @notice What is fixed at issue; all but the royalty and, unless frozen, the metadata for ever.
    struct Config {
        string name;
        string symbol;
        address custody; // holds every token that has not been claimed
        address admin; // gives and takes roles; begins with both
        uint256 edition; // the serials are 1..edition
        bytes32 editionRoot; // commits to one claim key for each serial
        bytes32 seed; // printed series: the rarity seed; blind series: keccak256 of the issuer's seed
        uint256 entropyBlock; // printed series: 0; blind series: the block that decides the draw
        bool soulbound; // tokens stay with whom they were claimed or delivered to
        bool metadataFrozen; // baseURI never changes
        uint32[] variantCounts; // stamps of each variant, adding up to the edition
        address royaltyReceiver; // ERC-2981; zero for none
        uint96 royaltyBps; // hundredths of a per cent
        string baseURI; // of the metadata: "series.json", and for each stamp its serial and ".json", follow
    }

    /// @notice The kinds of cancellation.
    enum PostmarkKind {
        Regular,
        FirstDay,
        Special
    }

    /// @notice A cancellation of the paper stamp.
    struct Postmark {
        bytes12 office; // code of the post office: ASCII, zero bytes after it
        uint32 day; // days since 1970-01-01, as the postmark shows it
        PostmarkKind kind;
        uint40 recordedAt; // timestamp
    }

    /// @notice All that a verdict needs to know of one stamp.
    struct Stamp {
        address owner;
        State state;
        uint40 since; // timestamp of leaving custody or of the void; 0 while unclaimed
        VoidReason voidReason;
        uint8 variant; // 255 before the draw of a blind series
        uint16 postmarks; // how many there are
        Postmark firstPostmark; // zero if there is none
        uint256 blockNumber; // the block that this answer rests on
    }

    /// @notice One claim of a batch. `r` and `vs` are the signature as EIP-2098 packs it.
    struct ClaimRequest {
        uint256 serial;
        address to;
        uint256 deadline;
        bytes32 r;
        bytes32 vs;
        uint256 place; // number (from 0) of the node of the crown where the proof ends, times 256, plus its length
    }

    /// @notice A claim of a batch was not carried out: `reason` is the selector of the error that {claim} would raise.
    event ClaimRefused(uint256 indexed serial, bytes4 reason);
    /// @notice A post office has cancelled the paper stamp. `number` counts the postmarks of the stamp, from 1.
    event Postmarked(uint256 indexed serial, bytes12 indexed office, uint32 day, PostmarkKind kind, uint256 number);
    /// @notice The royalty has changed.
    event RoyaltySet(address indexed receiver, uint96 bps);
    /// @notice The metadata of the series lies elsewhere now (ERC-7572).
    event ContractURIUpdated();
    /// @notice The metadata never changes from now on.
    event MetadataFrozen();

    /// @dev The edition root is zero.
    error InvalidEditionRoot();
    /// @dev The block is later than the deadline that the claim was signed with.
    error ClaimExpired(uint256 serial);
    /// @dev A claim cannot deliver to the zero address, to custody or to this contract.
    error InvalidRecipient(uint256 serial);
    /// @dev The signature is not 65 bytes r, s, v with low s and v of 27 or 28, or recovers to no key.
    error InvalidSignature(uint256 serial);
    /// @dev The key that signed this very claim is not the one that the edition root holds for the serial.
    error InvalidProof(uint256 serial);
    /// @dev The nodes are not all those of one level of the tree under the edition root, or the proofs end too early.
    error InvalidCrown();
    /// @dev A postmark names its office.
    error InvalidOffice();
    /// @dev The day of the postmark has not come anywhere on earth.
    error InvalidDay(uint32 day);
    /// @dev The stamp has fewer postmarks.
    error NoSuchPostmark(uint256 serial, uint256 number);
    /// @dev A stamp has room for 65,535 postmarks.
    error TooManyPostmarks(uint256 serial);
    /// @dev The royalty is above MAX_ROYALTY_BPS, or has no receiver.
    error InvalidRoyalty(address receiver, uint96 bps);
    /// @dev The metadata is frozen.
    error MetadataIsFrozen();

    /// @notice The typed data (EIP-712) that a claim key signs.
    bytes32 private constant CLAIM_TYPEHASH = keccak256("Claim(uint256 serial,address to,uint256 deadline)");

    /// @dev Half the order of secp256k1, rounded down.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    bytes32 private constant LOW_255_BITS = bytes32(type(uint256).max >> 1);

    string private constant DOMAIN_NAME = "Cryptostamp";
    string private constant DOMAIN_VERSION = "1";

    /// @notice The highest royalty: 10 %.
    uint96 private constant MAX_ROYALTY_BPS = 1_000;

    /// @notice Merkle root over (serial, claim key): OpenZeppelin StandardMerkleTree of ["uint256", "address"].
    bytes32 public immutable editionRoot;

    /// @dev The EIP-712 domain of this contract, and the chain that it was computed for.
    bytes32 private immutable _domainSeparator;
    uint256 private immutable _chainId;

    /// @notice The block of issue: no event of this series is older. (`block.number` of the EVM that ran it.)
    uint256 public immutable issueBlock;

    /// @inheritdoc IERC721Metadata
    string public name;

    /// @inheritdoc IERC721Metadata
    string public symbol;

    /// @notice What stands before the name of the file in {tokenURI} and {contractURI}.
    string public baseURI;

    /// @notice Whether {setBaseURI} is closed for ever.
    bool public metadataFrozen;

    address private _royaltyReceiver;
    uint88 private _royaltyBps;

    /// @dev Postmark n, from 0, of a stamp lies at serial | n << 32. The first carries the number of them all, so that
    /// a stamp that was cancelled once, as nearly all are, takes one word:
    /// bits 0..15 number (first word only), 16..55 recordedAt, 56..63 kind, 64..95 day, 160..255 office.
    mapping(uint256 key => uint256) private _postmarks;

    constructor(
        Config memory config
    )
        StampToken(config.custody, config.edition, config.soulbound)
        StampDraw(config.edition, config.variantCounts, config.seed, config.entropyBlock)
        StampRoles(config.admin)
    {
        if (config.editionRoot == 0) revert InvalidEditionRoot();
        editionRoot = config.editionRoot;
        _chainId = block.chainid;
        _domainSeparator = _computeDomainSeparator();
        issueBlock = block.number;
        name = config.name;
        symbol = config.symbol;
        baseURI = config.baseURI;
        if (config.metadataFrozen) _freezeMetadata();
        if (config.royaltyBps != 0) _setRoyalty(config.royaltyReceiver, config.royaltyBps);
    }

    // ── Claims ──────────────────────────────────────────────────────────────────────────────────────────────────────

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
        bytes4 refusal = _refusal(serial, to, deadline);
        if (refusal == 0) {
            if (signature.length != 65) {
                refusal = InvalidSignature.selector;
            } else {
                refusal = _refusalOfProof(
                    serial,
                    _claimDigest(serial, to, deadline),
                    uint8(signature[64]),
                    bytes32(signature[:32]),
                    bytes32(signature[32:64]),
                    proof,
                    editionRoot
                );
            }
        }
        if (refusal != 0) _revertWith(refusal, serial);
        _leaveCustody(serial, to, State.Claimed);
        _countOut(1);
    }

    /// @notice Carry out many claims in one transaction. One that is refused does not undo the others.
    /// @param requests The claims. A stamp that is named twice is claimed once and refused once.
    /// @param proofs The proofs of the requests, one after another.
    /// @param crown All nodes of one level of the Merkle tree, in the order of the tree: the proofs end there, and what
    /// they have in common is checked once. The smallest crown is the edition root alone.
    function claimBatch(
        ClaimRequest[] calldata requests,
        bytes32[] calldata proofs,
        bytes32[] calldata crown
    ) external {
        _checkCrown(crown);
        uint256 claimed = 0;
        uint256 begin = 0;
        for (uint256 i = 0; i < requests.length; ++i) {
            ClaimRequest calldata request = requests[i];
            uint256 end;
            // At most 255 more for each request, and their number fits into memory.
            unchecked {
                end = begin + (request.place & 255);
            }
            if (end > proofs.length) revert InvalidCrown();
            bytes4 refusal = _refusal(request.serial, request.to, request.deadline);
            if (refusal == 0) {
                uint256 node = request.place >> 8;
                refusal = _refusalOfProof(
                    request.serial,
                    _claimDigest(request.serial, request.to, request.deadline),
                    uint8(uint256(request.vs) >> 255) + 27,
                    request.r,
                    request.vs & LOW_255_BITS,
                    proofs[begin:end],
                    // No node is zero: a number beyond the crown is a proof of nothing.
                    node < crown.length ? crown[node] : bytes32(0)
                );
            }
            if (refusal == 0) {
                _leaveCustody(request.serial, request.to, State.Claimed);
                unchecked {
                    ++claimed;
                }
            } else {
                emit ClaimRefused(request.serial, refusal);
            }
            begin = end;
        }
        _countOut(claimed);
    }

    /// @notice Return whether the edition root commits to `claimKey` for `serial`.
    function isClaimKey(uint256 serial, address claimKey, bytes32[] calldata proof) public view returns (bool) {
        return _rootOf(proof, _leaf(serial, claimKey)) == editionRoot;
    }

    // ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Return where the stamp with this serial stands.
    function stampOf(uint256 serial) public view returns (Stamp memory stamp) {
        if (!_inEdition(serial)) _revertWith(NotInEdition.selector, serial);
        (stamp.owner, stamp.state, stamp.since, stamp.voidReason) = _standing(serial);
        stamp.variant = raritySeed != 0 ? _variantOf(serial) : NOT_REVEALED;
        uint256 word = _postmarks[serial];
        stamp.postmarks = uint16(word);
        stamp.firstPostmark = _unpack(word);
        stamp.blockNumber = block.number;
    }

    /// @notice Return where each of these stamps stands.
    function stampsOf(uint256[] calldata serials) external view returns (Stamp[] memory stamps) {
        stamps = new Stamp[](serials.length);
        for (uint256 i = 0; i < serials.length; ++i) stamps[i] = stampOf(serials[i]);
    }

    /// @notice Return the index of the stamp's variant in {variantCounts}.
    function variantOf(uint256 serial) external view returns (uint256) {
        if (!_inEdition(serial)) _revertWith(NotInEdition.selector, serial);
        if (raritySeed == 0) revert NotRevealed();
        return _variantOf(serial);
    }

    /// @notice Return a postmark of a stamp; `number` counts from 1, in the order in which they were recorded.
    function postmarkOf(uint256 serial, uint256 number) external view returns (Postmark memory) {
        if (number == 0 || number > uint16(_postmarks[serial])) revert NoSuchPostmark(serial, number);
        return _unpack(_postmarks[serial | ((number - 1) << 32)]);
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 serial) external view returns (string memory) {
        _wordOf(serial);
        return _fileOf(_decimal(serial));
    }

    /// @notice Return where the metadata of the series lies (ERC-7572).
    function contractURI() external view returns (string memory) {
        return _fileOf("series");
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        // 0x0f: name, version, chain and contract are in the domain; salt and extensions are not.
        return (0x0f, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IERC2981
    function royaltyInfo(uint256, uint256 salePrice) external view returns (address, uint256) {
        return (_royaltyReceiver, (salePrice * _royaltyBps) / 10_000);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure override returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC721).interfaceId ||
            interfaceId == type(IERC721Metadata).interfaceId ||
            interfaceId == type(IERC2981).interfaceId ||
            interfaceId == bytes4(0x49064906) || // ERC-4906 has no function of its own
            interfaceId == type(IERC5192).interfaceId ||
            interfaceId == type(IERC5267).interfaceId;
    }

    // ── The issuer ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Void stamps that nobody has claimed; if one of them cannot be voided, none is.
    function voidStamps(uint256[] calldata serials, VoidReason reason) external only(ISSUER) {
        for (uint256 i = 0; i < serials.length; ++i) {
            uint256 serial = serials[i];
            bytes4 refusal = _refusalOfState(serial);
            if (refusal != 0) _revertWith(refusal, serial);
            _void(serial, serial, reason);
        }
    }

    /// @notice Void those stamps of a range that nobody has claimed.
    function voidRange(uint256 first, uint256 last, VoidReason reason) external only(ISSUER) {
        _void(first, last, reason);
    }

    /// @notice Set what is owed to whom when a token is sold (ERC-2981).
    function setRoyalty(address receiver, uint96 bps) external only(ISSUER) {
        _setRoyalty(receiver, bps);
    }

    /// @notice Name the folder of the metadata, its last slash included.
    function setBaseURI(string calldata baseURI_) external only(ISSUER) {
        if (metadataFrozen) revert MetadataIsFrozen();
        baseURI = baseURI_;
        emit ContractURIUpdated();
        emit IERC4906.BatchMetadataUpdate(1, edition);
    }

    /// @notice Let the metadata never change again.
    function freezeMetadata() external only(ISSUER) {
        if (metadataFrozen) revert MetadataIsFrozen();
        _freezeMetadata();
    }

    /// @notice Record that a post office has cancelled these paper stamps, whoever owns their tokens.
    /// @param office Code of the post office, in ASCII, with zero bytes after it. Readers must not trust it to be that.
    /// @param day The date on the postmark, as days since 1970-01-01.
    function postmark(
        uint256[] calldata serials,
        bytes12 office,
        uint32 day,
        PostmarkKind kind
    ) external only(POSTMASTER) {
        if (office == 0) revert InvalidOffice();
        // The day begins up to 14 hours earlier in the east than in UTC.
        if (uint256(day) * 1 days > block.timestamp + 14 hours) revert InvalidDay(day);
        uint256 word = uint256(bytes32(office)) | (uint256(day) << 64);
        word |= (uint256(kind) << 56) | (block.timestamp << 16);
        for (uint256 i = 0; i < serials.length; ++i) {
            uint256 serial = serials[i];
            // What has been claimed or delivered is posted like any other stamp.
            bytes4 refusal = _refusalOfState(serial);
            if (refusal != 0 && refusal != AlreadyClaimed.selector) _revertWith(refusal, serial);
            uint256 first = _postmarks[serial];
            uint256 number = first & type(uint16).max;
            if (number == type(uint16).max) revert TooManyPostmarks(serial);
            if (number == 0) {
                _postmarks[serial] = word | 1;
            } else {
                _postmarks[serial] = first + 1;
                _postmarks[serial | (number << 32)] = word;
            }
            emit Postmarked(serial, office, day, kind, number + 1);
        }
    }

    function _afterReveal() internal override {
        emit IERC4906.BatchMetadataUpdate(1, edition);
    }

    // ── Inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Return why a claim would be refused whoever signed it, 0 if it would not.
    function _refusal(uint256 serial, address to, uint256 deadline) private view returns (bytes4) {
        bytes4 refusal = _refusalOfState(serial);
        if (refusal != 0) return refusal;
        if (to == address(0) || to == custody || to == address(this)) return InvalidRecipient.selector;
        // A deadline is for people: the seconds a block producer can shift it by do not matter.
        if (block.timestamp > deadline) return ClaimExpired.selector;
        return 0;
    }

    /// @dev Return why the signature or the proof of a claim does not convince, 0 if they do.
    function _refusalOfProof(
        uint256 serial,
        bytes32 digest,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes32[] calldata proof,
        bytes32 node
    ) private pure returns (bytes4) {
        // One signature, one spelling: s in the lower half (EIP-2). The precompile itself takes no v but 27 and 28.
        if (uint256(s) > HALF_ORDER) return InvalidSignature.selector;
        address signer = ecrecover(digest, v, r, s);
        if (signer == address(0)) return InvalidSignature.selector;
        return _rootOf(proof, _leaf(serial, signer)) == node ? bytes4(0) : InvalidProof.selector;
    }

    /// @dev Fold the nodes to the root.
    function _checkCrown(bytes32[] memory nodes) private view {
        uint256 count = nodes.length;
        if (count == 0 || count & (count - 1) != 0) revert InvalidCrown();
        while (count > 1) {
            count >>= 1;
            for (uint256 i = 0; i < count; ++i) nodes[i] = Hashes.commutativeKeccak256(nodes[2 * i], nodes[2 * i + 1]);
        }
        if (nodes[0] != editionRoot) revert InvalidCrown();
    }

    function _claimDigest(uint256 serial, address to, uint256 deadline) private view returns (bytes32 digest) {
        // After a fork of the chain, signatures for the other branch must not count here.
        bytes32 domain = block.chainid == _chainId ? _domainSeparator : _computeDomainSeparator();
        bytes32 typeHash = CLAIM_TYPEHASH;
        assembly ("memory-safe") {
            // Written beyond the memory in use, which is not claimed: nothing outlives the two hashes.
            let free := mload(0x40)
            mstore(free, typeHash)
            mstore(add(free, 0x20), serial)
            mstore(add(free, 0x40), shr(96, shl(96, to)))
            mstore(add(free, 0x60), deadline)
            let content := keccak256(free, 0x80)
            mstore(free, shl(240, 0x1901))
            mstore(add(free, 0x02), domain)
            mstore(add(free, 0x22), content)
            digest := keccak256(free, 0x42)
        }
    }

    function _computeDomainSeparator() private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256(bytes(DOMAIN_NAME)),
                    keccak256(bytes(DOMAIN_VERSION)),
                    block.chainid,
                    address(this)
                )
            );
    }

    /// @dev Hashed twice, as StandardMerkleTree does: a leaf can then not be passed off as an inner node.
    function _leaf(uint256 serial, address claimKey) private pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            mstore(0x00, serial)
            mstore(0x20, shr(96, shl(96, claimKey)))
            mstore(0x00, keccak256(0x00, 0x40))
            leaf := keccak256(0x00, 0x20)
        }
    }

    /// @dev MerkleProof.processProofCalldata of OpenZeppelin, for 110 gas a level less.
    function _rootOf(bytes32[] calldata proof, bytes32 node) private pure returns (bytes32 root) {
        assembly ("memory-safe") {
            root := node
            let at := proof.offset
            for { let end := add(at, shl(5, proof.length)) } lt(at, end) { at := add(at, 0x20) } {
                let sibling := calldataload(at)
                let place := shl(5, gt(root, sibling))
                mstore(place, root)
                mstore(xor(place, 0x20), sibling)
                root := keccak256(0x00, 0x40)
            }
        }
    }

    /// @dev Return the place of a file of the metadata, nothing as long as there is no folder.
    function _fileOf(string memory file) private view returns (string memory) {
        string memory folder = baseURI;
        return bytes(folder).length == 0 ? folder : string.concat(folder, file, ".json");
    }

    /// @dev Return a serial, which has at most eight digits, in decimal.
    function _decimal(uint256 serial) private pure returns (string memory) {
        uint256 length = 1;
        for (uint256 rest = serial; rest > 9; rest /= 10) ++length;
        bytes memory digits = new bytes(length);
        for (; length != 0; serial /= 10) digits[--length] = bytes1(uint8(48 + (serial % 10)));
        return string(digits);
    }

    function _unpack(uint256 word) private pure returns (Postmark memory) {
        return
            Postmark({
                office: bytes12(bytes32(word)),
                day: uint32(word >> 64),
                kind: PostmarkKind(uint8(word >> 56)),
                recordedAt: uint40(word >> 16)
            });
    }

    function _setRoyalty(address receiver, uint96 bps) private {
        if (bps > MAX_ROYALTY_BPS || (receiver == address(0)) != (bps == 0)) revert InvalidRoyalty(receiver, bps);
        _royaltyReceiver = receiver;
        _royaltyBps = uint88(bps);
        emit RoyaltySet(receiver, bps);
    }

    function _freezeMetadata() private {
        metadataFrozen = true;
        emit MetadataFrozen();
    }
}
