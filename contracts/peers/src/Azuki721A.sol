// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721A} from "erc721a/contracts/ERC721A.sol";
import {SignedClaim} from "./SignedClaim.sol";

/// @title Azuki721A: every stamp minted to custody in batches of 5,000 by ERC721A
/// @notice With `atOnce` all batches are minted in the constructor by ERC-2309 events; otherwise by {mint}, a batch a
/// transaction, with an event for each token. A batch keeps one owner for all its tokens, at its first; a later token
/// finds its owner by looking back token by token, and the first claims from a batch pay for that.
///
/// Left out: roles beyond "who deployed it may mint", metadata, rarity, postmarks, void stamps. A token that comes back
/// to custody could be claimed again by its old code, which {StampSeries} rules out.
contract Azuki721A is ERC721A, SignedClaim {
    error NotMinter();

    uint256 private constant BATCH = 5_000;

    address private immutable _custody;
    address private immutable _minter;

    constructor(
        address custody,
        uint256 edition,
        bytes32 root,
        bool atOnce
    ) ERC721A("Benchmark", "BENCH") SignedClaim(root) {
        _custody = custody;
        _minter = msg.sender;
        for (uint256 left = atOnce ? edition : 0; left > 0; ) {
            uint256 batch = left < BATCH ? left : BATCH;
            _mintERC2309(custody, batch);
            left -= batch;
        }
    }

    function mint(uint256 count) external {
        if (msg.sender != _minter) revert NotMinter();
        _mint(_custody, count);
    }

    function _deliver(uint256 serial, address to) internal override {
        transferFrom(_custody, to, serial);
    }

    /// @dev ERC721A has no internal transfer: during a claim, which is authorised by then, custody is the one who asks.
    function _msgSenderERC721A() internal view override returns (address) {
        return msg.sig == this.claim.selector || msg.sig == this.claimMany.selector ? _custody : msg.sender;
    }

    function _startTokenId() internal pure override returns (uint256) {
        return 1;
    }
}
