// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";

/// Tokens as any post may have made them, with whatever metadata somebody chose.
contract PlainTokens is ERC721 {
    mapping(uint256 tokenId => string) private _uris;

    constructor() ERC721("Plain", "PLAIN") {}

    function mint(address to, uint256 id, string calldata uri) external {
        _mint(to, id);
        _uris[id] = uri;
    }

    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireOwned(id);
        return _uris[id];
    }
}

/// The same, which can be counted by its owners.
contract CountedTokens is ERC721Enumerable {
    constructor() ERC721("Counted", "COUNTED") {}

    function mint(address to, uint256 first, uint256 count) external {
        for (uint256 id = first; id < first + count; id++) _mint(to, id);
    }
}
