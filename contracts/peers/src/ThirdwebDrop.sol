// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721Drop} from "@thirdweb-dev/contracts/base/ERC721Drop.sol";

/// @title ThirdwebDrop: the claim-drop contract of thirdweb, as it is published
/// @notice Nothing is added: an allow list as a Merkle tree of (wallet, limit, price, currency), from which a listed
/// wallet claims for itself. It mints the next token, not the one that a stamp names, before a claim nothing is on the
/// chain, and a wallet must be on the list before it claims: it is measured for what a claim costs in the field.
contract ThirdwebDrop is ERC721Drop {
    constructor(address owner) ERC721Drop(owner, "Benchmark", "BENCH", owner, 500, owner) {}
}
