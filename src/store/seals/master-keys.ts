/**
 * The keys that wrap all others. They come from outside of the database, or what is encrypted in it would lie beside its key.
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto'
import { thisProcess } from '../this-process.ts'
import { decrypt, encrypt, KEY_BYTES } from './cipher.ts'
import { SealProblem } from './seal-problem.ts'

/** One or several: the first wraps, all of them unwrap, so that a new one can be put before the old. */
export interface MasterKeys {
  /** The id of the first. */
  readonly currentId: string
  readonly ids: readonly string[]
  wrap(key: Uint8Array): { readonly masterId: string; readonly wrapped: string }
  /** @throws SealProblem when the master key is not among these, or is not the one that wrapped. */
  unwrap(keyId: string, masterId: string, wrapped: string): Buffer
}

export type ParsedMasterKeys =
  | { readonly ok: true; readonly masterKeys: MasterKeys }
  | { readonly ok: false; readonly problem: string }

/** Reads keys of 32 bytes in base64, separated by white space or commas. The problem quotes nothing. */
export function parseMasterKeys(text: string): ParsedMasterKeys {
  const keys = text
    .split(/[\s,]+/)
    .filter(word => word !== '')
    .map(word => Buffer.from(word, 'base64'))
  if (keys.length === 0) return { ok: false, problem: 'holds no key' }
  const wrong = keys.findIndex(key => key.length !== KEY_BYTES)
  if (wrong !== -1)
    return {
      ok: false,
      problem: `holds ${keys[wrong]!.length} bytes as key ${wrong + 1}, not ${KEY_BYTES}`,
    }
  return { ok: true, masterKeys: createMasterKeys(keys) }
}

/** A new key, as {@link parseMasterKeys} reads it. */
export function newMasterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}

function createMasterKeys(keys: readonly Buffer[]): MasterKeys {
  const byId = new Map(keys.map(key => [idOf(key), key]))
  const [currentId, current] = [...byId][0]!
  return {
    currentId,
    ids: [...byId.keys()],
    wrap: key => ({ masterId: currentId, wrapped: encrypt(current, key).toString('base64') }),
    unwrap(keyId, masterId, wrapped) {
      const master = byId.get(masterId)
      const key = master && decrypt(master, Buffer.from(wrapped, 'base64'))
      if (key) return key
      throw new SealProblem(
        'wrong-master-key',
        `The key ${keyId} was wrapped with the master key ${masterId}, and the ${thisProcess()} has only ${[...byId.keys()].join(', ')}. ` +
          'Give it that master key too, in SIGNALBOX_MASTER_KEY or the key file.',
      )
    },
  }
}

/** Follows from the key and does not give it away. */
function idOf(key: Buffer): string {
  return createHmac('sha256', key).update('signalbox master key').digest('hex').slice(0, 12)
}
