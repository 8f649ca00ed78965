/**
 * One model call of a run: schedules the activity, sits out the waits that it asks for, counts what it cost.
 *
 * @module
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow'
import { addCall } from '../../../src/core/agent/totals.ts'
import type {
  Answer,
  CallModelInput,
  CallModelResult,
  RoutingMemory,
  Spent,
  TranscriptRef,
} from '../../../src/core/protocol.ts'
import { longActivities } from '../activities.ts'
import { awaitedLater } from '../awaited-later.ts'
import type { Book } from '../book/book.ts'
import { rowOf, withRow } from '../book/rows.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { endedByCall } from '../lifetime/ended.ts'
import { cutVerb, interruption, refusalOf, withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import type { Patch } from '../patches.ts'
import { publish } from '../shown/publish.ts'
import { giveUpCall } from './give-up-call.ts'
import { afterWait, isPutOff, type PutOff, type Raises, untilReady } from './put-off.ts'

/** What a verb asks of a model. */
export interface ModelAsk extends Omit<CallModelInput, 'run' | 'step' | 'transcript' | 'memory'> {
  /** Absent: a transcript of its own. */
  readonly transcript?: TranscriptRef
  readonly known?: RoutingMemory['known']
  /** For the Temporal UI, behind the class and the step. */
  readonly words?: string
}

/** What came of it. */
export interface Answered {
  readonly step: number
  readonly answer: Answer
  readonly spent: Spent
}

/**
 * Asks a model, and resolves with what `give` makes of the answer. Every other end of the call ends the run, with its cost
 * counted.
 *
 * If there is nothing to wait for, this makes two promises: the activity's and one that follows it. Temporal's sandbox keeps a
 * stack trace for each promise, which takes about 0.1 ms, and every step comes through here. So this function and its callers are
 * not `async`, and only a call without an answer gets the third promise, by which it can fail before somebody awaits it.
 */
export function askModel<Given>(run: RunAtWork, asked: ModelAsk, give: (answered: Answered) => Given): Promise<Given> {
  const { book } = run
  const refusal = refusalOf(run)
  if (refusal) return awaitedLater(Promise.reject<Given>(refusal))
  book.step += 1
  const call = { input: callInput(book, asked, book.step), words: asked.words }
  const { input } = call
  const ask = () => {
    const { raises, raisesAbove } = book
    const beganAtMs = Date.now()
    const settle = (result: Settled) => {
      count(book, input, result, Date.now() - beganAtMs)
      return give({ step: input.step, answer: accept(run, result), spent: result })
    }
    book.atWork += 1
    const whole: Promise<Given> = callOnce(book, call).then(
      result => {
        book.atWork -= 1
        if (result.kind !== 'answered') awaitedLater(whole)
        return isPutOff(book, result)
          ? askAgain(run, call, { result, raises, raisesAbove }).then(settle)
          : settle(result)
      },
      error => {
        book.atWork -= 1
        awaitedLater(whole)
        return failGivenUp(book, input, error)
      },
    )
    return whole
  }
  return book.isOpen ? ask() : awaitedLater(opening(book).then(ask))
}

/** Waits, for a time or for a larger budget, and asks again until the call is settled. */
async function askAgain(run: RunAtWork, first: Scheduled, unsettled: Unsettled): Promise<Settled> {
  const { book } = run
  let call = first
  let { result, ...before }: Unsettled = unsettled
  book.atWork += 1
  try {
    while (isPutOff(book, result)) {
      call = { ...call, input: afterWait(call.input, result) }
      const goesOn = await untilReady(run, result, before)
      if (goesOn === undefined) break
      before = { raises: book.raises, raisesAbove: book.raisesAbove }
      result = goesOn ? await callOnce(book, call) : await giveUp(book, call, result)
    }
    return result as Settled
  } catch (error) {
    return await failGivenUp(book, call.input, error)
  } finally {
    book.atWork -= 1
  }
}

/** Ends a call that was not to be made again. One that waits for a batch is withdrawn, and may have its answer all the same. */
async function giveUp(book: Book, call: Scheduled, { kind: _, ...spent }: PutOff): Promise<CallModelResult> {
  if ('inBatch' in spent && patched('signalbox.withdraws-batch' satisfies Patch)) {
    const withdrawn = { ...call, input: { ...call.input, withdraws: true as const } }
    const result = await CancellationScope.nonCancellable(() => scheduled(book, withdrawn))
    // An older worker knows nothing of batches.
    return result.kind === 'wait' ? { ...spent, kind: 'cancelled' } : result
  }
  await giveUpCall(book, call.input)
  return { ...spent, kind: 'cancelled' }
}

/** Fails a call whose activity was cancelled before it began, or was lost with its worker. */
async function failGivenUp(book: Book, input: CallModelInput, error: unknown): Promise<never> {
  const cut = cutVerb(error)
  if (isCancellation(cut)) await giveUpCall(book, input)
  throw cut
}

function callInput(book: Book, asked: ModelAsk, step: number): CallModelInput {
  const { known, transcript, words: _, ...rest } = asked
  const { ref, askers } = book
  return {
    run: ref,
    step,
    ...rest,
    ...(askers.length > 0 && { asksAbove: askers.map(({ key }) => key) }),
    transcript: transcript ?? { lineage: `${ref.key}/${step}`, length: 0 },
    memory: { draw: book.draw, ...(known && { known }) },
  }
}

/** A call, and what the Temporal UI says of it besides its class and its step. */
interface Scheduled {
  readonly input: CallModelInput
  readonly words: string | undefined
}

type Settled = Exclude<CallModelResult, { kind: 'wait' }>

interface Unsettled extends Raises {
  readonly result: CallModelResult
}

/**
 * Schedules the activity once. After each durable wait it is scheduled again with the same call id, so no worker slot is held
 * meanwhile.
 */
function callOnce(book: Book, call: Scheduled): Promise<CallModelResult> {
  return withinTime(book, () => scheduled(book, call))
}

function scheduled(book: Book, { input, words }: Scheduled): Promise<CallModelResult> {
  const summary = `${input.taskClass} · step ${input.step}${words === undefined ? '' : ` · ${words}`}`
  const priorityKey = book.priorities[input.taskClass]
  // Whatever is left out of the priority is inherited from the run, such as its fairness key.
  const options = { summary, ...(priorityKey !== undefined && { priority: { priorityKey } }) }
  return longActivities().callModel.executeWithOptions(options, [input])
}

function count(book: Book, input: CallModelInput, result: Settled, ms: number): void {
  const model = result.kind === 'answered' ? result.answer.model : undefined
  book.totals = addCall(book.totals, input.taskClass, result, model)
  const end = result.kind === 'fault' ? result.fault.kind : result.kind
  book.rows = withRow(book.rows, rowOf(input.step, input.taskClass, model ?? end, { ...result, ms }))
  publish(book)
}

function accept(run: RunAtWork, result: Settled): Answer {
  const { book } = run
  switch (result.kind) {
    case 'answered':
      return result.answer
    case 'over-budget':
      throw endedByCall(book, 'out-of-budget', { message: result.message })
    case 'cancelled':
      throw interruption(run, result.said)
    case 'fault': {
      const { fault } = result
      const kind = fault.kind === 'refused' ? 'refused' : 'failed'
      throw endedByCall(book, kind, { fault, message: fault.message })
    }
  }
}
