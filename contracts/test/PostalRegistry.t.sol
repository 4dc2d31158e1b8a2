// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PostalRegistry} from "../src/PostalRegistry.sol";
import {Base, FuzzSelector} from "./support/Vm.sol";

contract Something {
    uint256 public immutable number;

    constructor(uint256 number_) {
        number = number_;
    }
}

/// @dev Lets sixteen accounts, of whom the first begins as the authority, do anything to the registry in any order, and
/// looks after each call at everything that changed and at who made it change.
contract RegistryHandler is Base {
    PostalRegistry public immutable registry;
    address[] public accounts;
    address[] public series;
    uint256 public constant MOST_POSTS = 5;

    address private _authority;
    PostalRegistry.Post[] private _posts;
    PostalRegistry.SeriesStatus[] private _series;
    uint256[] private _postOf;
    mapping(address => mapping(uint256 => bool)) private _stoodBehind;

    constructor() {
        for (uint256 i = 1; i <= 16; ++i) accounts.push(vm.addr(i));
        for (uint256 i = 1; i <= 3; ++i) series.push(address(new Something(i)));
        bytes memory code = creationCode("PostalRegistry", type(PostalRegistry).creationCode);
        registry = PostalRegistry(deploy(code, abi.encode(accounts[0])));
        _remember();
    }

    /// @dev What is for good ends a story: one such call in eight is made.
    modifier rarely(uint256 luck) {
        if (_stir(luck) % 8 == 0) _;
    }

    function proposePost(uint256 who, uint256 account) external {
        if (registry.postCount() == MOST_POSTS) return;
        bytes memory call = abi.encodeCall(registry.proposePost, ("XL", "Post", "post.example", _account(account)));
        _act(_sender(who, registry.owner()), call);
    }

    function withdrawProposal(uint256 who, uint256 any) external rarely(who) {
        uint256 id = _id(any);
        _act(_sender(who, registry.owner()), abi.encodeCall(registry.withdrawProposal, (id)));
    }

    function acceptPost(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_sender(who, _post(id).account), abi.encodeCall(registry.acceptPost, (id)));
    }

    function suspendPost(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_sender(who, registry.owner()), abi.encodeCall(registry.suspendPost, (id, _reason(who))));
    }

    function reinstatePost(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_sender(who, registry.owner()), abi.encodeCall(registry.reinstatePost, (id, _reason(who))));
    }

    function revokePost(uint256 who, uint256 any) external rarely(who) {
        uint256 id = _id(any);
        _act(_sender(who, registry.owner()), abi.encodeCall(registry.revokePost, (id, _reason(who))));
    }

    function proposeRotation(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_authorityOr(who, _post(id).account), abi.encodeCall(registry.proposeRotation, (id, _account(any))));
    }

    function cancelRotation(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_authorityOr(who, _post(id).account), abi.encodeCall(registry.cancelRotation, (id)));
    }

    function acceptRotation(uint256 who, uint256 any) external {
        uint256 id = _id(any);
        _act(_sender(who, _post(id).nextAccount), abi.encodeCall(registry.acceptRotation, (id)));
    }

    function registerSeries(uint256 who, uint256 any) external {
        address one = series[_stir(any) % series.length];
        _act(_sender(who, _post(_id(any)).account), abi.encodeCall(registry.registerSeries, (one, one.codehash)));
    }

    function suspendSeries(uint256 who, uint256 any) external {
        address one = series[_stir(any) % series.length];
        address sender = _authorityOr(who, registry.statusOf(one).post.account);
        _act(sender, abi.encodeCall(registry.suspendSeries, (one, _reason(who))));
    }

    function reinstateSeries(uint256 who, uint256 any) external {
        address one = series[_stir(any) % series.length];
        address sender = _authorityOr(who, registry.statusOf(one).post.account);
        _act(sender, abi.encodeCall(registry.reinstateSeries, (one, _reason(who))));
    }

    function revokeSeries(uint256 who, uint256 any) external rarely(who) {
        address one = series[_stir(any) % series.length];
        address sender = _authorityOr(who, registry.statusOf(one).post.account);
        _act(sender, abi.encodeCall(registry.revokeSeries, (one, _reason(who))));
    }

    function offerAuthority(uint256 who, uint256 account) external rarely(who) {
        _act(_sender(who, registry.owner()), abi.encodeCall(registry.transferOwnership, (_account(account))));
    }

    function takeAuthority(uint256 who) external {
        _act(_sender(who, registry.pendingOwner()), abi.encodeCall(registry.acceptOwnership, ()));
    }

    /// @dev Foundry likes numbers that it has seen before; taken modulo something small they are too much alike.
    function _stir(uint256 any) private view returns (uint256) {
        return uint256(keccak256(abi.encode(any, block.timestamp)));
    }

    /// @dev Now and then 0, or a post that does not exist.
    function _id(uint256 any) private view returns (uint256) {
        return _stir(any) % (registry.postCount() + 2);
    }

    function _account(uint256 any) private view returns (address) {
        return accounts[_stir(any) % accounts.length];
    }

    /// @dev Now and then an empty one, which is refused.
    function _reason(uint256 any) private view returns (string memory) {
        return _stir(any ^ 1) % 8 == 0 ? "" : "as announced";
    }

    /// @dev Three calls in four come from who may make them, the others from anybody.
    function _sender(uint256 any, address fitting) private view returns (address) {
        return fitting == address(0) || _stir(any) % 4 == 0 ? _account(any) : fitting;
    }

    function _authorityOr(uint256 any, address account) private view returns (address) {
        return _sender(any, _stir(any ^ 2) % 2 == 0 ? registry.owner() : account);
    }

    function _post(uint256 id) private view returns (PostalRegistry.Post memory post) {
        if (id != 0 && id <= registry.postCount()) post = registry.post(id);
    }

    function _act(address sender, bytes memory call) private {
        vm.warp(block.timestamp + 1);
        address offered = registry.pendingOwner();
        vm.prank(sender);
        (bool done, ) = address(registry).call(call);
        if (done) _checkChanges(sender, offered);
        else _checkNoChange();
        _remember();
    }

    // What may change, and by whom

    function _checkChanges(address sender, address offered) private view {
        if (registry.owner() != _authority) {
            require(sender == offered && registry.owner() == sender, "the authority is handed over in two steps");
        }
        for (uint256 i = 0; i < _postOf.length; ++i) {
            uint256 post = registry.postOf(accounts[i]);
            if (post == _postOf[i]) continue;
            require(_postOf[i] == 0, "an account stands for one post only");
            require(sender == accounts[i], "nobody else makes an account a post");
        }
        for (uint256 id = 1; id <= registry.postCount(); ++id) {
            PostalRegistry.Post memory post = registry.post(id);
            if (id <= _posts.length) _checkPost(sender, _posts[id - 1], post);
            else require(sender == _authority && post.standing == PostalRegistry.Standing.Proposed, "new post");
        }
        for (uint256 i = 0; i < series.length; ++i) {
            _checkSeries(sender, series[i], _series[i], registry.statusOf(series[i]));
        }
    }

    function _checkPost(
        address sender,
        PostalRegistry.Post memory before,
        PostalRegistry.Post memory post
    ) private view {
        bytes memory kept = abi.encode(before.name, before.domain, before.country, before.proposedAt);
        require(
            keccak256(kept) == keccak256(abi.encode(post.name, post.domain, post.country, post.proposedAt)),
            "what was proposed stays as it was"
        );
        if (post.account != before.account) {
            require(sender == before.nextAccount && post.account == sender, "an account takes over by accepting");
            require(post.standing == before.standing, "a rotation changes nothing else");
        }
        if (post.admittedAt != before.admittedAt) {
            require(before.standing == PostalRegistry.Standing.Proposed && before.admittedAt == 0, "admitted once");
        }
        if (post.standing == before.standing) return;
        require(post.since == block.timestamp, "a change has its time");
        if (post.standing == PostalRegistry.Standing.Active) {
            if (before.standing == PostalRegistry.Standing.Proposed) {
                require(sender == post.account && post.admittedAt == block.timestamp, "a post says yes itself");
                return;
            }
            require(before.standing == PostalRegistry.Standing.Suspended, "only a suspension ends");
        } else if (post.standing == PostalRegistry.Standing.Suspended) {
            require(before.standing == PostalRegistry.Standing.Active, "only an active post is suspended");
        } else if (post.standing == PostalRegistry.Standing.Revoked) {
            require(before.standing >= PostalRegistry.Standing.Active, "only an admitted post is revoked");
        } else {
            require(post.standing == PostalRegistry.Standing.Withdrawn, "nothing becomes a proposal again");
            require(before.standing == PostalRegistry.Standing.Proposed, "only a proposal is withdrawn");
        }
        if (post.standing != PostalRegistry.Standing.Withdrawn) require(bytes(post.reason).length != 0, "a reason");
        if (post.standing != PostalRegistry.Standing.Active && post.standing != PostalRegistry.Standing.Withdrawn) {
            require(post.nextAccount == address(0), "a rotation ends with the standing");
        }
        require(sender == _authority, "only the authority judges posts");
    }

    function _checkSeries(
        address sender,
        address which,
        PostalRegistry.SeriesStatus memory before,
        PostalRegistry.SeriesStatus memory status
    ) private view {
        if (status.postId != before.postId || status.registeredAt != before.registeredAt) {
            require(
                before.standing == PostalRegistry.Standing.None || before.standing == PostalRegistry.Standing.Revoked,
                "a standing registration is not taken over"
            );
            require(status.standing == PostalRegistry.Standing.Active, "registered");
            require(sender == status.post.account, "a post registers for itself");
            require(status.post.standing == PostalRegistry.Standing.Active, "only an active post registers");
            require(!_stoodBehind[which][status.postId], "never twice by the same post");
            require(status.codeHash == which.codehash, "what was registered is what lies there");
            return;
        }
        require(status.codeHash == before.codeHash, "the code that was registered stays on record");
        if (status.standing == before.standing && status.byAuthority == before.byAuthority) return;
        bool authority = sender == _authority;
        bool ownPost = sender == before.post.account && before.post.standing == PostalRegistry.Standing.Active;
        require(authority || ownPost, "only the authority or the active post of the series");
        require(status.byAuthority == authority, "who did it is on record");
        require(before.standing != PostalRegistry.Standing.Revoked, "revoked is for good");
        if (status.standing == PostalRegistry.Standing.Active) {
            require(before.standing == PostalRegistry.Standing.Suspended, "only a suspension ends");
            require(authority || !before.byAuthority, "a post cannot end what the authority began");
        }
    }

    function _checkNoChange() private view {
        require(registry.owner() == _authority && registry.postCount() == _posts.length, "refused, yet changed");
        for (uint256 id = 1; id <= _posts.length; ++id) {
            require(
                keccak256(abi.encode(registry.post(id))) == keccak256(abi.encode(_posts[id - 1])),
                "refused, yet changed"
            );
        }
    }

    function _remember() private {
        _authority = registry.owner();
        delete _posts;
        delete _series;
        delete _postOf;
        for (uint256 id = 1; id <= registry.postCount(); ++id) _posts.push(registry.post(id));
        for (uint256 i = 0; i < series.length; ++i) {
            PostalRegistry.SeriesStatus memory status = registry.statusOf(series[i]);
            _series.push(status);
            if (status.postId != 0) _stoodBehind[series[i]][status.postId] = true;
        }
        for (uint256 i = 0; i < accounts.length; ++i) _postOf.push(registry.postOf(accounts[i]));
    }
}

/// @dev What holds in every state of the registry that anybody can bring about.
contract PostalRegistryInvariants is Base {
    RegistryHandler private _handler;
    PostalRegistry private _registry;

    function setUp() external {
        _handler = new RegistryHandler();
        _registry = _handler.registry();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev One campaign for all, because each would play the same calls again.
    function invariant_theRegistryIsSound() external view {
        _accountsAndPostsAgree();
        _proposalsAreOfTheirAccounts();
        _statusIsWhole();
    }

    /// @dev An account that has accepted is the account of its post, or was before a rotation.
    function _accountsAndPostsAgree() private view {
        for (uint256 id = 1; id <= _registry.postCount(); ++id) {
            PostalRegistry.Post memory post = _registry.post(id);
            bool admitted = post.standing >= PostalRegistry.Standing.Active;
            require((post.admittedAt != 0) == admitted, "admitted is what was accepted");
            if (admitted) require(_registry.postOf(post.account) == id, "the account of a post stands for it");
            if (!admitted) require(post.nextAccount == address(0), "only an admitted post rotates");
            if (post.standing == PostalRegistry.Standing.Revoked) require(post.nextAccount == address(0), "ended");
        }
    }

    /// @dev A proposal that can be accepted is of the account that can accept it.
    function _proposalsAreOfTheirAccounts() private view {
        for (uint256 i = 0; i < 16; ++i) {
            address account = _handler.accounts(i);
            uint256 id = _registry.proposalOf(account);
            if (id == 0) continue;
            PostalRegistry.Post memory post = _registry.post(id);
            require(post.standing == PostalRegistry.Standing.Proposed && post.account == account, "a stale proposal");
        }
    }

    /// @dev A series is either unknown, all zero, or stands behind an admitted post with a known code.
    function _statusIsWhole() private view {
        for (uint256 i = 0; i < 3; ++i) {
            PostalRegistry.SeriesStatus memory status = _registry.statusOf(_handler.series(i));
            bool known = status.standing != PostalRegistry.Standing.None;
            require(known == (status.postId != 0) && known == (status.codeHash != 0), "half a status");
            if (known) require(status.post.standing >= PostalRegistry.Standing.Active, "behind it stands a post");
            if (known) require(status.codeHash == status.codeHashNow, "the code has not changed");
        }
    }
}

/// @dev What the registry takes and refuses, over many inputs.
contract PostalRegistryInputs is Base {
    address private constant POST = address(0xB0B);
    PostalRegistry private _registry;

    function setUp() external {
        bytes memory code = creationCode("PostalRegistry", type(PostalRegistry).creationCode);
        _registry = PostalRegistry(deploy(code, abi.encode(address(this))));
    }

    /// @dev Two letters A to Z, and nothing else.
    function testFuzz_countries(bytes2 country) external {
        bool letters = _isLetter(country[0]) && _isLetter(country[1]);
        _expect(letters, PostalRegistry.InvalidCountry.selector, _propose(country, "Post", "post.example", POST));
    }

    function test_everyFirstLetterOfACountry() external {
        for (uint256 c = 0; c < 256; ++c) {
            bytes2 country = bytes2(bytes.concat(bytes1(uint8(c)), "A"));
            address account = vm.addr(c + 1);
            bytes memory call = _propose(country, "Post", "post.example", account);
            _expect(_isLetter(bytes1(uint8(c))), PostalRegistry.InvalidCountry.selector, call);
        }
    }

    /// @dev Every byte at every place of a short domain, and the lengths around the limits.
    function testFuzz_domains(uint256 place, bytes1 letter) external {
        bytes memory domain = "post.example";
        domain[place % domain.length] = letter;
        bool allowed = (letter >= "a" && letter <= "z") || (letter >= "0" && letter <= "9");
        allowed = allowed || letter == "-" || letter == ".";
        bytes4 refusal = PostalRegistry.InvalidPostDomain.selector;
        _expect(allowed, refusal, _propose("XL", "Post", string(domain), POST));
    }

    function test_lengths() external {
        bytes4 domain = PostalRegistry.InvalidPostDomain.selector;
        _expect(false, domain, _propose("XL", "Post", "", POST));
        _expect(false, domain, _propose("XL", "Post", _letters(254), POST));
        _expect(true, domain, _propose("XL", "Post", _letters(253), POST));
        bytes4 name = PostalRegistry.InvalidPostName.selector;
        _expect(false, name, _propose("XL", "", "post.example", vm.addr(1)));
        _expect(false, name, _propose("XL", _letters(101), "post.example", vm.addr(1)));
        _expect(true, name, _propose("XL", _letters(100), "post.example", vm.addr(1)));
        vm.prank(POST);
        _registry.acceptPost(1);
        bytes4 reason = PostalRegistry.InvalidReasonText.selector;
        _expect(false, reason, abi.encodeCall(_registry.suspendPost, (1, "")));
        _expect(false, reason, abi.encodeCall(_registry.suspendPost, (1, _letters(201))));
        _expect(true, reason, abi.encodeCall(_registry.suspendPost, (1, _letters(200))));
    }

    /// @dev A name is UTF-8 without control characters: here the reference counts in code points, the contract in bytes.
    function testFuzz_names(uint32 point, uint8 form, uint8 cut, uint8 spoil) external {
        uint256 length = bound(form, 1, 4);
        uint32[4] memory largest = [uint32(0xff), 0x7ff, 0xffff, 0x1fffff];
        point = uint32(bound(point, 0, largest[length - 1]));
        bytes memory text = _encode(point, length);
        bool shortest = point < 0x80 ? length == 1 : point < 0x800 ? length == 2 : length == (point < 0x10000 ? 3 : 4);
        bool character = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        bool good = shortest && character && !control;
        if (cut % 4 == 0 && length > 1) (text, good) = (_cut(text, length - 1), false);
        else if (spoil % 4 == 0 && length > 1) (text[length - 1], good) = (bytes1(0xc0 | uint8(text[length - 1])), false);
        string memory name = string(bytes.concat("a", text, cut > 127 ? bytes("") : bytes("z")));
        _expect(good, PostalRegistry.InvalidPostName.selector, _propose("XL", name, "post.example", POST));
    }

    function test_accountsThatCannotBeProposed() external {
        bytes4 refusal = PostalRegistry.InvalidPostAccount.selector;
        _expect(false, refusal, _propose("XL", "Post", "post.example", address(0)));
        bytes memory call = _propose("XL", "Post", "post.example", POST);
        _expect(true, refusal, call);
        _expect(false, PostalRegistry.ProposalPending.selector, call);
        vm.prank(POST);
        _registry.acceptPost(1);
        _expect(false, PostalRegistry.AccountTaken.selector, call);
    }

    function test_seriesThatCannotBeRegistered() external {
        address something = address(new Something(1));
        _expect(true, 0, _propose("XL", "Post", "post.example", address(this)));
        _registry.acceptPost(1);
        bytes4 mismatch = PostalRegistry.CodeHashMismatch.selector;
        bytes4 none = PostalRegistry.NotAContract.selector;
        _expect(false, none, abi.encodeCall(_registry.registerSeries, (POST, POST.codehash)));
        _expect(false, mismatch, abi.encodeCall(_registry.registerSeries, (something, bytes32(uint256(1)))));
        _expect(true, 0, abi.encodeCall(_registry.registerSeries, (something, something.codehash)));
        address[] memory both = new address[](2);
        both[1] = something;
        PostalRegistry.SeriesStatus[] memory statuses = _registry.statusesOf(both);
        require(statuses[0].postId == 0 && statuses[1].postId == 1, "in their order");
    }

    function _propose(
        bytes2 country,
        string memory name,
        string memory domain,
        address account
    ) private view returns (bytes memory) {
        return abi.encodeCall(_registry.proposePost, (country, name, domain, account));
    }

    /// @dev Make the call, and check that it is taken, or refused with exactly this error.
    function _expect(bool taken, bytes4 refusal, bytes memory call) private {
        (bool done, bytes memory answer) = address(_registry).call(call);
        require(done == taken, taken ? "refused" : "taken");
        if (!done) require(bytes4(answer) == refusal, "refused for another reason");
    }

    function _isLetter(bytes1 letter) private pure returns (bool) {
        return letter >= "A" && letter <= "Z";
    }

    function _letters(uint256 count) private pure returns (string memory) {
        bytes memory text = new bytes(count);
        for (uint256 i = 0; i < count; ++i) text[i] = "a";
        return string(text);
    }

    /// @dev Write a code point in so many bytes, whether or not UTF-8 would.
    function _encode(uint32 point, uint256 length) private pure returns (bytes memory text) {
        if (length == 1) return bytes.concat(bytes1(uint8(point)));
        text = new bytes(length);
        for (uint256 i = length - 1; i > 0; --i) {
            text[i] = bytes1(uint8(0x80 | (point & 0x3f)));
            point >>= 6;
        }
        text[0] = bytes1((length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0) | uint8(point));
    }

    function _cut(bytes memory text, uint256 length) private pure returns (bytes memory shorter) {
        shorter = new bytes(length);
        for (uint256 i = 0; i < length; ++i) shorter[i] = text[i];
    }
}
