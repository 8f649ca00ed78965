import { idOfRoot } from '../../core/sealing.ts'
import { insertNew, insertOnce } from '../insert-once.ts'
import type { SealedRootTable, SealKeyTable } from '../schema.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

export const keyById: Statement<{ keyId: string }, SealKeyTable> = ({ keyId }, { queries }) =>
  queries.selectFrom('seal_keys').selectAll().where('key_id', '=', keyId)

const rootById: Statement<{ rootId: string }, SealedRootTable> = ({ rootId }, { queries }) =>
  queries.selectFrom('sealed_roots').selectAll().where('root_id', '=', rootId)

const lockedRoot: Statement<{ rootId: string }, SealedRootTable> = ({ rootId }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('sealed_roots').selectAll().where('root_id', '=', rootId))

const keyOfWorkspace: Statement<{ workspace: string }, SealKeyTable> = ({ workspace }, { queries }) =>
  queries.selectFrom('seal_keys').selectAll().where('workspace', '=', workspace).where('wrapped', 'is not', null)

const insertKey = insertNew('seal_keys')

const putRoot: Statement<SealedRootTable, unknown> = ({ root_id, key_id, content }, { queries }) =>
  queries
    .insertInto('sealed_roots')
    .values({ root_id, key_id, content })
    .onConflict(conflict => conflict.column('root_id').doUpdateSet({ key_id, content }))

const claim = insertOnce('sealed_roots')

const deleteRoot: Statement<{ rootId: string }, unknown> = ({ rootId }, { queries }) =>
  queries.deleteFrom('sealed_roots').where('root_id', '=', rootId)

const deleteKey: Statement<{ keyId: string }, unknown> = ({ keyId }, { queries }) =>
  queries.deleteFrom('seal_keys').where('key_id', '=', keyId)

const emptyKey: Statement<{ keyId: string; atMs: number }, unknown> = ({ keyId, atMs }, { queries }) =>
  queries
    .updateTable('seal_keys')
    .set({ wrapped: null, destroyed_at_ms: atMs })
    .where('key_id', '=', keyId)
    .where('wrapped', 'is not', null)

type Rewrap = { keyId: string; masterId: string; wrapped: string }

const replaceWrapped: Statement<Rewrap, unknown> = ({ keyId, masterId, wrapped }, { queries }) =>
  queries
    .updateTable('seal_keys')
    .set({ master_id: masterId, wrapped })
    .where('key_id', '=', keyId)
    .where('wrapped', 'is not', null)

export const findKey = (keyId: string) => one(keyById, { keyId })

/** The root's row, made where it is missing, and locked: of two that want to seal one tree, the second waits for the first. */
export function* claimRoot(rootId: string): Work<SealedRootTable> {
  yield* tell(claim, { root_id: rootId, key_id: '', content: 0 })
  return (yield* one(lockedRoot, { rootId }))!
}

/** Trees that were sealed before keys knew of namespaces lie under the id alone. */
export function* findRoot(rootId: string): Work<SealedRootTable | undefined> {
  const id = idOfRoot(rootId)
  return (yield* one(rootById, { rootId })) ?? (id === rootId ? undefined : yield* one(rootById, { rootId: id }))
}

export const findWorkspaceKey = (workspace: string) => one(keyOfWorkspace, { workspace })
export const writeRoot = (row: SealedRootTable) => tell(putRoot, row)
export const dropRoot = (rootId: string) => tell(deleteRoot, { rootId })
export const dropKey = (keyId: string) => tell(deleteKey, { keyId })
/** Nothing can be read any more that was sealed with it; the row stays and says so. */
export const destroyKey = (keyId: string, atMs: number) => tell(emptyKey, { keyId, atMs })
export const rewrapKey = (rewrap: Rewrap) => tell(replaceWrapped, rewrap)

/** Whether it was new: one workspace has one living key. */
export function* writeKey(row: SealKeyTable): Work<boolean> {
  return (yield* one(insertKey, row)) !== undefined
}
