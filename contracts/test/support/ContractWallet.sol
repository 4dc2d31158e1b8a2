// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A wallet that is a contract (ERC-1271): its owner's signatures over a hash bound to the wallet are its own.
contract ContractWallet {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice What the owner signs for the wallet: bound to it, so that no wallet of the same owner can pass it on.
    function boundHash(bytes32 digest) public view returns (bytes32) {
        return keccak256(abi.encodePacked("ContractWallet", block.chainid, this, digest));
    }

    /// @notice ERC-1271.
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0xffffffff;
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        bool good = ecrecover(boundHash(digest), uint8(signature[64]), r, s) == owner;
        return good ? this.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @notice ERC-721 tokens may be sent here.
    function onERC721Received(address, address, uint256, bytes calldata) external pure returns (bytes4) {
        return 0x150b7a02;
    }
}

/// @title Deploys wallets at addresses that are known before (CREATE2).
contract WalletFactory {
    function addressOf(address owner) public view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(ContractWallet).creationCode, abi.encode(owner)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), this, bytes32(0), code)))));
    }

    function deploy(address owner) external returns (address) {
        return address(new ContractWallet{salt: 0}(owner));
    }
}

/// @title Contracts that answer badly.
contract BadWallet {
    function isValidSignature(bytes32, bytes calldata signature) external view returns (bytes32) {
        if (signature.length == 0) revert("no signature");
        if (signature.length == 1) while (gasleft() > 0) {}
        if (signature.length == 2) return bytes32(uint256(1));
        return 0xffffffff00000000000000000000000000000000000000000000000000000000;
    }
}
