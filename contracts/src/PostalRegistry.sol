// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title PostalRegistry: which posts there are, and which series each of them stands behind
/// @notice One authority (a body like the UPU, a multisig in practice) proposes posts, and each accepts with its own
/// account. A post registers its own series. A verifier asks {statusOf} and so never has to trust the code on a stamp
/// for what to trust.
///
/// What this contract will never do, because no function for it exists:
///  - touch a token: suspending or revoking changes what verifiers say, never who owns what;
///  - make an account a post, or the account of a post, that has not said yes itself;
///  - let the authority act as a post: a post's account passes to another only by a rotation, which everybody sees,
///    and which the active post can cancel;
///  - bring back what was revoked, or let an account that stood for a post stand for another;
///  - forget: what was proposed, admitted and registered stays readable, the last change with its date and reason,
///    every earlier one in the events.
/// The owner (`owner()`, handed over in two steps) is the authority. It can propose posts and withdraw a proposal,
/// suspend, reinstate and revoke posts and series, and propose a new account for a post whose key is lost. A revoked
/// post may be proposed again as a new post, with a new account.
///
/// When the key of a post is stolen, the authority suspends the post first: that ends a rotation under way, and the
/// post's account can do nothing while it lasts. Then it proposes the new account, which accepts, and reinstates.
contract PostalRegistry is Ownable2Step {
    /// @notice How a post or a series stands. A series is never Proposed or Withdrawn.
    enum Standing {
        None, // there is no such post, or nobody has registered the series
        Proposed, // the account has not accepted yet
        Withdrawn, // the authority took the proposal back, for good
        Active,
        Suspended, // until it is reinstated
        Revoked // for good
    }

    /// @notice A postal administration.
    struct Post {
        string name;
        string domain; // the host of its public codes, lower case
        string reason; // of the last change, "" if there was none since the admission
        address account; // registers its series
        bytes2 country; // ISO 3166-1 alpha-2, upper case
        Standing standing;
        uint40 since; // timestamp of the last change of the standing
        address nextAccount; // has been proposed and may accept, 0 for none
        uint40 proposedAt; // timestamp
        uint40 admittedAt; // timestamp, 0 until accepted
    }

    /// @notice All that a verdict on a series needs. `standing` is None, and all else zero, for a series that nobody
    /// has registered. The series is good only if it and its post are Active and the two code hashes agree.
    struct SeriesStatus {
        uint256 postId;
        Post post;
        Standing standing;
        uint40 since; // timestamp of the last change of the standing
        uint40 registeredAt; // timestamp
        bool byAuthority; // who made the last change; false for the post
        bytes32 codeHash; // of the code that was registered
        bytes32 codeHashNow; // of the code that lies there now
        string reason; // of the last change, "" if there was none since the registration
    }

    struct Registration {
        uint128 postId;
        uint40 registeredAt;
        uint40 since;
        Standing standing;
        bool byAuthority;
        bytes32 codeHash;
        string reason;
    }

    event PostProposed(
        uint256 indexed postId,
        bytes2 indexed country,
        address indexed account,
        string name,
        string domain
    );
    event ProposalWithdrawn(uint256 indexed postId);
    event PostAdmitted(uint256 indexed postId, bytes2 indexed country, address indexed account);
    event PostSuspended(uint256 indexed postId, string reason);
    event PostReinstated(uint256 indexed postId, string reason);
    event PostRevoked(uint256 indexed postId, string reason);
    event RotationProposed(uint256 indexed postId, address indexed account, address indexed by);
    event RotationCancelled(uint256 indexed postId, address indexed account, address indexed by);
    event AccountRotated(uint256 indexed postId, address indexed previous, address indexed account);
    event SeriesRegistered(uint256 indexed postId, address indexed series, bytes32 codeHash);
    event SeriesSuspended(uint256 indexed postId, address indexed series, address indexed by, string reason);
    event SeriesReinstated(uint256 indexed postId, address indexed series, address indexed by, string reason);
    event SeriesRevoked(uint256 indexed postId, address indexed series, address indexed by, string reason);

    /// @dev The country is not two letters A to Z.
    error InvalidCountry(bytes2 country);
    /// @dev The name of the post is empty, longer than 100 bytes, or not text without control characters.
    error InvalidPostName();
    /// @dev The domain is empty, longer than 253 bytes, or holds anything but a to z, 0 to 9, dots and hyphens.
    error InvalidPostDomain();
    /// @dev The account is the zero address.
    error InvalidPostAccount(address account);
    /// @dev The reason is empty, longer than 200 bytes, or not text without control characters.
    error InvalidReasonText();
    /// @dev The account stands, or once stood, for a post: an account is used for one post only.
    error AccountTaken(address account);
    /// @dev The account has been proposed for a post already, and can still accept.
    error ProposalPending(address account);
    /// @dev No post has this number.
    error UnknownPost(uint256 postId);
    /// @dev The post is not, or no longer, a proposal.
    error NotProposed(uint256 postId);
    /// @dev The post was proposed and never admitted.
    error NotAdmitted(uint256 postId);
    /// @dev The post is suspended.
    error PostIsSuspended(uint256 postId);
    /// @dev The post is not suspended.
    error PostNotSuspended(uint256 postId);
    /// @dev The post has been revoked.
    error PostIsRevoked(uint256 postId);
    /// @dev No new account is proposed for the post.
    error NoRotation(uint256 postId);
    /// @dev The sender is not the account of a post.
    error NotAPost(address account);
    /// @dev The sender is none of those who may do this.
    error NotAllowed(address account);
    /// @dev There is no contract at this address.
    error NotAContract(address series);
    /// @dev The code at this address does not have the hash that was named.
    error CodeHashMismatch(address series, bytes32 codeHash);
    /// @dev The series stands registered, or stood so for this post before.
    error SeriesAlreadyRegistered(address series);
    /// @dev Nobody has registered this series.
    error SeriesNotRegistered(address series);
    /// @dev The series is suspended.
    error SeriesIsSuspended(address series);
    /// @dev The series is not suspended.
    error SeriesNotSuspended(address series);
    /// @dev The authority suspended the series: the post cannot reinstate it.
    error SuspendedByAuthority(address series);
    /// @dev The series has been revoked.
    error SeriesIsRevoked(address series);

    // Storage, by slot (bytes in brackets):
    //  0, 1  the authority, and the account that it has been offered to
    //  2     postCount
    //  3, 4  postOf, proposalOf
    //  5     _posts: name; domain; reason; account (20), country (2), standing (1), since (5);
    //        nextAccount (20), proposedAt (5), admittedAt (5)
    //  6     _registrations: postId (16), registeredAt (5), since (5), standing (1), byAuthority (1); codeHash; reason
    //  7     _stoodBehind

    /// @notice The number of posts ever proposed: their ids are 1..postCount.
    uint256 public postCount;

    /// @notice The post that an account stands or stood for; 0 for none.
    mapping(address account => uint256 postId) public postOf;

    /// @notice The post that an account has been proposed for and may accept; 0 for none.
    mapping(address account => uint256 postId) public proposalOf;

    mapping(uint256 postId => Post) private _posts;
    mapping(address series => Registration) private _registrations;
    mapping(address series => mapping(uint256 postId => bool)) private _stoodBehind;

    constructor(address authority) Ownable(authority) {}

    // Posts

    /// @notice Propose a post and return its id. Only the authority. Nothing changes for verifiers until the account
    /// accepts.
    function proposePost(
        bytes2 country,
        string calldata name,
        string calldata domain,
        address account
    ) external onlyOwner returns (uint256 postId) {
        if (!_isUpperLetter(country[0]) || !_isUpperLetter(country[1])) revert InvalidCountry(country);
        if (!_isText(bytes(name), 100)) revert InvalidPostName();
        if (!_isDomain(bytes(domain))) revert InvalidPostDomain();
        _requireFree(account);
        if (proposalOf[account] != 0) revert ProposalPending(account);
        postId = ++postCount;
        proposalOf[account] = postId;
        Post storage entry = _posts[postId];
        entry.name = name;
        entry.domain = domain;
        entry.account = account;
        entry.country = country;
        entry.standing = Standing.Proposed;
        entry.since = uint40(block.timestamp);
        entry.proposedAt = uint40(block.timestamp);
        emit PostProposed(postId, country, account, name, domain);
    }

    /// @notice Take a proposal back. Only the authority.
    function withdrawProposal(uint256 postId) external onlyOwner {
        Post storage entry = _proposed(postId);
        delete proposalOf[entry.account];
        entry.standing = Standing.Withdrawn;
        entry.since = uint40(block.timestamp);
        emit ProposalWithdrawn(postId);
    }

    /// @notice Become a post, as it was proposed. Only the account that was proposed.
    function acceptPost(uint256 postId) external {
        Post storage entry = _proposed(postId);
        if (msg.sender != entry.account) revert NotAllowed(msg.sender);
        _requireFree(msg.sender);
        delete proposalOf[msg.sender];
        postOf[msg.sender] = postId;
        entry.standing = Standing.Active;
        entry.since = uint40(block.timestamp);
        entry.admittedAt = uint40(block.timestamp);
        emit PostAdmitted(postId, entry.country, msg.sender);
    }

    /// @notice Suspend a post until it is reinstated, and end a rotation under way. Only the authority.
    function suspendPost(uint256 postId, string calldata reason) external onlyOwner {
        Post storage entry = _standingPost(postId);
        if (entry.standing == Standing.Suspended) revert PostIsSuspended(postId);
        _setPost(entry, Standing.Suspended, reason);
        _endRotation(postId, entry);
        emit PostSuspended(postId, reason);
    }

    /// @notice End the suspension of a post. Only the authority.
    function reinstatePost(uint256 postId, string calldata reason) external onlyOwner {
        Post storage entry = _standingPost(postId);
        if (entry.standing != Standing.Suspended) revert PostNotSuspended(postId);
        _setPost(entry, Standing.Active, reason);
        emit PostReinstated(postId, reason);
    }

    /// @notice End a post's standing, for good, and a rotation under way. Only the authority.
    function revokePost(uint256 postId, string calldata reason) external onlyOwner {
        Post storage entry = _standingPost(postId);
        _setPost(entry, Standing.Revoked, reason);
        _endRotation(postId, entry);
        emit PostRevoked(postId, reason);
    }

    // The account of a post

    /// @notice Propose a new account for a post, in place of one that was proposed before. The account of the active
    /// post, or the authority. The old account stays until the new one accepts.
    function proposeRotation(uint256 postId, address account) external {
        Post storage entry = _standingPost(postId);
        _requireAuthorityOrPost(postId, entry);
        _requireFree(account);
        _endRotation(postId, entry);
        entry.nextAccount = account;
        emit RotationProposed(postId, account, msg.sender);
    }

    /// @notice Take the proposal of a new account back. The account of the active post, or the authority.
    function cancelRotation(uint256 postId) external {
        Post storage entry = _standingPost(postId);
        _requireAuthorityOrPost(postId, entry);
        if (entry.nextAccount == address(0)) revert NoRotation(postId);
        _endRotation(postId, entry);
    }

    /// @notice Become the account of a post. Only the account that was proposed.
    function acceptRotation(uint256 postId) external {
        Post storage entry = _standingPost(postId);
        if (entry.nextAccount == address(0)) revert NoRotation(postId);
        if (msg.sender != entry.nextAccount) revert NotAllowed(msg.sender);
        _requireFree(msg.sender);
        address previous = entry.account;
        postOf[msg.sender] = postId;
        entry.account = msg.sender;
        entry.nextAccount = address(0);
        emit AccountRotated(postId, previous, msg.sender);
    }

    // Series

    /// @notice Stand behind a series whose code has the hash `codeHash`. Only the account of an active post.
    /// @dev A series whose registration was revoked may be registered by another post (a successor, or the rightful
    /// post after somebody else's mistake), never again by the same one.
    function registerSeries(address series, bytes32 codeHash) external {
        uint256 postId = postOf[msg.sender];
        if (postId == 0 || _posts[postId].account != msg.sender) revert NotAPost(msg.sender);
        _requireActive(postId, _standingPost(postId));
        if (series.code.length == 0) revert NotAContract(series);
        if (series.codehash != codeHash) revert CodeHashMismatch(series, series.codehash);
        Registration storage entry = _registrations[series];
        bool free = entry.standing == Standing.None || entry.standing == Standing.Revoked;
        if (!free || _stoodBehind[series][postId]) revert SeriesAlreadyRegistered(series);
        _stoodBehind[series][postId] = true;
        uint40 now_ = uint40(block.timestamp);
        _registrations[series] = Registration(uint128(postId), now_, now_, Standing.Active, false, codeHash, "");
        emit SeriesRegistered(postId, series, codeHash);
    }

    /// @notice Suspend a series until it is reinstated. The authority, or the active post that registered it.
    /// @dev The authority may take over a suspension of the post, so that the post cannot end it alone.
    function suspendSeries(address series, string calldata reason) external {
        (Registration storage entry, bool byAuthority) = _standingSeries(series);
        if (entry.standing == Standing.Suspended && (entry.byAuthority || !byAuthority)) {
            revert SeriesIsSuspended(series);
        }
        _setSeries(entry, Standing.Suspended, byAuthority, reason);
        emit SeriesSuspended(entry.postId, series, msg.sender, reason);
    }

    /// @notice End the suspension of a series. The authority, or the active post if it made the suspension itself.
    function reinstateSeries(address series, string calldata reason) external {
        (Registration storage entry, bool byAuthority) = _standingSeries(series);
        if (entry.standing != Standing.Suspended) revert SeriesNotSuspended(series);
        if (entry.byAuthority && !byAuthority) revert SuspendedByAuthority(series);
        _setSeries(entry, Standing.Active, byAuthority, reason);
        emit SeriesReinstated(entry.postId, series, msg.sender, reason);
    }

    /// @notice End a series' standing, for good. The authority, or the active post that registered it.
    function revokeSeries(address series, string calldata reason) external {
        (Registration storage entry, bool byAuthority) = _standingSeries(series);
        _setSeries(entry, Standing.Revoked, byAuthority, reason);
        emit SeriesRevoked(entry.postId, series, msg.sender, reason);
    }

    // Views

    /// @notice Return a post, or the proposal of one.
    function post(uint256 postId) external view returns (Post memory) {
        return _known(postId);
    }

    /// @notice Return who stands behind a series and how both stand: all that a verdict needs.
    function statusOf(address series) external view returns (SeriesStatus memory) {
        return _statusOf(series);
    }

    /// @notice Return the status of each of several series, in their order.
    function statusesOf(address[] calldata series) external view returns (SeriesStatus[] memory statuses) {
        statuses = new SeriesStatus[](series.length);
        for (uint256 i = 0; i < series.length; ++i) {
            statuses[i] = _statusOf(series[i]);
        }
    }

    function _statusOf(address series) private view returns (SeriesStatus memory status) {
        Registration storage entry = _registrations[series];
        if (entry.standing == Standing.None) return status;
        status.postId = entry.postId;
        status.post = _posts[entry.postId];
        status.standing = entry.standing;
        status.since = entry.since;
        status.registeredAt = entry.registeredAt;
        status.byAuthority = entry.byAuthority;
        status.codeHash = entry.codeHash;
        status.codeHashNow = series.codehash;
        status.reason = entry.reason;
    }

    // Who and what

    function _known(uint256 postId) private view returns (Post storage entry) {
        if (postId == 0 || postId > postCount) revert UnknownPost(postId);
        entry = _posts[postId];
    }

    function _proposed(uint256 postId) private view returns (Post storage entry) {
        entry = _known(postId);
        if (entry.standing != Standing.Proposed) revert NotProposed(postId);
    }

    /// @dev A post that is Active or Suspended.
    function _standingPost(uint256 postId) private view returns (Post storage entry) {
        entry = _known(postId);
        if (entry.standing == Standing.Revoked) revert PostIsRevoked(postId);
        if (entry.standing < Standing.Active) revert NotAdmitted(postId);
    }

    /// @dev A series that is Active or Suspended, and whether the authority acts: the sender is that, or the account
    /// of the series' active post.
    function _standingSeries(address series) private view returns (Registration storage entry, bool byAuthority) {
        entry = _registrations[series];
        if (entry.standing == Standing.None) revert SeriesNotRegistered(series);
        byAuthority = _requireAuthorityOrPost(entry.postId, _posts[entry.postId]);
        if (entry.standing == Standing.Revoked) revert SeriesIsRevoked(series);
    }

    /// @dev Return whether the sender is the authority; a suspended or revoked post cannot act.
    function _requireAuthorityOrPost(uint256 postId, Post storage entry) private view returns (bool byAuthority) {
        if (msg.sender == owner()) return true;
        if (msg.sender != entry.account) revert NotAllowed(msg.sender);
        _requireActive(postId, entry);
    }

    function _requireActive(uint256 postId, Post storage entry) private view {
        if (entry.standing == Standing.Suspended) revert PostIsSuspended(postId);
        if (entry.standing == Standing.Revoked) revert PostIsRevoked(postId);
    }

    /// @dev Accounts are never given back, so that an old key cannot come to stand for another post.
    function _requireFree(address account) private view {
        if (account == address(0)) revert InvalidPostAccount(account);
        if (postOf[account] != 0) revert AccountTaken(account);
    }

    // Changes

    function _setPost(Post storage entry, Standing standing, string calldata reason) private {
        if (!_isText(bytes(reason), 200)) revert InvalidReasonText();
        entry.standing = standing;
        entry.since = uint40(block.timestamp);
        entry.reason = reason;
    }

    function _setSeries(
        Registration storage entry,
        Standing standing,
        bool byAuthority,
        string calldata reason
    ) private {
        if (!_isText(bytes(reason), 200)) revert InvalidReasonText();
        entry.standing = standing;
        entry.since = uint40(block.timestamp);
        entry.byAuthority = byAuthority;
        entry.reason = reason;
    }

    function _endRotation(uint256 postId, Post storage entry) private {
        address account = entry.nextAccount;
        if (account == address(0)) return;
        entry.nextAccount = address(0);
        emit RotationCancelled(postId, account, msg.sender);
    }

    // Texts

    function _isUpperLetter(bytes1 letter) private pure returns (bool) {
        return letter >= "A" && letter <= "Z";
    }

    /// @dev Lower case, so that there is one way to write a domain and no look-alike letters.
    function _isDomain(bytes calldata text) private pure returns (bool) {
        if (text.length == 0 || text.length > 253) return false;
        for (uint256 i = 0; i < text.length; ++i) {
            bytes1 c = text[i];
            if (!((c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-" || c == ".")) return false;
        }
        return true;
    }

    /// @dev Whether `text` has 1..longest bytes and is UTF-8 (RFC 3629, section 4) without the control characters of
    /// ASCII and of Latin-1: a text that cannot be decoded would make the whole status unreadable.
    function _isText(bytes calldata text, uint256 longest) private pure returns (bool) {
        if (text.length == 0 || text.length > longest) return false;
        uint256 i = 0;
        while (i < text.length) {
            uint8 lead = uint8(text[i++]);
            if (lead < 0x80) {
                if (lead < 0x20 || lead == 0x7f) return false;
                continue;
            }
            if (lead < 0xc2 || lead > 0xf4) return false;
            uint256 more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
            if (i + more > text.length) return false;
            // The first byte after the lead excludes controls, overlong forms, surrogates and what is beyond U+10FFFF.
            uint8 next = uint8(text[i]);
            uint8 low = lead == 0xc2 || lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
            uint8 high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
            if (next < low || next > high) return false;
            for (uint256 end = i + more; ++i < end; ) {
                if (uint8(text[i]) & 0xc0 != 0x80) return false;
            }
        }
        return true;
    }
}
