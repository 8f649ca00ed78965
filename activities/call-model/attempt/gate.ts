/**
 * The gate: the last look at policy and budget before a request leaves, and the ledger's row that says it has left.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { withLeftOut } from '../../../src/core/faults/attempt-reason.ts'
import type { Message } from '../../../src/core/messages.ts'
import { policyBreach } from '../../../src/core/policy/policy-breach.ts'
import type { KeptRoute, NewAttempt, NotReserved, Outgoing, Permit, WorstCase } from '../../../src/core/ports.ts'
import type { TranscriptRef } from '../../../src/core/protocol.ts'
import type { Least } from '../money/fitting-output.ts'
import { sharedLimits } from '../money/shared-budgets.ts'
import { mostPercent, worstOf } from '../money/worst-of.ts'
import type { CallModelPorts } from '../ports.ts'
import { screenFor } from '../prepare/content.ts'
import type { Prepared } from '../prepare/prepared.ts'

/** An attempt as the gate looks at it. */
export interface Leaving {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly planned: string
  readonly reason: string
  readonly prompt: readonly Message[]
  readonly maxOutputTokens: number
  /** The plan that it is the first attempt of. */
  readonly route?: KeptRoute
  readonly permit?: Permit
  /** Called when money and tokens are reserved and the request leaves, with the transcript of a call that begins with it. */
  readonly onReserved: (transcript: TranscriptRef | undefined) => Promise<void>
}

/** What the budget did not admit. */
export interface TurnedAway {
  readonly reserved: NotReserved
  readonly asked: WorstCase
  /** How dear the worst case is counted, in percent of the usual prices. */
  readonly percent: number
  /** Absent if no shorter answer would do. */
  readonly least?: Least | undefined
}

/** Thrown through the provider when the budget does not admit the request. */
export class NotAdmitted extends Error {
  readonly turnedAway: TurnedAway
  constructor(turnedAway: TurnedAway) {
    super('the budget does not admit this request')
    this.turnedAway = turnedAway
  }
}

/** Lets a request leave. Returns the ledger's row of the attempt. @throws NotAdmitted */
export async function admit(
  ports: CallModelPorts,
  prepared: Prepared,
  leaving: Leaving & Pick<NewAttempt, 'wireRequestId'>,
  outgoing: Outgoing,
): Promise<NewAttempt> {
  holdToPolicies(ports, prepared, leaving)
  const worstCase = worstOf(ports, prepared, leaving, outgoing)
  const reason = withLeftOut(leaving.reason, outgoing.without)
  const row = rowOf(ports, prepared, { ...leaving, reason, worstCase })
  const reserved = await ports.ledger.beginAttempt(row)
  if (reserved.kind === 'short') throw new NotAdmitted({ reserved, asked: worstCase, percent: mostPercent(outgoing) })
  await leaving.onReserved(reserved.transcript)
  return row
}

function rowOf(
  ports: CallModelPorts,
  prepared: Prepared,
  leaving: Leaving & Pick<NewAttempt, 'wireRequestId' | 'worstCase'>,
): NewAttempt {
  const { endpoint, attempt, planned, reason, route, permit, wireRequestId, worstCase } = leaving
  const { call } = prepared
  return definedOnly({
    attemptId: `${call.callId}#${attempt}`,
    attempt,
    call,
    endpoint,
    planned,
    reason,
    route,
    wireRequestId,
    worstCase,
    shared: sharedLimits(ports, prepared, endpoint.provider),
    permit,
    catalogVersion: ports.directory.catalogVersion,
    startedAtMs: ports.now(),
  })
}

/** Policies and content rules once more, on the endpoint and the prompt that this attempt has come to. */
function holdToPolicies(ports: CallModelPorts, prepared: Prepared, { endpoint, prompt }: Leaving): void {
  const breach = policyBreach(endpoint, prepared.policies)
  if (breach)
    throw new Error(
      `${endpoint.id} breaks the ${breach.level} policy (${breach.rule}); nothing was sent. This is a bug`,
    )
  const screened = screenFor(ports, prepared, prompt, endpoint.provider)
  if (screened.kind === 'blocked' || screened.messages.some((message, at) => message !== prompt[at]))
    throw new Error(
      `the prompt for ${endpoint.id} of ${prepared.call.callId} was not held to the content rules; nothing was sent. This is a bug`,
    )
}
