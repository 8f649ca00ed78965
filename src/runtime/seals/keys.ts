/**
 * The keys of the store, by hand.
 *
 * @module
 */
import type { SealKeyReport, Store } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { readMasterKeys } from '../store/master-keys.ts'
import { openExistingStore } from '../store/open-store.ts'

export type { SealKeyReport }

export interface KeyList {
  readonly store: string
  readonly keys: readonly SealKeyReport[]
}

export async function listKeys(env: NodeJS.ProcessEnv): Promise<KeyList> {
  return withStore(env, async ({ seals, place }) => ({ store: place, keys: await seals.keys() }))
}

export interface Rotation {
  readonly store: string
  /** The master key that wraps all now that could be unwrapped. */
  readonly masterId: string
  readonly rewrapped: number
  /** Keys that are not destroyed, those that are left included. Each was unwrapped once more after the change. */
  readonly living: number
  /** Keys that none of the master keys that were given unwraps: they are as they were. Newest first. */
  readonly left: readonly SealKeyReport[]
}

/** Nothing is changed where it throws. @throws ConfigurationProblem when there is no master key */
export async function rotateKeys(env: NodeJS.ProcessEnv): Promise<Rotation> {
  const masterKeys = readMasterKeys(env)
  if (!masterKeys)
    throw new ConfigurationProblem(
      'there is no master key to rotate to; set SIGNALBOX_MASTER_KEY to the new one and the old, or name a file in SIGNALBOX_MASTER_KEY_FILE',
    )
  return withStore(env, async ({ seals, place }) => {
    const rewrapped = await seals.rotate()
    const { open, shut: left } = await seals.check()
    return { store: place, masterId: masterKeys.currentId, rewrapped, living: open + left.length, left }
  })
}

async function withStore<Result>(env: NodeJS.ProcessEnv, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openExistingStore(env)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
