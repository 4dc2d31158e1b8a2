// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "solady/src/tokens/ERC721.sol";
import {SignedClaimSolady} from "./SignedClaimSolady.sol";

/// @title SoladyLoop: every stamp minted to custody by Solady's ERC721, one by one
/// @notice As {OpenZeppelinLoop}, with the token and the libraries that are known to use the least gas.
///
/// Left out: roles beyond "who deployed it may mint", metadata, rarity, postmarks, void stamps. A token that comes back
/// to custody could be claimed again by its old code, which {StampSeries} rules out.
contract SoladyLoop is ERC721, SignedClaimSolady {
    error NotMinter();

    address private immutable _custody;
    address private immutable _minter;

    constructor(address custody, bytes32 root) SignedClaimSolady(root) {
        _custody = custody;
        _minter = msg.sender;
    }

    function mint(uint256 first, uint256 count) external {
        if (msg.sender != _minter) revert NotMinter();
        for (uint256 serial = first; serial < first + count; ++serial) _mint(_custody, serial);
    }

    function name() public pure override returns (string memory) {
        return "Benchmark";
    }

    function symbol() public pure override returns (string memory) {
        return "BENCH";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }

    /// @dev Solady's transfer reverts unless the token is custody's.
    function _deliver(uint256 serial, address to) internal override {
        _transfer(_custody, to, serial);
    }
}
