/**
 * What a client tells a run.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { definedOnly } from '../../core/defined-only.ts'
import { lostInJson } from '../../core/json/lost-in-json.ts'
import {
  type BudgetRaise,
  type Decision,
  type DecisionResult,
  type RaisedBudget,
  type Said,
  SIGNALS,
  UPDATES,
} from '../../core/protocol.ts'
import type { WorkflowPlace } from '../../core/sealing.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { givenWords } from '../given/given-parts.ts'
import { wordsFor } from '../given/long-texts.ts'
import { heardInTime } from '../hearing/run-unheard.ts'
import type { KnownSeals } from '../seals/known-seals.ts'
import { refuseSealed } from '../seals/refuse-sealed.ts'
import { callersDeadlineMs } from '../temporal/callers-deadline.ts'
import { rethrowWithAsker } from './asked-below.ts'
import { rethrowInItsWords } from './not-accepted.ts'
import { isAsked, onceAsked } from './once-asked.ts'
import { assertOpen, unlessEnded } from './run-ended.ts'
import type { RunHandle, Verdict } from './run-handle.ts'
import { terminateRun } from './terminate-run.ts'

type ToldRun = Pick<RunHandle, 'approve' | 'deny' | 'answer' | 'raiseBudget' | 'say' | 'stop' | 'cancel' | 'terminate'>

interface Told {
  readonly client: Client
  readonly seals: Pick<KnownSeals, 'of'>
  readonly workflow: WorkflowHandle
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
}

const VERDICT_KEYS: KeysOf<Verdict> = { by: true, note: true }

export function toldRun(told: Told): ToldRun {
  const { workflow } = told
  const decide = decideOn(told)
  return {
    approve: (toolCallId, verdict) => decide(toolCallId, 'approve', verdict),
    deny: (toolCallId, verdict) => decide(toolCallId, 'deny', verdict),
    answer: async (questionId, answer, verdict) =>
      decide(questionId, typeof answer === 'string' ? answer : jsonOf(questionId, answer), verdict),
    raiseBudget: raise => {
      // By this id the run knows a raise that it is told twice.
      const updateId = randomUUID()
      const say = () => update<RaisedBudget, BudgetRaise>(told, UPDATES.raise, definedOnly(raise), updateId)
      return tell(told, 'given a larger budget', say)
    },
    say: (text, { id = randomUUID(), by } = {}) =>
      tell(told, 'told anything', async () => {
        const given = givenWords(`the message to run ${workflow.workflowId}`, text)
        const words = await wordsFor(await told.storeIfThere(), placeOf(told), given)
        await update<void, Said>(told, UPDATES.say, { text: words, id, ...(by !== undefined && { by }) })
      }),
    stop: () => unlessEnded(told, 'stopped', () => workflow.signal(SIGNALS.stop)),
    cancel: async () => {
      await assertOpen(told, 'cancelled')
      await workflow.cancel()
    },
    terminate: () => terminateRun(told),
  }
}

type Decide = (toolCallId: string, word: string, verdict?: Verdict) => Promise<DecisionResult>

function decideOn(told: Told): Decide {
  const { client, workflow, storeIfThere } = told
  return async (toolCallId, word, verdict = {}) => {
    refuseUnknown(`the decision on run ${workflow.workflowId}`, verdict, VERDICT_KEYS)
    const decision = { toolCallId, decision: word, ...definedOnly(verdict) }
    return tell(told, 'decided on', () =>
      onceAsked(
        () => update<DecisionResult, Decision>(told, UPDATES.decide, decision),
        () => isOnRecord(told, toolCallId),
        callersDeadlineMs(client),
      ).catch(error => rethrowWithAsker(error, { workflow, storeIfThere, toolCallId })),
    )
  }
}

/** A value as it is sent. Part of it would be lost without a word. */
function jsonOf(questionId: string, value: unknown): string {
  const loss = value === undefined ? 'it is undefined' : lostInJson(value)
  if (loss !== undefined) throw new TypeError(`the answer to ${questionId} is not JSON: ${loss}`)
  return JSON.stringify(value)
}

/** Whether the store has the question, and no answer to it. */
async function isOnRecord({ storeIfThere, workflow }: Told, toolCallId: string): Promise<boolean> {
  const store = await storeIfThere()
  return store !== undefined && isAsked(store.events, await keyOfRun(workflow, store.reports), toolCallId)
}

/**
 * Tells the run something, unless it has ended or is sealed with a key that this client does not have.
 *
 * @param wanted - What cannot be done to a run that has ended, as its error says it: "decided on".
 */
function tell<T>(told: Told, wanted: string, say: () => Promise<T>): Promise<T> {
  return unlessEnded(told, wanted, async () => {
    if (!(await told.seals.of(placeOf(told)))) await refuseSealed(told.workflow)
    return say()
  })
}

function update<Result, Argument>(
  { client, workflow }: Told,
  name: string,
  argument: Argument,
  updateId = randomUUID(),
): Promise<Result> {
  return heardInTime(client, workflow, () =>
    workflow.executeUpdate<Result, [Argument]>(name, { args: [argument], updateId }).catch(rethrowInItsWords),
  )
}

function placeOf({ client, workflow }: Told): WorkflowPlace {
  return { namespace: client.options.namespace, workflowId: workflow.workflowId }
}
