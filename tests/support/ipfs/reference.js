// Answers, as JSON on standard output, what the JavaScript implementation of IPFS says. One argument names the question;
// what it is about comes as JSON on standard input.
//
//   folders  [{names, contents, numbered}]: the CID and size of a folder of these files; contents are in base64;
//            `numbered` adds files "1.json", "2.json" … up to that number, each holding "stamp <number>".
//   files    [{bytes}]: the CID and size of a file of so many bytes; byte i is (i * i + 7 * i) >> 8 & 255.
//   car      {path, read}: the roots of an archive, whether each block has the hash it says, how many there are, what
//            lies in the folder of the root, and the contents, in base64, of the paths in `read`.
import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import { CarBlockIterator } from '@ipld/car'
import { BlackHoleBlockstore } from 'blockstore-core/black-hole'
import { MemoryBlockstore } from 'blockstore-core/memory'
import { exporter } from 'ipfs-unixfs-exporter'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { base64 } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'

const CLASSIC = { cidVersion: 1, rawLeaves: true, chunker: fixedSize({ chunkSize: 262144 }) }

async function imported (files, options) {
  let last
  for await (const entry of importer(files, new BlackHoleBlockstore(), { ...CLASSIC, ...options })) last = entry
  return { cid: last.cid.toString(), size: Number(last.size) }
}

function * filesOf ({ names = [], contents = [], numbered = 0 }) {
  for (const [index, name] of names.entries()) yield { path: name, content: Buffer.from(contents[index], 'base64') }
  for (let number = 1; number <= numbered; number++) {
    yield { path: `${number}.json`, content: Buffer.from(`stamp ${number}`) }
  }
}

function patterned (size) {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * i + 7 * i) / 256
  return bytes
}

async function car ({ path, read }) {
  const archive = await CarBlockIterator.fromIterable(createReadStream(path))
  const roots = await archive.getRoots()
  const blocks = new MemoryBlockstore()
  let count = 0
  let wrong = 0
  for await (const { cid, bytes } of archive) {
    const digest = await sha256.digest(bytes)
    if (!CID.createV1(cid.code, digest).equals(cid)) wrong++
    count++
    await blocks.put(cid, bytes)
  }
  const names = []
  const folder = await exporter(roots[0], blocks)
  for await (const entry of folder.entries()) names.push(entry.name)
  const contents = {}
  for (const each of read) {
    const file = await exporter(`${roots[0]}/${each}`, blocks)
    const chunks = []
    for await (const chunk of file.content()) chunks.push(chunk)
    contents[each] = base64.baseEncode(Buffer.concat(chunks))
  }
  return { roots: roots.map(String), count, wrong, names, contents }
}

const questions = {
  folders: (asked) => Promise.all(asked.map((each) => imported(filesOf(each), { wrapWithDirectory: true }))),
  files: (asked) => Promise.all(asked.map(({ bytes }) => imported([{ content: patterned(bytes) }], {}))),
  car
}

process.stdout.write(JSON.stringify(await questions[process.argv[2]](JSON.parse(await text(process.stdin)))))
