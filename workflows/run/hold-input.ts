/**
 * Holds the input of a run to the schema that the app has for its workflow, before the workflow's own code sees it.
 *
 * @module
 */
import { CancellationScope, patched, workflowInfo } from '@temporalio/workflow'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Brief, Terms } from '../../src/core/protocol.ts'
import { ownKnowledge } from './activities.ts'
import { refOf } from './book.ts'
import { endedAs } from './ended.ts'
import { prepareRun } from './open-run.ts'
import { opening } from './opening.ts'
import type { Patch } from './patches.ts'

type Workflow = (brief: unknown, ...rest: unknown[]) => Promise<unknown>

/**
 * The workflow, which ends as `refused` where its input does not fit. What is set on the function stays, as its versioning behaviour does.
 *
 * @param isHeld - Whether the app that was bundled has a schema for it.
 */
export function holdInput(workflow: Workflow, isHeld: boolean): Workflow {
  const holding: Workflow = (brief, ...rest) =>
    mustHold(isHeld, brief) ? held(brief).then(() => workflow(brief, ...rest)) : workflow(brief, ...rest)
  return Object.assign(holding, workflow)
}

/**
 * A later part goes on with what the workflow itself gave it, and an input that is too long is refused by `openRun`. What a history says
 * counts more than this worker's app, which may be older or newer than that of the worker which began the run.
 */
function mustHold(isHeld: boolean, brief: unknown): boolean {
  const { continuedFromExecutionRunId, unsafe } = workflowInfo()
  if (continuedFromExecutionRunId !== undefined || termsOf(brief).longInput) return false
  return (isHeld || unsafe.isReplaying) && patched('signalbox.hold-input' satisfies Patch)
}

async function held(brief: unknown): Promise<void> {
  const { workflowType: workflow } = workflowInfo()
  const { input } = Object(brief) as Partial<Brief>
  const terms = termsOf(brief)
  const asked = definedOnly({ run: refOf(terms), workflow, input })
  // Cancelled already, it ends by its own code, or by what is behind this: its end belongs in the ledger.
  const message = await CancellationScope.nonCancellable(() => ownKnowledge('check the input').inputProblem(asked))
  if (message === null) return
  const { book } = prepareRun(terms)
  // So that it is in the ledger, like any run that is refused.
  await opening(book)
  throw endedAs(book, 'refused', { message })
}

/** Started by Temporal's own means, it may be given anything, or nothing. */
function termsOf(brief: unknown): Terms {
  return (Object(brief) as Partial<Brief>).terms ?? {}
}
