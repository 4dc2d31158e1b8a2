// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Consecutive} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Consecutive.sol";
import {SignedClaim} from "./SignedClaim.sol";

/// @title OpenZeppelinConsecutive: every stamp minted to custody in the constructor by OpenZeppelin's ERC721Consecutive
/// @notice The cheapest published way that shows every stamp before its claim: ERC-2309 batches of 5,000, the largest
/// that the library and indexers take, each with a checkpoint that owners are looked up in.
///
/// Left out: metadata, rarity, postmarks, void stamps, roles. A token that comes back to custody could be claimed again
/// by its old code, which {StampSeries} rules out.
contract OpenZeppelinConsecutive is ERC721Consecutive, SignedClaim {
    address private immutable _custody;

    constructor(address custody, uint256 edition, bytes32 root) ERC721("Benchmark", "BENCH") SignedClaim(root) {
        _custody = custody;
        for (uint256 left = edition; left > 0; ) {
            uint96 batch = left < _maxBatchSize() ? uint96(left) : _maxBatchSize();
            _mintConsecutive(custody, batch);
            left -= batch;
        }
    }

    function _deliver(uint256 serial, address to) internal override {
        if (_update(to, serial, address(0)) != _custody) revert AlreadyClaimed();
    }

    function _firstConsecutiveId() internal pure override returns (uint96) {
        return 1;
    }
}
