/**
 * Continues a run as new: a part with a short history goes on where this one stands, and to people it stays one run.
 *
 * @module
 */
import {
  allHandlersFinished,
  type ContinueAsNewOptions,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow'
import type { Unheard } from '../../../src/core/agent/carried.ts'
import { type CarriedAgent, toCarry } from '../../../src/core/agent/carried.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { Brief } from '../../../src/core/protocol.ts'
import { countOf } from '../../../src/core/words/count-of.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { failOpened } from '../lifetime/fail-opened.ts'
import { interruption } from '../lifetime/limits.ts'

/** For an agent whose plan does not say, as in older histories. */
const STEPS_PER_PART = 120

/** 120 steps of one model and one tool activity; more tools a step reach it earlier. The server warns at 10,240. */
const EVENTS_PER_PART = 1_450

/** Whether a new part should begin: by our own bounds, because the server suggests it, or to move on to a new version. */
export function isPartFull(book: Book, stepsPerPart: number = STEPS_PER_PART): boolean {
  const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo()
  const isLong = book.step - book.firstStep >= stepsPerPart || historyLength >= EVENTS_PER_PART
  return isLong || continueAsNewSuggested || targetWorkerDeploymentVersionChanged
}

/** Waits until nothing is in flight that would be lost with the part. */
export function partIsQuiet(book: Book): Promise<void> {
  return condition(() => allHandlersFinished() && book.children.size === 0)
}

/** Begins the next part. Only at a quiet point: what is in flight would be lost, so children are waited for. A run that is to stop ends. */
export async function nextPart(run: RunAtWork, input: JsonValue, agent?: CarriedAgent): Promise<never> {
  const { book, inbox } = run
  await partIsQuiet(book)
  // The next part would not know that the run is to stop.
  if (inbox.stopping) throw interruption(run)
  const { parts, startedAtMs, draw, isStrict, isBegun, step, ownTools, childCount: children, totals } = book
  const questions = inbox.questions.open()
  const { isHearing, queue } = inbox.unheard
  const tooMuch = unheardProblem(book, input, queue)
  if (tooMuch !== undefined) return failOpened(book, tooMuch)
  const carried = definedOnly({
    run: workflowInfo().firstExecutionRunId,
    parts: parts + 1,
    step,
    ownTools,
    children,
    totals,
    startedAtMs,
    draw,
    isStrict: isStrict || undefined,
    isUnopened: !isBegun || undefined,
    decided: inbox.decided(),
    heard: inbox.heard(),
    unheard: isHearing ? queue : undefined,
    questions: questions.length > 0 ? questions : undefined,
    agent,
  })
  const next = makeContinueAsNewFunc<(brief: Brief) => Promise<unknown>>(versioning())
  return next({ input, terms: Object.assign({}, book.terms, { carried: toCarry(carried) }) })
}

/** Each may fit into history, and both together not. */
function unheardProblem({ workflow }: Book, input: JsonValue, queue: readonly Unheard[]): string | undefined {
  if (queue.length === 0) return undefined
  const messages = countOf(queue.length, 'message')
  return sizeProblem(`the input of the next part of ${workflow}, with ${messages} not heard yet,`, [input, queue])
}

/** On workers with versions a part is pinned to the one that began it, and the next begins with the current one. */
function versioning(): ContinueAsNewOptions {
  return workflowInfo().currentDeploymentVersion ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {}
}
