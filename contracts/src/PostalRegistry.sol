// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title PostalRegistry: which posts there are, and which series each of them stands behind
/// @notice One authority (a body like the UPU, a multisig in practice) admits posts. A post registers its own series.
/// A verifier asks {statusOf} and so never has to trust the code on a stamp for what to trust.
///
/// What this contract will never do, because no function for it exists:
///  - touch a token: revoking a post or a series changes what verifiers say, never who owns what;
///  - let the authority register a series in the name of a post;
///  - forget: what was admitted and registered stays readable, with the date it ended.
/// The owner (`owner()`, handed over in two steps) is the authority. It can admit posts, move a post to a new account,
/// and revoke posts and series. A revoked post stays revoked; it may be admitted again as a new post.
contract PostalRegistry is Ownable2Step {
    /// @notice A postal administration.
    struct Post {
        string name;
        string domain; // the host of its public codes, lower case
        address account; // registers its series
        bytes2 country; // ISO 3166-1 alpha-2, upper case
        uint64 admittedAt; // timestamp
        uint64 revokedAt; // timestamp, 0 while active
    }

    /// @notice All that a verdict on a series needs. `registeredAt` is 0 for a series that nobody has registered.
    struct SeriesStatus {
        uint256 postId;
        bytes2 country;
        string name;
        string domain;
        address account;
        bool postActive;
        bool seriesActive;
        uint64 admittedAt;
        uint64 postRevokedAt;
        uint64 registeredAt;
        uint64 seriesRevokedAt;
    }

    struct Registration {
        uint128 postId;
        uint64 registeredAt;
        uint64 revokedAt;
    }

    event PostAdmitted(
        uint256 indexed postId,
        bytes2 indexed country,
        address indexed account,
        string name,
        string domain
    );
    event PostAccountMoved(uint256 indexed postId, address indexed previous, address indexed account);
    event PostRevoked(uint256 indexed postId);
    event SeriesRegistered(uint256 indexed postId, address indexed series);
    event SeriesRevoked(uint256 indexed postId, address indexed series);

    /// @dev The country is not two letters A to Z.
    error InvalidCountry(bytes2 country);
    /// @dev The name of the post is empty or longer than 100 bytes.
    error InvalidPostName();
    /// @dev The domain is empty, longer than 253 bytes, or holds anything but a to z, 0 to 9, dots and hyphens.
    error InvalidPostDomain();
    /// @dev The account is the zero address.
    error InvalidPostAccount(address account);
    /// @dev The account stands, or once stood, for a post: an account is used for one post only.
    error AccountTaken(address account);
    /// @dev No post has this number.
    error UnknownPost(uint256 postId);
    /// @dev The post has been revoked.
    error PostIsRevoked(uint256 postId);
    /// @dev The sender is not the account of a post.
    error NotAPost(address account);
    /// @dev The sender is neither the authority nor the post that this concerns.
    error NotAllowed(address account);
    /// @dev There is no contract at this address.
    error NotAContract(address series);
    /// @dev The series stands registered already, or the post itself has revoked it.
    error SeriesAlreadyRegistered(address series);
    /// @dev Nobody has registered this series.
    error SeriesNotRegistered(address series);
    /// @dev The series has been revoked already.
    error SeriesIsRevoked(address series);

    /// @notice The number of posts ever admitted: their ids are 1..postCount.
    uint256 public postCount;

    /// @notice The post that an account stands or stood for; 0 for none.
    mapping(address account => uint256 postId) public postOf;

    mapping(uint256 postId => Post) private _posts;
    mapping(address series => Registration) private _registrations;

    constructor(address authority) Ownable(authority) {}

    /// @notice Admit a post and return its id. Only the authority.
    function admitPost(
        bytes2 country,
        string calldata name,
        string calldata domain,
        address account
    ) external onlyOwner returns (uint256 postId) {
        if (!_isUpperLetter(country[0]) || !_isUpperLetter(country[1])) revert InvalidCountry(country);
        if (bytes(name).length == 0 || bytes(name).length > 100) revert InvalidPostName();
        if (!_isDomain(bytes(domain))) revert InvalidPostDomain();
        postId = ++postCount;
        _bind(postId, account);
        _posts[postId] = Post(name, domain, account, country, uint64(block.timestamp), 0);
        emit PostAdmitted(postId, country, account, name, domain);
    }

    /// @notice Let another account stand for a post. The authority, or the post's account itself.
    function movePost(uint256 postId, address account) external {
        Post storage entry = _activePost(postId);
        address previous = entry.account;
        if (msg.sender != previous && msg.sender != owner()) revert NotAllowed(msg.sender);
        _bind(postId, account);
        entry.account = account;
        emit PostAccountMoved(postId, previous, account);
    }

    /// @notice End a post's standing, for good. Only the authority.
    function revokePost(uint256 postId) external onlyOwner {
        _activePost(postId).revokedAt = uint64(block.timestamp);
        emit PostRevoked(postId);
    }

    /// @notice Stand behind a series. Only the account of an active post.
    /// @dev A series whose registration was revoked may be registered by another post (a successor, or the rightful
    /// post after somebody else's mistake), never again by the same one.
    function registerSeries(address series) external {
        uint256 postId = postOf[msg.sender];
        if (postId == 0 || _posts[postId].account != msg.sender) revert NotAPost(msg.sender);
        _activePost(postId);
        if (series.code.length == 0) revert NotAContract(series);
        Registration storage entry = _registrations[series];
        if (entry.registeredAt != 0 && (entry.revokedAt == 0 || entry.postId == postId)) {
            revert SeriesAlreadyRegistered(series);
        }
        _registrations[series] = Registration(uint128(postId), uint64(block.timestamp), 0);
        emit SeriesRegistered(postId, series);
    }

    /// @notice End a series' standing. The authority, or the post that registered it.
    function revokeSeries(address series) external {
        Registration storage entry = _registrations[series];
        if (entry.registeredAt == 0) revert SeriesNotRegistered(series);
        if (msg.sender != owner() && msg.sender != _posts[entry.postId].account) revert NotAllowed(msg.sender);
        if (entry.revokedAt != 0) revert SeriesIsRevoked(series);
        entry.revokedAt = uint64(block.timestamp);
        emit SeriesRevoked(entry.postId, series);
    }

    /// @notice Return a post.
    function post(uint256 postId) external view returns (Post memory) {
        if (postId == 0 || postId > postCount) revert UnknownPost(postId);
        return _posts[postId];
    }

    /// @notice Return who stands behind a series and since when. All zero for a series that nobody has registered.
    function statusOf(address series) external view returns (SeriesStatus memory status) {
        Registration storage entry = _registrations[series];
        if (entry.registeredAt == 0) return status;
        Post storage owner_ = _posts[entry.postId];
        return
            SeriesStatus({
                postId: entry.postId,
                country: owner_.country,
                name: owner_.name,
                domain: owner_.domain,
                account: owner_.account,
                postActive: owner_.revokedAt == 0,
                seriesActive: entry.revokedAt == 0,
                admittedAt: owner_.admittedAt,
                postRevokedAt: owner_.revokedAt,
                registeredAt: entry.registeredAt,
                seriesRevokedAt: entry.revokedAt
            });
    }

    /// @dev Accounts are never given back, so that an old key cannot come to stand for another post.
    function _bind(uint256 postId, address account) private {
        if (account == address(0)) revert InvalidPostAccount(account);
        if (postOf[account] != 0) revert AccountTaken(account);
        postOf[account] = postId;
    }

    function _activePost(uint256 postId) private view returns (Post storage entry) {
        if (postId == 0 || postId > postCount) revert UnknownPost(postId);
        entry = _posts[postId];
        if (entry.revokedAt != 0) revert PostIsRevoked(postId);
    }

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
}
