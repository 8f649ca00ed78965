/**
 * Asks a model of a task class, working down the route until an endpoint answers. Begin here: `call-model/` has a folder for each part of
 * that, and none imports from one below it.
 *
 * 1. `prepare/`: what the call is: its class, tools and schema by their names, and its prompt.
 * 2. `money/`: what an attempt costs, at most and in the end, and the budgets that it counts towards.
 * 3. `plan/`: the class that serves the call, and whom it may ask there.
 * 4. `attempt/`: one request, with the gate before it leaves and its row in the ledger.
 * 5. `walk/`: how far the call has come (`walk.ts`), all that can change of that (`steps.ts`), and where it continues if another activity has
 *    begun it (`resume.ts`).
 * 6. `budget/`: what is done where a budget is short: less output, waiting in line, a cheaper class.
 * 7. `reply/`: what a reply comes to: an answer in the journal, a repair, a better class, or a fault.
 * 8. `batch/`: calls through a vendor's batch interface.
 * 9. `ask/`: the call's turn at an endpoint, and a second one beside it where the first is slow to begin.
 *
 * `walk-route.ts` goes on until the call has its end: the remedy machine of `src/core/faults/decide-remedy.ts` hears what happened, and what
 * it decides is carried out.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { Fault } from '../src/core/faults/fault.ts'
import type { CallSoFar } from '../src/core/ports.ts'
import type { CallModelInput, CallModelResult } from '../src/core/protocol.ts'
import { assertLost } from './assert-lost.ts'
import { endCall } from './call-model/end-call.ts'
import { warnOfBudgets } from './call-model/money/shared-budgets.ts'
import { type EndedAttempt, endedFrom, spentOn } from './call-model/money/spent.ts'
import { planCall } from './call-model/plan/plan.ts'
import { inServingClass } from './call-model/plan/serving-class.ts'
import type { CallModelPorts } from './call-model/ports.ts'
import { keptFromKeys } from './call-model/prepare/content.ts'
import { fileFault, policyFault, prepareCall } from './call-model/prepare/prepare.ts'
import type { Prepared, Unprepared } from './call-model/prepare/prepared.ts'
import { promptOf } from './call-model/prepare/prompt.ts'
import { tellUnanswered } from './call-model/tell-unanswered.ts'
import { Interrupted, type PlannedCall } from './call-model/walk/walk.ts'
import { walkRoute } from './call-model/walk-route.ts'
import { isCancelRequested, leftToOthers, withHeartbeat } from './heartbeat.ts'
import { leaveToOthers, leaveToOtherVersion } from './other-version.ts'
import { partOf } from './part.ts'

export type { CallModelPorts } from './call-model/ports.ts'

/**
 * One activity per call, however many attempts it takes, so that routing may change under open runs.
 *
 * Returns what happened as a value, with every attempt in it. Throws only where another worker is to go on that has what this one lacks,
 * such as the store or a key that the vendor accepts: the retried activity finds the earlier attempts in the ledger and goes on where the
 * lost one stood. An answer that is in the journal is returned, and not bought again. A damaged transcript fails it for good.
 */
export function createCallModel(ports: CallModelPorts): (input: CallModelInput) => Promise<CallModelResult> {
  return input => {
    const activity = Context.current()
    // Some ports read the configuration anew each time they are asked for. The copy reads them once, so that the call ends with
    // the configuration that it began with.
    const copy = { ...ports }
    return withHeartbeat(activity, async say => {
      const result = await callModel(copy, { activity, say }, input).catch(error =>
        assertLost(copy.ledger, input.run, error),
      )
      await tellUnanswered(copy, activity, input, result)
      return result
    })
  }
}

async function callModel(
  ports: CallModelPorts,
  { activity, say }: Pick<PlannedCall, 'activity' | 'say'>,
  input: CallModelInput,
): Promise<CallModelResult> {
  const prepared = await prepareCall(ports, input, partOf(activity))
  const begun = await ports.ledger.isBegun(prepared.call.callId)
  if (!begun) {
    await heedVersion(ports, activity, prepared)
    const unfit = 'fault' in prepared ? prepared.fault : faultOfNew(ports, input, prepared)
    if (unfit) return { kind: 'fault', fault: unfit, ...spentOn([]) }
  }
  // A new call is written together with its first attempt: that saves almost every call a transaction.
  const soFar = begun || clearsOwn(prepared) ? await ports.ledger.beginCall(prepared.call) : undefined
  const earlier = (soFar?.attempts ?? []).map(attempt => endedFrom(attempt, input.taskClass))
  if (soFar?.answered) return { kind: 'answered', answer: soFar.answered.answer, ...spentOn(earlier) }
  // The run was reset: somebody may have seen to a key that was refused, and says so in this way.
  if (begun && isBegunAnew(prepared, soFar)) ports.health.renewKeys()
  await heedVersion(ports, activity, prepared)
  if ('fault' in prepared) return endUnprepared(ports, prepared, earlier)
  const prompt = await promptOf(ports, prepared, soFar)
  const served = keptFromKeys(ports, inServingClass(ports, prepared, prompt), prompt)
  const plan = planCall(ports, served, prompt)
  try {
    const walked = await walkRoute({ ports, activity, say, prepared: served, plan, prompt, ...(soFar && { soFar }) })
    await warnOfBudgets(ports, activity, walked)
    return walked.result
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    if (isCancelRequested(activity)) return cancelled(input, error)
    throw leftToOthers(activity)
  }
}

/** Whether this is the first activity of the call in its part of the run. */
function isBegunAnew({ call }: Prepared | Unprepared, soFar: CallSoFar | undefined): boolean {
  return (soFar?.startedAtMs ?? 0) >= call.startedAtMs
}

/** Nobody reads a summary: what it had said is no answer. */
function cancelled({ sumsUpFor }: CallModelInput, { attempts, said }: Interrupted): CallModelResult {
  return { kind: 'cancelled', ...(said && sumsUpFor === undefined && { said }), ...spentOn(attempts) }
}

/** Why a call may not begin; `undefined` if it may. Not asked of a call that has begun before. */
function faultOfNew(ports: CallModelPorts, input: CallModelInput, { call }: Prepared): Fault | undefined {
  return policyFault(ports, input) ?? fileFault(call)
}

/** @throws where another worker may have what this one lacks. */
async function heedVersion(ports: CallModelPorts, activity: Context, prepared: Prepared | Unprepared): Promise<void> {
  if (!('fault' in prepared)) return
  const { fault, isElsewhere } = prepared
  if (isElsewhere) leaveToOtherVersion(activity, fault.message, ports.now())
  else await leaveToOthers(activity, fault.message, ports.now(), ports.othersServe)
}

/**
 * Ends a call that began earlier and names something that no longer exists. It ends with what it has spent, and gives up its
 * place in any line.
 */
async function endUnprepared(
  ports: CallModelPorts,
  { call, fault }: Unprepared,
  earlier: readonly EndedAttempt[],
): Promise<CallModelResult> {
  await endCall(ports, call)
  return { kind: 'fault', fault, ...spentOn(earlier) }
}

/**
 * Whether the call's view clears some of the messages that the call itself adds. Views are read from the store, so those messages
 * must be there first.
 */
function clearsOwn({ input, call }: Prepared | Unprepared): boolean {
  return (input.view?.clearedBefore ?? 0) > call.transcript.length
}
