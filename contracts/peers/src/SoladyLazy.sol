// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "solady/src/tokens/ERC721.sol";
import {SignedClaimSolady} from "./SignedClaimSolady.sol";

/// @title SoladyLazy: Solady's ERC721, each token minted by its claim
/// @notice As {OpenZeppelinLazy}, with the token and the libraries that are known to use the least gas. Before its claim
/// a stamp is not on the chain.
///
/// Left out: metadata, rarity, postmarks, void stamps, roles.
contract SoladyLazy is ERC721, SignedClaimSolady {
    constructor(bytes32 root) SignedClaimSolady(root) {}

    function name() public pure override returns (string memory) {
        return "Benchmark";
    }

    function symbol() public pure override returns (string memory) {
        return "BENCH";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }

    function _deliver(uint256 serial, address to) internal override {
        _mint(to, serial);
    }
}
