// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "solady/src/utils/ECDSA.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {MerkleProofLib} from "solady/src/utils/MerkleProofLib.sol";

/// @title SignedClaimSolady: {SignedClaim} with the libraries of Solady
/// @notice So that a token of Solady is measured with what its users would take for the rest. Leaves out the same.
abstract contract SignedClaimSolady is EIP712 {
    struct Request {
        uint256 serial;
        address to;
        uint256 deadline;
        bytes32[] proof;
        bytes signature;
    }

    error ClaimExpired();
    error InvalidProof();
    error AlreadyClaimed();

    bytes32 private constant CLAIM_TYPEHASH = keccak256("Claim(uint256 serial,address to,uint256 deadline)");

    bytes32 public immutable editionRoot;

    constructor(bytes32 root) {
        editionRoot = root;
    }

    function claim(
        uint256 serial,
        address to,
        uint256 deadline,
        bytes32[] calldata proof,
        bytes calldata signature
    ) external {
        _claim(serial, to, deadline, proof, signature);
    }

    function claimMany(Request[] calldata requests) external {
        for (uint256 i = 0; i < requests.length; ++i) {
            Request calldata request = requests[i];
            _claim(request.serial, request.to, request.deadline, request.proof, request.signature);
        }
    }

    /// @dev Move the token out of custody, or make it; revert if that has been done before.
    function _deliver(uint256 serial, address to) internal virtual;

    function _claim(
        uint256 serial,
        address to,
        uint256 deadline,
        bytes32[] calldata proof,
        bytes calldata signature
    ) private {
        if (block.timestamp > deadline) revert ClaimExpired();
        bytes32 digest = _hashTypedData(keccak256(abi.encode(CLAIM_TYPEHASH, serial, to, deadline)));
        address signer = ECDSA.recoverCalldata(digest, signature);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(serial, signer))));
        if (!MerkleProofLib.verifyCalldata(proof, editionRoot, leaf)) revert InvalidProof();
        _deliver(serial, to);
    }

    function _domainNameAndVersion() internal pure override returns (string memory name, string memory version) {
        return ("Cryptostamp", "1");
    }
}
