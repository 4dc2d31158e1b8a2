// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev OpenZeppelin's StandardMerkleTree over ["uint256", "address"], written a third time (after JavaScript and
/// Python) from its description: leaves hashed twice and sorted, a complete binary tree in an array, pairs sorted.
library Tree {
    function leafOf(uint256 serial, address claimKey) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(serial, claimKey))));
    }

    /// @dev Return the nodes, the root first; the children of node i are 2i+1 and 2i+2. Serials are 1, 2, 3 …
    function build(address[] memory claimKeys) internal pure returns (bytes32[] memory nodes) {
        uint256 count = claimKeys.length;
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 leaf = leafOf(i + 1, claimKeys[i]);
            uint256 place = i;
            for (; place > 0 && leaves[place - 1] > leaf; --place) leaves[place] = leaves[place - 1];
            leaves[place] = leaf;
        }
        nodes = new bytes32[](2 * count - 1);
        for (uint256 i = 0; i < count; ++i) nodes[nodes.length - 1 - i] = leaves[i];
        for (uint256 i = count - 1; i > 0; --i) nodes[i - 1] = pair(nodes[2 * i - 1], nodes[2 * i]);
    }

    /// @dev Return the proof of a leaf that ends below level `level` of the tree, and the place in that level (the
    /// crown) at which it ends. Level 0 is the root alone.
    function prove(
        bytes32[] memory nodes,
        bytes32 leaf,
        uint256 level
    ) internal pure returns (bytes32[] memory proof, uint256 place) {
        uint256 first = (1 << level) - 1;
        place = nodes.length - 1;
        while (nodes[place] != leaf) --place;
        bytes32[] memory path = new bytes32[](256);
        uint256 length = 0;
        while (place > 2 * first) {
            path[length++] = nodes[place % 2 == 0 ? place - 1 : place + 1];
            place = (place - 1) / 2;
        }
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) proof[i] = path[i];
        place -= first;
    }

    /// @dev Return all nodes of a level.
    function crown(bytes32[] memory nodes, uint256 level) internal pure returns (bytes32[] memory row) {
        row = new bytes32[](1 << level);
        for (uint256 i = 0; i < row.length; ++i) row[i] = nodes[row.length - 1 + i];
    }

    function pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
    }
}
