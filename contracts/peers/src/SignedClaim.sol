// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title SignedClaim: the claim of StampSeries, for the contracts it is measured beside
/// @notice The same signature over the same typed data and the same proof of the same tree, with OpenZeppelin's
/// libraries. A token contract says in {_deliver} what moves.
///
/// Left out, so that a peer is as cheap as it can be: an event of its own (the Transfer says it), the refusal of odd
/// recipients, readable reasons. {claimMany} does not go on after a claim that fails, as {StampSeries} does.
abstract contract SignedClaim is EIP712 {
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

    constructor(bytes32 root) EIP712("Cryptostamp", "1") {
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
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, serial, to, deadline)));
        address signer = ECDSA.recoverCalldata(digest, signature);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(serial, signer))));
        if (!MerkleProof.verifyCalldata(proof, editionRoot, leaf)) revert InvalidProof();
        _deliver(serial, to);
    }
}
