// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "./Vm.sol";

/// @dev The part of Halmos's cheat codes that our proofs use, with Halmos's own names and signatures.
interface Symbols {
    function createCalldata(string calldata contractName) external pure returns (bytes memory);
    function enableSymbolicStorage(address target) external;
}

/// @dev What our proofs share. Halmos runs each function `check_…` once, with a symbol for each argument, and has a
/// solver look for values for which an assertion fails. A path that reverts outside a low-level call says nothing.
abstract contract Proofs is Base {
    /// @dev The address at which Halmos answers cheat codes: the last 20 bytes of keccak256("svm cheat code").
    Symbols internal constant symbols = Symbols(address(uint160(uint256(keccak256("svm cheat code")))));

    /// @dev Let anybody call anything, and return whether it went through.
    function send(address sender, address target, bytes memory data) internal returns (bool done) {
        vm.prank(sender);
        (done, ) = target.call(data);
    }
}
