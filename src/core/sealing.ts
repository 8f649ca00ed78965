/**
 * Sealed runs: everything that such a run says or is told is stored encrypted, with a key of its own run tree.
 *
 * @module
 */
import type { Policy } from './policy/policy.ts'

/**
 * The name and also the value of the memo that marks a sealed run. It is the only payload that is never encrypted, because lists of runs
 * must still show it when the key is destroyed.
 */
export const SEALED = 'signalbox.sealed'

/** The id of the run at the top of a workflow's tree: everything before the first slash of its id. */
export function rootOf(workflowId: string): string {
  const end = workflowId.indexOf('/')
  return end === -1 ? workflowId : workflowId.slice(0, end)
}

/** A workflow by namespace and id: several namespaces that share a store may use the same id. */
export interface WorkflowPlace {
  /** The namespace's name; absent if it is not known. */
  readonly namespace?: string
  readonly workflowId: string
}

/** The name under which the store has the key of a run tree, e.g. `default/letter-1`. */
export function sealedRoot({ namespace, workflowId }: WorkflowPlace): string {
  const root = rootOf(workflowId)
  return namespace === undefined ? root : `${namespace}/${root}`
}

/** The id of a tree's top run, from the name of its key. Ids of top runs have no slash if they are sealed. */
export function idOfRoot(sealedRoot: string): string {
  return sealedRoot.slice(sealedRoot.lastIndexOf('/') + 1)
}

/** Whether a run under these policies must be sealed, because at least one of them demands zero data retention. */
export function mustBeSealed(policies: readonly (Policy | undefined)[]): boolean {
  return policies.some(policy => policy?.zdr === true)
}

/** How long content may be kept after the run's end, in milliseconds: the shortest of all policies. `undefined`: until it is purged. */
export function retentionOf(policies: readonly (Policy | undefined)[]): number | undefined {
  const said = policies.flatMap(policy => policy?.retentionMs ?? [])
  return said.length === 0 ? undefined : Math.min(...said)
}

/** The type of a sealed run's failures. Their words are in the details, which are encrypted. */
const QUIET = 'signalbox.sealed-failure'

/** The name and message of a failure, which are put where they are encrypted. */
export interface QuietWords {
  readonly name: string
  readonly message: string
}

/** An error of a sealed run, split into what history and logs may show and the words that have to be encrypted. */
export function quietFailure(error: unknown): {
  readonly message: string
  readonly type: string
  readonly words: QuietWords
} {
  const { name = typeof error, message = String(error) } = Object(error) as Partial<QuietWords>
  return {
    message: `a part of a sealed run failed (${name}); its words are sealed in the details`,
    type: QUIET,
    words: { name, message },
  }
}

/** The message of a failure; for a sealed run the one in its details. */
export function wordsOf(failure: {
  readonly type?: unknown
  readonly details?: unknown
  readonly message: string
}): string {
  if (failure.type !== QUIET || !Array.isArray(failure.details)) return failure.message
  return (failure.details[0] as QuietWords | undefined)?.message ?? failure.message
}
