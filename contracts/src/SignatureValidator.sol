// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Whether an account stands behind a signature: an account with a key, a wallet that is a contract (ERC-1271),
/// or one that is yet to be deployed (EIP-6492).
/// @notice Is never deployed. A verifier hands this code to `eth_call` as that of a new contract, and the constructor
/// answers in place of code: one byte, 1 if the signature is valid. Whatever the call of a factory does is undone with
/// the call. Any revert on the way means that the signature is not valid.
contract SignatureValidator {
    /// @dev EIP-6492: a signature that ends with this is (factory, its calldata, signature), ABI-encoded.
    bytes32 private constant COUNTERFACTUAL = 0x6492649264926492649264926492649264926492649264926492649264926492;
    /// @dev ERC-1271: what `isValidSignature` returns for a valid one, its own selector.
    bytes4 private constant VALID = 0x1626ba7e;
    /// @dev secp256k1n / 2: a higher s is the same signature written in another way.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    constructor(address account, bytes32 digest, bytes memory signature) {
        bool valid = _isValid(account, digest, signature);
        assembly ("memory-safe") {
            mstore(0, valid)
            return(31, 1)
        }
    }

    function _isValid(address account, bytes32 digest, bytes memory signature) private returns (bool) {
        bool counterfactual;
        if (signature.length >= 32) {
            bytes32 last;
            assembly ("memory-safe") {
                last := mload(add(signature, mload(signature))) // its last 32 bytes
            }
            counterfactual = last == COUNTERFACTUAL;
        }
        if (!counterfactual) {
            return account.code.length == 0
                ? _isSigner(account, digest, signature)
                : _isValidFor(account, digest, signature);
        }
        assembly ("memory-safe") {
            mstore(signature, sub(mload(signature), 32)) // without the mark
        }
        (address factory, bytes memory deployment, bytes memory inner) =
            abi.decode(signature, (address, bytes, bytes));
        if (account.code.length != 0 && _isValidFor(account, digest, inner)) return true;
        (bool called,) = factory.call(deployment); // deploys the wallet, or makes a deployed one ready
        return called && account.code.length != 0 && _isValidFor(account, digest, inner);
    }

    function _isValidFor(address account, bytes32 digest, bytes memory signature) private view returns (bool) {
        (bool answered, bytes memory answer) =
            account.staticcall(abi.encodeWithSelector(VALID, digest, signature));
        return answered && answer.length >= 32 && abi.decode(answer, (bytes32)) == bytes32(VALID);
    }

    function _isSigner(address account, bytes32 digest, bytes memory signature) private pure returns (bool) {
        if (signature.length != 65) return false;
        bytes32 r;
        uint256 s;
        uint8 v;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
        if (s > HALF_ORDER || account == address(0)) return false;
        return ecrecover(digest, v, r, bytes32(s)) == account;
    }
}
