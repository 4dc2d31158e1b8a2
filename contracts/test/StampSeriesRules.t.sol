// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {PostalRegistry} from "../src/PostalRegistry.sol";
import {StampDraw} from "../src/StampDraw.sol";
import {StampRoles} from "../src/StampRoles.sol";
import {StampSeries} from "../src/StampSeries.sol";
import {StampToken} from "../src/StampToken.sol";
import {Issuing} from "./StampSeries.t.sol";
import {Tree} from "./support/Tree.sol";

/// @dev Takes tokens, or takes them wrongly.
contract Receiver {
    bytes4 private immutable _answer;

    constructor(bytes4 answer) {
        _answer = answer;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external view returns (bytes4) {
        return _answer;
    }
}

/// @dev The rules that campaigns do not come by: terms that are refused, roles, royalty, metadata, malformed claims and
/// batches, the draw without its issuer. Each refusal is compared with the selector of its error.
contract StampSeriesRules is Issuing {
    uint256 private constant EDITION = 5;
    address private constant CUSTODY = address(0xC0);
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    bytes32 private constant POSTMARKS_SLOT = bytes32(uint256(18));

    StampSeries private _series;
    bytes32[] private _nodes;

    function setUp() external {
        loadSeries();
        vm.warp(100 days);
        address[] memory keys = new address[](EDITION);
        for (uint256 i = 0; i < EDITION; ++i) keys[i] = vm.addr(i + 1);
        _nodes = Tree.build(keys);
        _series = issue(_terms());
    }

    // The terms

    function issueFor(StampSeries.Config calldata terms) external returns (StampSeries) {
        return issue(terms);
    }

    function test_termsThatAreRefused() external {
        StampSeries.Config memory terms = _terms();
        terms.custody = address(0);
        _refusesTerms(terms, StampToken.InvalidCustody.selector);
        terms = _terms();
        terms.edition = 0;
        _refusesTerms(terms, StampToken.InvalidEdition.selector);
        terms.edition = 16_000_001;
        _refusesTerms(terms, StampToken.InvalidEdition.selector);
        terms = _terms();
        terms.editionRoot = 0;
        _refusesTerms(terms, StampSeries.InvalidEditionRoot.selector);
        terms = _terms();
        terms.admin = address(0);
        _refusesTerms(terms, StampRoles.InvalidRoles.selector);
        terms = _terms();
        terms.seed = 0;
        _refusesTerms(terms, StampDraw.InvalidSeed.selector);
        terms = _terms();
        terms.entropyBlock = block.number;
        _refusesTerms(terms, StampDraw.InvalidEntropyBlock.selector);
        terms.entropyBlock = block.number + 60_000_001;
        _refusesTerms(terms, StampDraw.InvalidEntropyBlock.selector);
        terms = _terms();
        terms.royaltyBps = 1_001;
        _refusesTerms(terms, StampSeries.InvalidRoyalty.selector);
    }

    function test_countsThatAreRefused() external {
        StampSeries.Config memory terms = _terms();
        terms.variantCounts = new uint32[](0);
        _refusesTerms(terms, StampDraw.InvalidVariantCounts.selector);
        terms.variantCounts = new uint32[](256);
        _refusesTerms(terms, StampDraw.InvalidVariantCounts.selector);
        terms.variantCounts = new uint32[](2);
        terms.variantCounts[0] = uint32(EDITION);
        _refusesTerms(terms, StampDraw.InvalidVariantCounts.selector);
        terms.variantCounts[1] = 1;
        _refusesTerms(terms, StampDraw.InvalidVariantCounts.selector);
    }

    function test_termsAreWhatTheContractTells() external view {
        require(_series.totalSupply() == EDITION && _series.balanceOf(CUSTODY) == EDITION, "edition");
        require(_series.variantCounts().length == 1 && _series.variantCounts()[0] == EDITION, "counts");
        require(!_series.locked(1) && !_series.metadataFrozen(), "flags");
        (bytes1 fields, string memory name, string memory version, uint256 chain, address where, , ) = _series
            .eip712Domain();
        require(fields == 0x0f && chain == block.chainid && where == address(_series), "domain");
        require(_same(name, "Cryptostamp") && _same(version, "1"), "names of the domain");
        uint256[] memory serials = new uint256[](2);
        (serials[0], serials[1]) = (1, EDITION);
        require(_series.stampsOf(serials)[1].owner == CUSTODY, "stampsOf");
        require(!_series.supportsInterface(0xffffffff) && _series.supportsInterface(0x80ac58cd), "ERC-165");
        bytes4[6] memory known = [
            bytes4(0x01ffc9a7),
            bytes4(0x5b5e139f),
            bytes4(0x2a55205a),
            bytes4(0x49064906),
            bytes4(0xb45a3c0e),
            bytes4(0x84b0196e)
        ];
        for (uint256 i = 0; i < known.length; ++i) require(_series.supportsInterface(known[i]), "an interface");
    }

    // ERC-721

    function test_whatErc721Refuses() external {
        _refuses(ALICE, abi.encodeCall(_series.balanceOf, (address(0))), IERC721Errors.ERC721InvalidOwner.selector);
        _refuses(ALICE, abi.encodeCall(_series.ownerOf, (0)), IERC721Errors.ERC721NonexistentToken.selector);
        _refuses(
            ALICE,
            abi.encodeCall(_series.setApprovalForAll, (address(0), true)),
            IERC721Errors.ERC721InvalidOperator.selector
        );
        _refuses(
            CUSTODY,
            abi.encodeCall(_series.transferFrom, (CUSTODY, address(0), 1)),
            IERC721Errors.ERC721InvalidReceiver.selector
        );
        _refuses(
            CUSTODY,
            abi.encodeCall(_series.transferFrom, (ALICE, BOB, 1)),
            IERC721Errors.ERC721IncorrectOwner.selector
        );
        _refuses(
            ALICE,
            abi.encodeCall(_series.transferFrom, (CUSTODY, ALICE, 1)),
            IERC721Errors.ERC721InsufficientApproval.selector
        );
        _refuses(ALICE, abi.encodeCall(_series.approve, (ALICE, 1)), IERC721Errors.ERC721InvalidApprover.selector);
    }

    function test_approvalsAndWaysOfAToken() external {
        vm.prank(CUSTODY);
        _series.approve(ALICE, 1);
        vm.prank(CUSTODY);
        _series.approve(BOB, 1);
        require(_series.getApproved(1) == BOB, "the last one counts");
        vm.prank(CUSTODY);
        _series.approve(address(0), 1);
        vm.prank(CUSTODY);
        _series.approve(address(0), 1);
        require(_series.getApproved(1) == address(0), "taken back");
        vm.prank(CUSTODY);
        _series.transferFrom(CUSTODY, CUSTODY, 1);
        require(_series.stampOf(1).state == StampToken.State.Unclaimed, "it has not left");
        vm.prank(CUSTODY);
        _series.transferFrom(CUSTODY, ALICE, 1);
        vm.prank(ALICE);
        _series.transferFrom(ALICE, BOB, 1);
        require(_series.stampOf(1).state == StampToken.State.Delivered && _series.ownerOf(1) == BOB, "delivered");
        _series.voidRange(2, 2, StampToken.VoidReason.Stolen);
        require(_series.stampOf(2).voidReason == StampToken.VoidReason.Stolen, "void");
        _refuses(CUSTODY, abi.encodeCall(_series.transferFrom, (CUSTODY, ALICE, 2)), StampToken.StampIsVoid.selector);
    }

    function test_safeTransfersAskTheReceiver() external {
        address good = address(new Receiver(0x150b7a02));
        vm.prank(CUSTODY);
        _series.safeTransferFrom(CUSTODY, good, 1);
        require(_series.ownerOf(1) == good, "delivered");
        address bad = address(new Receiver(0xffffffff));
        bytes memory call = abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", CUSTODY, bad, 2);
        _refuses(CUSTODY, call, IERC721Errors.ERC721InvalidReceiver.selector);
        require(_series.ownerOf(2) == CUSTODY, "nothing happened");
    }

    function test_soulboundTokensStay() external {
        StampSeries.Config memory terms = _terms();
        terms.soulbound = true;
        _series = issue(terms);
        vm.prank(CUSTODY);
        _series.transferFrom(CUSTODY, ALICE, 1);
        require(_series.locked(1) && !_series.locked(2), "locked");
        _refuses(ALICE, abi.encodeCall(_series.transferFrom, (ALICE, BOB, 1)), StampToken.TokenLocked.selector);
    }

    // Claims

    function test_malformedSignatures() external {
        bytes32[] memory proof = _proof(1, 0);
        bytes memory good = _sign(1, ALICE);
        (bytes32 r, bytes32 s, uint8 v) = _parts(good);
        bytes32 high = bytes32(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141 - uint256(s));
        require(uint256(high) > HALF_ORDER, "the other spelling");
        bytes[5] memory bad = [
            abi.encodePacked(r, s),
            abi.encodePacked(good, uint8(0)),
            abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, uint8(v - 27)),
            abi.encodePacked(bytes32(0), s, v)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            bytes memory call = abi.encodeCall(_series.claim, (1, ALICE, block.timestamp, proof, bad[i]));
            _refuses(BOB, call, StampSeries.InvalidSignature.selector);
        }
        vm.prank(BOB);
        _series.claim(1, ALICE, block.timestamp, proof, good);
        require(_series.ownerOf(1) == ALICE, "the good one counts");
    }

    function test_claimsThatNoSignatureSaves() external {
        bytes32[] memory proof = _proof(1, 0);
        bytes memory signature = _sign(1, ALICE);
        uint256 now_ = block.timestamp;
        bytes memory call = abi.encodeCall(_series.claim, (6, ALICE, now_, proof, signature));
        _refuses(BOB, call, StampToken.NotInEdition.selector);
        address[3] memory nobody = [address(0), CUSTODY, address(_series)];
        for (uint256 i = 0; i < nobody.length; ++i) {
            call = abi.encodeCall(_series.claim, (1, nobody[i], now_, proof, signature));
            _refuses(BOB, call, StampSeries.InvalidRecipient.selector);
        }
        call = abi.encodeCall(_series.claim, (1, ALICE, now_ - 1, proof, signature));
        _refuses(BOB, call, StampSeries.ClaimExpired.selector);
        call = abi.encodeCall(_series.claim, (1, BOB, now_, proof, signature));
        _refuses(BOB, call, StampSeries.InvalidProof.selector);
        _series.claim(1, ALICE, now_, proof, signature);
        call = abi.encodeCall(_series.claim, (1, ALICE, now_, proof, signature));
        _refuses(BOB, call, StampToken.AlreadyClaimed.selector);
    }

    function test_claimKeysCanBeChecked() external view {
        require(_series.isClaimKey(1, vm.addr(1), _proof(1, 0)), "its own key");
        require(!_series.isClaimKey(1, vm.addr(2), _proof(1, 0)), "another's");
        require(!_series.isClaimKey(2, vm.addr(1), _proof(1, 0)), "another serial");
    }

    function test_batchesThatAreRefusedAsAWhole() external {
        StampSeries.ClaimRequest[] memory requests = new StampSeries.ClaimRequest[](1);
        requests[0] = _request(1, ALICE, 0);
        bytes32[] memory proof = _proof(1, 0);
        bytes32[] memory root = Tree.crown(_nodes, 0);
        bytes32[] memory none = new bytes32[](0);
        bytes32[] memory three = new bytes32[](3);
        bytes32[] memory wrong = new bytes32[](1);
        bytes4 invalid = StampSeries.InvalidCrown.selector;
        _refuses(BOB, abi.encodeCall(_series.claimBatch, (requests, proof, none)), invalid);
        _refuses(BOB, abi.encodeCall(_series.claimBatch, (requests, proof, three)), invalid);
        _refuses(BOB, abi.encodeCall(_series.claimBatch, (requests, proof, wrong)), invalid);
        _refuses(BOB, abi.encodeCall(_series.claimBatch, (requests, none, root)), invalid);
        _series.claimBatch(requests, proof, root);
        require(_series.ownerOf(1) == ALICE, "the good batch counts");
    }

    function test_aNodeBeyondTheCrownProvesNothing() external {
        StampSeries.ClaimRequest[] memory requests = new StampSeries.ClaimRequest[](1);
        requests[0] = _request(1, ALICE, 0);
        requests[0].place += 256;
        _series.claimBatch(requests, _proof(1, 0), Tree.crown(_nodes, 0));
        require(_series.ownerOf(1) == CUSTODY, "not claimed");
    }

    // The issuer

    function test_whoMayDoWhat() external {
        uint256[] memory one = new uint256[](1);
        one[0] = 1;
        bytes4 missing = StampRoles.MissingRole.selector;
        bytes4 admin = StampRoles.NotAdmin.selector;
        _refuses(ALICE, abi.encodeCall(_series.voidStamps, (one, StampToken.VoidReason.Lost)), missing);
        _refuses(ALICE, abi.encodeCall(_series.voidRange, (1, 2, StampToken.VoidReason.Lost)), missing);
        _refuses(ALICE, abi.encodeCall(_series.setRoyalty, (ALICE, 1)), missing);
        _refuses(ALICE, abi.encodeCall(_series.setBaseURI, ("x/")), missing);
        _refuses(ALICE, abi.encodeCall(_series.freezeMetadata, ()), missing);
        _refuses(
            ALICE,
            abi.encodeCall(_series.postmark, (one, "OFFICE", 1, StampSeries.PostmarkKind.Regular)),
            missing
        );
        _refuses(ALICE, abi.encodeCall(_series.setRoles, (ALICE, 3)), admin);
        _refuses(ALICE, abi.encodeCall(_series.offerAdmin, (ALICE)), admin);
        _refuses(ALICE, abi.encodeCall(_series.renounceAdmin, ()), admin);
        _refuses(ALICE, abi.encodeCall(_series.acceptAdmin, ()), StampRoles.NotOffered.selector);
        bytes4 invalid = StampRoles.InvalidRoles.selector;
        _refuses(address(this), abi.encodeCall(_series.setRoles, (ALICE, 4)), invalid);
        _refuses(address(this), abi.encodeCall(_series.setRoles, (address(0), 1)), invalid);
    }

    function test_rolesAndTheirAdministrator() external {
        _series.setRoles(ALICE, 1);
        vm.prank(ALICE);
        _series.voidRange(1, 1, StampToken.VoidReason.Spoiled);
        _series.setRoles(ALICE, 0);
        bytes memory call = abi.encodeCall(_series.voidRange, (2, 2, StampToken.VoidReason.Spoiled));
        _refuses(ALICE, call, StampRoles.MissingRole.selector);

        _series.offerAdmin(BOB);
        require(_series.admin() == address(this) && _series.offeredAdmin() == BOB, "offered only");
        vm.prank(BOB);
        _series.acceptAdmin();
        require(_series.admin() == BOB && _series.offeredAdmin() == address(0), "handed over");
        vm.prank(BOB);
        _series.renounceAdmin();
        _refuses(BOB, abi.encodeCall(_series.setRoles, (BOB, 3)), StampRoles.NotAdmin.selector);
        _refuses(BOB, abi.encodeCall(_series.acceptAdmin, ()), StampRoles.NotOffered.selector);
    }

    function test_royalty() external {
        bytes4 invalid = StampSeries.InvalidRoyalty.selector;
        _refuses(address(this), abi.encodeCall(_series.setRoyalty, (ALICE, 1_001)), invalid);
        _refuses(address(this), abi.encodeCall(_series.setRoyalty, (address(0), 1)), invalid);
        _refuses(address(this), abi.encodeCall(_series.setRoyalty, (ALICE, 0)), invalid);
        _series.setRoyalty(ALICE, 1_000);
        (address receiver, uint256 amount) = _series.royaltyInfo(1, 12_345);
        require(receiver == ALICE && amount == 1_234, "ten per cent");
        _series.setRoyalty(address(0), 0);
        (receiver, amount) = _series.royaltyInfo(1, 12_345);
        require(receiver == address(0) && amount == 0, "none");
    }

    function test_metadata() external {
        require(_same(_series.contractURI(), "") && _same(_series.tokenURI(1), ""), "none yet");
        _series.setBaseURI("ipfs://folder/");
        require(_same(_series.contractURI(), "ipfs://folder/series.json"), "series");
        require(_same(_series.tokenURI(5), "ipfs://folder/5.json"), "stamp");
        _refuses(BOB, abi.encodeCall(_series.tokenURI, (6)), IERC721Errors.ERC721NonexistentToken.selector);
        _series.freezeMetadata();
        bytes4 frozen = StampSeries.MetadataIsFrozen.selector;
        _refuses(address(this), abi.encodeCall(_series.setBaseURI, ("elsewhere/")), frozen);
        _refuses(address(this), abi.encodeCall(_series.freezeMetadata, ()), frozen);

        StampSeries.Config memory terms = _terms();
        (terms.metadataFrozen, terms.baseURI, terms.edition) = (true, "a/", 16_000_000);
        terms.variantCounts[0] = 16_000_000;
        StampSeries large = issue(terms);
        require(large.metadataFrozen() && _same(large.tokenURI(16_000_000), "a/16000000.json"), "frozen from the start");
        require(_same(large.tokenURI(9), "a/9.json") && _same(large.tokenURI(10), "a/10.json"), "digits");
    }

    function test_voidsThatAreRefused() external {
        bytes4 invalid = StampToken.InvalidRange.selector;
        StampToken.VoidReason lost = StampToken.VoidReason.Lost;
        _refuses(address(this), abi.encodeCall(_series.voidRange, (0, 1, lost)), invalid);
        _refuses(address(this), abi.encodeCall(_series.voidRange, (1, 6, lost)), invalid);
        _refuses(address(this), abi.encodeCall(_series.voidRange, (2, 1, lost)), invalid);
        bytes memory call = abi.encodeCall(_series.voidRange, (1, 1, StampToken.VoidReason.None));
        _refuses(address(this), call, StampToken.VoidReasonMissing.selector);
        uint256[] memory twice = new uint256[](2);
        (twice[0], twice[1]) = (3, 3);
        call = abi.encodeCall(_series.voidStamps, (twice, lost));
        _refuses(address(this), call, StampToken.StampIsVoid.selector);
        require(_series.stampOf(3).state == StampToken.State.Unclaimed, "nothing of it happened");
    }

    function test_postmarks() external {
        uint256[] memory one = new uint256[](1);
        one[0] = 2;
        StampSeries.PostmarkKind first = StampSeries.PostmarkKind.FirstDay;
        _refuses(
            address(this),
            abi.encodeCall(_series.postmark, (one, bytes12(0), 100, first)),
            StampSeries.InvalidOffice.selector
        );
        // It is midnight of day 100 in UTC, so day 100 has begun and day 101 has not, even furthest in the east.
        _refuses(
            address(this),
            abi.encodeCall(_series.postmark, (one, "LILYPOND-1", 101, first)),
            StampSeries.InvalidDay.selector
        );
        _series.voidRange(1, 1, StampToken.VoidReason.Lost);
        one[0] = 1;
        bytes memory call = abi.encodeCall(_series.postmark, (one, "LILYPOND-1", 100, first));
        _refuses(address(this), call, StampToken.StampIsVoid.selector);
        one[0] = 2;
        _series.postmark(one, "LILYPOND-1", 100, first);
        vm.warp(100 days + 10 hours);
        _series.postmark(one, "LILYPOND-2", 101, StampSeries.PostmarkKind.Special);
        StampSeries.Postmark memory second = _series.postmarkOf(2, 2);
        require(second.office == "LILYPOND-2" && second.day == 101, "the second");
        require(second.recordedAt == 100 days + 10 hours, "recorded at");
        require(_series.postmarkOf(2, 1).office == "LILYPOND-1", "the first");
        bytes4 unknown = StampSeries.NoSuchPostmark.selector;
        _refuses(BOB, abi.encodeCall(_series.postmarkOf, (2, 0)), unknown);
        _refuses(BOB, abi.encodeCall(_series.postmarkOf, (2, 3)), unknown);
        _refuses(BOB, abi.encodeCall(_series.postmarkOf, (6, 1)), unknown);
    }

    function test_aStampCanBeFullOfPostmarks() external {
        uint256[] memory one = new uint256[](1);
        one[0] = 2;
        _series.postmark(one, "LILYPOND-1", 1, StampSeries.PostmarkKind.Regular);
        bytes32 slot = keccak256(abi.encode(uint256(2), POSTMARKS_SLOT));
        vm.store(address(_series), slot, vm.load(address(_series), slot) | bytes32(uint256(0xffff)));
        require(_series.stampOf(2).postmarks == 65_535, "the slot is that of the postmarks");
        bytes memory call = abi.encodeCall(
            _series.postmark,
            (one, "LILYPOND-1", 1, StampSeries.PostmarkKind.Regular)
        );
        _refuses(address(this), call, StampSeries.TooManyPostmarks.selector);
    }

    // The draw

    function test_aPrintedSeriesHasNothingToReveal() external {
        _refuses(BOB, abi.encodeCall(_series.captureEntropy, ()), StampDraw.NothingToReveal.selector);
        _refuses(BOB, abi.encodeCall(_series.reveal, (keccak256("seed"))), StampDraw.NothingToReveal.selector);
        _refuses(BOB, abi.encodeCall(_series.variantOf, (0)), StampToken.NotInEdition.selector);
        _refuses(BOB, abi.encodeCall(_series.stampOf, (6)), StampToken.NotInEdition.selector);
        require(_series.variantOf(5) == 0, "there is one variant");
    }

    function test_theDrawInOrder() external {
        uint256 drawn = _blind();
        _refuses(BOB, abi.encodeCall(_series.variantOf, (1)), StampDraw.NotRevealed.selector);
        _refuses(BOB, abi.encodeCall(_series.reveal, ("seed")), StampDraw.EntropyNotCaptured.selector);
        vm.roll(drawn);
        _refuses(BOB, abi.encodeCall(_series.captureEntropy, ()), StampDraw.EntropyNotAvailable.selector);
        vm.roll(drawn + 1);
        vm.setBlockhash(drawn, keccak256("block"));
        _series.captureEntropy();
        require(_series.entropy() == keccak256("block"), "captured");
        _refuses(BOB, abi.encodeCall(_series.captureEntropy, ()), StampDraw.EntropyAlreadyCaptured.selector);
        _refuses(BOB, abi.encodeCall(_series.reveal, ("guess")), StampDraw.WrongSeed.selector);
        require(_series.stampOf(1).variant == 255, "not revealed");
        vm.warp(_series.revealDeadline());
        vm.prank(BOB);
        _series.reveal("seed");
        require(_series.raritySeed() == keccak256(abi.encode(bytes32("seed"), keccak256("block"))), "drawn");
        _refuses(BOB, abi.encodeCall(_series.reveal, ("seed")), StampDraw.NothingToReveal.selector);
    }

    function test_theDrawWithoutItsIssuer() external {
        uint256 drawn = _blind();
        vm.roll(drawn + 1);
        vm.setBlockhash(drawn, keccak256("block"));
        _series.captureEntropy();
        vm.warp(_series.revealDeadline() + 1);
        // The seed no longer counts, so that its holder cannot choose between two draws for ever.
        _series.reveal("seed");
        bytes32 late = keccak256(abi.encode(_series.seedCommitment(), keccak256("block")));
        require(_series.raritySeed() == late, "drawn from the commitment");
    }

    function test_theDrawThatNobodyCapturedInTime() external {
        uint256 drawn = _blind();
        vm.roll(drawn + 8_192 + 1);
        vm.setBlockhash(drawn + 8_192, keccak256("later block"));
        _series.captureEntropy();
        require(_series.entropy() == keccak256("later block"), "the block 8,192 later counts");
    }

    // Inside

    function _terms() private view returns (StampSeries.Config memory terms) {
        terms = usual(EDITION, CUSTODY);
        if (_nodes.length != 0) terms.editionRoot = _nodes[0];
    }

    /// @dev Issue a blind series and return the number of its block.
    function _blind() private returns (uint256 drawn) {
        StampSeries.Config memory terms = _terms();
        drawn = block.number + 10;
        (terms.entropyBlock, terms.seed) = (drawn, keccak256(abi.encode(bytes32("seed"))));
        _series = issue(terms);
    }

    function _refusesTerms(StampSeries.Config memory terms, bytes4 expected) private {
        (bool done, bytes memory answer) = address(this).call(abi.encodeCall(this.issueFor, (terms)));
        require(!done && bytes4(answer) == expected, "terms were not refused, or for another reason");
    }

    function _refuses(address sender, bytes memory call, bytes4 expected) private {
        vm.prank(sender);
        (bool done, bytes memory answer) = address(_series).call(call);
        require(!done && bytes4(answer) == expected, "not refused, or for another reason");
    }

    function _proof(uint256 serial, uint256 level) private view returns (bytes32[] memory proof) {
        (proof, ) = Tree.prove(_nodes, Tree.leafOf(serial, vm.addr(serial)), level);
    }

    function _request(
        uint256 serial,
        address to,
        uint256 level
    ) private view returns (StampSeries.ClaimRequest memory request) {
        (bytes32[] memory proof, uint256 place) = Tree.prove(_nodes, Tree.leafOf(serial, vm.addr(serial)), level);
        (bytes32 r, bytes32 s, uint8 v) = _parts(_sign(serial, to));
        request.serial = serial;
        request.to = to;
        request.deadline = block.timestamp;
        request.r = r;
        request.vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        request.place = place * 256 + proof.length;
    }

    function _sign(uint256 serial, address to) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Cryptostamp"),
                keccak256("1"),
                block.chainid,
                address(_series)
            )
        );
        bytes32 content = keccak256(
            abi.encode(keccak256("Claim(uint256 serial,address to,uint256 deadline)"), serial, to, block.timestamp)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(serial, keccak256(abi.encodePacked(hex"1901", domain, content)));
        return abi.encodePacked(r, s, v);
    }

    function _parts(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}

/// @dev What the campaigns of the registry do not come by.
contract PostalRegistryRules is Issuing {
    address private constant POST = address(0x9057);

    PostalRegistry private _registry;
    uint256 private _post;

    function setUp() external {
        _registry = PostalRegistry(
            deploy(creationCode("PostalRegistry", type(PostalRegistry).creationCode), abi.encode(address(this)))
        );
        uint256 first = _registry.proposePost("XL", "Lilypond Post", "lilypond.example", POST);
        _registry.withdrawProposal(first);
        _post = _registry.proposePost("XL", "Lilypond Post", "lilypond.example", POST);
        vm.prank(POST);
        _registry.acceptPost(_post);
        vm.prank(POST);
        _registry.registerSeries(address(this), address(this).codehash);
    }

    function test_whoEndsASuspension() external {
        address series = address(this);
        vm.prank(POST);
        _registry.suspendSeries(series, "looking into it");
        vm.prank(POST);
        _registry.reinstateSeries(series, "all is well");
        _registry.suspendSeries(series, "by the authority");
        bytes memory call = abi.encodeCall(_registry.reinstateSeries, (series, "no"));
        _refuses(_registry, POST, call, PostalRegistry.SuspendedByAuthority.selector);
        _registry.reinstateSeries(series, "by the authority");
        _refuses(_registry, POST, call, PostalRegistry.SeriesNotSuspended.selector);
    }

    function test_whoIsProposedAndAccepts() external {
        bytes4 notAllowed = PostalRegistry.NotAllowed.selector;
        uint256 next = _registry.proposePost("XL", "Pond Post", "pond.example", address(7));
        _refuses(_registry, POST, abi.encodeCall(_registry.acceptPost, (next)), notAllowed);
        bytes4 notAdmitted = PostalRegistry.NotAdmitted.selector;
        _refuses(_registry, address(this), abi.encodeCall(_registry.suspendPost, (next, "x")), notAdmitted);
        _refuses(
            _registry,
            POST,
            abi.encodeCall(_registry.acceptPost, (_post)),
            PostalRegistry.NotProposed.selector
        );
        bytes4 unknown = PostalRegistry.UnknownPost.selector;
        _refuses(_registry, POST, abi.encodeCall(_registry.acceptPost, (0)), unknown);
        _refuses(_registry, POST, abi.encodeCall(_registry.acceptPost, (99)), unknown);
    }

    function test_rotations() external {
        bytes4 none = PostalRegistry.NoRotation.selector;
        _refuses(_registry, POST, abi.encodeCall(_registry.cancelRotation, (_post)), none);
        _refuses(_registry, POST, abi.encodeCall(_registry.acceptRotation, (_post)), none);
        bytes4 notAllowed = PostalRegistry.NotAllowed.selector;
        _refuses(_registry, address(8), abi.encodeCall(_registry.proposeRotation, (_post, address(8))), notAllowed);
        _registry.proposeRotation(_post, address(8));
        _refuses(_registry, POST, abi.encodeCall(_registry.acceptRotation, (_post)), notAllowed);
        vm.prank(address(8));
        _registry.acceptRotation(_post);
        bytes memory call = abi.encodeCall(_registry.registerSeries, (address(this), address(this).codehash));
        _refuses(_registry, POST, call, PostalRegistry.NotAPost.selector);
        _refuses(_registry, address(9), call, PostalRegistry.NotAPost.selector);
        _refuses(_registry, address(8), call, PostalRegistry.SeriesAlreadyRegistered.selector);
    }

    function test_suspendedPosts() external {
        bytes memory reinstate = abi.encodeCall(_registry.reinstatePost, (_post, "back"));
        _refuses(_registry, address(this), reinstate, PostalRegistry.PostNotSuspended.selector);
        _registry.suspendPost(_post, "looking into it");
        bytes4 suspended = PostalRegistry.PostIsSuspended.selector;
        _refuses(_registry, address(this), abi.encodeCall(_registry.suspendPost, (_post, "again")), suspended);
        _refuses(_registry, POST, abi.encodeCall(_registry.revokeSeries, (address(this), "x")), suspended);
        _registry.reinstatePost(_post, "back");
        bytes memory call = abi.encodeCall(_registry.suspendPost, (_post, ""));
        _refuses(_registry, address(this), call, PostalRegistry.InvalidReasonText.selector);
    }

    function test_seriesThatCannotChange() external {
        bytes memory call = abi.encodeCall(_registry.suspendSeries, (address(1), "x"));
        _refuses(_registry, address(this), call, PostalRegistry.SeriesNotRegistered.selector);
        call = abi.encodeCall(_registry.suspendSeries, (address(this), ""));
        _refuses(_registry, address(this), call, PostalRegistry.InvalidReasonText.selector);
        _registry.suspendSeries(address(this), "looking into it");
        call = abi.encodeCall(_registry.suspendSeries, (address(this), "again"));
        _refuses(_registry, address(this), call, PostalRegistry.SeriesIsSuspended.selector);
        _registry.revokeSeries(address(this), "closed");
        _refuses(_registry, address(this), call, PostalRegistry.SeriesIsRevoked.selector);
        call = abi.encodeCall(_registry.registerSeries, (address(this), address(this).codehash));
        _refuses(_registry, POST, call, PostalRegistry.SeriesAlreadyRegistered.selector);
    }

    function test_aRevokedPostCanDoNothing() external {
        _registry.revokePost(_post, "closed");
        bytes4 revoked = PostalRegistry.PostIsRevoked.selector;
        _refuses(_registry, address(this), abi.encodeCall(_registry.suspendPost, (_post, "again")), revoked);
        _refuses(_registry, address(this), abi.encodeCall(_registry.revokePost, (_post, "again")), revoked);
        bytes memory call = abi.encodeCall(_registry.registerSeries, (address(this), address(this).codehash));
        _refuses(_registry, POST, call, revoked);
        _refuses(_registry, POST, abi.encodeCall(_registry.proposeRotation, (_post, address(1))), revoked);
        _refuses(_registry, POST, abi.encodeCall(_registry.revokeSeries, (address(this), "me too")), revoked);
    }

    function _refuses(PostalRegistry registry, address sender, bytes memory call, bytes4 expected) private {
        vm.prank(sender);
        (bool done, bytes memory answer) = address(registry).call(call);
        require(!done && bytes4(answer) == expected, "not refused, or for another reason");
    }
}
