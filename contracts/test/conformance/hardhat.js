// What the suite asks of Hardhat, answered by ethers and the node in NODE_URL: accounts, and chai's words about
// transactions. It is loaded in the place of the package hardhat, which would bring 250 packages more.
"use strict";

const { Assertion, util } = require("chai");
const { ethers } = require("ethers");

const provider = new ethers.JsonRpcProvider(process.env.NODE_URL, undefined, { cacheTimeout: -1, pollingInterval: 20 });

async function getSigners() {
  const addresses = await provider.send("eth_accounts", []);
  return Promise.all(addresses.map((address) => provider.getSigner(address)));
}

/** An account whose code answers every call with one word: enough for a receiver of tokens. */
async function deployMockContract() {
  const address = ethers.Wallet.createRandom().address;
  const returns = (answer) => {
    // PUSH4 answer, PUSH1 224, SHL, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    const code = ethers.concat(["0x63", answer, "0x60e01b5f5260205ff3"]);
    return provider.send("anvil_setCode", [address, code]);
  };
  return { address, mock: { onERC721Received: { returns } } };
}

/** Wait for a call or transaction; return its receipt or the error it ended with. */
async function outcome(subject) {
  try {
    const answer = await (typeof subject === "function" ? subject() : subject);
    return { receipt: answer?.wait ? await answer.wait() : null };
  } catch (error) {
    if (error.code !== "CALL_EXCEPTION") throw error;
    return { error };
  }
}

/** Add a word to chai that is awaited; `check` gets a function that makes the call and tells how it ended. */
function word(name, check) {
  Assertion.addMethod(name, function (...words) {
    const checked = check(() => outcome(this._obj), ...words);
    this.then = checked.then.bind(checked);
    return this;
  });
}

function refusedWith(contract, error) {
  return error?.data ? contract.interface.parseError(error.data)?.name : undefined;
}

// ethers answers with bigints, the suite compares with numbers.
Assertion.overwriteMethod("equal", (original) => function (value, ...rest) {
  return original.call(this, typeof this._obj === "bigint" ? BigInt(value) : value, ...rest);
});

Assertion.addProperty("reverted", function () {
  const negated = util.flag(this, "negate");
  const checked = outcome(this._obj).then(({ error }) => {
    new Assertion(error === undefined).to.equal(Boolean(negated), negated ? "refused" : "not refused");
  });
  this.then = checked.then.bind(checked);
});

word("emit", async (call, contract, name) => {
  const { receipt, error } = await call();
  if (error) throw error;
  const events = receipt.logs.map((log) => contract.interface.parseLog(log)).filter((event) => event?.name === name);
  new Assertion(events).not.to.be.empty;
  return events;
});

Assertion.addMethod("withArgs", function (...words) {
  const checked = this.then((events) => {
    new Assertion(events.map((event) => [...event.args])).to.deep.include(words);
  });
  this.then = checked.then.bind(checked);
  return this;
});

word("changeTokenBalances", async (call, contract, accounts, changes) => {
  const balances = () => Promise.all(accounts.map((account) => contract.balanceOf(account.address)));
  const before = await balances();
  const { error } = await call();
  if (error) throw error;
  const after = await balances();
  new Assertion(after.map((balance, i) => balance - before[i])).to.deep.equal(changes.map(BigInt));
});

module.exports = { deployMockContract, ethers: { ...ethers, getSigners, provider }, refusedWith, word };
