// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StampSeries} from "../src/StampSeries.sol";
import {StampToken} from "../src/StampToken.sol";
import {Tree} from "./support/Tree.sol";
import {Base} from "./support/Vm.sol";

/// @dev Terms of a series, with what a test does not care about filled in.
abstract contract Issuing is Base {
    bytes internal seriesCode;

    function loadSeries() internal {
        seriesCode = creationCode("StampSeries", type(StampSeries).creationCode);
    }

    function issue(StampSeries.Config memory terms) internal returns (StampSeries) {
        return StampSeries(deploy(seriesCode, abi.encode(terms)));
    }

    function usual(uint256 edition, address custody) internal view returns (StampSeries.Config memory terms) {
        terms.name = "Leapfrog";
        terms.symbol = "LEAP";
        terms.custody = custody;
        terms.admin = address(this);
        terms.edition = edition;
        terms.editionRoot = keccak256("root");
        terms.seed = keccak256("seed");
        terms.variantCounts = new uint32[](1);
        terms.variantCounts[0] = uint32(edition);
    }
}

/// @dev Lets five collectors, custody and the issuer do anything to a series of thirteen stamps in any order, foretells
/// what each claim does, and looks after each call at everything that changed and at who made it change.
contract SeriesHandler is Issuing {
    uint256 public constant EDITION = 13;
    uint256 private constant LEVELS = 3; // of crowns: the tree of thirteen leaves is full down to level 2
    bytes32 private constant CLAIM = keccak256("Claim(uint256 serial,address to,uint256 deadline)");
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant BLIND_SEED = keccak256("known to the issuer until the draw");

    struct Seen {
        address owner;
        address approved;
        StampToken.State state;
        uint40 since;
        StampToken.VoidReason reason;
        uint8 variant;
        uint16 postmarks;
        bytes32 firstPostmark;
    }

    StampSeries public immutable series;
    address[] public people; // custody is the first
    uint256 public calls;

    bytes32[] private _nodes;
    Seen[] private _seen;
    mapping(uint256 call => mapping(uint256 serial => address)) private _promised; // to whom its good claims deliver

    constructor(bool blind, bool soulbound) {
        loadSeries();
        vm.warp(3 days);
        for (uint256 i = 1; i <= 6; ++i) people.push(vm.addr(i));
        address[] memory keys = new address[](EDITION);
        for (uint256 i = 0; i < EDITION; ++i) keys[i] = vm.addr(_key(i + 1));
        _nodes = Tree.build(keys);
        StampSeries.Config memory terms = usual(EDITION, people[0]);
        terms.editionRoot = _nodes[0];
        terms.soulbound = soulbound;
        terms.entropyBlock = blind ? block.number + 20 : 0;
        if (blind) terms.seed = keccak256(abi.encode(BLIND_SEED));
        terms.variantCounts = new uint32[](3);
        (terms.variantCounts[0], terms.variantCounts[1], terms.variantCounts[2]) = (8, 4, 1);
        series = issue(terms);
        _remember();
    }

    // What collectors do

    function claim(uint256 any, uint256 luck) external {
        (StampSeries.ClaimRequest memory request, bytes32[] memory proof, bool good) = _request(any, luck, 0);
        good = good && _seen[request.serial - 1].state == StampToken.State.Unclaimed;
        bytes memory signature = abi.encodePacked(
            request.r,
            request.vs & bytes32(type(uint256).max >> 1),
            uint8(27 + (uint256(request.vs) >> 255))
        );
        if (good) _promised[calls + 1][request.serial] = request.to;
        bool done = _act(
            _person(luck),
            abi.encodeCall(series.claim, (request.serial, request.to, request.deadline, proof, signature))
        );
        require(done == good, good ? "a good claim was refused" : "a bad claim was carried out");
    }

    function claimBatch(uint256 any, uint256 luck) external {
        uint256 level = _stir(luck) % LEVELS;
        bytes memory proofs;
        StampSeries.ClaimRequest[] memory requests = new StampSeries.ClaimRequest[](1 + (_stir(any) % 5));
        for (uint256 i = 0; i < requests.length; ++i) {
            bytes32[] memory proof;
            bool good;
            (requests[i], proof, good) = _request(uint256(keccak256(abi.encode(any, i))), luck ^ (i << 64), level);
            proofs = bytes.concat(proofs, abi.encodePacked(proof));
            uint256 serial = requests[i].serial;
            bool open = _seen[serial - 1].state == StampToken.State.Unclaimed && _promised[calls + 1][serial] == address(0);
            if (good && open) _promised[calls + 1][serial] = requests[i].to;
        }
        bytes32[] memory nodes = new bytes32[](proofs.length / 32);
        for (uint256 i = 0; i < nodes.length; ++i) {
            bytes32 node;
            assembly ("memory-safe") {
                node := mload(add(add(proofs, 0x20), mul(i, 0x20)))
            }
            nodes[i] = node;
        }
        bytes memory call = abi.encodeCall(series.claimBatch, (requests, nodes, Tree.crown(_nodes, level)));
        require(_act(_person(luck), call), "a batch was refused");
        for (uint256 i = 0; i < requests.length; ++i) {
            address to = _promised[calls][requests[i].serial];
            if (to != address(0)) require(series.ownerOf(requests[i].serial) == to, "a good claim was refused");
        }
    }

    function transfer(uint256 any, uint256 luck, bool safe) external {
        uint256 serial = _serial(any);
        address owner = series.ownerOf(serial);
        address to = _person(any ^ 1);
        address sender = _stir(luck) % 3 == 0 ? _person(luck) : owner;
        bool right = sender == owner || series.isApprovedForAll(owner, sender) || series.getApproved(serial) == sender;
        StampToken.State state = series.stampOf(serial).state;
        bool free = state == StampToken.State.Unclaimed || (state != StampToken.State.Void && !series.soulbound());
        bool done = _act(
            sender,
            safe
                ? abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", owner, to, serial)
                : abi.encodeCall(series.transferFrom, (owner, to, serial))
        );
        require(done == (right && free), "a transfer");
    }

    function transferFromAnother(uint256 any, uint256 luck) external {
        uint256 serial = _serial(any);
        address from = _person(luck);
        if (from == series.ownerOf(serial)) return;
        bytes memory call = abi.encodeCall(series.transferFrom, (from, _person(any ^ 1), serial));
        require(!_act(_person(any ^ 2), call), "sent from an account that does not own it");
    }

    function approve(uint256 any, uint256 luck) external {
        uint256 serial = _serial(any);
        address owner = series.ownerOf(serial);
        address sender = _stir(luck) % 3 == 0 ? _person(luck) : owner;
        address to = _stir(any) % 4 == 0 ? address(0) : _person(any);
        bool right = sender == owner || series.isApprovedForAll(owner, sender);
        require(_act(sender, abi.encodeCall(series.approve, (to, serial))) == right, "an approval");
        if (right) require(series.getApproved(serial) == to, "approved");
    }

    function approveForAll(uint256 any, uint256 luck) external {
        _act(_person(any), abi.encodeCall(series.setApprovalForAll, (_person(luck), _stir(luck) % 2 == 0)));
    }

    // What a post does

    function voidStamps(uint256 any, uint256 luck) external {
        uint256[] memory serials = new uint256[](1 + (_stir(luck) % 3));
        bool right = true;
        for (uint256 i = 0; i < serials.length; ++i) {
            serials[i] = 1 + (_stir(any) + i * 5) % EDITION;
            right = right && _seen[serials[i] - 1].state == StampToken.State.Unclaimed;
        }
        if (_stir(any ^ 1) % 4 != 0) return; // or soon nothing could be claimed
        address sender = _stir(luck ^ 1) % 4 == 0 ? _person(luck) : address(this);
        bytes memory call = abi.encodeCall(series.voidStamps, (serials, _reason(luck)));
        require(_act(sender, call) == (right && sender == address(this)), "a void");
    }

    function voidRange(uint256 any, uint256 luck) external {
        uint256 first = _serial(any);
        uint256 last = bound(_stir(luck), first, first + 3);
        if (_stir(any ^ 1) % 8 != 0) return;
        address sender = _stir(luck ^ 1) % 4 == 0 ? _person(luck) : address(this);
        bytes memory call = abi.encodeCall(series.voidRange, (first, last, _reason(luck)));
        require(_act(sender, call) == (last <= EDITION && sender == address(this)), "a range");
    }

    function postmark(uint256 any, uint256 luck) external {
        uint256[] memory serials = new uint256[](2);
        (serials[0], serials[1]) = (_serial(any), _serial(luck));
        bool right = _seen[serials[0] - 1].state != StampToken.State.Void;
        right = right && _seen[serials[1] - 1].state != StampToken.State.Void;
        address sender = _stir(luck ^ 1) % 4 == 0 ? _person(luck) : address(this);
        uint32 day = uint32(_stir(any) % 3);
        StampSeries.PostmarkKind kind = StampSeries.PostmarkKind(_stir(luck) % 3);
        bytes memory call = abi.encodeCall(series.postmark, (serials, bytes12("AMPHIBIA-7"), day, kind));
        require(_act(sender, call) == (right && sender == address(this)), "a postmark");
    }

    function draw(uint256 any) external {
        vm.roll(block.number + (_stir(any) % 8));
        if (series.entropyBlock() < block.number && series.entropyBlock() != 0) {
            vm.setBlockhash(series.entropyBlock(), keccak256("the block that decides"));
        }
        _act(_person(any), abi.encodeCall(series.captureEntropy, ()));
        bytes32 seed = _stir(any) % 2 == 0 ? BLIND_SEED : bytes32(any);
        bool right = series.raritySeed() == 0 && series.entropy() != 0 && seed == BLIND_SEED;
        require(_act(_person(any), abi.encodeCall(series.reveal, (seed))) == right, "a reveal");
    }

    // The rules of every call

    function _act(address sender, bytes memory call) private returns (bool done) {
        ++calls;
        vm.warp(block.timestamp + 1);
        if (sender != address(this)) vm.prank(sender);
        (done, ) = address(series).call(call);
        for (uint256 serial = 1; serial <= EDITION; ++serial) {
            Seen memory before = _seen[serial - 1];
            Seen memory now_ = _look(serial);
            if (!done) require(keccak256(abi.encode(before)) == keccak256(abi.encode(now_)), "refused, yet changed");
            else _checkChange(sender, serial, before, now_);
        }
        if (done) _remember();
    }

    function _checkChange(address sender, uint256 serial, Seen memory before, Seen memory now_) private view {
        require(now_.postmarks >= before.postmarks, "a postmark is gone");
        if (before.postmarks != 0) require(now_.firstPostmark == before.firstPostmark, "the first postmark changed");
        if (now_.postmarks != before.postmarks) require(sender == address(this), "only the post cancels");
        if (before.variant != 255) require(now_.variant == before.variant, "a variant changed");

        if (before.state == StampToken.State.Unclaimed && now_.state != StampToken.State.Unclaimed) {
            require(now_.since == block.timestamp, "when it left custody or was voided");
            // Whoever was approved for a void stamp can do nothing with that: it never moves.
            bool isVoid = now_.state == StampToken.State.Void;
            require(isVoid || now_.approved == address(0), "what custody had approved ends");
            if (isVoid) {
                require(sender == address(this) && now_.owner == people[0], "only the post voids");
                require(now_.reason != StampToken.VoidReason.None, "for a reason");
            } else if (now_.state == StampToken.State.Claimed) {
                address to = _promised[calls][serial];
                require(to != address(0) && now_.owner == to, "claimed without its key");
            } else {
                require(now_.owner != people[0], "delivered to custody");
                require(_mayMove(sender, before), "delivered by a stranger");
            }
            return;
        }
        require(now_.state == before.state, "a state was undone");
        require(now_.since == before.since && now_.reason == before.reason, "a date or reason changed");
        if (now_.owner == before.owner) return;
        require(before.state != StampToken.State.Void && before.state != StampToken.State.Unclaimed, "moved, not left");
        require(!series.soulbound(), "soulbound, yet moved");
        require(_mayMove(sender, before), "moved by a stranger");
        require(now_.approved == address(0), "an approval outlived a transfer");
    }

    function _mayMove(address sender, Seen memory before) private view returns (bool) {
        return
            sender == before.owner || sender == before.approved || series.isApprovedForAll(before.owner, sender);
    }

    function _look(uint256 serial) private view returns (Seen memory) {
        StampSeries.Stamp memory stamp = series.stampOf(serial);
        require(stamp.owner == series.ownerOf(serial), "two owners");
        require(stamp.blockNumber == block.number, "another block");
        return
            Seen(
                stamp.owner,
                series.getApproved(serial),
                stamp.state,
                stamp.since,
                stamp.voidReason,
                stamp.variant,
                stamp.postmarks,
                keccak256(abi.encode(stamp.firstPostmark))
            );
    }

    function _remember() private {
        delete _seen;
        for (uint256 serial = 1; serial <= EDITION; ++serial) _seen.push(_look(serial));
    }

    // What is chosen

    /// @dev Return a claim, and whether it is good but for the state of its stamp: half of them are.
    function _request(
        uint256 any,
        uint256 luck,
        uint256 level
    ) private view returns (StampSeries.ClaimRequest memory request, bytes32[] memory proof, bool good) {
        uint256 wrong = _stir(luck ^ any) % 8;
        request.serial = _serial(any);
        request.to = wrong == 1 ? people[0] : wrong == 2 ? address(series) : people[1 + (_stir(any ^ 3) % 5)];
        request.deadline = wrong == 3 ? block.timestamp : block.timestamp + 1000;
        uint256 signer = wrong == 4 ? _key(request.serial % EDITION + 1) : _key(request.serial);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, _digest(request));
        request.r = r;
        request.vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        if (wrong == 5) request.to = people[1 + (_stir(any ^ 3) + 1) % 5];
        uint256 proven = wrong == 6 ? request.serial % EDITION + 1 : request.serial;
        bytes32 leaf = Tree.leafOf(proven, vm.addr(_key(proven)));
        (proof, request.place) = Tree.prove(_nodes, leaf, level);
        request.place = (request.place << 8) | proof.length;
        good = wrong == 0 || wrong == 7;
    }

    function _digest(StampSeries.ClaimRequest memory request) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256("Cryptostamp"), keccak256("1"), block.chainid, address(series))
        );
        bytes32 message = keccak256(abi.encode(CLAIM, request.serial, request.to, request.deadline));
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _key(uint256 serial) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("claim key", serial)));
    }

    /// @dev Foundry likes numbers that it has seen before; taken modulo something small they are too much alike.
    function _stir(uint256 any) private view returns (uint256) {
        return uint256(keccak256(abi.encode(any, calls)));
    }

    function _serial(uint256 any) private view returns (uint256) {
        return 1 + (_stir(any) % EDITION);
    }

    function _person(uint256 any) private view returns (address) {
        return people[_stir(any) % people.length];
    }

    function _reason(uint256 any) private view returns (StampToken.VoidReason) {
        return StampToken.VoidReason(1 + (_stir(any) % 4));
    }
}

/// @dev What holds in every state of a series that anybody can bring about.
abstract contract SeriesInvariants is Base {
    SeriesHandler internal handler;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev One campaign for all, because each would play the same calls again.
    function invariant_theSeriesIsSound() external view {
        StampSeries series = handler.series();
        uint256 edition = handler.EDITION();
        uint256[6] memory owned;
        uint256[3] memory variants;
        bool revealed = series.raritySeed() != 0;
        for (uint256 serial = 1; serial <= edition; ++serial) {
            StampSeries.Stamp memory stamp = series.stampOf(serial);
            bool left = stamp.state == StampToken.State.Claimed || stamp.state == StampToken.State.Delivered;
            require(left || stamp.owner == handler.people(0), "what has not left is custody's");
            bool isVoid = stamp.state == StampToken.State.Void;
            require(isVoid == (stamp.voidReason != StampToken.VoidReason.None), "void for a reason, and only then");
            require((stamp.since == 0) == (stamp.state == StampToken.State.Unclaimed), "since");
            require(series.locked(serial) == (left && series.soulbound()), "locked");
            require(revealed == (stamp.variant != 255), "a variant before the draw");
            if (revealed) ++variants[stamp.variant];
            for (uint256 i = 0; i < 6; ++i) if (stamp.owner == handler.people(i)) ++owned[i];
        }
        uint256 sum = 0;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 balance = series.balanceOf(handler.people(i));
            require(balance == owned[i], "a balance is the number of tokens owned");
            sum += balance;
        }
        require(sum == edition && series.totalSupply() == edition, "the supply is the edition");
        if (revealed) require(variants[0] == 8 && variants[1] == 4 && variants[2] == 1, "the counts are exact");
    }
}

contract PrintedSeriesInvariants is SeriesInvariants {
    function setUp() external {
        handler = new SeriesHandler(false, false);
    }
}

contract BlindSoulboundSeriesInvariants is SeriesInvariants {
    function setUp() external {
        handler = new SeriesHandler(true, true);
    }
}

/// @dev What a series does for any terms.
contract SeriesTerms is Issuing {
    function setUp() external {
        loadSeries();
    }

    /// @dev For any seed, any edition and any split into variants, each variant is dealt as often as announced.
    function testFuzz_countsAreExact(bytes32 seed, uint256 edition, uint256 cut, bool blind) external {
        vm.assume(seed != 0);
        edition = bound(edition, 1, 200);
        StampSeries.Config memory terms = usual(edition, address(0xC0));
        if (edition > 1) {
            terms.variantCounts = new uint32[](2);
            terms.variantCounts[0] = uint32(bound(cut, 1, edition - 1));
            terms.variantCounts[1] = uint32(edition - terms.variantCounts[0]);
        }
        terms.seed = blind ? keccak256(abi.encode(seed)) : seed;
        terms.entropyBlock = blind ? block.number + 1 : 0;
        StampSeries series = issue(terms);
        if (blind) {
            vm.roll(block.number + 2);
            vm.setBlockhash(terms.entropyBlock, keccak256(abi.encode(seed, cut)));
            series.captureEntropy();
            series.reveal(seed);
        }
        uint256 second = 0;
        for (uint256 serial = 1; serial <= edition; ++serial) second += series.variantOf(serial);
        require(second == (edition > 1 ? terms.variantCounts[1] : 0), "not as announced");
    }

    /// @dev Nothing is owned, claimed, sent, voided or cancelled outside 1..edition.
    function testFuzz_nothingBeyondTheEdition(uint256 edition, uint256 serial) external {
        edition = bound(edition, 1, 16_000_000);
        if (serial != 0 && serial <= edition) serial += edition;
        StampSeries series = issue(usual(edition, address(this)));
        uint256[] memory serials = new uint256[](1);
        serials[0] = serial;
        bytes[7] memory calls = [
            abi.encodeCall(series.ownerOf, (serial)),
            abi.encodeCall(series.stampOf, (serial)),
            abi.encodeCall(series.transferFrom, (address(this), address(1), serial)),
            abi.encodeCall(series.approve, (address(1), serial)),
            abi.encodeCall(series.voidStamps, (serials, StampToken.VoidReason.Lost)),
            abi.encodeCall(series.voidRange, (edition, serial, StampToken.VoidReason.Lost)),
            abi.encodeCall(series.postmark, (serials, "A", 0, StampSeries.PostmarkKind.Regular))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, ) = address(series).call(calls[i]);
            require(!done, "beyond the edition");
        }
    }
}
