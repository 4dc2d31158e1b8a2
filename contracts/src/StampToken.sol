// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC2309} from "@openzeppelin/contracts/interfaces/IERC2309.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ERC721Utils} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Utils.sol";
import {IERC5192} from "./IERC5192.sol";

/// @title StampToken: an ERC-721 edition that exists at once and costs no storage until a token moves
/// @notice The tokens 1..edition belong to custody from the moment of deployment. Each leaves custody once: by a claim,
/// or because custody sends it. From then on it is an ordinary ERC-721 token, for ever.
///
/// What this contract will never do, because no function for it exists:
///  - mint a token beyond the edition, or burn one: the balances always add up to the edition;
///  - move a token that has left custody without its owner, or somebody whom the owner approved;
///  - let a token that has left custody be claimed or voided, also when it has come back;
///  - move a void token.
///
/// @dev One word of storage for each token that is not simply in custody:
///
///   bits 0..159    owner; zero means custody
///   bits 160..199  when the token left custody, as a timestamp
///   bit  200       somebody is approved for this token: read `_approved`
///   bits 201..202  {State}; zero means that the token has never left custody
///
/// A word of zero is the state of issue. Because the word is read anyway wherever a token moves, the flags cost nothing:
/// a transfer does not look at the approval of a token that has none, and a claim needs no flag of its own. Void tokens
/// have a bit in `_voided`, which is only read once there is one at all. Everything goes through {_wordOf} and {_write},
/// so that the layout can change in one place. An approval for a token that is voided later can still be read, and is
/// good for nothing.
///
/// Behaves as OpenZeppelin's ERC721 does, with the same errors (ERC-6093) in the same order. Metadata is left to the
/// heir.
abstract contract StampToken is IERC721, IERC721Errors, IERC2309, IERC5192 {
    /// @notice How far a token has come.
    enum State {
        Unclaimed, // in custody; its hidden code has not been used
        Claimed, // left custody by its hidden code
        Delivered, // left custody by custody's own hand; its hidden code is worthless
        Void // in custody for ever; its hidden code is worthless
    }

    /// @notice Why a stamp was voided.
    enum VoidReason {
        None, // of stamps that are not void
        Spoiled, // at the printer or in the office
        Lost,
        Stolen,
        Recalled
    }

    /// @notice Custody sent a token that nobody had claimed. A first transfer without this event is a claim.
    event Delivered(uint256 indexed serial, address indexed to);
    /// @notice Those of the serials `first` to `last` that had not left custody are void from now on.
    event Voided(uint256 indexed first, uint256 indexed last, VoidReason reason);

    /// @dev The edition is empty or above MAX_EDITION.
    error InvalidEdition(uint256 edition);
    /// @dev Custody is the zero address or this contract.
    error InvalidCustody(address custody);
    /// @dev The serial is not one of 1..edition.
    error NotInEdition(uint256 serial);
    /// @dev The token has left custody before.
    error AlreadyClaimed(uint256 serial);
    /// @dev The stamp is void.
    error StampIsVoid(uint256 serial);
    /// @dev The range goes beyond the edition, or its first serial comes after its last.
    error InvalidRange(uint256 first, uint256 last);
    /// @dev A void stamp needs one of the reasons.
    error VoidReasonMissing();
    /// @dev The series is soulbound: a token that has left custody stays with its owner.
    error TokenLocked(uint256 serial);

    /// @dev When and why the serials from `first` to `last` were voided.
    struct VoidRecord {
        uint32 first;
        uint32 last;
        uint40 since;
        VoidReason reason;
    }

    /// @dev The largest edition: what one issuing transaction can announce, and the rarity draw is built for.
    uint256 private constant MAX_EDITION = 16_000_000;

    /// @dev Indexers accept about this many tokens in one ERC-2309 event.
    uint256 private constant TOKENS_PER_EVENT = 5_000;

    uint256 private constant SINCE_AT = 160;
    uint256 private constant APPROVED = 1 << 200;
    uint256 private constant STATE_AT = 201;

    /// @notice The account that holds every token not yet claimed.
    address public immutable custody;

    /// @notice The number of stamps: the serials, and token ids, are 1..edition.
    uint256 public immutable edition;

    /// @notice Whether tokens stay with whom they were claimed or delivered to (ERC-5192).
    bool public immutable soulbound;

    /// @dev The layout is above.
    mapping(uint256 serial => uint256) private _words;

    /// @dev Tokens that have left custody, by owner.
    mapping(address owner => uint256) private _balances;

    /// @dev Only what the word of the token says is there counts: old entries are left lying.
    mapping(uint256 serial => address) private _approved;

    mapping(address owner => mapping(address operator => bool)) private _operators;

    /// @dev Tokens that have never left custody, void ones among them. Shares its slot with `_hasVoids`.
    uint32 private _neverLeft;
    bool private _hasVoids;

    /// @dev A bit for each void serial, 256 to a word; means nothing for a token that has left custody.
    mapping(uint256 index => uint256) private _voided;

    VoidRecord[] private _voids;

    /// @dev Give custody the whole edition and announce it (ERC-2309); the storage of the tokens stays untouched.
    constructor(address custody_, uint256 edition_, bool soulbound_) {
        if (custody_ == address(0) || custody_ == address(this)) revert InvalidCustody(custody_);
        if (edition_ == 0 || edition_ > MAX_EDITION) revert InvalidEdition(edition_);
        custody = custody_;
        edition = edition_;
        soulbound = soulbound_;
        _neverLeft = uint32(edition_);
        for (uint256 first = 1; first <= edition_; first += TOKENS_PER_EVENT) {
            uint256 last = first + TOKENS_PER_EVENT - 1;
            emit ConsecutiveTransfer(first, last < edition_ ? last : edition_, address(0), custody_);
        }
    }

    /// @notice Return the number of tokens, which never changes.
    function totalSupply() external view returns (uint256) {
        return edition;
    }

    /// @inheritdoc IERC721
    function balanceOf(address owner) external view returns (uint256) {
        if (owner == address(0)) revert ERC721InvalidOwner(owner);
        return _balances[owner] + (owner == custody ? _neverLeft : 0);
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 serial) external view returns (address) {
        return _ownerIn(_wordOf(serial));
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 serial) external view returns (address) {
        return _wordOf(serial) & APPROVED == 0 ? address(0) : _approved[serial];
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address owner, address operator) public view returns (bool) {
        return _operators[owner][operator];
    }

    /// @inheritdoc IERC5192
    function locked(uint256 serial) external view returns (bool) {
        return _isLocked(_wordOf(serial));
    }

    /// @inheritdoc IERC721
    function approve(address to, uint256 serial) external {
        uint256 word = _wordOf(serial);
        address owner = _ownerIn(word);
        if (msg.sender != owner && !isApprovedForAll(owner, msg.sender)) revert ERC721InvalidApprover(msg.sender);
        if (to == address(0)) {
            if (word & APPROVED != 0) _write(serial, word & ~APPROVED);
        } else {
            _approved[serial] = to;
            if (word & APPROVED == 0) _write(serial, word | APPROVED);
        }
        emit Approval(owner, to, serial);
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address operator, bool approved) external {
        if (operator == address(0)) revert ERC721InvalidOperator(operator);
        _operators[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    /// @inheritdoc IERC721
    function transferFrom(address from, address to, uint256 serial) public {
        if (to == address(0)) revert ERC721InvalidReceiver(to);
        uint256 word = _wordOf(serial);
        address owner = _ownerIn(word);
        if (
            msg.sender != owner &&
            !isApprovedForAll(owner, msg.sender) &&
            (word & APPROVED == 0 || _approved[serial] != msg.sender)
        ) revert ERC721InsufficientApproval(msg.sender, serial);
        if (owner != from) revert ERC721IncorrectOwner(from, serial, owner);
        if (_isLocked(word)) revert TokenLocked(serial);

        State state = _stateIn(serial, word);
        if (state == State.Void) revert StampIsVoid(serial);
        if (state != State.Unclaimed) {
            // The owner word proves that `from` has a token to give, and no account can have 2^256 of them.
            unchecked {
                --_balances[from];
                ++_balances[to];
            }
            _write(serial, (word & ~(APPROVED | type(uint160).max)) | uint160(to));
            emit Transfer(from, to, serial);
        } else if (to == owner) {
            // Custody handed it to itself: it has not left, so its hidden code stays good.
            _write(serial, 0);
            emit Transfer(from, to, serial);
        } else {
            _leaveCustody(serial, to, State.Delivered);
            _countOut(1);
            emit Delivered(serial, to);
        }
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 serial) external {
        safeTransferFrom(from, to, serial, "");
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 serial, bytes memory data) public {
        transferFrom(from, to, serial);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, serial, data);
    }

    /// @dev Move a token out of custody. The caller has made sure that it is unclaimed and may go, and reports it to
    /// {_countOut} before it ends.
    function _leaveCustody(uint256 serial, address to, State state) internal {
        // No account can have 2^256 tokens.
        unchecked {
            ++_balances[to];
        }
        _write(serial, uint160(to) | (block.timestamp << SINCE_AT) | (uint256(state) << STATE_AT));
        emit Transfer(custody, to, serial);
        if (soulbound) emit Locked(serial);
    }

    /// @dev Take tokens that left custody off its balance: once a transaction, however many they are.
    function _countOut(uint256 count) internal {
        // Each of them was one of those that had never left.
        unchecked {
            _neverLeft -= uint32(count);
        }
    }

    /// @dev Void those stamps of a range that are unclaimed. Costs a word of storage for 256 of them, and one to
    /// remember when and why.
    function _void(uint256 first, uint256 last, VoidReason reason) internal {
        if (reason == VoidReason.None) revert VoidReasonMissing();
        if (first == 0 || first > last || last > edition) revert InvalidRange(first, last);
        _hasVoids = true;
        _voids.push(VoidRecord(uint32(first), uint32(last), uint40(block.timestamp), reason));
        for (uint256 index = first >> 8; index <= last >> 8; ++index) {
            uint256 bits = type(uint256).max;
            if (index == first >> 8) bits <<= first & 255;
            if (index == last >> 8) bits &= type(uint256).max >> (255 - (last & 255));
            _voided[index] |= bits;
        }
        emit Voided(first, last, reason);
    }

    /// @dev Return the word of a serial of the edition; revert as ERC-721 does for any other number.
    function _wordOf(uint256 serial) internal view returns (uint256) {
        if (!_inEdition(serial)) revert ERC721NonexistentToken(serial);
        return _words[serial];
    }

    /// @dev Return the selector of the error that says why a stamp is not unclaimed, 0 if it is.
    function _refusalOfState(uint256 serial) internal view returns (bytes4) {
        if (!_inEdition(serial)) return NotInEdition.selector;
        State state = _stateIn(serial, _words[serial]);
        if (state == State.Unclaimed) return 0;
        return state == State.Void ? StampIsVoid.selector : AlreadyClaimed.selector;
    }

    /// @dev Revert with an error whose only argument is a serial.
    function _revertWith(bytes4 selector, uint256 serial) internal pure {
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, serial)
            revert(0x00, 0x24)
        }
    }

    /// @dev Return owner, state, since when (0 if unclaimed) and the reason if void.
    /// Looks through the voids for the first that holds the serial: for readers, not for transactions.
    function _standing(
        uint256 serial
    ) internal view returns (address owner, State state, uint40 since, VoidReason reason) {
        uint256 word = _wordOf(serial);
        owner = _ownerIn(word);
        state = _stateIn(serial, word);
        since = uint40(word >> SINCE_AT);
        if (state == State.Void) {
            uint256 index = 0;
            // One of them holds it, for its bit is set.
            while (serial < _voids[index].first || serial > _voids[index].last) ++index;
            (since, reason) = (_voids[index].since, _voids[index].reason);
        }
    }

    function _inEdition(uint256 serial) internal view returns (bool) {
        return serial != 0 && serial <= edition;
    }

    function _write(uint256 serial, uint256 word) private {
        _words[serial] = word;
    }

    function _ownerIn(uint256 word) private view returns (address) {
        address owner = address(uint160(word));
        return owner == address(0) ? custody : owner;
    }

    function _stateIn(uint256 serial, uint256 word) private view returns (State state) {
        state = State((word >> STATE_AT) & 3);
        if (state == State.Unclaimed && _hasVoids && (_voided[serial >> 8] >> (serial & 255)) & 1 != 0) {
            return State.Void;
        }
    }

    /// @dev Only what has left custody can be bound to a soul. A void token is refused for being void.
    function _isLocked(uint256 word) private view returns (bool) {
        return soulbound && address(uint160(word)) != address(0);
    }
}
