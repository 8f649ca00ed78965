/**
 * Checks that an activity works only for the run of the workflow that scheduled it. Sealing keeps Temporal from reading a run; this keeps
 * anybody who can schedule activities there from having our workers act for, or read from, another run. It compares names only, and looks
 * nothing up.
 *
 * @module
 */
import { isHandedOver } from '../agent/handed-over.ts'
import type { CallModelInput, OpenRunInput, RunRef, RunToolInput } from '../protocol.ts'
import { ownerOf } from './lineage-owner.ts'
import { namesRun } from './names-run.ts'

/** An activity was asked to work for, or with, something of another run than its workflow's. A retry does not help. */
export class NotItsOwn extends Error {
  override readonly name = 'NotItsOwn'
}

type ActivityInput = { readonly run: RunRef } & Partial<
  Pick<CallModelInput, 'transcript' | 'additions'> & Pick<RunToolInput, 'callId'> & Pick<OpenRunInput, 'terms'>
>

/** Checks that an activity's input concerns only its own workflow's run. @throws NotItsOwn if it does not */
export function assertOwn(workflowId: string | undefined, asked: unknown): void {
  const problem = namesRun(asked) ? foreignIn(workflowId, asked as ActivityInput) : 'no run'
  if (problem !== undefined) throw foreign(workflowId, problem)
}

/** Checks the same for an activity that a workflow starts on behalf of a child. @throws NotItsOwn */
export function assertBelow(workflowId: string | undefined, asked: unknown): void {
  if (namesRun(asked) && workflowId !== undefined && asked.run.id.startsWith(`${workflowId}/`)) return
  throw foreign(workflowId, namesRun(asked) ? `the run ${asked.run.id}` : 'no run')
}

function foreign(workflowId: string | undefined, what: string): NotItsOwn {
  return new NotItsOwn(
    `The workflow ${workflowId ?? 'of nobody'} has asked for ${what}, which is not its own. Nothing was done; use the verbs of openRun`,
  )
}

function foreignIn(
  workflowId: string | undefined,
  { run, transcript, additions, callId, terms }: ActivityInput,
): string | undefined {
  if (run.id !== workflowId) return `the run ${run.id}`
  if (!isKeyOf(run)) return `the key ${run.key}`
  const slice = run.slices?.find(each => !isWithin(run.key, each) || !each.startsWith(`${run.scope}/`))
  if (slice !== undefined) return `the budget ${slice}`
  const handedOver = (additions ?? []).filter(isHandedOver).map(addition => addition.transcript)
  const lineage = [transcript, ...handedOver].find(its => its && ownerOf(its.lineage) !== run.key)?.lineage
  if (lineage !== undefined) return `the transcript ${lineage}`
  if (callId !== undefined && !isCallOf(run, callId)) return `the call ${callId}`
  const above = terms?.within?.asked?.run
  if (above && !(run.id.startsWith(`${above.id}/`) && run.key.startsWith(`${above.key}/`))) return `the run ${above.id}`
  return undefined
}

/** Whether the run's key fits its id: a child's key ends with the path of its id. */
function isKeyOf({ id, key, root, scope }: RunRef): boolean {
  if (root === undefined || scope === undefined) return root === scope && !key.includes('/')
  return id.startsWith(`${root}/`) && !scope.includes('/') && key === `${scope}${id.slice(root.length)}`
}

function isWithin(key: string, above: string): boolean {
  return key === above || key.startsWith(`${above}/`)
}

/** Whether the call is the run's own: its key, a step and a digest. In a call of a run below, more of a key comes in between. */
function isCallOf({ key }: RunRef, callId: string): boolean {
  return callId.startsWith(`${key}/`) && /^\d+\/[0-9a-f]+$/.test(callId.slice(key.length + 1))
}
