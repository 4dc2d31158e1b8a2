// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {SignedClaim} from "./SignedClaim.sol";

/// @title OpenZeppelinLazy: OpenZeppelin's ERC721, each token minted by its claim
/// @notice The usual way of drops: cheap to issue, but before its claim a stamp is not on the chain, so no wallet, market
/// or registry can show it, and nothing says how many there will be.
///
/// Left out: metadata, rarity, postmarks, void stamps, roles.
contract OpenZeppelinLazy is ERC721, SignedClaim {
    constructor(bytes32 root) ERC721("Benchmark", "BENCH") SignedClaim(root) {}

    function _deliver(uint256 serial, address to) internal override {
        _mint(to, serial);
    }
}
