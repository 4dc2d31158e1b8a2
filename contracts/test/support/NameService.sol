// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The least of a registry of names by ERC-137: who owns a node, and which resolver it has.
contract NameService {
    mapping(bytes32 node => address) public owner;
    mapping(bytes32 node => address) public resolver;

    constructor() {
        owner[bytes32(0)] = msg.sender;
    }

    /// Give a name below `node` to somebody, with its resolver.
    function setSubnodeRecord(bytes32 node, bytes32 label, address to, address resolver_) external {
        require(owner[node] == msg.sender, "not yours");
        bytes32 child = keccak256(abi.encodePacked(node, label));
        owner[child] = to;
        resolver[child] = resolver_;
    }
}

/// A resolver that knows one account for a node, and sends whoever asks for others away from the chain (ERC-3668).
contract NameResolver {
    error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

    mapping(bytes32 node => address) private _accounts;
    string private _url;

    constructor(string memory url) {
        _url = url;
    }

    function setAddr(bytes32 node, address account) external {
        _accounts[node] = account;
    }

    function addr(bytes32 node) external view returns (address) {
        if (_accounts[node] == address(0) && bytes(_url).length != 0) {
            string[] memory urls = new string[](1);
            urls[0] = _url;
            revert OffchainLookup(address(this), urls, msg.data, this.addr.selector, "");
        }
        return _accounts[node];
    }
}
