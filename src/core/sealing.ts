/**
 * What a sealed run is: one whose content lies encrypted wherever it is kept, under a key of its own run tree.
 *
 * @module
 */
import type { Policy } from './policy/policy.ts'

/**
 * The memo, name and value alike, by which a workflow knows that it is sealed. It is the one payload that is never
 * encrypted: it says nothing, and whoever lists runs must be able to read it when the key is gone.
 */
export const SEALED = 'signalbox.sealed'

/** The run at the top of a workflow's tree: children's ids begin with it and a slash. */
export function rootOf(workflowId: string): string {
  const end = workflowId.indexOf('/')
  return end === -1 ? workflowId : workflowId.slice(0, end)
}

/** Where a workflow runs: two namespaces of a store may have one of the same id. */
export interface WorkflowPlace {
  /** Its name. Absent: nobody has said. */
  readonly namespace?: string
  readonly workflowId: string
}

/** What a run tree is called among the keys, e.g. `default/letter-1`. */
export function sealedRoot({ namespace, workflowId }: WorkflowPlace): string {
  const root = rootOf(workflowId)
  return namespace === undefined ? root : `${namespace}/${root}`
}

/** The id of the run at the top of a tree that is called so: no sealed root has a slash in it. */
export function idOfRoot(sealedRoot: string): string {
  return sealedRoot.slice(sealedRoot.lastIndexOf('/') + 1)
}

/** Whether a run under these policies must be sealed: one of its own levels asks for zero data retention. */
export function mustBeSealed(policies: readonly (Policy | undefined)[]): boolean {
  return policies.some(policy => policy?.zdr === true)
}

/** How long content may be kept after the run's end: the shortest that any level says. `undefined`: until it is purged. */
export function retentionOf(policies: readonly (Policy | undefined)[]): number | undefined {
  const said = policies.flatMap(policy => policy?.retentionMs ?? [])
  return said.length === 0 ? undefined : Math.min(...said)
}

/** The type of a failure of a sealed run whose words are in its details, which are encrypted. */
const QUIET = 'signalbox.sealed-failure'

/** What a failure said. */
export interface QuietWords {
  readonly name: string
  readonly message: string
}

/** An error as history and logs may show it, and its words apart. */
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

/** The words of a failure, from the details where they were put aside. */
export function wordsOf(failure: {
  readonly type?: unknown
  readonly details?: unknown
  readonly message: string
}): string {
  if (failure.type !== QUIET || !Array.isArray(failure.details)) return failure.message
  return (failure.details[0] as QuietWords | undefined)?.message ?? failure.message
}
