// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignatureValidator} from "../src/SignatureValidator.sol";
import {BadWallet, ContractWallet, WalletFactory} from "./support/ContractWallet.sol";
import {Base} from "./support/Vm.sol";

/// @dev Signatures of keys, of wallets and of wallets that are yet to be, each good and bad. What the constructor answers
/// in place of code is the code of the contract that is made here; tests/chain/test_signatures.py asks a node instead.
contract SignatureValidatorRules is Base {
    uint256 private constant ALICE = 1;
    uint256 private constant MALLORY = 2;
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant COUNTERFACTUAL = 0x6492649264926492649264926492649264926492649264926492649264926492;
    bytes32 private constant DIGEST = keccak256("a challenge");

    function test_ASignatureOfAKey() external {
        (bytes32 r, bytes32 s, uint8 v) = parts(ALICE, DIGEST);
        address alice = vm.addr(ALICE);
        require(valid(alice, abi.encodePacked(r, s, v)), "its own");
        require(!valid(vm.addr(MALLORY), abi.encodePacked(r, s, v)), "another account's");
        require(!valid(alice, abi.encodePacked(r, ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27))), "high s");
        require(!valid(alice, abi.encodePacked(r, s)), "64 bytes");
        require(!valid(alice, ""), "none");
        require(!valid(address(0), new bytes(65)), "nobody's");
    }

    function test_ASignatureForAWallet() external {
        ContractWallet wallet = new ContractWallet(vm.addr(ALICE));
        require(valid(address(wallet), signature(ALICE, wallet.boundHash(DIGEST))), "its owner's");
        require(!valid(address(wallet), signature(MALLORY, wallet.boundHash(DIGEST))), "a stranger's");
    }

    function test_AWalletThatAnswersBadly() external {
        address wallet = address(new BadWallet());
        require(!valid(wallet, ""), "reverts");
        require(!valid(wallet, new bytes(2)), "answers something else");
        require(!valid(wallet, new bytes(3)), "says no");
        require(!valid(address(new Mute()), new bytes(3)), "answers nothing");
    }

    function test_AWalletThatIsYetToBe() external {
        WalletFactory factory = new WalletFactory();
        address wallet = factory.addressOf(vm.addr(ALICE));
        bytes memory good = signature(ALICE, boundHash(wallet));
        bytes memory deployment = abi.encodeCall(WalletFactory.deploy, (vm.addr(ALICE)));
        bytes memory other = abi.encodeCall(WalletFactory.deploy, (vm.addr(MALLORY)));
        require(!valid(wallet, wrapped(address(factory), hex"00000000", good)), "the factory reverts");
        require(!valid(wallet, wrapped(address(factory), other, good)), "another wallet is deployed");
        require(valid(wallet, wrapped(address(factory), deployment, good)), "its owner's");
        require(valid(wallet, wrapped(address(factory), hex"00000000", good)), "deployed by now");
    }

    function test_AStrangerForAWalletThatIsYetToBe() external {
        WalletFactory factory = new WalletFactory();
        address wallet = factory.addressOf(vm.addr(ALICE));
        bytes memory strange = signature(MALLORY, boundHash(wallet));
        bytes memory deployment = abi.encodeCall(WalletFactory.deploy, (vm.addr(ALICE)));
        require(!valid(wallet, wrapped(address(factory), deployment, strange)), "before it is deployed");
        require(wallet.code.length != 0, "it was deployed by the question");
        require(!valid(wallet, wrapped(address(factory), hex"00000000", strange)), "afterwards");
    }

    function valid(address account, bytes memory given) private returns (bool) {
        bytes memory code = creationCode("SignatureValidator", type(SignatureValidator).creationCode);
        address answer = deploy(code, abi.encode(account, DIGEST, given));
        return keccak256(answer.code) == keccak256(hex"01");
    }

    function boundHash(address wallet) private view returns (bytes32) {
        return keccak256(abi.encodePacked("ContractWallet", block.chainid, wallet, DIGEST));
    }

    function wrapped(address factory, bytes memory deployment, bytes memory inner) private pure returns (bytes memory) {
        return abi.encodePacked(abi.encode(factory, deployment, inner), COUNTERFACTUAL);
    }

    function signature(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = parts(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function parts(uint256 key, bytes32 digest) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        (v, r, s) = vm.sign(key, digest);
    }
}

/// @dev Takes every call and answers nothing.
contract Mute {
    fallback() external {}
}
