// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {StampToken} from "../../src/StampToken.sol";
import {Proofs} from "../support/Symbols.sol";

/// @dev The token without claims, draw and metadata; what an heir may do with it, anybody may.
contract TokenAlone is StampToken {
    constructor(address custody_, uint256 edition_, bool soulbound_) StampToken(custody_, edition_, soulbound_) {}

    /// @dev What a claim comes to once its code has proved good.
    function takeOut(uint256 serial, address to) external {
        bytes4 refusal = _refusalOfState(serial);
        if (refusal != 0) _revertWith(refusal, serial);
        _leaveCustody(serial, to, State.Claimed);
        _countOut(1);
    }

    function voidRange(uint256 first, uint256 last, VoidReason reason) external {
        _void(first, last, reason);
    }

    function refusalOf(uint256 serial) external view returns (bytes4) {
        return _refusalOfState(serial);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IERC721).interfaceId;
    }
}

/// @title What StampToken cannot do, for every state of its storage, every custody, edition and sender
/// @dev The edition is any number up to 5,000, so that the constructor announces it in one event; nothing else depends
/// on its size but the number of turns that {StampToken-_void} takes. Ranges to void end at serial 511: two words of
/// bits. {safeTransferFrom} is {transferFrom} and a call, and is not looked at here.
/// Left to the campaigns of calls, because a solver takes minutes over it or gives up: any call with any data at all,
/// the approvals of other tokens in a transfer, and the whole StampSeries.
contract StampTokenProofs is Proofs {
    uint256 private constant ONE_EVENT = 5_000;
    uint256 private constant TWO_WORDS = 511;
    bytes32 private constant NEVER_LEFT_SLOT = bytes32(uint256(4));

    TokenAlone private _token;

    /// @dev What a token begins with; `counts` holds how many have never left, and whether there are voids.
    struct Start {
        address custody;
        uint256 edition;
        bool soulbound;
        bytes32 counts;
    }

    /// @dev Each proof begins here: any token, in any state, also in those that no calls lead to. What the constructor
    /// has not written is any number anyway.
    modifier anyToken(Start memory start) {
        vm.assume(start.edition <= ONE_EVENT);
        _token = new TokenAlone(start.custody, start.edition, start.soulbound);
        assert(neverLeft() == start.edition);
        symbols.enableSymbolicStorage(address(_token));
        vm.store(address(_token), NEVER_LEFT_SLOT, start.counts);
        _;
    }

    /// @notice Whoever is neither the owner of a token nor approved for it cannot send it, and nothing moves.
    function check_a_stranger_moves_nothing(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial,
        uint256 other
    ) external anyToken(start) {
        (address owner, address before) = (_token.ownerOf(serial), _token.ownerOf(other));
        vm.assume(sender != owner && !_token.isApprovedForAll(owner, sender) && sender != _token.getApproved(serial));
        assert(!transfer(sender, from, to, serial));
        assert(_token.ownerOf(other) == before);
    }

    /// @notice Only the owner of a token and the owner's operators name who is approved for it.
    function check_a_stranger_approves_nobody(
        Start memory start,
        address sender,
        address to,
        uint256 serial
    ) external anyToken(start) {
        address owner = _token.ownerOf(serial);
        vm.assume(sender != owner && !_token.isApprovedForAll(owner, sender));
        assert(!approve(sender, to, serial));
    }

    /// @notice Only an owner names operators for what it owns.
    function check_a_stranger_names_no_operator(
        Start memory start,
        address sender,
        address owner,
        address operator,
        address named,
        bool approved
    ) external anyToken(start) {
        vm.assume(sender != owner);
        bool before = _token.isApprovedForAll(owner, operator);
        bytes memory call = abi.encodeCall(IERC721.setApprovalForAll, (named, approved));
        vm.assume(send(sender, address(_token), call));
        assert(_token.isApprovedForAll(owner, operator) == before);
    }

    /// @notice A number outside the edition has no owner and nobody approved, and cannot be approved, moved or claimed.
    function check_there_is_nothing_beyond_the_edition(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial
    ) external anyToken(start) {
        vm.assume(serial == 0 || serial > start.edition);
        assert(!send(sender, address(_token), abi.encodeCall(IERC721.ownerOf, (serial))));
        assert(!send(sender, address(_token), abi.encodeCall(IERC721.getApproved, (serial))));
        assert(!approve(sender, to, serial));
        assert(!transfer(sender, from, to, serial));
        assert(!takeOut(serial, to));
    }

    /// @notice A void stamp cannot be sent or claimed, not by custody either, and what is tried leaves it void.
    function check_a_void_stamp_does_not_move(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial
    ) external anyToken(start) {
        vm.assume(_token.refusalOf(serial) == StampToken.StampIsVoid.selector);
        address owner = _token.ownerOf(serial);
        assert(!transfer(sender, from, to, serial));
        assert(!takeOut(serial, to));
        approve(sender, to, serial);
        assert(_token.refusalOf(serial) == StampToken.StampIsVoid.selector);
        assert(_token.ownerOf(serial) == owner);
    }

    /// @notice A token that has left custody stays one that has left: nobody sends, approves or claims it back.
    function check_left_is_left(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial
    ) external anyToken(start) {
        vm.assume(_token.refusalOf(serial) == StampToken.AlreadyClaimed.selector);
        assert(!takeOut(serial, to));
        approve(sender, to, serial);
        assert(_token.refusalOf(serial) == StampToken.AlreadyClaimed.selector);
        transfer(sender, from, to, serial);
        assert(_token.refusalOf(serial) == StampToken.AlreadyClaimed.selector);
    }

    /// @notice Whatever is voided: tokens that have left custody are still just that, void stamps are still void, and
    /// nothing outside the range changes.
    function check_a_void_takes_nothing_back(
        Start memory start,
        uint256 first,
        uint256 last,
        uint8 reason,
        uint256 serial
    ) external anyToken(start) {
        vm.assume(start.edition <= TWO_WORDS && reason <= uint8(StampToken.VoidReason.Recalled));
        vm.assume(serial != 0 && serial <= start.edition);
        vm.assume(uint256(start.counts) >> 32 & 1 == 1); // else bits in _voided would begin to count
        (bytes4 before, address owner) = (_token.refusalOf(serial), _token.ownerOf(serial));
        _token.voidRange(first, last, StampToken.VoidReason(reason));
        bool reached = before == 0 && first <= serial && serial <= last;
        assert(_token.refusalOf(serial) == (reached ? StampToken.StampIsVoid.selector : before));
        assert(_token.ownerOf(serial) == owner);
    }

    /// @notice What has not left is custody's: nothing that can be done to a token breaks that, and it is all that the
    /// proofs below assume of a state.
    function check_what_has_not_left_is_custodys(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial,
        uint8 choice
    ) external anyToken(start) {
        assumeSound(serial, start.custody);
        if (choice == 0) approve(sender, to, serial);
        else if (choice == 1) transfer(sender, from, to, serial);
        else takeOut(serial, to);
        bytes4 refusal = _token.refusalOf(serial);
        assert(refusal == StampToken.AlreadyClaimed.selector || _token.ownerOf(serial) == start.custody);
    }

    /// @notice A transfer gives the token to the recipient and clears its approval.
    function check_a_transfer_gives_and_clears(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial
    ) external anyToken(start) {
        assumeSound(serial, start.custody);
        vm.assume(transfer(sender, from, to, serial));
        assert(_token.ownerOf(serial) == to && _token.getApproved(serial) == address(0));
    }

    /// @notice A transfer changes the owner of no other token.
    function check_other_tokens_stay(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial,
        uint256 other
    ) external anyToken(start) {
        vm.assume(other != serial);
        address owner = _token.ownerOf(other);
        vm.assume(transfer(sender, from, to, serial));
        assert(_token.ownerOf(other) == owner);
    }

    /// @notice A transfer takes one from the balance of the sender and adds one to that of the recipient, or nothing if
    /// they are the same, and leaves every other balance alone.
    /// @dev Where one token is unclaimed, the number of those that never left is not 0.
    function check_a_transfer_balances(
        Start memory start,
        address sender,
        address from,
        address to,
        uint256 serial,
        address third
    ) external anyToken(start) {
        assumeSound(serial, start.custody);
        vm.assume(_token.refusalOf(serial) != 0 || neverLeft() != 0);
        vm.assume(third != from && third != to);
        (uint256 given, uint256 got) = (_token.balanceOf(from), _token.balanceOf(to));
        uint256 kept = _token.balanceOf(third);
        vm.assume(transfer(sender, from, to, serial));
        uint256 moved = from == to ? 0 : 1;
        unchecked {
            assert(_token.balanceOf(from) == given - moved);
            assert(_token.balanceOf(to) == got + moved);
        }
        assert(_token.balanceOf(third) == kept);
    }

    function assumeSound(uint256 serial, address custody) private view {
        vm.assume(_token.refusalOf(serial) == StampToken.AlreadyClaimed.selector || _token.ownerOf(serial) == custody);
    }

    function transfer(address sender, address from, address to, uint256 serial) private returns (bool) {
        return send(sender, address(_token), abi.encodeCall(IERC721.transferFrom, (from, to, serial)));
    }

    function approve(address sender, address to, uint256 serial) private returns (bool) {
        return send(sender, address(_token), abi.encodeCall(IERC721.approve, (to, serial)));
    }

    function takeOut(uint256 serial, address to) private returns (bool) {
        return send(address(this), address(_token), abi.encodeCall(TokenAlone.takeOut, (serial, to)));
    }

    function neverLeft() private view returns (uint256) {
        return uint32(uint256(vm.load(address(_token), NEVER_LEFT_SLOT)));
    }
}
