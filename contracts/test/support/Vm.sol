// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The part of Foundry's cheat codes that our tests use, with Foundry's own names and signatures.
interface Vm {
    function addr(uint256 privateKey) external pure returns (address);
    function assume(bool condition) external pure;
    function envOr(string calldata name, string calldata otherwise) external view returns (string memory);
    function load(address target, bytes32 slot) external view returns (bytes32);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function prank(address sender) external;
    function readFile(string calldata path) external view returns (string memory);
    function roll(uint256 number) external;
    function setBlockhash(uint256 number, bytes32 hash) external;
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function store(address target, bytes32 slot, bytes32 value) external;
    function warp(uint256 timestamp) external;
}

/// @dev What Foundry reads from {targetSelectors}: the functions of a contract that an invariant run calls.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}

/// @dev What our tests and handlers share.
abstract contract Base {
    /// @dev The address at which Foundry answers cheat codes: the last 20 bytes of keccak256("hevm cheat code").
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Return what to deploy: the bytecode that the package ships, or in the profile "source", which measures
    /// coverage, what Foundry has just compiled from the same sources.
    function creationCode(string memory name, bytes memory compiled) internal view returns (bytes memory) {
        if (keccak256(bytes(vm.envOr("FOUNDRY_PROFILE", "default"))) == keccak256("source")) return compiled;
        string memory path = string.concat("../cryptostamp/artifacts/", name, ".json");
        return vm.parseJsonBytes(vm.readFile(path), ".bytecode");
    }

    function deploy(bytes memory code, bytes memory arguments) internal returns (address made) {
        code = bytes.concat(code, arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                returndatacopy(mload(0x40), 0, returndatasize())
                revert(mload(0x40), returndatasize())
            }
        }
    }

    /// @dev Fold any number into first..last.
    function bound(uint256 any, uint256 first, uint256 last) internal pure returns (uint256) {
        return first + (any % (last - first + 1));
    }
}
