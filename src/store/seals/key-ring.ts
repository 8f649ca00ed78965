import { remember } from '../../core/remember.ts'
import { idOfRoot } from '../../core/sealing.ts'
import type { SealKeyTable } from '../schema.ts'
import { thisProcess } from '../this-process.ts'
import type { MasterKeys } from './master-keys.ts'
import { SealProblem } from './seal-problem.ts'
import { createSealer, type Sealer } from './sealer.ts'

/** Keys that this process has unwrapped. */
export interface KeyRing {
  known(keyId: string): Sealer | undefined
  /** Unwraps what the store has of a key, or says why that cannot be. */
  admit(keyId: string, row: SealKeyTable | undefined): Sealer | SealProblem
  forget(keyId: string): void
  /** @throws SealProblem when this process has none. */
  masterKeys(): MasterKeys
}

/** So long a key that another process has destroyed may still be used here. */
const KEPT_MS = 60_000

/** A run's key each; the oldest go first. */
const MOST_KEYS = 10_000

export function createKeyRing(given: () => MasterKeys | undefined, now: () => number): KeyRing {
  const kept = new Map<string, { readonly sealer: Sealer; readonly untilMs: number }>()
  const masterKeys = () => given() ?? missing()
  return {
    masterKeys,
    known(keyId) {
      const entry = kept.get(keyId)
      return entry && entry.untilMs > now() ? entry.sealer : undefined
    },
    admit(keyId, row) {
      kept.delete(keyId)
      const sealer = sealerFrom(keyId, row, masterKeys)
      if (sealer instanceof SealProblem) return sealer
      remember(kept, keyId, { sealer, untilMs: now() + KEPT_MS }, MOST_KEYS)
      return sealer
    },
    forget: keyId => void kept.delete(keyId),
  }
}

function sealerFrom(keyId: string, row: SealKeyTable | undefined, masterKeys: () => MasterKeys): Sealer | SealProblem {
  if (!row) return unknown(keyId)
  if (row.wrapped === null) return destroyed(row)
  try {
    return createSealer(keyId, masterKeys().unwrap(keyId, row.master_id, row.wrapped))
  } catch (error) {
    if (error instanceof SealProblem) return error
    throw error
  }
}

function missing(): never {
  throw new SealProblem(
    'no-master-key',
    `The ${thisProcess()} has no master key, so it can neither read nor write sealed runs. ` +
      'Set SIGNALBOX_MASTER_KEY to 32 bytes in base64, or SIGNALBOX_MASTER_KEY_FILE to a file with them; `signalbox keys new` makes one.',
  )
}

function unknown(keyId: string): SealProblem {
  return new SealProblem(
    'unknown-key',
    `The key ${keyId} is not in this store. Point DATABASE_URL at the store the run began with.`,
  )
}

function destroyed({ key_id, root_id, destroyed_at_ms }: SealKeyTable): SealProblem {
  const at = new Date(destroyed_at_ms ?? 0).toISOString().slice(0, 16)
  return new SealProblem(
    'destroyed',
    `The key ${key_id} of the run ${idOfRoot(root_id ?? '')} was destroyed at ${at}Z: what the run has said and read is gone for good. Its calls and costs remain.`,
  )
}
