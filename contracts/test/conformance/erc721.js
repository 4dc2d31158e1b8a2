// SolidState's specification of ERC-721 and ERC-165 (npm @solidstate/spec, MIT), which we did not write, run against a
// series. Its words for refusals are its own contracts' errors; ours are those of ERC-6093, and NAMES translates.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");

const standIns = { hardhat: "./hardhat.js", "@ethereum-waffle/mock-contract": "./hardhat.js" };
const load = Module._load;
Module._load = (name, parent, isMain) =>
  name in standIns ? load(require.resolve(standIns[name]), module, isMain) : load(name, parent, isMain);

const { expect } = require("chai");
const { ethers, refusedWith, word } = require("./hardhat.js");
const { describeBehaviorOfERC721Base } = require("@solidstate/spec/dist/token/ERC721/ERC721Base.behavior.js");

const NAMES = {
  EnumerableMap__NonExistentKey: ["ERC721NonexistentToken"],
  ERC721Base__BalanceQueryZeroAddress: ["ERC721InvalidOwner"],
  ERC721Base__ERC721ReceiverNotImplemented: ["ERC721InvalidReceiver"],
  ERC721Base__NonExistentToken: ["ERC721NonexistentToken"],
  // The suite lets a stranger send to the zero address: both are wrong, and we name the second.
  ERC721Base__NotOwnerOrApproved: ["ERC721InsufficientApproval", "ERC721InvalidApprover", "ERC721InvalidReceiver"],
  ERC721Base__TransferToZeroAddress: ["ERC721InvalidReceiver"],
  "ERC721: transfer to non ERC721Receiver implementer": ["ERC721InvalidReceiver"],
};

word("revertedWithCustomError", async (call, contract, name) => {
  expect(NAMES[name]).to.include(refusedWith(contract, (await call()).error));
});
word("revertedWith", async (call, name) => {
  expect(NAMES[name]).to.include(refusedWith(series, (await call()).error));
});
word("changeTokenBalance", async (call, contract, account, change) => {
  await expect(call).to.changeTokenBalances(contract, [account], [change]);
});

let series;
let custody;

async function deploy(edition) {
  custody = (await ethers.getSigners())[9];
  const { abi, bytecode } = JSON.parse(fs.readFileSync(process.env.SERIES_ARTIFACT, "utf8"));
  const terms = JSON.parse(process.env.SERIES_TERMS);
  const config = { ...terms, edition, variantCounts: [edition], custody: custody.address, admin: custody.address };
  series = await new ethers.ContractFactory(abi, bytecode, custody).deploy(config);
  return series.waitForDeployment();
}

/** Nothing is minted after the issue: the suite's token comes out of custody, and where it burns it goes back there. */
const steps = {
  mint: (to, serial) => series.connect(custody).transferFrom(custody.address, to, serial),
  burn: async (serial) => {
    const owner = await ethers.provider.getSigner(await series.ownerOf(serial));
    return series.connect(owner).transferFrom(owner.address, custody.address, serial);
  },
};

/** Run the suite's tests that `wanted` selects by their titles. */
function run(title, edition, wanted) {
  const it = global.it;
  describe(title, () => {
    global.it = (name, test) => test && wanted(name) && it(name, test);
    describeBehaviorOfERC721Base(() => deploy(edition), steps, []);
    global.it = it;
  });
}

// ERC-721 does not forbid to approve oneself; SolidState's contracts do.
const beyond = new Set(["spender is current owner of given token", "given operator is sender"]);
// The suite expects that token 2 does not exist before it is minted: here that takes an edition of one.
const absent = new Set(["token does not exist"]);

run("a series of twenty stamps", 20, (name) => !beyond.has(name) && !absent.has(name));
run("a series of one stamp", 1, (name) => absent.has(name));
