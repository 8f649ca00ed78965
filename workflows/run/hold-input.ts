/**
 * Holds the input of a run to the schema that the app has for its workflow, before the workflow's own code sees it.
 *
 * @module
 */
import { CancellationScope, patched, workflowInfo } from '@temporalio/workflow'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Brief, Terms } from '../../src/core/protocol.ts'
import { ownKnowledge } from './activities.ts'
import { refOf } from './book/book.ts'
import { endedAs } from './lifetime/ended.ts'
import { opening } from './lifetime/opening.ts'
import { prepareRun } from './open-run.ts'
import type { Patch } from './patches.ts'

type Workflow = (brief: unknown, ...rest: unknown[]) => Promise<unknown>

/**
 * Wraps a workflow so that it ends as `refused` if its input does not fit. Keeps what is set on the function, such as its versioning
 * behaviour.
 *
 * @param isHeld - Whether the app that was bundled has a schema for it.
 */
export function holdInput(workflow: Workflow, isHeld: boolean): Workflow {
  const holding: Workflow = (brief, ...rest) =>
    mustHold(isHeld, brief) ? held(brief).then(() => workflow(brief, ...rest)) : workflow(brief, ...rest)
  return Object.assign(holding, workflow)
}

/**
 * Whether to check the input. Not in a later part, whose input the workflow itself has given, and not an input that is too long, which
 * `openRun` refuses. A history counts more than this worker's app, which may be older or newer than that of the worker that began the run.
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
  // Not cancellable: a run that is cancelled already is to end by its own code, so that its end is in the ledger.
  const message = await CancellationScope.nonCancellable(() => ownKnowledge('check the input').inputProblem(asked))
  if (message === null) return
  const { book } = prepareRun(terms)
  // Opened, so that it is in the ledger like any other run that is refused.
  await opening(book)
  throw endedAs(book, 'refused', { message })
}

/** Started by Temporal's own means, it may be given anything, or nothing. */
function termsOf(brief: unknown): Terms {
  return (Object(brief) as Partial<Brief>).terms ?? {}
}
