import { randomBytes } from 'node:crypto'
import { idOfRoot } from '../../core/sealing.ts'
import type { Connection } from '../connection.ts'
import type { SealedRootTable, SealKeyTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { KEY_BYTES } from './cipher.ts'
import type { KeyRing } from './key-ring.ts'
import {
  claimRoot,
  destroyKey,
  dropKey,
  dropRoot,
  findKey,
  findRoot,
  findWorkspaceKey,
  rewrapKey,
  writeKey,
  writeRoot,
} from './key-rows.ts'
import { findRule, type WorkspaceRule, writeRules } from './rules.ts'
import { SealProblem } from './seal-problem.ts'
import { sealerOf } from './seal-text.ts'
import type { Sealer } from './sealer.ts'

/** How a run tree is sealed. */
export interface Seal {
  readonly sealer: Sealer
  /** Its content in the store is sealed too, under a key of its own; otherwise its payloads are, under its workspace's. */
  readonly content: boolean
}

/** What a run that is about to start needs. */
interface SealWish {
  readonly content: boolean
  readonly workspace: string
}

/** A key as people see it. */
export interface SealKeyReport {
  readonly keyId: string
  readonly rootId?: string
  readonly workspace?: string
  readonly masterId: string
  readonly madeAtMs: number
  readonly destroyedAtMs?: number
}

interface CheckedKeys {
  /** How many keys these master keys unwrap. */
  readonly open: number
  /** Those that they do not, newest first. */
  readonly shut: readonly SealKeyReport[]
}

/**
 * The keys that seal, each wrapped by a master key. Everything here may throw `SealProblem`. A run tree is called as
 * {@link sealedRoot} calls it: one of the same id in another namespace has another key.
 */
export interface SealStore {
  /**
   * Makes the key of a run tree, unless it has a living one; says whether it was made now. The key of an earlier run of that id
   * that has ended is left to that run.
   */
  ensure(rootId: string, wish: SealWish): Promise<boolean>
  /** Takes back a key that was made for a run which then did not start; an earlier run of that id has its own again. */
  discard(rootId: string): Promise<void>
  /** `undefined`: the tree is not sealed. */
  of(rootId: string): Promise<Seal | undefined>
  ofWorkspace(workspace: string): Promise<Sealer | undefined>
  withKey(keyId: string): Promise<Sealer>
  rule(workspace: string): Promise<WorkspaceRule>
  publish(rules: readonly WorkspaceRule[]): Promise<void>
  /** Newest first. */
  keys(): Promise<readonly SealKeyReport[]>
  /** Wraps every living key that these master keys unwrap anew by the current one; gives how many were wrapped by another. */
  rotate(): Promise<number>
  /** Unwraps every living key. */
  check(): Promise<CheckedKeys>
}

export function createSeals({ write, read }: Connection, ring: KeyRing): SealStore {
  return {
    ensure: (rootId, wish) => write(() => ensure(rootId, wish, ring)),
    discard: rootId => write(() => discard(rootId)),
    of: rootId => read(() => sealOf(rootId)),
    ofWorkspace: workspace =>
      read(function* () {
        const key = yield* findWorkspaceKey(workspace)
        return key && (yield* sealerOf(key.key_id))
      }),
    withKey: keyId => read(() => sealerOf(keyId)),
    rule: workspace => read(() => findRule(workspace)),
    publish: rules => write(() => writeRules(rules)),
    keys: () => read(listKeys),
    rotate: () => write(() => rotate(ring)),
    check: () => read(() => check(ring)),
  }
}

function* sealOf(rootId: string): Work<Seal | undefined> {
  const root = yield* findRoot(rootId)
  return root && { sealer: yield* sealerOf(root.key_id), content: root.content === 1 }
}

function* ensure(rootId: string, { content, workspace }: SealWish, ring: KeyRing): Work<boolean> {
  const { key_id, content: has } = yield* claimOrAdopt(rootId)
  if ((yield* findKey(key_id))?.wrapped && !(yield* isOfEnded(rootId, key_id))) {
    yield* writeRoot({ root_id: rootId, key_id, content: has })
    return false
  }
  const owner = content ? { root_id: rootId } : { workspace }
  const keyId = (!content && (yield* findWorkspaceKey(workspace))?.key_id) || (yield* makeKey(owner, ring))
  yield* writeRoot({ root_id: rootId, key_id: keyId, content: content ? 1 : 0 })
  return true
}

function* makeKey(owner: { root_id?: string; workspace?: string }, ring: KeyRing): Work<string> {
  const keyId = randomBytes(9).toString('base64url')
  const { masterId, wrapped } = ring.masterKeys().wrap(randomBytes(KEY_BYTES))
  const made = { key_id: keyId, master_id: masterId, wrapped, made_at_ms: Date.now(), destroyed_at_ms: null }
  const isNew = yield* writeKey({ root_id: null, workspace: null, ...owner, ...made })
  // Another process was quicker with the workspace's.
  return isNew ? keyId : (yield* findWorkspaceKey(owner.workspace!))!.key_id
}

function* discard(rootId: string): Work<void> {
  const { key_id, content } = yield* claimRoot(rootId)
  const left = yield* earlierKey(rootId, key_id)
  if (left === undefined) yield* dropRoot(rootId)
  else yield* writeRoot({ root_id: rootId, key_id: left, content: 1 })
  if (content === 1) yield* dropKey(key_id)
}

/** The key that the latest earlier run of that tree has; runs of other namespaces may have the same id. */
function* earlierKey(rootId: string, keyId: string): Work<string | undefined> {
  const [earlier] = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .innerJoin('seal_keys', 'seal_keys.key_id', 'runs.seal_key')
      .select('seal_keys.key_id')
      .where('runs.run_id', '=', idOfRoot(rootId))
      .where('seal_keys.root_id', '=', rootId)
      .where('seal_keys.key_id', '!=', keyId)
      .orderBy('runs.started_at_ms', 'desc')
      .orderBy('runs.run_key', 'desc')
      .limit(1),
  )
  return earlier?.key_id
}

/** The tree's row, locked; one that is new has what lies under the id alone, from before keys knew of namespaces. */
function* claimOrAdopt(rootId: string): Work<SealedRootTable> {
  const old = yield* findRoot(rootId)
  const claimed = yield* claimRoot(rootId)
  return claimed.key_id === '' && old ? { ...old, root_id: rootId } : claimed
}

/** Whether it is the key of a run that has ended: Temporal forgets a run after a while, and then its id may be used again. */
function* isOfEnded(rootId: string, keyId: string): Work<boolean> {
  const [run] = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select('ended_at_ms')
      .where('run_id', '=', idOfRoot(rootId))
      .where('seal_key', '=', keyId)
      .orderBy('started_at_ms', 'desc')
      .limit(1),
  )
  return run !== undefined && run.ended_at_ms !== null
}

/** Ends the key of a run tree for good, in this transaction. */
export function* destroySeal(keyId: string, ring: KeyRing, atMs: number): Work<void> {
  ring.forget(keyId)
  yield* destroyKey(keyId, atMs)
}

function* listKeys(): Work<SealKeyReport[]> {
  const rows = yield* ask(({ queries }) =>
    queries.selectFrom('seal_keys').selectAll().orderBy('made_at_ms', 'desc').orderBy('key_id'),
  )
  return rows.map(reportOf)
}

function reportOf(row: SealKeyTable): SealKeyReport {
  return {
    keyId: row.key_id,
    ...(row.root_id !== null && { rootId: idOfRoot(row.root_id) }),
    ...(row.workspace !== null && { workspace: row.workspace }),
    masterId: row.master_id,
    madeAtMs: row.made_at_ms,
    ...(row.destroyed_at_ms !== null && { destroyedAtMs: row.destroyed_at_ms }),
  }
}

/** Newest first; `key` is absent where no master key of this process unwraps it. */
function* livingKeys(ring: KeyRing) {
  const rows = yield* ask(({ queries, lockRows }) =>
    lockRows(queries.selectFrom('seal_keys').selectAll().where('wrapped', 'is not', null).orderBy('key_id')),
  )
  return rows.map(row => ({ row, key: unwrapped(row, ring) })).sort((a, b) => b.row.made_at_ms - a.row.made_at_ms)
}

function unwrapped({ key_id, master_id, wrapped }: SealKeyTable, ring: KeyRing): Buffer | undefined {
  try {
    return ring.masterKeys().unwrap(key_id, master_id, wrapped!)
  } catch (error) {
    if (error instanceof SealProblem && error.kind === 'wrong-master-key') return undefined
    throw error
  }
}

function* rotate(ring: KeyRing): Work<number> {
  const masterKeys = ring.masterKeys()
  let rewrapped = 0
  for (const { row, key } of yield* livingKeys(ring)) {
    if (!key || row.master_id === masterKeys.currentId) continue
    yield* rewrapKey({ keyId: row.key_id, ...masterKeys.wrap(key) })
    rewrapped += 1
  }
  return rewrapped
}

function* check(ring: KeyRing): Work<CheckedKeys> {
  const keys = yield* livingKeys(ring)
  const shut = keys.filter(({ key }) => !key).map(({ row }) => reportOf(row))
  return { open: keys.length - shut.length, shut }
}
