/**
 * What an open run says of itself, or why it says nothing.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { QUERIES, type RunState } from '../../core/protocol.ts'
import { type Unread, unreadFor } from '../seals/unread.ts'
import { type GrpcAnswer, grpcAnswer, isUnserved, TASK_FAILED, TOO_LATE } from '../temporal/grpc-answer.ts'
import { whoServes } from '../temporal/who-serves.ts'
import { failingOf } from './failing.ts'
import { unansweredBecause } from './unanswered-query.ts'

export interface AskedState {
  /** Absent when the run has ended, or no worker can answer for it. */
  readonly state?: RunState
  /** Why there is no state where one would be expected, or what of the run fails again and again. */
  readonly note?: string
  readonly unread?: Unread
}

/** A worker that has the run answers at once, another one after a replay, which takes seconds at most. */
const ASK_MS = 10_000

/**
 * @param known - `isRecorded`: the store has the run, and the server may have forgotten it.
 * @throws WorkflowNotFoundError when the server knows no such run and the store neither.
 */
export async function askState(
  client: Client,
  id: string,
  { isRecorded }: { readonly isRecorded: boolean },
): Promise<AskedState> {
  try {
    const failing = await failingOf(client, id)
    const note = failing && { note: failing.words }
    if (failing?.what === 'workflow') return { ...note }
    const deadline = Date.now() + ASK_MS
    const asking = () => client.workflow.getHandle(id).query<RunState>(QUERIES.state)
    return { state: await client.withDeadline(deadline, asking), ...note }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && isRecorded)
      return { note: 'the Temporal server no longer has it, and its end was never written' }
    const unread = unreadFor(error)
    if (unread) return { unread }
    const unanswered = unansweredBecause(error)
    if (unanswered !== undefined) return { note: `its state cannot be read now: ${unanswered}` }
    const answer = grpcAnswer(error)
    if (!answer) throw error
    return { note: await silenceWords(client, id, answer, isUnserved(error)) }
  }
}

async function silenceWords(
  client: Client,
  id: string,
  { code, details }: GrpcAnswer,
  unserved: boolean,
): Promise<string> {
  // The run's code failed while it was asked for its state.
  const failing = code === TASK_FAILED ? await failingOf(client, id) : undefined
  if (failing?.what === 'workflow') return failing.words
  if (!unserved && !TOO_LATE.includes(code))
    return `its state cannot be read now: ${details}; check that a worker is running`
  const served = await whoServes(client, client.workflow.getHandle(id))
  return `its state cannot be read now: no worker answered for it${unserved ? '' : ` within ${ASK_MS / 1_000} s`}: ${served}`
}
