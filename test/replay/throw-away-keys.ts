/**
 * The keys of the sealed histories. Master key and wrapped keys lie side by side in `throw-away-keys/`, which is what nobody does
 * with keys that protect anything: these were made for the recording, wrap nothing else, and what they open is in
 * `situations.ts` to be read.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PayloadCodec } from '@temporalio/common'
import { rootOf } from '../../src/core/sealing.ts'
import { createCodec } from '../../src/runtime/seals/codec.ts'
import { parseMasterKeys } from '../../src/store/index.ts'
import type { SealKeyTable } from '../../src/store/schema.ts'
import { createSealer, type Sealer } from '../../src/store/seals/sealer.ts'
import type { Stage } from '../support/stage.ts'

const FOLDER = join(import.meta.dirname, 'throw-away-keys')

interface KeptKeys {
  readonly throwAwayMasterKey: string
  readonly wrappedKeys: readonly WrappedKey[]
}

interface WrappedKey {
  readonly keyId: string
  readonly rootId: string
  readonly masterId: string
  readonly wrapped: string
}

/** Writes down the keys of a stage, as its store has them. Gives the file, or `undefined` where nothing was sealed. */
export function keepThrowAwayKeys({ storePath, masterKey }: Stage, what: string): string | undefined {
  const store = new DatabaseSync(storePath, { readOnly: true })
  const rows = store.prepare('SELECT * FROM seal_keys WHERE wrapped IS NOT NULL').all() as unknown as SealKeyTable[]
  store.close()
  if (rows.length === 0) return undefined
  const wrappedKeys = rows.map(row => ({
    keyId: row.key_id,
    rootId: row.root_id!,
    masterId: row.master_id,
    wrapped: row.wrapped!,
  }))
  const kept: KeptKeys = { throwAwayMasterKey: masterKey, wrappedKeys }
  const path = join(FOLDER, `${what}.json`)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(path, `${JSON.stringify(kept, undefined, 2)}\n`, { flag: 'wx' })
  return path
}

/** Opens what is sealed with a kept key, and seals what these runs would send today. */
export function throwAwayCodec(): PayloadCodec {
  const kept = readdirSync(FOLDER).flatMap(file => unwrapped(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))))
  return createCodec({
    of: async ({ workflowId }) => {
      const own = kept.find(({ rootId }) => rootId === rootOf(workflowId))
      return own && { sealer: own.sealer, content: true }
    },
    withKey: async keyId => {
      const own = kept.find(({ sealer }) => sealer.keyId === keyId)
      if (own) return own.sealer
      throw new Error(`no file of ${FOLDER} has the key ${keyId}; the recorder writes it beside the history`)
    },
    cameSealed: () => {},
    forget: () => {},
  })
}

function unwrapped({ throwAwayMasterKey, wrappedKeys }: KeptKeys): { rootId: string; sealer: Sealer }[] {
  const parsed = parseMasterKeys(throwAwayMasterKey)
  if (!parsed.ok) throw new Error(parsed.problem)
  return wrappedKeys.map(({ keyId, rootId, masterId, wrapped }) => ({
    rootId,
    sealer: createSealer(keyId, parsed.masterKeys.unwrap(keyId, masterId, wrapped)),
  }))
}
