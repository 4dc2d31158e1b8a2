// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {SignedClaim} from "./SignedClaim.sol";

/// @title OpenZeppelinLoop: every stamp minted to custody by OpenZeppelin's ERC721, one by one
/// @notice The plain way to have all stamps of an edition on the chain before they are sold. A claim moves the token.
///
/// Left out: roles beyond "who deployed it may mint", metadata, rarity, postmarks, void stamps. A token that comes back
/// to custody could be claimed again by its old code, which {StampSeries} rules out.
contract OpenZeppelinLoop is ERC721, SignedClaim {
    error NotMinter();

    address private immutable _custody;
    address private immutable _minter;

    constructor(address custody, bytes32 root) ERC721("Benchmark", "BENCH") SignedClaim(root) {
        _custody = custody;
        _minter = msg.sender;
    }

    function mint(uint256 first, uint256 count) external {
        if (msg.sender != _minter) revert NotMinter();
        for (uint256 serial = first; serial < first + count; ++serial) _mint(_custody, serial);
    }

    function _deliver(uint256 serial, address to) internal override {
        if (_update(to, serial, address(0)) != _custody) revert AlreadyClaimed();
    }
}
