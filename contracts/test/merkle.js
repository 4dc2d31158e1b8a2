// Builds OpenZeppelin's StandardMerkleTree of ["uint256", "address"] for each list of claim key addresses that comes on
// standard input, and answers with the root and every proof; serials are 1, 2, 3 …
"use strict";

const fs = require("node:fs");
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");

const editions = JSON.parse(fs.readFileSync(0, "utf8"));
const answers = editions.map((addresses) => {
  const values = addresses.map((address, index) => [String(index + 1), address]);
  const tree = StandardMerkleTree.of(values, ["uint256", "address"]);
  return { root: tree.root, proofs: values.map((_, index) => tree.getProof(index)) };
});
process.stdout.write(JSON.stringify(answers));
