import type { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import type { NativeConnection } from '@temporalio/worker'
import { SEARCH_ATTRIBUTES } from '../../core/protocol.ts'
import { answersWith, GRPC, grpcAnswer } from './grpc-answer.ts'
import { onceInEach } from './once-in-each.ts'

const { IndexedValueType } = proto.temporal.api.enums.v1

const TYPES = {
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const satisfies Record<(typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES], number>

const TYPE_OF: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]]),
)

/** Temporal Cloud registers in its own console, servers for tests have no such call. */
const NOT_ALLOWED: readonly number[] = [GRPC.permissionDenied, GRPC.unimplemented, GRPC.unauthenticated]

/** A client's connection, or a worker's. */
export type OperatorConnection = Pick<Connection, 'operatorService'>

/** What became of a registration. */
export interface Setup {
  readonly added: readonly string[]
  /** Of those that runs still cannot set; then `reason` says why. Runs go on without them. */
  readonly missing: readonly string[]
  readonly reason?: string
}

/**
 * Registers our search attributes where this connection may, and leaves alone what is there. A refusal is a value,
 * because runs go on without them. A server takes some seconds to know a new attribute everywhere.
 */
export async function setupSearchAttributes(connection: OperatorConnection, namespace: string): Promise<Setup> {
  const { absent, otherType, untold } = await compare(connection, namespace)
  const refusal = untold ?? (absent.length > 0 ? await register(connection, namespace, absent) : undefined)
  if (refusal !== undefined) return { added: [], missing: [...absent, ...otherType], reason: refusal }
  if (otherType.length === 0) return { added: absent, missing: [] }
  return {
    added: absent,
    missing: otherType,
    reason: `registered with another type than ours: ${otherType.join(', ')}`,
  }
}

/**
 * Names of ours that the namespace lacks, or has with another type: setting either would fail a run's task. All of them where the
 * server does not tell this connection which it has: runs go on without any.
 */
export async function missingSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
): Promise<readonly string[]> {
  const { absent, otherType } = await compare(connection, namespace)
  return [...absent, ...otherType]
}

/**
 * Whether the namespace that an activity is in has all of them. A run that sets one which its namespace lacks has its tasks refused for
 * ever.
 */
export function createSearchAttributesHere(): () => Promise<boolean> {
  return onceInEach(async ({ connection, options }) => {
    const missing = await missingSearchAttributes(connection as NativeConnection, options.namespace)
    return missing.length === 0
  })
}

interface Compared {
  readonly absent: readonly string[]
  readonly otherType: readonly string[]
  /** Why the server does not say which it has; all count as absent then. */
  readonly untold?: string
}

async function compare(connection: OperatorConnection, namespace: string): Promise<Compared> {
  const names = Object.keys(TYPE_OF)
  const had = await connection.operatorService.listSearchAttributes({ namespace }).catch(refusalIn)
  if (typeof had === 'string') return { absent: names, otherType: [], untold: had }
  return {
    absent: names.filter(name => had.customAttributes[name] === undefined),
    otherType: names.filter(name => ![undefined, TYPE_OF[name]].includes(had.customAttributes[name])),
  }
}

/** The server's reason for a refusal. */
function refusalIn(error: unknown): string {
  const answer = grpcAnswer(error)
  if (!answer || !NOT_ALLOWED.includes(answer.code)) throw error
  return answer.details || answer.message
}

/** Gives the server's reason when this connection may not register. */
async function register(
  connection: OperatorConnection,
  namespace: string,
  names: readonly string[],
): Promise<string | undefined> {
  const searchAttributes = Object.fromEntries(names.map(name => [name, TYPE_OF[name]!]))
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
    return undefined
  } catch (error) {
    // Somebody registered it between our look and our call.
    if (answersWith(error, [GRPC.alreadyExists])) return undefined
    return refusalIn(error)
  }
}
